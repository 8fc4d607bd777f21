"""An edit as plain values: what an editor's timeline says of order, trims, transitions and gaps."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import TransitionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A transition across a cut, in seconds before and behind it."""

    kind: TransitionKind
    before: Fraction
    behind: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One item of the picture track, without what its transitions show of it besides."""

    where: str
    """Where it stands, in the words of a message."""
    begin: Fraction
    end: Fraction
    """Seconds into the film."""
    start: Fraction | None = None
    """Seconds into the media; None for a gap."""
    speed: Decimal = Decimal(1)
    sha256: str = ""
    file: str = ""
    """The media's file name; nothing is ever opened by it."""
    entry: int | None = None
    """Which entry of the film it was written from, as its metadata say."""
    color: str | None = None
    crossing: Crossing | None = None
    """How it is entered."""

    @property
    def is_gap(self) -> bool:
        """Whether nothing is seen."""
        return self.start is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One item of a track of sound."""

    name: str
    begin: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A timeline that came back from an editor."""

    file: str
    """Its name in messages."""
    cut: str = ""
    variant: str = ""
    """Of which film it was written; empty where the file does not say."""
    stretches: tuple[Stretch, ...] = ()
    leaving: Crossing | None = None
    """A transition behind the last item."""
    heard: tuple[Heard, ...] = ()
    found: tuple[Diagnostic, ...] = ()
