"""Films in a line, and what stands in a finished file."""

from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import av

from kling_spec.diagnostics import Origin
from kling_spec.ir import (
    AssetEntry,
    Film,
    GapEntry,
    LocalFile,
    ShotEntry,
    Soundtrack,
    Transition,
    TransitionKind,
)

HERE = Origin("film.yaml", 7, 3, 7, 9)


def shot(task: str, **more: Any) -> ShotEntry:
    return ShotEntry(task=task, origin=HERE, **more)


def still(name: str, seconds: str, **more: Any) -> AssetEntry:
    source = LocalFile(name, "0" * 64)
    return AssetEntry(name=name, kind="image", source=source, seconds=Decimal(seconds), origin=HERE, **more)


def over(seconds: str, kind: TransitionKind = TransitionKind.CROSSFADE) -> Transition:
    return Transition(kind=kind, seconds=Decimal(seconds))


def film(*clips: ShotEntry | AssetEntry, **sound: Any) -> Film:
    track = Soundtrack(**sound)
    return Film(cut="main", variant="us", output="main.mp4", entries=clips, sound=track, origin=HERE)


def cut_of(*entries: ShotEntry | AssetEntry | GapEntry, **more: Any) -> Film:
    """Return a film with whatever else it is to have."""
    return Film(cut="main", variant="us", output="main.mp4", entries=entries, origin=HERE, **more)


def pictures(path: Path) -> list[str]:
    """Return a hash of the luma of every decoded frame, in the order of showing."""
    with av.open(str(path)) as container:
        return [sha256(bytes(frame.planes[0])).hexdigest() for frame in container.decode(video=0)]


def lumas(path: Path) -> list[float]:
    """Return the mean luma of the middle row of every frame."""
    with av.open(str(path)) as container:
        return [sum(row) / len(row) for row in map(_middle, container.decode(video=0))]


def _middle(frame: Any) -> bytes:
    plane = frame.planes[0]
    start = plane.line_size * (plane.height // 2)
    return bytes(plane)[start : start + plane.width]


def samples(path: Path) -> list[float]:
    """Return the left channel as it plays."""
    with av.open(str(path)) as container:
        length = container.streams.audio[0].duration
        found: list[float] = []
        for frame in container.decode(audio=0):
            found += memoryview(bytes(frame.planes[0])).cast("f")[: frame.samples]
    return found[:length]
