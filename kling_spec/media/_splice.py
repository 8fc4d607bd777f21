"""Makes the clips' own sound: each stretch by itself, then all of them end to end, sample for sample."""

from array import array
from collections.abc import Sequence
from operator import add
from pathlib import Path
from threading import Event
from typing import BinaryIO

from kling_spec.media._binary import Ffmpeg
from kling_spec.media._error import MediaError
from kling_spec.media._run import run
from kling_spec.media._stretch import Edges, Stretch, edges_of
from kling_spec.media._stretch_graph import stretch_arguments

FRAME = 8
"""Bytes of one sample of raw stereo."""
_BLOCK = FRAME << 13


def render_clips(
    ffmpeg: Ffmpeg, stretches: Sequence[Stretch], target: Path, *, cancel: Event | None = None
) -> None:
    """Write the clips' own sound as raw stereo: exactly as many samples as the stretches add up to.

    Needs no more memory for many clips than for few. A clip that does not decode
    cleanly raises FfmpegError.
    """
    before: Path | None = None
    with target.open("wb") as film:
        for at, (stretch, edges) in enumerate(zip(stretches, edges_of(stretches), strict=True)):
            made = _made(ffmpeg, stretch, edges, target.with_name(f"{target.name}.{at:04}"), cancel)
            leaving = stretches[at + 1].overlap if at + 1 < len(stretches) else 0
            with made.open("rb") as sound:
                if stretch.overlap and before is not None:
                    with before.open("rb") as gone:
                        gone.seek(-stretch.overlap * FRAME, 2)
                        _add(gone, sound, film, stretch.overlap * FRAME)
                _copy(sound, film, (stretch.samples - stretch.overlap - leaving) * FRAME)
            if before is not None:
                before.unlink()
            before = made
    if before is not None:
        before.unlink()


def samples_in(raw: Path) -> int:
    """Return how many samples of stereo a raw file holds."""
    return raw.stat().st_size // FRAME


def _made(ffmpeg: Ffmpeg, stretch: Stretch, edges: Edges, target: Path, cancel: Event | None) -> Path:
    if stretch.path is None:
        with target.open("wb") as silence:
            silence.truncate(stretch.samples * FRAME)
        return target
    run(ffmpeg.path, ["-xerror", *stretch_arguments(stretch, edges, target)], cancel=cancel)
    if samples_in(target) != stretch.samples:
        raise MediaError(
            f"a clip's sound came out with {samples_in(target)} samples of {stretch.samples} planned"
        )
    return target


def _copy(sound: BinaryIO, film: BinaryIO, size: int) -> None:
    while size > 0 and (block := sound.read(min(size, _BLOCK))):
        film.write(block)
        size -= len(block)


def _add(gone: BinaryIO, come: BinaryIO, film: BinaryIO, size: int) -> None:
    """Write the sum of two stretches."""
    while size > 0:
        one, other = (array("f", stream.read(min(size, _BLOCK))) for stream in (gone, come))
        film.write(array("f", map(add, one, other)).tobytes())
        size -= _BLOCK
