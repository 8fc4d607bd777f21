"""A film's picture as segments: stretches that are encoded by themselves. Pure."""

from dataclasses import dataclass

from kling_spec.ir import Timeline, TransitionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Frames of one item of the picture track; the end is exclusive."""

    item: int
    """Which item it is, counted from 0."""
    start: int
    end: int
    """Counted in the item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """An overlay above a segment."""

    overlay: int
    """Which of the timeline's overlays it is."""
    first: int
    frames: int
    """In the segment's own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Frames of the film that are encoded by themselves: of one item, or of two that overlap."""

    first: int
    """The frame of the film that it begins with."""
    frames: int
    spans: tuple[Span, ...]
    kind: TransitionKind | None = None
    """How the first of two items gives way; None for a body."""
    lying: tuple[Lying, ...] = ()
    """In the order in which they lie: the last one on top."""

    @property
    def end(self) -> int:
        """The frame of the film behind its last."""
        return self.first + self.frames


def segments_of(timeline: Timeline) -> tuple[Segment, ...]:
    """Return the film's segments in order; each frame of the film belongs to exactly one."""
    found: list[Segment] = []
    at = 0
    for number, item in enumerate(timeline.picture):
        before = timeline.picture[number - 1] if number else None
        if item.entrance is not None and before is not None and item.overlap:
            gone = Span(item=number - 1, start=before.frames - item.overlap, end=before.frames)
            came = Span(item=number, start=0, end=item.overlap)
            found.append(_segment(timeline, at, (gone, came), item.entrance.kind))
            at += item.overlap
        start, end = item.overlap, item.frames - _leaving(timeline, number)
        if start < end:
            found.append(_segment(timeline, at, (Span(item=number, start=start, end=end),), None))
            at += end - start
    return tuple(found)


def _leaving(timeline: Timeline, number: int) -> int:
    """Return how many frames the item shares with the one behind it."""
    behind = timeline.picture[number + 1 : number + 2]
    return behind[0].overlap if behind else 0


def _segment(timeline: Timeline, first: int, spans: tuple[Span, ...], kind: TransitionKind | None) -> Segment:
    frames = spans[0].end - spans[0].start
    lying = []
    for number, overlaid in enumerate(timeline.overlays):
        start = max(first, overlaid.first)
        end = min(first + frames, overlaid.first + overlaid.frames)
        if start < end:
            lying.append(Lying(overlay=number, first=start - first, frames=end - start))
    return Segment(first=first, frames=frames, spans=spans, kind=kind, lying=tuple(lying))
