import cmath
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
from cut_films import film, lumas, over, pictures, samples, shot, still
from PIL import Image

from kling_spec.ir import TransitionKind
from kling_spec.media import CancelledError, Ffmpeg, loudness_of, probe
from kling_spec.media._run import run

Shelf = Callable[..., Path]
Make = Callable[..., tuple]


def test_whole_equal_clips_are_copied_bit_for_bit(shelf: Shelf, make: Make) -> None:
    files = {"a": shelf(), "b": shelf("-vf", "hue=h=90", seconds=2), "c": shelf("-vf", "negate")}

    report, notes = make(film(shot("a"), shot("b"), shot("c"), shot("a")), files)

    assert notes == ()
    assert (report.method, report.planned_frames, report.frames) == ("copy", 120, 120)
    assert (report.samples, report.sound) == (240000, "clips")
    assert pictures(report.path) == [hashed for task in "abca" for hashed in pictures(files[task])]
    data = report.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert [path.name for path in report.path.parent.iterdir()] == ["film.mp4"]


def test_copies_without_sound_make_a_film_without_a_sound_track(shelf: Shelf, make: Make) -> None:
    report, _ = make(film(shot("a"), shot("a")), {"a": shelf(sound=None)})

    assert (report.method, report.frames, report.sound, report.samples) == ("copy", 48, "none", 0)
    assert probe(report.path).audio is None


def test_twenty_joins_do_not_drift(shelf: Shelf, make: Make) -> None:
    files = {"a": shelf(seconds=0.5), "b": shelf("-vf", "negate", seconds=0.5)}

    report, _ = make(film(*(shot("ab"[at % 2]) for at in range(21))), files)

    assert (report.method, report.frames, report.samples) == ("copy", 252, 504000)


OTHERS = {
    "size": {"size": "240x240"},
    "odd size": {"size": "319x179", "options": ("-pix_fmt", "yuv444p")},
    "30 fps": {"rate": "30"},
    "23.976 fps": {"rate": "24000/1001"},
    "no sound": {"sound": None},
    "mono at 44.1 kHz": {"sound": "sine=440:sample_rate=44100", "stereo": False},
    "stretched": {"options": ("-vf", "setsar=4/3")},
    "ten bits": {"options": ("-pix_fmt", "yuv420p10le")},
    "full range": {"options": ("-vf", "scale=out_range=pc", "-color_range", "pc")},
    "another clock": {"options": ("-video_track_timescale", "90000")},
    "uneven frames": {"options": ("-vf", "select='mod(n,5)'", "-fps_mode", "vfr"), "seconds": 1.04},
    "hevc": {"options": ("-c:v", "libx265", "-x265-params", "log-level=none")},
    "shorter sound": {"options": ("-af", "atrim=end=0.6")},
    "longer sound": {"options": ("-af", "apad=pad_dur=0.4")},
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_clip_that_differs_is_brought_onto_the_grid(shelf: Shelf, make: Make, name: str) -> None:
    other = dict(OTHERS[name])
    files = {"a": shelf(), "b": shelf(*other.pop("options", ()), **other)}

    report, notes = make(film(shot("a"), shot("b"), shot("a")), files)

    assert notes == ()
    assert (report.width, report.height, report.rate) == (320, 180, 24)
    assert (report.frames, report.samples) == (72, 144000)
    facts = probe(report.path)
    assert facts.regular
    assert (facts.codec, facts.pixel_format, facts.matrix, facts.color_range)[:2] == ("h264", "yuv420p")


def test_a_common_rate_is_kept(shelf: Shelf, make: Make) -> None:
    report, _ = make(
        film(shot("a", start=Decimal("0.5")), shot("a")), {"a": shelf(rate="30000/1001", seconds=1.001)}
    )

    assert (str(report.rate), report.frames, report.samples) == ("30000/1001", 45, 72072)


def test_a_trim_takes_exactly_its_frames(shelf: Shelf, make: Make) -> None:
    source = shelf("-vf", "geq=lum='16+N*8':cb=128:cr=128", sound=None)

    report, _ = make(film(shot("a", start=Decimal("0.25"), end=Decimal("0.75"))), {"a": source})

    wanted = lumas(source)[6:18]
    found = lumas(report.path)
    assert report.why == "clip 1 is trimmed"
    assert len(found) == 12
    assert max(abs(one - other) for one, other in zip(found, wanted, strict=True)) < 1.5


def test_sound_follows_its_trim(shelf: Shelf, make: Make) -> None:
    beep = "aevalsrc='if(gte(t,0.5),0.5*sin(2*PI*1000*t),0)|0':s=48000"
    report, _ = make(film(shot("a", start=Decimal("0.25"))), {"a": shelf(sound=beep)})

    heard = samples(report.path)
    begins = next(at for at, level in enumerate(heard) if abs(level) > 0.2)
    assert report.samples == 36000
    assert abs(begins - 12000) < 48


def test_a_still_stands_for_its_seconds(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    Image.new("RGB", (500, 500), (255, 255, 255)).save(tmp_path / "card%03d '.jpg")
    files = {"a": shelf(), "card": tmp_path / "card%03d '.jpg"}

    report, _ = make(film(shot("a"), still("card", "0.75")), files)

    assert (report.frames, report.samples, report.why) == (42, 84000, "clip 2 is a still")
    assert len(set(pictures(report.path)[-6:])) <= 2
    assert max(lumas(report.path)[-1:]) > 100


def test_a_film_of_one_still(make: Make, tmp_path: Path) -> None:
    Image.new("RGB", (101, 61), (200, 10, 10)).save(tmp_path / "card.png")

    report, _ = make(film(still("card", "0.5")), {"card": tmp_path / "card.png"})

    assert (report.frames, report.width, report.height, report.sound) == (12, 100, 60, "none")


@pytest.mark.parametrize("kind", TransitionKind)
def test_a_transition_overlaps_its_clips(shelf: Shelf, make: Make, kind: TransitionKind) -> None:
    files = {"a": shelf(), "b": shelf(picture="smptebars"), "c": shelf(sound=None)}
    clips = (
        shot("a"),
        shot("b", transition=over("0.5", kind)),
        shot("c", transition=over("0.25", kind)),
        shot("a"),
    )

    report, _ = make(film(*clips), files)

    assert (report.frames, report.samples) == (96 - 12 - 6, 156000)
    seen = [(entry.name, entry.first, entry.frames) for entry in report.entries]
    assert seen == [("a", 0, 24), ("b", 12, 24), ("c", 30, 24), ("a", 54, 24)]
    assert probe(report.path).regular


def test_a_crossfade_goes_from_one_picture_to_the_other(shelf: Shelf, make: Make) -> None:
    plain = {"black": "drawbox=c=black:t=fill", "white": "drawbox=c=white:t=fill"}
    files = {name: shelf("-vf", box, sound=None) for name, box in plain.items()}

    report, _ = make(film(shot("black"), shot("white", transition=over("0.5"))), files)

    light = lumas(report.path)
    assert len(light) == 36
    assert max(light[:12]) < 20
    assert min(light[24:]) > 230
    assert light[12:24] == sorted(light[12:24])
    assert 100 < light[18] < 150


def test_a_dip_is_darkest_in_its_middle(shelf: Shelf, make: Make) -> None:
    files = {"white": shelf("-vf", "drawbox=c=white:t=fill", sound=None)}
    dip = over("0.5", TransitionKind.DIP_TO_BLACK)

    report, _ = make(film(shot("white"), shot("white", transition=dip)), files)

    light = lumas(report.path)
    assert min(light[:12] + light[24:]) > 230
    assert light.index(min(light)) in {17, 18}
    assert min(light) < 60
    assert light[12:18] == sorted(light[12:18], reverse=True)
    assert light[18:24] == sorted(light[18:24])


def test_ducked_music_gives_way_to_a_quiet_voice(
    shelf: Shelf, make: Make, maker: Ffmpeg, tmp_path: Path
) -> None:
    bed = tmp_path / "bed.wav"
    run(maker.path, ["-f", "lavfi", "-i", "sine=220:sample_rate=48000:duration=3", str(bed)])
    source = still("bed", "1").source
    files = {"a": shelf(sound="aevalsrc=0.03*sin(2*PI*1000*t):s=48000", seconds=3), "bed": bed}

    plain, _ = make(film(shot("a"), music=source), files)
    loud = _level(samples(plain.path)[48000:72000], 220)
    ducked, _ = make(film(shot("a"), music=source, duck=True), files)
    quiet = _level(samples(ducked.path)[48000:72000], 220)

    assert quiet < 0.7 * loud


def _level(heard: list[float], hertz: int) -> float:
    """Return the strength of one tone."""
    turns = (cmath.exp(-2j * cmath.pi * hertz * at / 48000) for at in range(len(heard)))
    return abs(sum(level * turn for level, turn in zip(heard, turns, strict=True)))


def test_music_lies_under_the_whole_film(shelf: Shelf, make: Make, maker: Ffmpeg, tmp_path: Path) -> None:
    bed = tmp_path / "-bed's.mp3"
    tone = "sine=220:sample_rate=44100:duration=0.7"
    run(maker.path, ["-f", "lavfi", "-i", tone, "-f", "wav", f"file:{bed}"])
    music = still("bed", "1").source
    quiet = film(shot("a"), shot("a"), music=music)
    ducked = film(shot("b"), shot("a"), music=music, music_gain=Decimal(-6), duck=True, loudness=Decimal(-14))
    files = {"a": shelf(sound=None), "b": shelf(), "bed": bed}

    alone, _ = make(quiet, files)
    both, _ = make(ducked, files)

    assert (alone.method, alone.sound, alone.samples) == ("copy", "music", 96000)
    assert max(map(abs, samples(alone.path)[40000:60000])) > 0.02
    assert both.sound == "clips and music"
    assert both.samples == 96000
    assert both.loudness == pytest.approx(-14, abs=0.5)
    assert ("music" in dict(both.inputs)) is True


def test_the_loudness_reached_is_that_of_the_file(
    shelf: Shelf, make: Make, ffmpeg: Ffmpeg, maker: Ffmpeg, tmp_path: Path
) -> None:
    report, _ = make(film(shot("a"), loudness=Decimal(-20)), {"a": shelf(seconds=3)})

    raw = tmp_path / "film.f32"
    run(maker.path, ["-i", str(report.path), "-f", "f32le", "-ar", "48000", "-ac", "2", str(raw)])
    assert loudness_of(ffmpeg, raw).level == pytest.approx(-20, abs=0.5)


def test_a_silent_film_has_no_loudness_to_reach(shelf: Shelf, make: Make) -> None:
    report, notes = make(film(shot("a"), loudness=Decimal(-14)), {"a": shelf(sound=None)})

    assert report.loudness is None
    assert [note.code for note in notes] == ["KS707"]


def test_an_unchanged_film_is_left_alone(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    first, _ = make(film(shot("a"), shot("b")), {"a": shelf(), "b": shelf(picture="smptebars")})
    (note,) = (tmp_path / "work").glob("film-*.json")
    written = [path.stat().st_mtime_ns for path in (first.path, note)]
    again, _ = make(film(shot("a"), shot("b")), {"a": shelf(), "b": shelf(picture="smptebars")})

    assert again.unchanged
    assert [path.stat().st_mtime_ns for path in (again.path, note)] == written
    assert {**again.to_json(), "unchanged": False} == first.to_json()
    assert json.loads(json.dumps(again.to_json()))["frames"] == 48

    other, _ = make(film(shot("b"), shot("a")), {"a": shelf(), "b": shelf(picture="smptebars")})
    assert not other.unchanged


def test_two_renders_give_the_same_bytes(shelf: Shelf, make: Make) -> None:
    wanted = film(shot("a"), shot("b", transition=over("0.25")))
    files = {"a": shelf(), "b": shelf(picture="smptebars")}

    first, _ = make(wanted, files)
    first.path.unlink()
    second, _ = make(wanted, files)

    assert not second.unchanged
    assert first.sha256 == second.sha256


def test_progress_only_grows(shelf: Shelf, make: Make) -> None:
    heard: list[float] = []

    make(film(shot("a", end=Decimal("0.5"))), {"a": shelf()}, progress=heard.append)

    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_a_cancelled_film_leaves_nothing(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    cancel = Event()
    cancel.set()

    with pytest.raises(CancelledError):
        make(film(shot("a")), {"a": shelf()}, cancel=cancel)

    assert list((tmp_path / "out").iterdir()) == []
    assert list((tmp_path / "work").iterdir()) == []
