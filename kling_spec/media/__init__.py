"""Probing, checking, making and joining media: the only user of ffmpeg and PyAV, and beside history/ of subprocess."""

from kling_spec.media._bed import Music, Voice, render_music, render_voice
from kling_spec.media._binary import Ffmpeg, find_ffmpeg
from kling_spec.media._captions import Caption, CaptionFile, read_captions, srt, webvtt
from kling_spec.media._delivered import count_film
from kling_spec.media._draw import Drawn, check_layer, draw
from kling_spec.media._encode import encode_pieces
from kling_spec.media._encoder import ENCODERS
from kling_spec.media._error import CancelledError, FfmpegError, LayerError, MediaError
from kling_spec.media._facts import AudioFacts, ClipFacts, ImageFacts, SoundFacts
from kling_spec.media._film import Read, assemble
from kling_spec.media._frame import last_frame, last_frame_within, poster
from kling_spec.media._hash import sha256_of
from kling_spec.media._likeness import Ending, Likeness, likeness
from kling_spec.media._loudness import SILENCE, Loudness, loudness_of
from kling_spec.media._mix import Tracks, mix
from kling_spec.media._piece import Blank, Footage, Pasted, Piece
from kling_spec.media._piece_graph import nameless_arguments
from kling_spec.media._probe import probe, probe_sound
from kling_spec.media._remux import join_copies
from kling_spec.media._sample import render_clip
from kling_spec.media._screens import screens
from kling_spec.media._sheet import Panel, draw_sheet
from kling_spec.media._splice import render_clips, samples_in
from kling_spec.media._still import drawer, fit_still, image_facts
from kling_spec.media._stretch import Stretch
from kling_spec.media._thumbs import thumbs
from kling_spec.media._track import Coding, coding_of, write_levelled, write_limited, write_track
from kling_spec.media._verify import decode_picture, verify
from kling_spec.media._watch import Lack, Watched, watch
from kling_spec.media._wrap import columns

__all__ = [
    "ENCODERS",
    "SILENCE",
    "AudioFacts",
    "Blank",
    "CancelledError",
    "Caption",
    "CaptionFile",
    "ClipFacts",
    "Coding",
    "Drawn",
    "Ending",
    "Ffmpeg",
    "FfmpegError",
    "Footage",
    "ImageFacts",
    "Lack",
    "LayerError",
    "Likeness",
    "Loudness",
    "MediaError",
    "Music",
    "Panel",
    "Pasted",
    "Piece",
    "Read",
    "SoundFacts",
    "Stretch",
    "Tracks",
    "Voice",
    "Watched",
    "assemble",
    "check_layer",
    "coding_of",
    "columns",
    "count_film",
    "decode_picture",
    "draw",
    "draw_sheet",
    "drawer",
    "encode_pieces",
    "find_ffmpeg",
    "fit_still",
    "image_facts",
    "join_copies",
    "last_frame",
    "last_frame_within",
    "likeness",
    "loudness_of",
    "mix",
    "nameless_arguments",
    "poster",
    "probe",
    "probe_sound",
    "read_captions",
    "render_clip",
    "render_clips",
    "render_music",
    "render_voice",
    "samples_in",
    "screens",
    "sha256_of",
    "srt",
    "thumbs",
    "verify",
    "watch",
    "webvtt",
    "write_levelled",
    "write_limited",
    "write_track",
]
