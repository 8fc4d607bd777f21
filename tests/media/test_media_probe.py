import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from subprocess import run as start

import pytest

from kling_spec.media import Ffmpeg, MediaError, probe, probe_sound, verify
from kling_spec.media._run import run

MakeClip = Callable[..., Path]


def test_a_clip_is_counted(make_clip: MakeClip) -> None:
    facts = probe(make_clip())

    assert (facts.width, facts.height, facts.rate, facts.frames) == (320, 180, Fraction(24), 24)
    assert facts.regular
    assert facts.starts_at_zero
    assert facts.starts_with_key
    assert facts.seconds == 1.0
    assert facts.audio is not None
    assert (facts.audio.rate, facts.audio.channels, facts.audio.samples) == (48000, 1, 48000)


def test_turned_and_stretched_clips_tell_the_size_that_is_seen(make_clip: MakeClip, maker: Ffmpeg) -> None:
    wide = make_clip("wide.mp4", "-vf", "setsar=2/1")
    turned = wide.with_name("turned.mp4")
    plain = make_clip("plain.mp4")
    run(maker.path, ["-display_rotation", "90", "-i", str(plain), "-c", "copy", str(turned)])

    assert probe(wide).shown_size == (640, 180)
    assert probe(turned).rotation in {90, 270}
    assert probe(turned).shown_size == (180, 320)


def test_uneven_frames_are_noticed(make_clip: MakeClip) -> None:
    facts = probe(make_clip("uneven.mp4", "-vf", "select='mod(n,3)'", "-fps_mode", "vfr"))

    assert not facts.regular


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"<!doctype html><html>gone</html>", "this is a web page or XML, not an mp4 video"),
        (b'{"error": "expired"}', "this is JSON text, not an mp4 video"),
        (b"\x89PNG\r\n\x1a\n....", "this is a PNG picture, not an mp4 video"),
        (b"ffconcat version 1.0\nfile a.mp4\n", "this is a list of other files, not an mp4 video"),
        (b"\x00" * 64, "this is not an mp4 video: its first bytes are not those of one"),
        (
            b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00",
            "the file is cut short or damaged: its index or a part of it is missing",
        ),
    ],
    ids=["empty", "html", "json", "png", "ffconcat", "zeros", "head only"],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)

    with pytest.raises(MediaError) as caught:
        probe(path)

    assert str(caught.value) == message


def test_sound_alone_is_no_clip(make_clip: MakeClip) -> None:
    with pytest.raises(MediaError, match="no picture"):
        probe(make_clip("sound.mp4", "-vn"))


@pytest.mark.parametrize("options", [(), ("-movflags", "+faststart")], ids=["index last", "index first"])
def test_half_a_file_is_refused(make_clip: MakeClip, options: tuple[str, ...]) -> None:
    path = make_clip("half.mp4", *options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    with pytest.raises(MediaError, match="cut short"):
        probe(path)


def test_damage_inside_is_found_by_decoding(make_clip: MakeClip) -> None:
    path = make_clip("damaged.mp4", "-movflags", "+faststart")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    path.write_bytes(data)

    assert probe(path).frames == 24
    with pytest.raises(MediaError, match="damaged"):
        verify(path)


def test_a_whole_clip_of_the_right_length_is_accepted(make_clip: MakeClip) -> None:
    path = make_clip()

    assert verify(path, 1.0).frames == 24
    with pytest.raises(MediaError, match=r"1\.00 s long; 5 s were ordered"):
        verify(path, 5.0)


@pytest.mark.parametrize(
    "name",
    ['it\'s "quoted".mp4', "with space .mp4", "new\nline.mp4", "-dash.mp4", "co:lon%03d.mp4", "日本 ü.mp4"],
)
def test_no_name_is_too_odd(make_clip: MakeClip, name: str) -> None:
    assert verify(make_clip(name)).frames == 24


def test_music_is_known_by_its_bytes(make_clip: MakeClip, maker: Ffmpeg, tmp_path: Path) -> None:
    music = tmp_path / "bed.mp3"
    run(maker.path, ["-f", "lavfi", "-i", "sine=d=1", "-f", "wav", str(music)])

    assert probe_sound(music).format == "wav"
    assert probe_sound(make_clip()).format == "mov"
    with pytest.raises(MediaError, match="no sound file"):
        probe_sound(Path(__file__))


def test_importing_media_loads_nothing_heavy() -> None:
    heavy = "[name for name in ('av', 'ffmpeg', 'PIL', 'imageio_ffmpeg') if name in sys.modules]"
    code = f"import sys, kling_spec.media, kling_spec.cut; sys.exit({heavy} or 0)"

    assert start([sys.executable, "-c", code], check=False).returncode == 0
