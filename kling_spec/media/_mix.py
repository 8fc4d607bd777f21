"""The passes that make a film's sound."""

from pathlib import Path
from threading import Event

from kling_spec.ir import Canvas
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._loudness import loudness_of
from kling_spec.media._run import run
from kling_spec.media._sniff import sound_format
from kling_spec.media._sound_graph import mix_arguments, sound_arguments
from kling_spec.media._strip import Strip

_KEY = -16.0
"""LUFS that the voice is brought to before it presses the music down; quiet speech would not reach it."""


def render_sound(
    ffmpeg: Ffmpeg, strips: tuple[Strip, ...], canvas: Canvas, target: Path, *, cancel: Event | None = None
) -> None:
    """Write the clips' own sound as raw stereo: one pass, as many samples as the film lasts."""
    run(ffmpeg.path, ["-xerror", *sound_arguments(strips, canvas, target)], cancel=cancel)


def lay_music(  # noqa: PLR0913 -- each of them is heard
    ffmpeg: Ffmpeg,
    voice: Path | None,
    music: Path,
    target: Path,
    *,
    samples: int,
    gain: float,
    duck: bool,
    cancel: Event | None = None,
) -> None:
    """Write voice and music together as raw stereo; the music loops and fades out at the end."""
    level = loudness_of(ffmpeg, voice) if duck and voice is not None else None
    key = None if level is None else _KEY - level
    arguments = mix_arguments(
        voice, music, sound_format(music), target, samples=samples, gain=gain, key_gain=key
    )
    run(ffmpeg.path, arguments, cancel=cancel)


def samples_in(raw: Path) -> int:
    """Return how many samples of stereo a raw file holds."""
    return raw.stat().st_size // 8
