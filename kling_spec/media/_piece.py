"""A piece of a film's picture, as it is encoded: what is shown, how it changes over, what is pasted on."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from kling_spec.ir import Fit
from kling_spec.media._facts import ClipFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A stretch of one file, in frames of the film."""

    path: Path
    facts: ClipFacts | None
    """None for a still: a PNG that `fit_still` wrote."""
    first: int
    """Counted in the file as it plays: at the film's rate, after `speed`."""
    frames: int
    speed: Fraction = Fraction(1)
    fit: Fit = Fit.CONTAIN
    held: int = 0
    """For how many frames more than it does in the file its last frame stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """Frames of one colour."""

    color: str
    """`#rrggbb`."""
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """A small picture with its own transparency, laid over some frames of a piece."""

    path: Path
    """A PNG."""
    x: int
    y: int
    first: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Frames that are encoded together: one stretch, or two that share all of them.

    No two paths of a piece may be equal: the graph opens each as an input of its
    own, and equal inputs would be merged into one.
    """

    frames: int
    shown: tuple[Footage | Blank, ...]
    effect: str = ""
    """How the first of two gives way: through `black` or `white`, or by a name of xfade's."""
    pasted: tuple[Pasted, ...] = ()
    """The last one lies on top."""

    @property
    def footage(self) -> tuple[Footage, ...]:
        """What of it is of a file."""
        return tuple(part for part in self.shown if isinstance(part, Footage))

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file that goes in, in the order of the picture."""
        return (*(part.path for part in self.footage), *(picture.path for picture in self.pasted))
