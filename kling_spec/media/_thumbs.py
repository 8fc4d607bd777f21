"""Small pictures out of a film, each of the key frame at or before a moment."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kling_spec.media._probe import opened

_WIDTH = 240
"""Pixels of the longer side."""


def thumbs(path: Path, moments: Sequence[float], folder: Path, *, container: str = "mov") -> list[Path]:
    """Write a picture for each moment, in seconds, into `folder`, and return them in that order.

    Only key frames are decoded, so a picture may be some seconds early. Raises MediaError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with opened(path, container) as film:
        video = film.streams.video[0]
        video.codec_context.skip_frame = "NONKEY"
        for number, moment in enumerate(moments):
            film.seek(int(moment / video.time_base), stream=video, backward=True)
            frame: Any = next(film.decode(video), None)
            if frame is None:
                continue
            image = frame.to_image()
            image.thumbnail((_WIDTH, _WIDTH))
            target = folder / f"{number:04}.png"
            image.save(target, "PNG", compress_level=1)
            written.append(target)
    return written
