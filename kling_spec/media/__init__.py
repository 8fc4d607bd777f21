"""Probing, checking, making and joining media: the only user of ffmpeg, PyAV and subprocess."""

from kling_spec.media._binary import Ffmpeg, find_ffmpeg
from kling_spec.media._captions import Caption, CaptionFile, read_captions, srt, webvtt
from kling_spec.media._draw import Drawn, draw
from kling_spec.media._error import CancelledError, FfmpegError, LayerError, MediaError
from kling_spec.media._facts import AudioFacts, ClipFacts, ImageFacts, SoundFacts
from kling_spec.media._film import assemble, encode_picture, encoder_of
from kling_spec.media._frame import last_frame, poster
from kling_spec.media._hash import sha256_of
from kling_spec.media._level import SILENCE
from kling_spec.media._likeness import Ending, Likeness, likeness
from kling_spec.media._loudness import levelling, loudness_of
from kling_spec.media._mix import lay_music, render_sound, samples_in
from kling_spec.media._probe import probe, probe_sound
from kling_spec.media._remux import join_copies
from kling_spec.media._sample import render_clip
from kling_spec.media._still import fit_still, image_facts
from kling_spec.media._strip import Strip, length_of
from kling_spec.media._verify import verify

__all__ = [
    "SILENCE",
    "AudioFacts",
    "CancelledError",
    "Caption",
    "CaptionFile",
    "ClipFacts",
    "Drawn",
    "Ending",
    "Ffmpeg",
    "FfmpegError",
    "ImageFacts",
    "LayerError",
    "Likeness",
    "MediaError",
    "SoundFacts",
    "Strip",
    "assemble",
    "draw",
    "encode_picture",
    "encoder_of",
    "find_ffmpeg",
    "fit_still",
    "image_facts",
    "join_copies",
    "last_frame",
    "lay_music",
    "length_of",
    "levelling",
    "likeness",
    "loudness_of",
    "poster",
    "probe",
    "probe_sound",
    "read_captions",
    "render_clip",
    "render_sound",
    "samples_in",
    "sha256_of",
    "srt",
    "verify",
    "webvtt",
]
