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


def parts(overlap: int, *, frames: int = 240, first: int = 0, overlays: tuple[Overlaid, ...] = ()) -> list:
    """Return where the bodies of a film of two clips are parted, on the second clip's own clock."""
    entrance = Entrance(kind=TransitionKind.WIPE, frames=overlap) if overlap else None
    picture = (
        Clip(source=0, first=0, frames=48),
        Clip(source=1, first=first, frames=frames, entrance=entrance),
    )
    canvas = Canvas(width=16, height=16, rate=Fraction(24))
    timeline = Timeline(canvas=canvas, delivery=Delivery(), picture=picture, overlays=overlays)
    spans = (segment.spans[0] for segment in segments_of(timeline) if segment.kind is None)
    return [(first + span.start, first + span.end) for span in spans if span.item == 1]


def test_another_length_of_a_transition_or_trim_leaves_most_of_a_body_as_it_was() -> None:
    assert parts(12) == [(12, 24), (24, 96), (96, 192), (192, 216), (216, 240)]
    assert parts(18) == [(18, 24), *parts(12)[1:]]
    assert parts(19) == [(19, 48), (48, 96), *parts(12)[2:]]
    assert parts(12, frames=237) == [*parts(12)[:-1], (216, 237)]
    assert parts(0, first=5, frames=235) == [(5, 24), *parts(12)[1:]]


def test_what_comes_to_lie_over_a_body_is_parted_from_the_rest() -> None:
    layer = Layer(text="words", size=Decimal("0.1"), origin=HERE)

    def over(first: int, frames: int) -> tuple[Overlaid, ...]:
        return (Overlaid(layer=layer, source=None, font=None, first=48 + first, frames=frames),)

    plain = parts(0)
    assert parts(0, overlays=over(130, 30)) == [*plain[:2], (96, 130), (130, 160), (160, 192), *plain[3:]]
    assert parts(0, overlays=over(99, 50)) == [*plain[:2], (96, 149), (149, 192), *plain[3:]], "no slivers"
    assert parts(0, overlays=over(0, 240)) == plain


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
