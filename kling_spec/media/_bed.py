"""Music and voice, each laid out over the whole length of a film."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

from kling_spec.ir import SAMPLE_RATE
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._builder import builder, compiled
from kling_spec.media._error import MediaError
from kling_spec.media._run import run, source
from kling_spec.media._seam import soften_seam
from kling_spec.media._sniff import sound_format
from kling_spec.media._splice import samples_in
from kling_spec.media._stretch import SOFT
from kling_spec.media._stretch_graph import RAW_OUT, exact, stereo
from kling_spec.media._whole_sound import check_is_whole

RAW_IN: dict[str, str | int] = {"f": "f32le", "ar": SAMPLE_RATE, "ac": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """What lies below the whole film."""

    path: Path
    channels: int
    length: int | None = None
    """Samples that play, where its file says so exactly; some decoders go on for a block."""
    gain: Decimal = Decimal(0)
    """Decibels."""
    rise: int = 0
    fall: int = 0
    """Samples of its fades; shorter, in their proportion, where the film is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What speaks over the film."""

    path: Path
    channels: int
    first: int = 0
    """The sample of the film at which it begins."""
    gain: Decimal = Decimal(0)
    """Decibels."""


def render_music(
    ffmpeg: Ffmpeg, music: Music, samples: int, target: Path, *, cancel: Event | None = None
) -> None:
    """Write so many samples of the music as raw stereo: from its start, and again where it is too short.

    Raises MediaError for music that is damaged.
    """
    check_is_whole(music.path, "the music")
    once = target.with_name(f"{target.name}.once")
    run(ffmpeg.path, music_arguments(music, sound_format(music.path), samples, once), cancel=cancel)
    there = samples_in(once)
    if not there:  # it would be repeated for ever
        raise MediaError("there is not one sample of sound in the music")
    # Decoded sound is repeated, not the file: encoders leave silence at both ends of theirs.
    again = {}
    if there < samples:
        soften_seam(once)
        again = {"stream_loop": -1}
    stream = exact(builder().input(source(once), **RAW_IN, **again).audio, samples)
    if music.gain:
        stream = stream.filter("volume", f"{music.gain:f}dB")
    rise, fall = _within(samples, music.rise, music.fall)
    if rise:
        stream = stream.filter("afade", type="in", start_sample=0, nb_samples=rise)
    if fall:
        stream = stream.filter("afade", type="out", start_sample=samples - fall, nb_samples=fall)
    run(ffmpeg.path, compiled([stream], [target], RAW_OUT), cancel=cancel)
    once.unlink()


def render_voice(
    ffmpeg: Ffmpeg, voice: Voice, samples: int, target: Path, *, cancel: Event | None = None
) -> None:
    """Write so many samples of the voice as raw stereo; what does not fit in is softly cut off.

    Raises MediaError for a voice that is damaged.
    """
    check_is_whole(voice.path, "the voice")
    run(ffmpeg.path, voice_arguments(voice, sound_format(voice.path), samples, target), cancel=cancel)


def music_arguments(music: Music, kind: str, samples: int, target: Path) -> list[str]:
    """Return the arguments that decode the music once; `kind` is ffmpeg's name of its format."""
    stream = _decoded(music.path, kind, music.channels)
    stream = stream.filter("atrim", end_sample=min(samples, music.length or samples))
    return compiled([stream], [target], RAW_OUT)


def voice_arguments(voice: Voice, kind: str, samples: int, target: Path) -> list[str]:
    """Return the arguments that lay the voice out; `kind` is ffmpeg's name of its format."""
    stream = _decoded(voice.path, kind, voice.channels)
    if voice.first:
        stream = stream.filter("adelay", f"{voice.first}S", all=1)
    stream = exact(stream, samples)
    if voice.gain:
        stream = stream.filter("volume", f"{voice.gain:f}dB")
    end = samples - min(SOFT, samples)
    stream = stream.filter("afade", type="out", start_sample=end, nb_samples=samples - end)
    return compiled([stream], [target], RAW_OUT)


def _decoded(path: Path, kind: str, channels: int) -> Any:
    stream = builder().input(source(path), f=kind, protocol_whitelist="file,pipe").audio
    return stereo(stream.filter("aresample", SAMPLE_RATE).filter("asetpts", "PTS-STARTPTS"), channels)


def _within(samples: int, *fades: int) -> Sequence[int]:
    """Return the fades, shortened so that both find room."""
    total = sum(fades)
    return fades if total <= samples else tuple(fade * samples // total for fade in fades)
