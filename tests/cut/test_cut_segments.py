"""A film in segments: every frame in exactly one, whatever the film."""

from decimal import Decimal
from fractions import Fraction

from cut_films import HERE
from hypothesis import given
from hypothesis import strategies as some

from kling_spec.cut._segments import segments_of
from kling_spec.ir import (
    Canvas,
    Clip,
    Delivery,
    Entrance,
    Gap,
    Layer,
    Overlaid,
    Timeline,
    TransitionKind,
)


@some.composite
def timelines(draw: some.DrawFn) -> Timeline:
    """Any film whose transitions fit: none takes more frames than its neighbours have left."""
    picture: list[Clip | Gap] = []
    free = 0
    for number in range(draw(some.integers(1, 8))):
        frames = draw(some.integers(1, 40))
        overlap = draw(some.integers(0, min(frames, free)))
        entrance = Entrance(kind=draw(some.sampled_from(TransitionKind)), frames=overlap) if overlap else None
        if draw(some.booleans()):
            first = draw(some.integers(0, 100))
            picture.append(Clip(source=number % 3, first=first, frames=frames, entrance=entrance))
        else:
            picture.append(Gap(frames=frames, entrance=entrance))
        free = frames - overlap
    canvas = Canvas(width=16, height=16, rate=Fraction(24))
    bare = Timeline(canvas=canvas, delivery=Delivery(), picture=tuple(picture))
    overlays = []
    for _ in range(draw(some.integers(0, 4))):
        first = draw(some.integers(0, bare.frames - 1))
        frames = draw(some.integers(1, bare.frames - first))
        layer = Layer(text="words", size=Decimal("0.1"), origin=HERE)
        overlays.append(Overlaid(layer=layer, source=None, font=None, first=first, frames=frames))
    return Timeline(canvas=canvas, delivery=Delivery(), picture=tuple(picture), overlays=tuple(overlays))


@given(timelines())
def test_segments_follow_each_other_and_add_up_to_the_film(timeline: Timeline) -> None:
    segments = segments_of(timeline)

    assert sum(segment.frames for segment in segments) == timeline.frames
    assert [segment.first for segment in segments] == [0, *(segment.end for segment in segments[:-1])]
    assert all(segment.frames > 0 for segment in segments)


@given(timelines())
def test_every_frame_of_every_item_is_shown_once(timeline: Timeline) -> None:
    shown = [
        (span.item, frame)
        for segment in segments_of(timeline)
        for span in segment.spans
        for frame in range(span.start, span.end)
    ]

    wanted = [(number, frame) for number, item in enumerate(timeline.picture) for frame in range(item.frames)]
    assert sorted(shown) == wanted


@given(timelines())
def test_a_segment_is_of_one_item_or_of_two_that_share_all_of_it(timeline: Timeline) -> None:
    for segment in segments_of(timeline):
        assert (segment.kind is None) == (len(segment.spans) == 1)
        assert {span.end - span.start for span in segment.spans} == {segment.frames}
        for span in segment.spans:
            assert timeline.begins[span.item] + span.start == segment.first
        if segment.kind is not None:
            before, after = segment.spans
            assert after.item == before.item + 1
            assert timeline.picture[after.item].entrance == Entrance(kind=segment.kind, frames=segment.frames)


@given(timelines())
def test_overlays_lie_over_their_frames_and_no_others(timeline: Timeline) -> None:
    lying = [
        (lying.overlay, segment.first + lying.first + frame)
        for segment in segments_of(timeline)
        for lying in segment.lying
        for frame in range(lying.frames)
    ]

    wanted = [
        (number, overlaid.first + frame)
        for number, overlaid in enumerate(timeline.overlays)
        for frame in range(overlaid.frames)
    ]
    assert sorted(lying) == wanted
    for segment in segments_of(timeline):
        assert [found.overlay for found in segment.lying] == sorted(found.overlay for found in segment.lying)
