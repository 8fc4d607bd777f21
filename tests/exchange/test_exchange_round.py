"""A film that goes out as .otio and comes back is the same film, frame for frame."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import opentimelineio as otio
import pytest
from exchange_films import TASKS, again, back, edited, gap, handed, laid, over, shot, stock
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_spec.cut import lay_out
from kling_spec.diagnostics import Origin
from kling_spec.exchange import Form, Laid
from kling_spec.ir import Clip, Entry, Film, Gap, TransitionKind

CLOCK = st.integers(0, 90).map(lambda frames: Decimal(frames) / 24)
SPEEDS = st.sampled_from(["1", "2", "0.5", "1.25", "0.333333", "7"]).map(Decimal)
OVERS = st.none() | st.builds(
    lambda frames, kind: over(str(Decimal(frames) / 24), kind),
    st.integers(1, 30),
    st.sampled_from(TransitionKind),
)
RATES = st.sampled_from([Fraction(24), Fraction(30), Fraction(24000, 1001), Fraction(60)])


@st.composite
def entries(draw: st.DrawFn) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for number in range(draw(st.integers(1, 5))):
        transition = draw(OVERS) if number else None
        if draw(st.integers(0, 4)) == 0:
            color = draw(st.sampled_from(["#000000", "#ff0000"]))
            found.append(gap(draw(st.sampled_from(["0.5", "1", "2.25"])), color=color, transition=transition))
            continue
        start = draw(st.none() | CLOCK)
        end = draw(st.none() | CLOCK.map(lambda seconds: seconds + 1))
        speed = draw(SPEEDS)
        task = draw(st.sampled_from(TASKS))
        found.append(shot(task, start=start, end=end, speed=speed, transition=transition, caption="so"))
    return tuple(found)


def fitting(wanted: tuple[Entry, ...], rate: Fraction) -> Laid | None:
    """The film, if its trims and transitions fit its clips."""
    there = stock(240, rate)
    film = Film(cut="main", variant="us", output="main.mp4", entries=wanted, origin=Origin("x"))
    timeline, _ = lay_out(film, there)
    return timeline and Laid(film=film, timeline=timeline, stock=there, spec="launch")


@settings(max_examples=150, deadline=None)
@given(entries(), RATES)
def test_written_and_read_again_it_is_the_same_plan_and_the_same_bytes(
    wanted: tuple[Entry, ...], rate: Fraction
) -> None:
    film = fitting(wanted, rate)
    if film is None:
        return
    with TemporaryDirectory() as folder:
        path = handed(film, Path(folder))
        raw = path.read_bytes()

        after = again(film, back(film, path))

        assert after.timeline == film.timeline
        assert back(film, path).found == ()
        assert handed(after, Path(folder), overwrite=True).read_bytes() == raw


@settings(max_examples=60, deadline=None)
@given(entries())
def test_neither_of_the_other_formats_loses_a_transition_or_moves_a_clip(wanted: tuple[Entry, ...]) -> None:
    film = fitting(wanted, Fraction(24))
    if film is None:
        return
    picture = film.timeline.picture
    lengths = [item.overlap for item in picture if item.overlap]
    unseen = [
        item.overlap
        for before, item in pairwise(picture)
        if item.overlap and isinstance(before, Gap) and isinstance(item, Gap)
    ]
    with TemporaryDirectory() as folder:
        for form in (Form.FCP7, Form.EDL):
            came = edited_as(handed(film, Path(folder), form), form)

            track = next(track for track in came.tracks if track.kind == "Video")
            found = [
                round((item.in_offset + item.out_offset).value)
                for item in track
                if isinstance(item, otio.schema.Transition)
            ]
            if form is Form.FCP7:
                assert len(found) == len(lengths) - len(unseen)
                assert sorted(found + unseen) == sorted(lengths)
            else:
                assert found == lengths
            assert begins(film) <= {round(begin) for begin in begins_of(track)}


def begins(film: Laid) -> set[int]:
    """The frames at which clips begin to be seen."""
    items = zip(film.timeline.picture, film.timeline.begins, strict=True)
    return {begin for item, begin in items if isinstance(item, Clip)}


def begins_of(track: Any) -> Iterator[float]:
    before = None
    for item in track:
        if isinstance(item, otio.schema.Clip):
            head = before.in_offset.value if isinstance(before, otio.schema.Transition) else 0
            yield track.range_of_child(item).start_time.value - head
        before = item


def edited_as(path: Path, form: Form):
    if form is Form.EDL:
        return otio.adapters.read_from_file(str(path), rate=24)
    return edited(path)


@pytest.mark.parametrize("form", list(Form), ids=str)
def test_places_of_hard_cuts_come_back_from_every_format(form: Form, tmp_path: Path) -> None:
    film = laid(
        shot("us/open", start=Decimal(1), end=Decimal(3)), gap("0.5"), shot("us/arrive@2", end=Decimal(2))
    )

    came = edited_as(handed(film, tmp_path, form), form)

    track = next(track for track in came.tracks if track.kind == "Video")
    spans = [
        (round(track.range_of_child(clip).start_time.value), round(clip.source_range.start_time.value),
         round(clip.source_range.duration.value))
        for clip in track.find_clips()
        if getattr(clip.media_reference, "target_url", None)
    ]  # fmt: skip
    assert spans == [(0, 24, 48), (60, 0, 48)]
