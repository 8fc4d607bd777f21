"""Music and voice below and over the clips, and how loud all of it is written."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from ears import clicks, decibels, holes, of_film, of_raw, power, step, tone

from kling_spec.ir import Codec, Container, Delivery
from kling_spec.media import (
    Ffmpeg,
    MediaError,
    Music,
    Tracks,
    Voice,
    coding_of,
    loudness_of,
    mix,
    render_music,
    render_voice,
    write_levelled,
    write_limited,
    write_track,
)
from kling_spec.media._run import run
from kling_spec.media._splice import samples_in

Raw = Callable[..., Path]
AAC = coding_of(Delivery())
SPEECH = "(0.5*sin(2*PI*180*t)+0.3*sin(2*PI*540*t)+0.2*sin(2*PI*1270*t))*(0.55+0.45*sin(2*PI*4*t))"


@pytest.fixture
def sound(maker: Ffmpeg, tmp_path: Path) -> Callable[..., Path]:
    """Make a file of sound from a formula of the time."""

    def made(
        formula: str, *options: str, seconds: float = 1, name: str = "sound.wav", layout: str = "stereo"
    ) -> Path:
        path = tmp_path / name
        both = "|".join([formula] * (1 if layout == "mono" else 2))
        source = f"aevalsrc='{both}':c={layout}:s=48000:d={seconds}"
        run(maker.path, ["-f", "lavfi", "-i", source, *options, "-y", str(path)])
        return path

    return made


@pytest.fixture
def raw(sound: Callable[..., Path]) -> Raw:
    """Make raw stereo from a formula of the time."""

    def made(name: str, formula: str, seconds: float) -> Path:
        return sound(formula, "-f", "f32le", seconds=seconds, name=f"{name}.f32")

    return made


ENCODED = {
    "wav": (),
    "flac": (),
    "mp3": ("-b:a", "192k"),
    "ogg": ("-c:a", "libvorbis", "-b:a", "192k"),
    "m4a": ("-b:a", "192k"),
    "aac": ("-b:a", "192k"),
}


@pytest.mark.parametrize("kind", ENCODED)
def test_music_begins_again_without_a_hole(
    sound: Callable[..., Path], ffmpeg: Ffmpeg, tmp_path: Path, kind: str
) -> None:
    file = sound("0.3*sin(2*PI*220*t)", *ENCODED[kind], seconds=0.5, name=f"bed.{kind}")

    music = Music(path=file, channels=2, length=24000 if kind == "m4a" else None)
    render_music(ffmpeg, music, 120000, target := tmp_path / "music.f32")

    heard, _ = of_raw(target)
    assert len(heard) == 120000
    # A stream of bare AAC does not say how much of its start is none of the sound.
    assert [hole for hole in holes(heard) if kind != "aac"] == []
    assert power(heard[96000:110000]) == pytest.approx(0.045, rel=0.15)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".once"] == []


def test_music_that_flows_into_its_start_is_left_alone(
    sound: Callable[..., Path], ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    flows = sound("0.3*sin(2*PI*220*t)", "-c:a", "pcm_f32le", seconds=0.5, name="flows.wav")
    breaks = sound("0.3*sin(2*PI*220.5*t+1)", "-c:a", "pcm_f32le", seconds=0.5, name="breaks.wav")

    one, other = tmp_path / "one.f32", tmp_path / "other.f32"
    render_music(ffmpeg, Music(path=flows, channels=2), 72000, one)
    render_music(ffmpeg, Music(path=breaks, channels=2), 72000, other)

    smooth, soft = of_raw(one)[0], of_raw(other)[0]
    assert min(power(smooth[at : at + 240]) for at in range(23760, 24240, 60)) > 0.02
    assert step(soft, 24000) <= 1.2 * step(soft, 12000)
    assert power(soft[23990:24010]) < 1e-3


def test_music_fades_in_and_out_by_its_gain(
    sound: Callable[..., Path], ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    file = sound("0.5*sin(2*PI*480*t)", seconds=4)
    music = Music(path=file, channels=2, gain=Decimal(-6), rise=48000, fall=96000)

    render_music(ffmpeg, music, 192000, target := tmp_path / "music.f32")

    heard, _ = of_raw(target)
    level = [tone(heard[at : at + 4800], 480) / 0.25 for at in range(0, 192000, 4800)]
    assert max(level) == pytest.approx(10 ** (-6 / 20) * 2, rel=0.02)
    assert level[:10] == sorted(level[:10])
    assert level[21:] == sorted(level[21:], reverse=True)
    assert level[0] < 0.1
    assert level[5] == pytest.approx(0.55 * max(level), rel=0.02)
    assert level[-1] < 0.05
    assert level[30] == pytest.approx(0.475 * max(level), rel=0.02)


def test_fades_that_do_not_fit_share_the_film(
    sound: Callable[..., Path], ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    file = sound("0.5*sin(2*PI*480*t)", seconds=1)
    music = Music(path=file, channels=2, rise=48000 * 3, fall=48000)

    render_music(ffmpeg, music, 48000, target := tmp_path / "music.f32")

    level = [tone(of_raw(target)[0][at : at + 2400], 480) for at in range(0, 48000, 2400)]
    assert level.index(max(level)) == 14


def test_music_of_no_sound_is_told(ffmpeg: Ffmpeg, maker: Ffmpeg, tmp_path: Path) -> None:
    silent = tmp_path / "none.wav"
    run(maker.path, ["-f", "lavfi", "-i", "anullsrc", "-t", "1", str(tmp_path / "one.wav")])
    data = (tmp_path / "one.wav").read_bytes()
    silent.write_bytes(data[: data.index(b"data") + 4] + bytes(4))

    with pytest.raises(MediaError):
        render_music(ffmpeg, Music(path=silent, channels=2), 4800, tmp_path / "music.f32")


def test_a_voice_stands_where_it_begins(sound: Callable[..., Path], ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    file = sound("0.4*sin(2*PI*300*t)", "-ar", "44100", seconds=1, layout="mono")
    voice = Voice(path=file, channels=1, first=30000, gain=Decimal(-3))

    render_voice(ffmpeg, voice, 60000, target := tmp_path / "voice.f32")

    left, right = of_raw(target)
    assert len(left) == 60000
    assert left == right
    assert set(left[:29990]) == {0.0}
    assert tone(left[31200:55200], 300) == pytest.approx(0.4 * 10 ** (-3 / 20), rel=0.02)
    assert abs(left[-1]) < 1e-3


def test_a_voice_of_any_length_fits(sound: Callable[..., Path], ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    file = sound("0.4*sin(2*PI*300*t)", seconds=0.5)

    for samples in (100, 24000, 90000):
        render_voice(ffmpeg, Voice(path=file, channels=2), samples, target := tmp_path / "voice.f32")
        assert samples_in(target) == samples


def test_what_is_heard_together_is_added(raw: Raw, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    tracks = Tracks(
        clips=raw("clips", "0.2*sin(2*PI*300*t)", 1),
        voice=raw("voice", "0.3*sin(2*PI*500*t)", 1),
        music=raw("music", "0.1*sin(2*PI*800*t)", 1),
    )

    mix(ffmpeg, tracks, target := tmp_path / "mixed.f32")

    heard, _ = of_raw(target)
    assert len(heard) == 48000
    assert [tone(heard, hertz) for hertz in (300, 500, 800)] == [
        pytest.approx(level, rel=1e-3) for level in (0.2, 0.3, 0.1)
    ]


SPOKEN = {
    "loud": ("0.5", "0"),
    "low": ("0.01", "0"),
    "very low": ("0.003", "0"),
    "noise between the words": ("0.2", "0.002"),
}


@pytest.mark.parametrize("who", ["voice", "clips"])
@pytest.mark.parametrize("name", SPOKEN)
def test_music_gives_way_to_speech_and_to_nothing_else(
    raw: Raw, ffmpeg: Ffmpeg, tmp_path: Path, name: str, who: str
) -> None:
    """Words from 2 to 5 s, and from 7 to 10 s ten times as low; music at 2000 Hz, where no word is."""
    loud, noise = SPOKEN[name]
    level = f"{loud}*(between(t,2,5)+0.1*between(t,7,10))"
    words = raw("words", f"{level}*{SPEECH}+{noise}*(random(0)-0.5)", 12)
    music = raw("music", "0.25*sin(2*PI*2000*t)", 12)

    mix(ffmpeg, Tracks(music=music, **{who: words}), target := tmp_path / "mixed.f32", duck=True)

    heard, _ = of_raw(target)

    def lowered(second: float) -> float:
        at = int(second * 48000)
        return -decibels(tone(heard[at : at + 9600], 2000) / 0.25)

    assert [lowered(at) for at in (0.5, 1.5, 6.2, 11.2)] == [pytest.approx(0, abs=1)] * 4
    if (name, who) == ("very low", "clips"):  # what is hardly heard of a clip is no speech
        return
    assert min(lowered(at) for at in (2.3, 3.1, 4.2, 4.7)) >= 5
    assert max(lowered(at) for at in (2.3, 3.1, 4.2, 4.7)) <= 18
    if (name, who) != ("low", "clips"):
        assert min(lowered(at) for at in (7.5, 8.3, 9.6)) >= 5


def test_the_hum_of_a_clip_does_not_press(raw: Raw, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    hum = raw("clips", "0.0015*sin(2*PI*100*t)+0.0015*(random(0)-0.5)", 3)
    music = raw("music", "0.25*sin(2*PI*2000*t)", 3)

    mix(ffmpeg, Tracks(clips=hum, music=music), target := tmp_path / "mixed.f32", duck=True)

    assert -decibels(tone(of_raw(target)[0][48000:96000], 2000) / 0.25) < 2


SOUNDS = {
    "speech": (f"0.3*{SPEECH}*lt(mod(t,3),2)", 6),
    "low tone": ("0.005*sin(2*PI*440*t)", 4),
    "noise": ("0.3*(random(0)-0.5)", 4),
    "hot": ("0.99*sin(2*PI*997*t)*(0.3+0.7*lt(mod(t,1),0.2))", 5),
}


@pytest.mark.parametrize("level", [-14.0, -23.0])
@pytest.mark.parametrize("name", SOUNDS)
def test_the_track_plays_at_its_level_below_its_peaks(
    raw: Raw, ffmpeg: Ffmpeg, tmp_path: Path, name: str, level: float
) -> None:
    file = raw("mixed", *SOUNDS[name])

    said = write_levelled(ffmpeg, file, AAC, track := tmp_path / "sound.m4a", level=level)

    found = loudness_of(ffmpeg, track, AAC.reading)
    assert found == said
    assert found.level == pytest.approx(level, abs=0.5)
    assert found.peak <= -1
    assert len(of_film(track)[0]) == samples_in(file)


def test_peaks_win_over_loudness(raw: Raw, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    said = write_levelled(
        ffmpeg, raw("mixed", "1.9*(random(0)-0.5)", 3), AAC, tmp_path / "sound.m4a", level=-5
    )

    assert said.peak <= -1
    assert said.level < -5.5


def test_silence_is_left_alone(raw: Raw, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    said = write_levelled(ffmpeg, raw("mixed", "0", 1), AAC, track := tmp_path / "sound.m4a", level=-14)

    assert said is None
    assert set(of_film(track)[0]) == {0.0}


DELIVERED = {
    "mp4": Delivery(),
    "mov": Delivery(container=Container.MOV),
    "webm": Delivery(container=Container.WEBM, codec=Codec.VP9),
    "prores": Delivery(container=Container.MOV, codec=Codec.PRORES),
}


@pytest.mark.parametrize("name", DELIVERED)
def test_a_track_is_as_long_as_its_sound_and_keeps_its_place(
    raw: Raw, ffmpeg: Ffmpeg, maker: Ffmpeg, tmp_path: Path, name: str
) -> None:
    file, coding = (
        raw("mixed", "if(between(mod(t,0.5),0.2,0.21),0.7*sin(2*PI*2000*t),0)", 2.04321),
        coding_of(DELIVERED[name]),
    )

    write_track(ffmpeg, file, coding, track := tmp_path / "sound")

    back = tmp_path / "back.f32"
    run(maker.path, [*coding.reading, "-i", str(track), "-f", "f32le", "-ac", "2", "-ar", "48000", str(back)])
    # Older decoders play the last block of a track to its end.
    assert 0 <= samples_in(back) - samples_in(file) < 1024
    placed = zip(clicks(of_raw(back)[0]), clicks(of_raw(file)[0]), strict=True)
    assert max(abs(one - other) for one, other in placed) <= 48


def test_peaks_that_no_file_holds_are_kept_down(raw: Raw, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    file = raw("mixed", "1.8*sin(2*PI*300*t)*between(t,0.5,1)+0.2*sin(2*PI*300*t)*between(t,1.5,2.5)", 3)

    write_limited(ffmpeg, file, AAC, track := tmp_path / "sound.m4a")

    heard, _ = of_film(track)
    assert max(map(abs, heard)) < 1
    assert tone(heard[81600:112800], 300) == pytest.approx(0.2, rel=0.02)
