"""Two entries of which the second goes on from the first, and how the colours moved on the way to them."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from kling_spec.cut._material import name_of
from kling_spec.ir import AssetEntry, ShotEntry
from kling_spec.media import ClipFacts, Likeness

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An entry that goes on, the one before it, and their clips."""

    number: int
    """Of the second, counted from 0."""
    before: ShotEntry | AssetEntry
    after: ShotEntry
    paths: tuple[Path, Path]
    digests: tuple[str, str]
    facts: tuple[ClipFacts, ClipFacts]

    @property
    def begin(self) -> int:
        """The first frame of the second clip that is asked for."""
        return round(Fraction(self.after.start or 0) * self.facts[1].rate)

    @property
    def end(self) -> int:
        """The frame behind the last one of the second clip that is asked for."""
        return _end(self.after, self.facts[1])

    @property
    def is_bare(self) -> bool:
        """Whether the last frame of the one and the first of the other stand side by side, uncovered."""
        shows_end = _end(self.before, self.facts[0]) >= self.facts[0].frames
        return shows_end and not self.begin and self.after.transition is None


def _end(entry: ShotEntry | AssetEntry, facts: ClipFacts) -> int:
    end = entry.end
    if end is None and isinstance(entry, AssetEntry) and entry.seconds is not None:
        end = (entry.start or 0) + entry.seconds
    return facts.frames if end is None else min(round(Fraction(end) * facts.rate), facts.frames)


def jump_of(seen: Likeness) -> Colour:
    """Return by how many codes Y, U and V jump at a join; 0 for what the first clip does by itself too."""
    codes = zip(seen.colour or (0.0, 0.0, 0.0), seen.flicker, strict=True)
    y, u, v = (jump if abs(jump) > 2 * usual else 0.0 for jump, usual in codes)
    return y, u, v


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Entries that go on from each other without a break, and what their joins added up to."""

    first: str = ""
    last: int = -1
    drift: Colour | None = field(default=(0.0, 0.0, 0.0))
    """Codes of Y, U and V since the first clip; None where a join on the way cannot be compared."""

    def grown(self, pair: Pair, seen: Likeness) -> "Chain":
        """Return the chain as it is behind the pair, which may begin a new one."""
        here = self if self.last == pair.number - 1 else Chain(first=name_of(pair.before))
        drift = None
        if here.drift is not None and seen.colour is not None and pair.is_bare:
            y, u, v = (past + jump for past, jump in zip(here.drift, jump_of(seen), strict=True))
            drift = round(y, 2), round(u, 2), round(v, 2)
        return Chain(first=here.first, last=pair.number, drift=drift)
