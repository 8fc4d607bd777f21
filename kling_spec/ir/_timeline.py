"""A film as data: which stretch of which clip stands where."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kling_spec.diagnostics import Origin
from kling_spec.ir._media import Link, LocalFile


class TransitionKind(StrEnum):
    """How one clip gives way to the next."""

    CROSSFADE = "crossfade"
    DIP_TO_BLACK = "dip_to_black"
    DIP_TO_WHITE = "dip_to_white"
    WIPE = "wipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How a clip is entered from the one before it."""

    kind: TransitionKind
    seconds: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotClip:
    """A stretch of what a task made; `task` is the whole id."""

    task: str
    start: Decimal | None = None
    end: Decimal | None = None
    """Seconds into the clip; None for its very end."""
    transition: Transition | None = None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetClip:
    """A still, which stands for `seconds`, or a stretch of a video of the project's own."""

    name: str
    kind: str
    """`image` or `video`."""
    source: Link | LocalFile
    seconds: Decimal | None = None
    start: Decimal | None = None
    end: Decimal | None = None
    transition: Transition | None = None
    origin: Origin


Clip = ShotClip | AssetClip


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundtrack:
    """What is heard besides the clips' own sound."""

    music: Link | LocalFile | None = None
    music_gain: Decimal = Decimal(0)
    """Decibels."""
    duck: bool = False
    loudness: Decimal | None = None
    """Target in LUFS; None leaves the level as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One cut of one variant."""

    cut: str
    variant: str
    output: str
    """File name below the output folder."""
    clips: tuple[Clip, ...]
    sound: Soundtrack
    origin: Origin
