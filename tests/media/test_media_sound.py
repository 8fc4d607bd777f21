"""The clips' own sound: stretches of files, spliced sample for sample."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from ears import clicks, decibels, holes, of_raw, power, step, tone

from kling_spec.media import Ffmpeg, FfmpegError, Stretch, probe, render_clips, samples_in
from kling_spec.media._run import run
from kling_spec.media._stretch import SOFT, edges_of
from kling_spec.media._stretch_graph import tempos

Sounding = Callable[..., Stretch]
SINE = "0.25*sin(2*PI*{0}*t)"
NOISE = "0.4*(random({0})-0.5)"


@pytest.fixture
def sounding(maker: Ffmpeg, tmp_path: Path) -> Sounding:
    """Make a clip of a sound, and return the stretch of it that is asked for."""
    made: dict[object, Path] = {}

    def stretch(
        samples: int, sound: str = SINE.format(440), *, seconds: float = 1, rate: int = 48000,
        layout: str = "stereo", late: float = 0, **more: object,
    ) -> Stretch:  # fmt: skip
        kind = (sound, seconds, rate, layout, late)
        path = made.setdefault(kind, tmp_path / f"{len(made)}.mp4")
        if not path.exists():
            channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
            source = f"aevalsrc='{'|'.join([sound] * channels)}':c={layout}:s={rate}:d={seconds}"
            see = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24:duration=1"]
            hear = ["-itsoffset", str(late), "-f", "lavfi", "-i", source]
            how = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "256k"]
            run(maker.path, [*see, *hear, *how, str(path)])
        return Stretch(samples=samples, path=path, audio=probe(path).audio, **more)  # type: ignore[arg-type]

    return stretch


@pytest.fixture
def spliced(ffmpeg: Ffmpeg, tmp_path: Path) -> Callable[..., list[float]]:
    """Return the left channel of stretches, end to end; nothing is left behind but them."""

    def splice(*stretches: Stretch) -> list[float]:
        target = tmp_path / "clips.f32"
        render_clips(ffmpeg, stretches, target)
        assert not list(tmp_path.glob("clips.f32.*"))
        left, right = of_raw(target)
        assert len(left) == len(right) == sum(one.samples - one.overlap for one in stretches)
        return list(left)

    return splice


def test_a_stretch_is_the_sound_that_stands_there(sounding: Sounding, spliced: Callable) -> None:
    at = "if(between(t,0.5,0.52),0.8*sin(2*PI*2000*t),0)"

    whole = spliced(sounding(48000, at))
    part = spliced(sounding(12000, at, first=20000))

    assert clicks(whole) == [pytest.approx(24000, abs=24)]
    assert clicks(part) == [pytest.approx(4000, abs=24)]


@pytest.mark.parametrize("rate", [22050, 32000, 44100, 48000, 96000])
@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_every_rate_and_layout_comes_to_the_films(
    sounding: Sounding, spliced: Callable, rate: int, layout: str
) -> None:
    if (rate, layout) == (96000, "5.1"):
        layout = "stereo"

    heard = spliced(sounding(48000, SINE.format(440), rate=rate, layout=layout))

    # One channel is as loud as the same sound in two; of six, three come together on each side.
    wanted = 0.25 * (1 + 2 * 0.5**0.5 if layout == "5.1" else 1)
    assert tone(heard[9600:38400], 440) == pytest.approx(wanted, rel=0.03)


def test_a_late_start_is_silence_and_so_is_what_lacks_at_the_end(
    sounding: Sounding, spliced: Callable
) -> None:
    heard = spliced(sounding(48000, seconds=0.5, late=0.25))

    assert power(heard[:11500]) < 1e-6
    assert tone(heard[12500:35500], 440) == pytest.approx(0.25, rel=0.05)
    assert power(heard[36600:]) < 1e-6


def test_a_hole_in_the_times_of_a_clip_is_silence(maker: Ffmpeg, tmp_path: Path, spliced: Callable) -> None:
    clip = tmp_path / "hole.mp4"
    see = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24:duration=2"]
    late = "sine=440:sample_rate=48000:duration=1,asetpts='PTS+gte(T,0.5)*0.5/TB'"
    run(maker.path, [*see, "-f", "lavfi", "-i", late, "-c:v", "libx264", "-c:a", "aac", str(clip)])

    heard = spliced(Stretch(samples=72000, path=clip, audio=probe(clip).audio))

    assert power(heard[26000:46000]) < 1e-6
    assert tone(heard[50000:70000], 440) > 0.1


def test_silence_is_silence(spliced: Callable) -> None:
    assert set(spliced(Stretch(samples=5000), Stretch(samples=3000, overlap=1000))) == {0.0}


def test_a_gain_is_decibels(sounding: Sounding, spliced: Callable) -> None:
    plain, lower = (spliced(sounding(48000, gain=Decimal(gain))) for gain in ("0", "-6.5"))

    assert decibels(tone(lower[9600:38400], 440) / tone(plain[9600:38400], 440)) == pytest.approx(
        -6.5, abs=0.05
    )


def test_hard_cuts_neither_click_nor_leave_a_hole(sounding: Sounding, spliced: Callable) -> None:
    """A tone that is cut anywhere in its wave, twenty times."""
    parts = [sounding(9001, SINE.format(217), first=1000 + 317 * number) for number in range(21)]

    heard = spliced(*parts)

    joins = [9001 * number for number in range(1, 21)]
    usual = step(heard, 4500)
    assert max(step(heard, join) for join in joins) <= 1.3 * usual
    assert holes(heard) == []


def test_a_cut_where_the_sound_goes_on_is_not_heard(sounding: Sounding, spliced: Callable) -> None:
    whole = spliced(sounding(40000, SINE.format(217)))
    parts = spliced(sounding(15000, SINE.format(217)), sounding(25000, SINE.format(217), first=15000))

    assert max(abs(one - other) for one, other in zip(whole, parts, strict=True)) < 1e-6


def test_a_crossfade_keeps_its_power(sounding: Sounding, spliced: Callable) -> None:
    one, other = (sounding(48000, NOISE.format(seed), overlap=over) for seed, over in ((1, 0), (2, 24000)))

    heard = spliced(one, other)

    usual = power(heard[2000:22000])
    windows = [power(heard[start : start + 3000]) for start in range(24000, 48000, 3000)]
    assert all(abs(decibels((window / usual) ** 0.5)) < 1 for window in windows)


def test_a_crossfade_goes_from_one_to_the_other(sounding: Sounding, spliced: Callable) -> None:
    heard = spliced(sounding(48000, SINE.format(440)), sounding(48000, SINE.format(700), overlap=24000))

    middle = heard[34800:37200]
    assert tone(middle, 440) == pytest.approx(0.25 * 0.5**0.5, rel=0.05)
    assert tone(middle, 700) == pytest.approx(0.25 * 0.5**0.5, rel=0.05)
    assert tone(heard[24000:24960], 700) < 0.02
    assert tone(heard[47040:48000], 440) < 0.02


@pytest.mark.parametrize("speed", ["0.1", "0.37", "0.5", "1.25", "2", "3.3", "20"])
def test_speed_keeps_the_pitch_and_the_count(sounding: Sounding, spliced: Callable, speed: str) -> None:
    pace = Fraction(speed)
    samples = int(48000 * 4 / pace) if pace > 1 else 96001

    heard = spliced(sounding(samples, SINE.format(1000), seconds=4, speed=pace))

    body = heard[samples // 4 : samples // 4 + min(24000, samples // 2)]
    crossings = sum(one < 0 <= other for one, other in pairwise(body))
    assert crossings / len(body) * 48000 == pytest.approx(1000, rel=0.02)
    assert power(body) ** 0.5 == pytest.approx(0.25 * 0.5**0.5, rel=0.15)


@pytest.mark.parametrize("speed", ["0.5", "2"])
def test_speed_finds_its_place(sounding: Sounding, spliced: Callable, speed: str) -> None:
    """A tone that changes after two of four seconds changes in the middle, whatever the trim."""
    pace = Fraction(speed)
    changing = "if(lt(t,2),0.25*sin(2*PI*600*t),0.25*sin(2*PI*1500*t))"
    first = int(48000 / pace)

    heard = spliced(sounding(int(96000 / pace), changing, seconds=4, first=first, speed=pace))

    change = int(48000 / pace)
    near = int(1200 / min(pace, 1)) + 1200
    assert tone(heard[change - 3 * near : change - near], 600) > 0.2
    assert tone(heard[change + near : change + 3 * near], 1500) > 0.2


def test_tempos_multiply_to_the_speed() -> None:
    for speed in ("0.1", "0.5", "0.75", "1", "2", "2.000001", "7.3", "20"):
        found = tempos(Fraction(speed))
        product = 1.0
        for factor in found:
            assert 0.5 <= factor <= 2
            product *= factor
        assert product == pytest.approx(float(speed), rel=1e-12)


def test_very_short_stretches_are_faded_within_themselves() -> None:
    edges = edges_of([Stretch(samples=100), Stretch(samples=SOFT * 4)])

    assert [(one.rise, one.fall) for one in edges] == [(50, 50), (SOFT, SOFT)]


def test_a_damaged_clip_is_told(sounding: Sounding, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    stretch = sounding(48000, NOISE.format(3))
    assert stretch.path is not None
    data = bytearray(stretch.path.read_bytes())
    start = data.index(b"mdat") + 4
    data[start + 200 : start + (len(data) - start) // 2] = bytes((len(data) - start) // 2 - 200)
    stretch.path.write_bytes(data)

    with pytest.raises(FfmpegError):
        render_clips(ffmpeg, [stretch], tmp_path / "clips.f32")


def test_many_stretches_are_counted_exactly(sounding: Sounding, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    kinds = [{"rate": 44100, "layout": "mono"}, {"rate": 48000}, {"seconds": 0.3}, {"late": 0.2}]
    parts = [sounding(4801 + 7 * at, overlap=961 * (at % 3 == 2), **kinds[at % 4]) for at in range(24)]
    parts[7] = Stretch(samples=5003)

    render_clips(ffmpeg, parts, target := tmp_path / "clips.f32")

    assert samples_in(target) == sum(part.samples - part.overlap for part in parts)
