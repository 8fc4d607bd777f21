"""What decides the bytes of a segment, and what media/ is told to make it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from kling_spec.cut._material import Stock
from kling_spec.cut._segments import Segment, Span
from kling_spec.ir import Clip, Gap, Overlaid, Timeline, TransitionKind
from kling_spec.media import (
    ENCODERS,
    Blank,
    ClipFacts,
    Ffmpeg,
    Footage,
    Piece,
    drawer,
    nameless_arguments,
)

VERSION = 3
"""Goes up whenever equal parts would give other bytes."""
EFFECTS = {
    TransitionKind.CROSSFADE: "fade",
    TransitionKind.DIP_TO_BLACK: "black",
    TransitionKind.DIP_TO_WHITE: "white",
    TransitionKind.WIPE: "wipeleft",
}
"""What media/ calls them."""
_ELSEWHERE = ("origin", "start", "end", "name", "image", "font")
"""Fields of a layer that do not decide how it looks, or that are known by a hash."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One segment, ready to be made or found."""

    name: str
    """As a person knows it: the clip, or the two that it joins."""
    segment: Segment
    piece: Piece
    """Without what lies over it."""
    parts: Mapping[str, object]
    """All that decides its bytes, by name: plain values, and no path, time or place of a spec."""

    @cached_property
    def key(self) -> str:
        """The name of the segment's bytes before they exist."""
        return hashlib.sha256(canonical(self.parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kitchen:
    """What the recipes of one film share."""

    timeline: Timeline
    stock: Stock
    ffmpeg: Ffmpeg
    folder: Path
    """Where the files will lie under names of our own, one for each item: no user's name reaches ffmpeg."""

    def recipe(self, segment: Segment) -> Recipe:
        """Return how the segment is made; nothing is read or written."""
        timeline = self.timeline
        encoder = ENCODERS[timeline.delivery.codec]
        piece = Piece(
            frames=segment.frames,
            shown=tuple(self._shown(span) for span in segment.spans),
            effect=EFFECTS[segment.kind] if segment.kind else "",
        )
        canvas = timeline.canvas
        parts: dict[str, object] = {
            "version": VERSION,
            "clips": [self._bytes_of(span) for span in segment.spans],
            "frames": [_range_of(self.timeline, span) for span in segment.spans],
            "transition": str(segment.kind or ""),
            "size and rate": [canvas.width, canvas.height, str(canvas.rate)],
            "fit and speed": [_way_of(self.timeline, span) for span in segment.spans],
            "overlays": [
                [lying.first, lying.frames, self._look_of(timeline.overlays[lying.overlay])]
                for lying in segment.lying
            ],
            "codec": encoder.arguments(canvas.rate),
            "filters": nameless_arguments(piece, canvas, encoder),
            "drawer": drawer() if segment.lying or self._has_still(segment) else "",
            "ffmpeg": self.ffmpeg.build,
        }
        return Recipe(name=self._name_of(segment), segment=segment, piece=piece, parts=parts)

    def path_of(self, item: int) -> Path:
        """Return where the item's file will lie."""
        ending = "mp4" if self.is_moving(item) else "png"
        return self.folder / f"{item:04}.{ending}"

    def is_moving(self, item: int) -> bool:
        """Whether the item is a stretch of a clip."""
        return isinstance(self._facts_of(self.timeline.picture[item]), ClipFacts)

    def _shown(self, span: Span) -> Footage | Blank:
        item, frames = self.timeline.picture[span.item], span.end - span.start
        if isinstance(item, Gap):
            return Blank(color=item.color, frames=frames)
        facts = self._facts_of(item)
        moves = isinstance(facts, ClipFacts)
        return Footage(
            path=self.path_of(span.item),
            facts=facts if isinstance(facts, ClipFacts) else None,
            first=item.first + span.start if moves else 0,
            frames=frames,
            speed=item.speed,
            fit=item.fit,
        )

    def _facts_of(self, item: Clip | Gap) -> object:
        return None if isinstance(item, Gap) else self.stock.materials[item.source].facts

    def _bytes_of(self, span: Span) -> str:
        item = self.timeline.picture[span.item]
        return item.color if isinstance(item, Gap) else self.stock.materials[item.source].sha256

    def _has_still(self, segment: Segment) -> bool:
        items = (self.timeline.picture[span.item] for span in segment.spans)
        return any(
            isinstance(item, Clip) and not isinstance(self._facts_of(item), ClipFacts) for item in items
        )

    def _name_of(self, segment: Segment) -> str:
        items = (self.timeline.picture[span.item] for span in segment.spans)
        names = ["gap" if isinstance(item, Gap) else self.stock.materials[item.source].name for item in items]
        return " > ".join(names)

    def _look_of(self, overlaid: Overlaid) -> dict[str, object]:
        look = {name: str(value) for name, value in asdict(overlaid.layer).items() if name not in _ELSEWHERE}
        hashes = [
            None if at is None else self.stock.materials[at].sha256 for at in (overlaid.source, overlaid.font)
        ]
        return {**look, "image": hashes[0], "font": hashes[1]}


def canonical(value: object) -> str:
    """Return the value as JSON that is the same on every machine."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _range_of(timeline: Timeline, span: Span) -> list[int]:
    item = timeline.picture[span.item]
    first = item.first if isinstance(item, Clip) else 0
    return [first + span.start, first + span.end]


def _way_of(timeline: Timeline, span: Span) -> list[str]:
    item = timeline.picture[span.item]
    return [str(item.fit), str(item.speed)] if isinstance(item, Clip) else []
