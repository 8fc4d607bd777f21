"""Edits made with the library itself: what a film follows, and what is told instead."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from exchange_films import again, back, edited, gap, handed, laid, over, save, shot

from kling_spec.exchange import ExchangeError, Laid, read_edit
from kling_spec.ir import Clip, Gap, TransitionKind


@pytest.fixture
def film() -> Laid:
    return laid(
        shot("us/open", caption="first"),
        shot("us/arrive@2", transition=over("0.5"), is_continued=True, gain=Decimal(-3)),
        gap("1", color="#00ff00"),
        shot("us/a_shot_with_another", start=Decimal(1), end=Decimal(3)),
    )


@pytest.fixture
def path(film: Laid, tmp_path: Path) -> Path:
    return handed(film, tmp_path)


def track_of(timeline: Any) -> Any:
    return timeline.tracks[0]


def frames(value: float) -> Any:
    return otio.opentime.RationalTime(value, 24)


def span(start: float, length: float) -> Any:
    return otio.opentime.TimeRange(frames(start), frames(length))


def said(film: Laid) -> list[tuple[Any, ...]]:
    return [
        (item.source, item.first, item.frames, item.overlap)
        if isinstance(item, Clip)
        else ("gap", item.frames)
        for item in film.timeline.picture
    ]


def test_the_film_is_said_as_an_editor_counts_it(path: Path) -> None:
    track = track_of(edited(path))

    spans = [
        (item.schema_name(), item.source_range.start_time.value, item.source_range.duration.value)
        for item in track
        if not isinstance(item, otio.schema.Transition)
    ]
    assert spans == [("Clip", 0, 114), ("Clip", 6, 114), ("Gap", 0, 24), ("Clip", 24, 48)]
    assert track[0].available_range().duration.value == 120
    assert (track[1].in_offset.value, track[1].out_offset.value) == (6, 6)
    assert track[0].media_reference.metadata["kling_spec"]["sha256"] == "0" * 64
    assert dict(track[2].metadata["kling_spec"]) | {"shot": "arrive", "take": 2, "gain": "-3"} == dict(
        track[2].metadata["kling_spec"]
    )
    assert [marker.name for marker in edited(path).tracks.markers] == [
        "open",
        "arrive@2",
        "a_shot_with_another",
    ]


def test_order_trims_and_transitions_follow_the_edit(film: Laid, path: Path) -> None:
    timeline = edited(path)
    track = track_of(timeline)
    last, hole = track.pop(4), track.pop(3)
    track[1].in_offset, track[1].out_offset = frames(10), frames(6)
    track[1].transition_type = "Custom_Transition"
    track[1].name = "Dip to White"
    track[2].source_range = span(12, 60)
    track.insert(0, last)
    track.append(hole)
    save(timeline, path)

    after = again(film, back(film, path))

    assert said(after) == [(4, 24, 48, 0), (0, 0, 120, 0), (1, 2, 70, 16), ("gap", 24)]
    assert after.timeline.picture[2].entrance.kind is TransitionKind.DIP_TO_WHITE
    assert isinstance(after.timeline.picture[3], Gap)
    assert after.timeline.picture[3].color == "#00ff00"
    assert after.film.entries[1].caption == "first"
    assert after.timeline.picture[2].gain == -3
    assert after.film.entries[2].is_continued, "the clip before it is the one that it goes on from"


def test_a_clip_behind_another_one_goes_on_from_nothing(film: Laid, path: Path) -> None:
    timeline = edited(path)
    track = track_of(timeline)
    del track[1]
    track.insert(0, track.pop(1))
    save(timeline, path)

    followed = back(film, path)

    assert followed.film is not None
    assert not any(entry.is_continued for entry in followed.film.entries if not hasattr(entry, "color"))


def test_a_clip_cut_in_two_has_its_titles_once(tmp_path: Path) -> None:
    film = laid(shot("us/open", caption="first"))
    path = handed(film, tmp_path)
    timeline = edited(path)
    track = track_of(timeline)
    second = track[0].deepcopy()
    track[0].source_range, second.source_range = span(0, 50), span(60, 30)
    track.append(second)
    save(timeline, path)

    after = again(film, back(film, path))

    assert said(after) == [(0, 0, 50, 0), (0, 60, 30, 0)]


def test_media_are_known_by_their_names_where_an_editor_dropped_our_metadata(film: Laid, path: Path) -> None:
    timeline = edited(path)
    track = track_of(timeline)
    track[0], track[4] = track[4].deepcopy(), track[0].deepcopy()
    for item in timeline.find_children():
        item.metadata.clear()
        if isinstance(item, otio.schema.Clip):
            item.media_reference.metadata.clear()
            name = item.media_reference.target_url.rsplit("/", 1)[-1]
            item.media_reference.target_url = f"file:///C:/Edit%20Suite/{name}"
    save(timeline, path)

    after = again(film, back(film, path))

    assert [item.source for item in after.timeline.picture if isinstance(item, Clip)] == [4, 1, 0]
    assert after.timeline.picture[2].color == "#00ff00", "known by its place and length"


def test_times_of_day_of_the_media_and_another_rate_are_reckoned_back(film: Laid, path: Path) -> None:
    timeline = edited(path)
    clip = track_of(timeline)[4]
    hour = otio.opentime.RationalTime(3600 * 25, 25)
    clip.media_reference.available_range = otio.opentime.TimeRange(hour, otio.opentime.RationalTime(125, 25))
    clip.source_range = otio.opentime.TimeRange(
        hour + otio.opentime.RationalTime(25, 25), otio.opentime.RationalTime(50, 25)
    )
    save(timeline, path)

    assert again(film, back(film, path)).timeline == film.timeline


def test_fades_at_the_edges_come_out_of_black(film: Laid, path: Path) -> None:
    timeline = edited(path)
    track = track_of(timeline)
    fade = otio.schema.Transition(
        transition_type="SMPTE_Dissolve", in_offset=frames(0), out_offset=frames(12)
    )
    track.insert(0, fade)
    track.append(
        otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=frames(10), out_offset=frames(0))
    )
    save(timeline, path)

    after = again(film, back(film, path))

    assert after.timeline.frames == film.timeline.frames
    assert said(after)[0] == ("gap", 12)
    assert said(after)[1] == (0, 0, 120, 12)
    assert (after.timeline.picture[-1].frames, after.timeline.picture[-1].overlap) == (10, 10)


def test_a_project_with_one_timeline_is_that_timeline(film: Laid, path: Path) -> None:
    project = otio.schema.SerializableCollection(name="project", children=[edited(path)])
    save(project, path)

    followed = back(film, path)

    assert again(film, followed).timeline == film.timeline
    assert followed.found == ()


def test_a_constant_speed_is_followed(film: Laid, path: Path) -> None:
    timeline = edited(path)
    clip = track_of(timeline)[4]
    clip.effects.append(otio.schema.LinearTimeWarp("", 2.0))
    clip.source_range = span(24, 24)
    save(timeline, path)

    after = again(film, back(film, path))

    assert (after.timeline.picture[3].first, after.timeline.picture[3].frames) == (12, 24)
    assert after.timeline.picture[3].speed == 2


def frozen(track: Any) -> None:
    track[0].effects.append(otio.schema.FreezeFrame())


def curved(track: Any) -> None:
    track[0].effects.append(otio.schema.TimeEffect("ramp"))


def backwards(track: Any) -> None:
    track[0].effects.append(otio.schema.LinearTimeWarp("", -1.0))


def nested(track: Any) -> None:
    track.insert(0, otio.schema.Stack("inside", children=[track[0].deepcopy()]))


def foreign(track: Any) -> None:
    track[0].media_reference = otio.schema.ExternalReference("file:///stock/eagle.mp4")


def generated(track: Any) -> None:
    track[0].media_reference = otio.schema.GeneratorReference("bars", "SMPTEBars")


def second_track(track: Any) -> None:
    above = otio.schema.Track("Above", kind="Video")
    above.append(track[0].deepcopy())
    track.parent().append(above)


def no_handle(track: Any) -> None:
    track[4].source_range = span(3, 40)
    track.insert(
        4, otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=frames(6), out_offset=frames(6))
    )


def no_tail(track: Any) -> None:
    track[1].out_offset = frames(20)


def twice(track: Any) -> None:
    track.insert(2, track[1].deepcopy())


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (frozen, "KS722", "item 1 of track 'Picture' ('open'), at 0.000 s is frozen"),
        (curved, "KS722", "('open'), at 0.000 s changes its speed"),
        (backwards, "KS722", "('open'), at 0.000 s plays at -1"),
        (nested, "KS722", "item 1 of track 'Picture' ('inside'), at 0.000 s is nested"),
        (foreign, "KS721", "shows a file that is none of the film's ('eagle.mp4')"),
        (generated, "KS721", "shows a file that is none of the film's"),
        (second_track, "KS722", "item 1 of track 'Above' ('open') lies over the picture"),
        (no_handle, "KS703", "at 10.500 s needs 3 frames before the beginning of its clip"),
        (no_tail, "KS703", "('open'), at 0.000 s needs 14 frames behind the end of its clip"),
        (twice, "KS722", "follows another transition"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_a_cut_cannot_say_is_refused_with_its_place(
    change: Any, code: str, words: str, film: Laid, path: Path
) -> None:
    timeline = edited(path)
    change(track_of(timeline))
    save(timeline, path)

    followed = back(film, path)

    assert followed.film is None
    (finding,) = (finding for finding in followed.found if finding.is_error)
    assert finding.code == code
    assert words in finding.message
    assert finding.origin.file == str(path)


def coloured(track: Any) -> None:
    track[0].effects.append(otio.schema.Effect("", "Lumetri"))


def starred(track: Any) -> None:
    track[1].transition_type = "Custom_Transition"
    track[1].name = "Star Wipe"
    track[1].metadata.clear()


def off(track: Any) -> None:
    track[4].enabled = False


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (coloured, "the effect 'Lumetri' of item 1 of track 'Picture' ('open'), at 0.000 s is left out"),
        (starred, "('Star Wipe'), at 4.750 s is no transition that a cut has, and becomes a crossfade"),
        (off, "which is switched off, is a gap"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_left_out_is_told_and_the_rest_is_followed(
    change: Any, words: str, film: Laid, path: Path
) -> None:
    timeline = edited(path)
    change(track_of(timeline))
    save(timeline, path)

    followed = back(film, path)

    (finding,) = followed.found
    assert (finding.code, finding.is_error) == ("KS723", False)
    assert words in finding.message
    after = again(film, followed)
    assert after.timeline.frames == film.timeline.frames
    assert [item.overlap for item in after.timeline.picture] == [0, 12, 0, 0]


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[" * 100_000, '{"OTIO_SCHEMA": "Clip.2"}', "TITLE: an EDL", "\ud800"],
    ids=["empty", "nothing", "deep", "a clip", "edl", "no text"],
)
def test_what_is_no_timeline_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "edit.otio"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    with pytest.raises(ExchangeError, match=r"edit\.otio (is no|holds not one)"):
        read_edit(path)


@pytest.mark.parametrize("number", ["1e308", "-5", "NaN", "1e400"])
@pytest.mark.parametrize("key", ["value", "rate"])
def test_times_that_are_none_are_told_and_never_raise(key: str, number: str, film: Laid, path: Path) -> None:
    text = path.read_text()
    before, mark, after = text.partition('"duration": {')
    head, found, tail = after.partition(f'"{key}": ')
    path.write_text(before + mark + head + found + number + tail[tail.index("\n") - (key == "rate") :])

    try:
        followed = back(film, path)
    except ExchangeError:
        return
    if followed.film is not None:
        assert followed.film.entries
    else:
        assert any(finding.is_error for finding in followed.found)
