"""A film that is laid out in frames, with everything that an editor wants to know of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kling_spec.cut import Material, Stock
from kling_spec.ir import Clip, Film, Gap, Timeline

_TASK = re.compile(r"(?P<variant>.*)/(?P<shot>[^/@+]+)(?:@(?P<take>\d+))?(?:\+(?P<part>\d+))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What stands between two cuts of an editor's track: an item without half of each of its transitions."""

    number: int
    """Of the film's entry, counted from 0."""
    item: Clip | Gap
    begin: int
    """The frame of the film at which it stands."""
    head: int
    """Frames of the item before it, which the transition into it shows."""
    frames: int
    tail: int
    """Frames of the item behind it, which the transition out of it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """One film in frames, and its files."""

    film: Film
    timeline: Timeline
    stock: Stock
    spec: str = ""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    """Of the payloads, by the ids of their tasks."""

    @property
    def rate(self) -> float:
        """Frames in a second, as editors count."""
        return float(self.timeline.canvas.rate)

    def material(self, item: Clip) -> Material:
        """Return the file that the clip shows."""
        return self.stock.materials[item.source]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The picture track as editors see it: transitions stand across the cuts."""
        items, begins = self.timeline.picture, self.timeline.begins
        overlaps = [*(item.overlap for item in items), 0]
        found = []
        for number, (item, begin) in enumerate(zip(items, begins, strict=True)):
            head, (_, tail) = halves(overlaps[number])[0], halves(overlaps[number + 1])
            frames = item.frames - head - tail
            found.append(
                Piece(number=number, item=item, begin=begin + head, head=head, frames=frames, tail=tail)
            )
        return tuple(found)


def halves(overlap: int) -> tuple[int, int]:
    """Return how many frames a transition reaches before and behind the cut, the odd one behind it."""
    return overlap // 2, overlap - overlap // 2


def shot_of(task: str) -> dict[str, str | int]:
    """Return what the id of a task says: `variant`, `shot`, `take`, and `part` of an extension."""
    found = _TASK.match(task)
    if found is None:
        return {"shot": task}
    said: dict[str, str | int] = {"variant": found["variant"], "shot": found["shot"]}
    said["take"] = int(found["take"] or 1)
    if found["part"]:
        said["part"] = int(found["part"])
    return said
