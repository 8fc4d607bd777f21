"""What is heard in a film: together with what is seen, and as it was asked for."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cut_films import HERE, film, lumas, over, shot, still
from ears import clicks, decibels, holes, of_film, power, step, tone

from kling_spec.cut._material import gather
from kling_spec.cut._sound import hear
from kling_spec.cut._store import Store
from kling_spec.cut._timeline import lay_out
from kling_spec.ir import Film, GapEntry, Soundtrack, TransitionKind
from kling_spec.media import Ffmpeg, loudness_of
from kling_spec.media._run import run

Shelf = Callable[..., Path]
Make = Callable[..., tuple]
SMALL = {"size": "160x90"}
WORDS = still("words", "1").source
BED = still("bed", "1").source


def humming(hertz: int, volume: float = 0.25) -> str:
    wave = f"{volume}*sin(2*PI*{hertz}*t)"
    return f"aevalsrc={wave}|{wave}:s=48000"


def clapping(rate: int) -> str:
    """A click of 10 ms after a quarter of a second, in a sound of `rate`."""
    return f"aevalsrc='if(between(t,0.25,0.26),0.8*sin(2*PI*2000*t),0)':s={rate}"


@pytest.fixture
def recorded(maker: Ffmpeg, tmp_path: Path) -> Callable[..., Path]:
    """Make a file of sound: a tone for so many seconds."""

    def made(name: str, hertz: int, seconds: float, volume: float = 0.25) -> Path:
        path = tmp_path / name
        run(maker.path, ["-f", "lavfi", "-i", f"{humming(hertz, volume)}:d={seconds}", "-ac", "2", str(path)])
        return path

    return made


@pytest.mark.parametrize("overlap", [None, "0.125"], ids=["hard cuts", "crossfades"])
def test_flash_and_click_stay_together_over_twenty_joins(
    shelf: Shelf, make: Make, overlap: str | None
) -> None:
    flash = ("-vf", "drawbox=c=black:t=fill,drawbox=c=white:t=fill:enable='eq(n,6)'")
    kinds = [
        {"sound": clapping(48000)},
        {"sound": clapping(44100), "stereo": False},
        {"sound": clapping(44100)},
    ]
    files = {f"{at}": shelf(*flash, seconds=0.5, **SMALL, **kind) for at, kind in enumerate(kinds)}
    entered = over(overlap) if overlap else None
    parts = [shot(f"{at % 3}", transition=entered if at else None) for at in range(21)]

    report, _ = make(film(*parts), files)

    light = lumas(report.path)
    flashes = [at for at, level in enumerate(light) if level > 200]
    left, right = of_film(report.path)
    step_of = 12 - (3 if overlap else 0)
    assert report.samples == report.frames * 2000 == len(left)
    assert flashes == [6 + step_of * at for at in range(21)]
    for channel in (left, right):
        assert clicks(channel) == [pytest.approx(2000 * at, abs=48) for at in flashes]


def test_twenty_joins_have_neither_holes_nor_clicks(shelf: Shelf, make: Make) -> None:
    """Tones that are cut anywhere in their waves, in clips whose sound is longer or shorter than their picture."""
    longer, shorter = ("-af", "apad=pad_dur=0.2"), ("-af", "atrim=end=0.96")
    files = {
        "a": shelf(sound=humming(217), **SMALL),
        "b": shelf(*longer, sound=humming(331), **SMALL),
        "c": shelf(*shorter, sound=humming(217).replace("48000", "44100"), **SMALL),
    }
    cut = {"start": Decimal("0.125"), "end": Decimal("0.875")}

    report, _ = make(film(*(shot("abc"[at % 3], **cut) for at in range(21))), files)

    heard, _ = of_film(report.path)
    joins = [36000 * at for at in range(1, 21)]
    assert report.samples == 36000 * 21
    assert holes(heard) == []
    assert max(step(heard, join) for join in joins) <= 1.3 * step(heard, 54000)


# Two equal channels are written as one that is three decibels louder.
MIXED: dict[str, dict[str, Any]] = {
    "48 kHz": {"sound": humming(400)},
    "44.1 kHz mono": {"sound": humming(400, 0.25 / 2**0.5).replace("48000", "44100"), "stereo": False},
    "none": {"sound": None},
    "short": {"sound": humming(400), "options": ("-af", "atrim=end=0.2")},
    "long": {"sound": humming(400), "options": ("-af", "apad=pad_dur=1")},
    "32 kHz at 30 fps": {"sound": humming(400).replace("48000", "32000"), "rate": "30"},
}


def test_twenty_four_clips_of_all_kinds_are_counted_and_heard(shelf: Shelf, make: Make) -> None:
    names = [name for _ in range(4) for name in MIXED]
    files = {
        name: shelf(
            *kind.get("options", ()),
            seconds=0.5,
            **SMALL,
            **{key: kind[key] for key in kind if key != "options"},
        )
        for name, kind in MIXED.items()
    }

    report, notes = make(film(*map(shot, names)), files)

    heard, other = of_film(report.path)
    assert notes == ()
    assert (report.frames, report.samples, len(heard), len(other)) == (288, 576000, 576000, 576000)
    for at, name in enumerate(names):
        for channel in (heard, other):
            early, late = (tone(channel[24000 * at + start :][:6000], 400) for start in (2400, 16000))
            assert early == pytest.approx(0 if name == "none" else 0.25, abs=0.02), name
            assert late == pytest.approx(0 if name in {"none", "short"} else 0.25, abs=0.02), name


RATES = {
    "24000/1001": 1001 / 24000,
    "24": 1 / 24,
    "25": 0.04,
    "30000/1001": 1001 / 30000,
    "30": 1 / 30,
    "60": 1 / 60,
}


@pytest.mark.parametrize("rate", RATES)
def test_samples_are_exact_at_every_rate(shelf: Shelf, make: Make, rate: str) -> None:
    clip = shelf(rate=rate, seconds=0.7, sound=clapping(48000), **SMALL)

    report, _ = make(film(*(shot("a", end=Decimal("0.57")) for _ in range(9))), {"a": clip})

    wanted = round(report.frames * RATES[rate] * 48000)
    heard, _ = of_film(report.path)
    each = report.frames // 9 * RATES[rate] * 48000
    assert (report.samples, len(heard)) == (wanted, wanted)
    assert clicks(heard) == [pytest.approx(12000 + each * at, abs=48) for at in range(9)]


@pytest.mark.parametrize("speed", ["0.5", "2.5"])
def test_speed_keeps_pitch_and_length(shelf: Shelf, make: Make, speed: str) -> None:
    clip = shelf(sound=humming(1000), seconds=2, **SMALL)

    report, _ = make(film(shot("a", speed=Decimal(speed)), shot("a")), {"a": clip})

    heard, _ = of_film(report.path)
    first = report.frames - 48
    body = heard[first * 500 : first * 1500]
    assert report.samples == report.frames * 2000 == len(heard)
    assert first == int(48 / Decimal(speed))
    assert sum(one < 0 <= other for one, other in pairwise(body)) / len(body) == pytest.approx(
        1000 / 48000, rel=0.02
    )


def test_gaps_and_what_is_muted_are_silent_and_the_rest_has_its_gain(shelf: Shelf, make: Make) -> None:
    files = {"a": shelf(sound=humming(400), **SMALL)}
    half = {"end": Decimal("0.5")}
    parts = (
        shot("a", **half),
        shot("a", **half, is_mute=True),
        shot("a", **half, gain=Decimal(-6)),
        GapEntry(seconds=Decimal("0.5"), origin=HERE),
        shot("a", **half, gain=Decimal(3)),
    )

    report, _ = make(film(*parts, clips_gain=Decimal(-3)), files)  # type: ignore[arg-type]

    heard, _ = of_film(report.path)
    found = [tone(heard[24000 * at + 6000 : 24000 * at + 18000], 400) / 0.25 for at in range(5)]
    assert [decibels(found[at]) for at in (0, 2, 4)] == [
        pytest.approx(level, abs=0.2) for level in (-3, -9, 0)
    ]
    assert max(found[1], found[3]) < 1e-3


def test_muted_clips_leave_the_film_to_its_music(shelf: Shelf, make: Make, recorded: Callable) -> None:
    files = {"a": shelf(sound=humming(400), **SMALL), "bed": recorded("bed.wav", 900, 0.3)}

    silent, _ = make(film(shot("a"), is_clips_mute=True), files)
    alone, _ = make(film(shot("a"), is_clips_mute=True, music=BED, music_fade_out=Decimal(0)), files)

    heard, _ = of_film(alone.path)
    assert (silent.sound, silent.samples) == ("none", 0)
    assert alone.sound == "music"
    assert tone(heard[4800:43200], 400) < 1e-3
    assert tone(heard[4800:43200], 900) > 0.2


def test_a_voice_over_music_and_clips(shelf: Shelf, make: Make, recorded: Callable) -> None:
    files = {
        "a": shelf(sound=humming(400, 0.05), seconds=4, **SMALL),
        "words": recorded("words.mp3", 700, 1, 0.02),
        "bed": recorded("bed.wav", 2500, 0.5),
    }
    asked = Soundtrack(
        music=BED,
        music_fade_in=Decimal("0.5"),
        music_fade_out=Decimal("0.5"),
        voice=WORDS,
        voice_start=Decimal("1.5"),
        duck=True,
        is_clips_mute=True,
    )

    report, notes = make(
        Film(cut="main", variant="us", output="m.mp4", entries=(shot("a"),), sound=asked, origin=HERE), files
    )

    heard, _ = of_film(report.path)
    at = {second: tone(heard[int(48000 * second) :][:9600], 2500) / 0.25 for second in (0.8, 1.8, 2.2, 3.2)}
    assert (notes, report.sound) == ((), "voice and music")
    assert [decibels(at[second]) for second in (0.8, 3.2)] == [pytest.approx(0, abs=1)] * 2
    assert max(decibels(at[second]) for second in (1.8, 2.2)) < -5
    assert tone(heard[76800:115200], 700) == pytest.approx(0.02, rel=0.1)
    assert power(heard[:1200]) < power(heard[12000:13200]) < power(heard[36000:37200])
    assert power(heard[-1200:]) < power(heard[-12000:-10800]) < power(heard[-36000:-34800])


@pytest.mark.parametrize("level", ["-14", "-23"])
def test_a_film_is_as_loud_as_asked(shelf: Shelf, make: Make, ffmpeg: Ffmpeg, level: str) -> None:
    noise = "aevalsrc='0.6*(random(0)-0.5)*(0.2+0.8*lt(mod(t,1),0.3))':s=48000"
    files = {"a": shelf(sound=noise, seconds=3, **SMALL), "b": shelf(sound=humming(300), seconds=2, **SMALL)}

    report, notes = make(film(shot("a"), shot("b"), loudness=Decimal(level)), files)

    found = loudness_of(ffmpeg, report.path, ("-f", "mov"))
    assert notes == ()
    assert found is not None
    assert found.level == pytest.approx(float(level), abs=0.5)
    assert found.level == report.loudness
    assert found.peak <= -1
    assert "aac 48000 Hz 2 channels" in report.streams


def test_a_level_that_cannot_be_had_is_told(shelf: Shelf, make: Make) -> None:
    files = {"a": shelf(sound="aevalsrc='1.9*(random(0)-0.5)':s=48000", seconds=2, **SMALL)}

    report, notes = make(film(shot("a"), loudness=Decimal(-5)), files)
    again, still_told = make(film(shot("a"), loudness=Decimal(-5)), files)

    assert [(note.code, note.is_error) for note in notes] == [("KS717", False)]
    assert f"{report.loudness:.1f}" in notes[0].message
    assert again.unchanged
    assert still_told == notes


def test_a_voice_that_does_not_fit_is_told(shelf: Shelf, make: Make, recorded: Callable) -> None:
    files = {"a": shelf(sound=None, **SMALL), "words": recorded("words.wav", 700, 0.8)}

    fits, none = make(film(shot("a"), voice=WORDS, voice_start=Decimal("0.2")), files)
    cut, longer = make(film(shot("a"), voice=WORDS, voice_start=Decimal("0.5")), files)
    heard, _ = of_film(cut.path)
    lost, behind = make(film(shot("a"), voice=WORDS, voice_start=Decimal(1)), files)

    assert (fits.sound, cut.sound, lost.sound) == ("voice", "voice", "none")
    assert [[(note.code, note.is_error) for note in notes] for notes in (none, longer, behind)] == [
        [],
        [("KS715", False)],
        [("KS716", False)],
    ]
    assert "0.30 s" in longer[0].message
    assert tone(heard[26400:45600], 700) > 0.2
    assert power(heard[:23000]) < 1e-6


def test_a_film_of_nothing_but_silence_has_no_level(shelf: Shelf, make: Make) -> None:
    files = {"a": shelf(sound="anullsrc=r=48000", **SMALL)}

    report, notes = make(film(shot("a"), loudness=Decimal(-14)), files)

    assert (report.sound, report.samples, report.loudness) == ("clips", 48000, None)
    assert "KS707" in [note.code for note in notes]


def test_a_sound_is_kept_until_something_in_it_changes(shelf: Shelf, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """An ffmpeg that is not there makes nothing: what it returns was kept."""
    files = {"a": shelf(sound=humming(400), **SMALL), "b": shelf(sound=humming(700), **SMALL)}
    store = Store(tmp_path / "store", 1 << 30)
    gone = replace(ffmpeg, path=tmp_path / "gone")

    def heard(wanted: Film, by: Ffmpeg) -> bytes:
        stock, _ = gather(wanted, files.__getitem__, lambda _: Path())
        timeline, _ = lay_out(wanted, stock)
        folder = tmp_path / f"work{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        track = hear(wanted, timeline, stock, store, folder, by, None).track
        assert track is not None
        return track.read_bytes()

    def faded(seconds: str, kind: TransitionKind, **sound: Any) -> Film:
        return film(shot("a"), shot("b", transition=over(seconds, kind)), **sound)

    first = heard(faded("0.25", TransitionKind.CROSSFADE), ffmpeg)

    assert heard(faded("0.25", TransitionKind.WIPE), gone) == first
    assert heard(faded("0.25", TransitionKind.DIP_TO_BLACK), gone) == first
    for other in (
        faded("0.5", TransitionKind.CROSSFADE),
        faded("0.25", TransitionKind.CROSSFADE, clips_gain=Decimal(-3)),
        faded("0.25", TransitionKind.CROSSFADE, loudness=Decimal(-20)),
        film(shot("b"), shot("a", transition=over("0.25"))),
        film(shot("a"), shot("b", transition=over("0.25"), gain=Decimal(1))),
    ):
        with pytest.raises(OSError, match="gone"):
            heard(other, gone)
        assert heard(other, ffmpeg) != first


def test_the_same_sound_under_another_picture_is_made_once(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    files = {"a": shelf(sound=humming(400), **SMALL), "b": shelf(sound=humming(700), **SMALL)}

    make(film(shot("a"), shot("b", transition=over("0.25"))), files)
    before = {path.name for path in (tmp_path / "work" / "segments").glob("*.segment")}
    report, _ = make(film(shot("a"), shot("b", transition=over("0.25", TransitionKind.WIPE))), files)
    new = {path.name for path in (tmp_path / "work" / "segments").glob("*.segment")} - before

    assert not report.unchanged
    assert len(new) == 1  # the transition's picture
