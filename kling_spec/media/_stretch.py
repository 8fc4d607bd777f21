"""A film's own sound as stretches of files, counted in samples. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from kling_spec.ir import SAMPLE_RATE
from kling_spec.media._facts import AudioFacts

SOFT = SAMPLE_RATE // 200
"""Samples of fade at a hard cut, 5 ms: too short to hear, long enough to take the click out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """So many samples of the film in which one clip sounds, or nothing."""

    samples: int
    overlap: int = 0
    """Samples that it shares with the stretch before it."""
    path: Path | None = None
    """None for silence."""
    audio: AudioFacts | None = None
    """Of the file; None for silence."""
    first: int = 0
    """The sample that stands first, counted from the clip's first picture as it plays: after `speed`."""
    speed: Fraction = Fraction(1)
    gain: Decimal = Decimal(0)
    """Decibels."""

    def goes_on(self, before: "Stretch") -> bool:
        """Whether it sounds where the one before it left off, so that nothing is heard of the cut."""
        return (
            not self.overlap
            and self.path == before.path
            and self.first == before.first + before.samples
            and self.speed == before.speed == 1
            and self.gain == before.gain
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """How a stretch comes and goes: the samples of either fade."""

    rise: int
    fall: int
    is_shared: tuple[bool, bool]
    """Whether the one before, and the one behind, is heard meanwhile: then both together stay as loud."""


def edges_of(stretches: Sequence[Stretch]) -> tuple[Edges, ...]:
    """Return how each stretch comes and goes: shared where they overlap, else soft, or not at all where one goes on."""
    found = []
    for at, stretch in enumerate(stretches):
        before = stretches[at - 1] if at else None
        behind = stretches[at + 1] if at + 1 < len(stretches) else None
        soft = min(SOFT, stretch.samples // 2)
        leaving = behind.overlap if behind else 0
        found.append(
            Edges(
                rise=stretch.overlap or (0 if before and stretch.goes_on(before) else soft),
                fall=leaving or (0 if behind and behind.goes_on(stretch) else soft),
                is_shared=(stretch.overlap > 0, leaving > 0),
            )
        )
    return tuple(found)
