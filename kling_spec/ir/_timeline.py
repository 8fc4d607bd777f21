"""A film in whole frames: which stretch of which file stands where. Pure data."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kling_spec.ir._film import Delivery, Fit, Layer, TransitionKind

SAMPLE_RATE = 48000
"""Samples of sound in a second of every film; it divides by all common frame rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What every frame of the film is; width and height are even."""

    width: int
    height: int
    rate: Fraction
    """Frames in a second."""

    def sample(self, frame: int) -> int:
        """Return the sample that sounds as the frame begins."""
        return round(Fraction(frame * SAMPLE_RATE) / self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """How a clip is entered from the one before it, with which it shares `frames`."""

    kind: TransitionKind
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A stretch of one file on the picture track."""

    source: int
    """Which of the film's materials it is, counted from 0; two clips may be of one."""
    first: int
    """The frame that stands first, counted in the material as it plays: at the film's rate, after `speed`."""
    frames: int
    entrance: Entrance | None = None
    """None for a hard cut."""
    speed: Fraction = Fraction(1)
    """2 plays twice as fast."""
    fit: Fit = Fit.CONTAIN
    is_whole: bool = False
    """Whether it is the material from its first frame to its last, as fast as it is."""
    gain: Decimal = Decimal(0)
    """Decibels of its own sound."""
    is_mute: bool = False

    @property
    def overlap(self) -> int:
        """Frames shared with what stands before it."""
        return self.entrance.frames if self.entrance else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Frames of one colour, in silence."""

    frames: int
    color: str = "#000000"
    entrance: Entrance | None = None

    @property
    def overlap(self) -> int:
        """Frames shared with what stands before it."""
        return self.entrance.frames if self.entrance else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """Something laid over the picture from frame `first` of the film on, for `frames`."""

    layer: Layer
    source: int | None
    """Which of the film's materials it shows; None for text."""
    font: int | None
    """Which of the film's materials its letters are; None for the font that comes with the tool."""
    first: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Words that are read from frame `first` of the film on, for `frames`."""

    first: int
    frames: int
    text: str
    """Lines are parted by newlines; nothing in it is markup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One delivery of one film in frames: a track of pictures, what lies over it, what is read."""

    canvas: Canvas
    delivery: Delivery
    picture: tuple[Clip | Gap, ...]
    overlays: tuple[Overlaid, ...] = ()
    """In the order in which they lie: the last one on top."""
    cues: tuple[Cue, ...] = ()

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return sum(item.frames - item.overlap for item in self.picture)

    @property
    def samples(self) -> int:
        """How many samples of sound go with them."""
        return self.canvas.sample(self.frames)

    @property
    def begins(self) -> tuple[int, ...]:
        """The frame of the film at which each item of the picture begins; an overlap counts for both."""
        begins, at = [], 0
        for item in self.picture:
            begins.append(at - item.overlap)
            at += item.frames - item.overlap
        return tuple(begins)
