"""A film of two dozen clips of every kind, in which each moment can be told: a flash and a click a clip."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cut_films import HERE, over, shot, still
from PIL import Image

from kling_spec.ir import AssetEntry, GapEntry, ShotEntry, TransitionKind

RATE = 24
SPF = 2000
"""Samples of a frame."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a clip is made; its flash and its click are at `beat`."""

    size: str = "160x90"
    rate: int = 24
    sound: int | None = 48000
    seconds: str = "1"
    beat: str = "0.5"
    options: tuple[str, ...] = ()


KINDS = (
    Kind(), Kind(size="320x180"), Kind(rate=12), Kind(rate=48), Kind(sound=44100), Kind(sound=None),
    Kind(size="120x120"), Kind(seconds="1.25", beat="0.75"), Kind(options=("-video_track_timescale", "90000")),
    Kind(options=("-c:v", "libx265", "-x265-params", "log-level=none")), Kind(options=("-ac", "1")),
    Kind(options=("-bf", "3", "-g", "12")),
)  # fmt: skip
"""Twelve, each of which stands in the film twice; flashes fall on frames of both clocks."""


def clip_of(kind: Kind, shelf: Callable[..., Path]) -> Path:
    """Return a dark clip that is white for one frame of 24, and hums but for a click as it begins."""
    white = f"drawbox=c=white:t=fill:enable='between(t,{kind.beat}-0.001,{kind.beat}+0.04)'"
    sound = None
    if kind.sound:
        rate, at = kind.sound, int(Decimal(kind.beat) * kind.sound)
        hum = "0.05*sin(2*PI*300*t)"
        sound = f"aevalsrc='if(between(n,{at},{at + rate // 1000}),0.9,{hum})':s={rate}"
    return shelf(
        "-vf", f"drawbox=c=0x404040:t=fill,{white},format=yuv420p", *kind.options, size=kind.size, rate=str(kind.rate),
        seconds=float(kind.seconds), sound=sound, picture="color",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the film, and what there is to see and hear of it."""

    entry: ShotEntry | AssetEntry | GapEntry
    frames: int
    overlap: int = 0
    flash: int | None = None
    """The frame of the entry on which it is white."""
    is_heard: bool = True
    off: int = 48
    """Samples by which its click may miss its flash: a change of tempo moves waves by some milliseconds."""


def places(tmp_path: Path) -> tuple[list[Place], Path]:
    """Return the film's entries in order, and its still."""
    card = tmp_path / "card.png"
    Image.new("RGB", (161, 91), (32, 64, 96)).save(card)
    found = []
    for at in range(24):
        number = at % len(KINDS)
        found.append(_place(at, f"c{number:02}", KINDS[number]))
    found.insert(9, Place(entry=still("card", "0.5"), frames=12, is_heard=False))
    gap = GapEntry(seconds=Decimal("0.5"), color="#202020", origin=HERE)
    found.insert(17, Place(entry=gap, frames=12, is_heard=False))
    return found, card


def _place(at: int, task: str, kind: Kind) -> Place:
    frames, flash = (int(Decimal(what) * RATE) for what in (kind.seconds, kind.beat))
    heard = kind.sound is not None
    if at % 6 == 3:  # a transition in, which ends before the flash
        entrance = over("0.25", [*TransitionKind][at // 6 % 4])
        return Place(
            entry=shot(task, transition=entrance), frames=frames, overlap=6, flash=flash, is_heard=heard
        )
    if at % 6 == 4:
        trimmed = shot(task, start=Decimal("0.25"), end=Decimal("0.75"))
        return Place(entry=trimmed, frames=12, flash=flash - 6, is_heard=heard)
    if at == 13:
        return Place(
            entry=shot(task, speed=Decimal(2)), frames=frames // 2, flash=flash // 2, is_heard=heard, off=480
        )
    return Place(entry=shot(task), frames=frames, flash=flash, is_heard=heard)
