"""Sound, stills, reels and rates on their way to an editor."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from exchange_films import HERE, TASKS, again, back, edited, facts, handed, laid, over, save, shot, stock

from kling_spec.cut import Material, Stock
from kling_spec.exchange import ExchangeError, Form, Laid, Placing, write
from kling_spec.ir import AssetEntry, Entry, LocalFile, Soundtrack
from kling_spec.media import ImageFacts, SoundFacts

BED, VOICE, CARD = LocalFile("bed.mp3", "a"), LocalFile("voice.wav", "b"), LocalFile("card.png", "c")


def full() -> Stock:
    """A stock with music of two seconds, a voice of one, and a still."""
    there = stock()
    sound = SoundFacts(format="mp3", rate=48000, channels=2, seconds=2.0)
    more = (
        Material(name="music", path=Path("bed.mp3"), sha256="a" * 64, facts=sound),
        Material(name="voice", path=Path("voice.wav"), sha256="b" * 64, facts=replace(sound, seconds=1.0)),
        Material(
            name="card",
            path=Path("card.png"),
            sha256="c" * 64,
            facts=ImageFacts(format="png", width=320, height=180),
        ),
    )
    places = {**there.places, BED: len(TASKS), VOICE: len(TASKS) + 1, CARD: len(TASKS) + 2}
    return Stock(materials=(*there.materials, *more), places=places)


def card(seconds: str) -> AssetEntry:
    return AssetEntry(name="card", kind="image", source=CARD, seconds=Decimal(seconds), origin=HERE)


def heard(*entries: Entry) -> Laid:
    sound = Soundtrack(music=BED, voice=VOICE, voice_start=Decimal("0.5"), music_gain=Decimal(-18), duck=True)
    return laid(*entries, of=full(), sound=sound)


def sounds(path: Path) -> list[tuple[str, list[tuple[float, float, float]]]]:
    """Where the clips of each track of sound lie, where they begin, and how long they are."""
    timeline = edited(path)
    return [
        (
            track.name,
            [
                (
                    track.range_of_child(clip).start_time.value,
                    clip.source_range.start_time.value,
                    clip.source_range.duration.value,
                )
                for clip in track.find_clips()
            ],
        )
        for track in timeline.tracks
        if track.kind == "Audio"
    ]


def test_sound_of_clips_music_and_voice_have_a_track_each(tmp_path: Path) -> None:
    film = heard(
        shot("us/open"),
        shot("us/arrive@2", end=Decimal(2), is_mute=True),
        shot("us/arrive@2+1", transition=over("0.5"), end=Decimal(1)),
        card("1"),
    )

    tracks = dict(sounds(handed(film, tmp_path)))

    total = film.timeline.frames
    assert total == 120 + 48 + 24 - 12 + 24
    assert tracks["Clip sound"] == [(0, 0, 120), (162, 6, 18)]
    assert tracks["Music"] == [(0, 0, 48), (48, 0, 48), (96, 0, 48), (144, 0, 48), (192, 0, 12)]
    assert tracks["Voice"] == [(12, 0, 24)]
    xml = sounds(handed(film, tmp_path, Form.FCP7))
    faded = [(0, 0, 120), (156, 0, 24)]
    assert [clips for _, clips in xml] == [faded, tracks["Music"], tracks["Voice"]]


def test_a_still_stands_as_long_as_the_edit_says(tmp_path: Path) -> None:
    film = heard(shot("us/open"), card("1"))
    path = handed(film, tmp_path)
    assert again(film, back(film, path)).timeline == film.timeline
    timeline = edited(path)
    span = timeline.tracks[0][1].source_range
    timeline.tracks[0][1].source_range = otio.opentime.TimeRange(
        span.start_time, otio.opentime.RationalTime(60, 24)
    )
    save(timeline, path)

    after = again(film, back(film, path))

    assert [item.frames for item in after.timeline.picture] == [120, 60]


def test_reels_of_an_edl_differ_though_their_names_begin_alike(tmp_path: Path) -> None:
    film = laid(shot(TASKS[3]), shot(TASKS[4]), shot(TASKS[3], end=Decimal(1)))

    written = write(film, tmp_path / "main.edl", Form.EDL, Placing.NONE)

    events = [line.split() for line in written.path.read_text().splitlines() if line[:3].isdigit()]
    assert [event[1] for event in events] == ["3", "4", "3"]
    named = replace(
        film,
        stock=replace(
            film.stock,
            materials=tuple(
                replace(material, path=Path(f"{material.name.rsplit('/', 1)[-1]}.mp4"))
                for material in film.stock.materials
            ),
        ),
    )
    written = write(named, tmp_path / "named.edl", Form.EDL, Placing.NONE)
    events = [line.split() for line in written.path.read_text().splitlines() if line[:3].isdigit()]
    assert [event[1] for event in events] == ["ASHOTWIT", "ASHOTWI2", "ASHOTWIT"]
    (note,) = (finding for finding in written.found if "names of reels" in finding.message)
    assert "a_shot_with_another is ASHOTWI2" in note.message


@pytest.mark.parametrize("form", [Form.FCP7, Form.EDL], ids=str)
def test_a_speed_that_a_format_does_not_carry_is_told_and_its_clip_begins_rightly(
    form: Form, tmp_path: Path
) -> None:
    film = laid(
        shot("us/open"),
        shot("us/arrive@2", start=Decimal(1), speed=Decimal("0.5"), transition=over("0.5")),
    )

    written = write(film, tmp_path / f"main{form.ending}", form, Placing.NONE)

    (warning,) = (finding for finding in written.found if "speed" in finding.message)
    assert warning.severity == "warning"
    assert "the speed of 'us/arrive@2': set it to 0.5" in warning.message
    options = {"rate": 24} if form is Form.EDL else {}
    timeline = otio.adapters.read_from_file(str(written.path), **options)
    track = timeline.tracks[0]
    last = [*track.find_clips()][-1]
    before = track[-2].in_offset.value
    assert last.source_range.start_time.value - before == 24


def test_a_rate_that_an_edl_cannot_count_in_is_refused(tmp_path: Path) -> None:
    there = stock(rate=Fraction(13))
    film = laid(shot("us/open"), of=there)

    with pytest.raises(ExchangeError, match="an EDL cannot be written"):
        handed(film, tmp_path, Form.EDL)
    assert not [*tmp_path.iterdir()]
    ntsc = laid(shot("us/open"), of=stock(rate=Fraction(24000, 1001)))
    assert "00:00:05:00" in handed(ntsc, tmp_path, Form.EDL).read_text()


def test_clips_without_sound_leave_no_track_of_it(tmp_path: Path) -> None:
    there = stock()
    silent = replace(
        there,
        materials=tuple(replace(material, facts=facts(sound=False)) for material in there.materials),
    )

    assert sounds(handed(laid(shot("us/open"), of=silent), tmp_path)) == []
