"""A film's picture as segments: stretches that are encoded by themselves. Pure."""

from dataclasses import dataclass
from itertools import pairwise

from kling_spec.ir import Clip, Timeline, TransitionKind

_CELL = 96
"""Frames of a file that are encoded together."""
_FINE = 24
"""Frames in steps of which the ends of a body are parted from the rest."""
_LEAST = 6
"""Frames that are worth encoding by themselves."""


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
        for start, end in pairwise(_cuts(timeline, number)):
            found.append(_segment(timeline, at, (Span(item=number, start=start, end=end),), None))
            at += end - start
    return tuple(found)


def _cuts(timeline: Timeline, number: int) -> list[int]:
    """Return where the item's body begins, is parted and ends, counted in the item.

    It is parted on its own file's clock, so that another transition, trim or length of one leaves most of
    it as it was; and where something comes to lie over it or goes, so that the rest is left when that changes.
    """
    item = timeline.picture[number]
    start, end = item.overlap, item.frames - _leaving(timeline, number)
    zero = item.first if isinstance(item, Clip) else 0
    head = -(-(zero + start + _LEAST) // _FINE) * _FINE
    tail = (zero + end - _LEAST) // _FINE * _FINE
    lines = {head, tail, *range(-(-head // _CELL) * _CELL, tail, _CELL)} if head <= tail else set()
    edges = {edge for over in timeline.overlays for edge in (over.first, over.first + over.frames)}
    begin = timeline.begins[number]
    cuts = [start]
    for cut in sorted({line - zero for line in lines} | {edge - begin for edge in edges}):
        if cuts[-1] + _LEAST <= cut <= end - _LEAST:
            cuts.append(cut)
    return [*cuts, end] if start < end else []


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
