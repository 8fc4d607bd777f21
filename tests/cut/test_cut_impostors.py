"""Files that are not what they say, or not all of it: a film of the whole of them, or a word of what is wrong."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random

import av
import pytest
from cut_films import film, over, pictures, samples, shot
from PIL import Image

from kling_spec.ir import ShotEntry
from kling_spec.media import Ffmpeg, FfmpegError
from kling_spec.media._run import run

Shelf = Callable[..., Path]
Make = Callable[..., tuple]
FAST = ("-movflags", "+faststart")
FRAGMENTS = ("-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-g", "240")
SHORT = "the file is cut short"
INDEX = "the file is cut short or damaged: its index or a part of it is missing"


@pytest.fixture
def whole(shelf: Shelf) -> Callable[..., bytes]:
    """Return the bytes of a small clip."""

    def made(*options: str, **more: object) -> bytes:
        return shelf(*options, size="160x90", **more).read_bytes()

    return made


def places(data: bytes, kind: str, tmp_path: Path) -> list[tuple[int, int]]:
    """Return where the packets of a track lie in the file, and how many bytes each has."""
    path = tmp_path / "places.mp4"
    path.write_bytes(data)
    with av.open(str(path)) as container:
        packets = container.demux(getattr(container.streams, kind)[0])
        return sorted((packet.pos, packet.size) for packet in packets if packet.size)


def harmed(data: bytes, packets: list[tuple[int, int]]) -> bytes:
    """Return the file with other bytes in three packets of its middle."""
    dice, made = Random(7), bytearray(data)
    for at, many in packets[len(packets) // 2 :][:3]:
        made[at + many // 4 : at + many // 4 + many // 2] = dice.randbytes(many // 2)
    return bytes(made)


def _picture(tmp_path: Path) -> bytes:
    Image.new("RGB", (160, 90)).save(tmp_path / "picture.png")
    return (tmp_path / "picture.png").read_bytes()


def _last_packet(options: tuple[str, ...], kind: str, many: int) -> Callable[..., bytes]:
    """Return what makes a clip that ends, to the byte, where its last so many packets of a track began."""

    def made(whole: Callable[..., bytes], tmp_path: Path) -> bytes:
        data = whole(*options)
        return data[: places(data, kind, tmp_path)[-many][0]]

    return made


Maker = Callable[[Callable[..., bytes], Path], bytes]
IMPOSTORS: dict[str, tuple[Maker, str]] = {
    "nothing": (lambda _, __: b"", "the file is empty"),
    "a web page": (lambda _, __: b"<!doctype html><p>gone", "this is a web page or XML, not an mp4 video"),
    "an error in XML": (lambda _, __: b"<?xml version='1.0'?><Error/>", "this is a web page or XML, not an mp4 video"),
    "an error in JSON": (lambda _, __: b'{"code": 404}', "this is JSON text, not an mp4 video"),
    "a list for concat": (
        lambda _, path: f"ffconcat version 1.0\nfile '{path}/whole.mp4'\n".encode(),
        "this is a list of other files, not an mp4 video",
    ),
    "a playlist": (
        lambda _, path: f"#EXTM3U\n#EXTINF:1,\n{path}/whole.mp4\n#EXT-X-ENDLIST\n".encode(),
        "this is a list of other files, not an mp4 video",
    ),
    "a list for DASH": (
        lambda _, path: f"<MPD><Period><BaseURL>{path}/whole.mp4</BaseURL></Period></MPD>".encode(),
        "this is a web page or XML, not an mp4 video",
    ),
    "a picture": (lambda _, path: _picture(path), "this is a PNG picture, not an mp4 video"),
    "another kind of video": (
        lambda whole, _: whole("-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus", "-f", "webm"),
        "this is a WebM or Matroska file, not an mp4 video",
    ),
    "sound alone": (lambda whole, _: whole("-vn"), "there is no picture in this file, only sound"),
    "half, the index last": (lambda whole, _: (data := whole())[: len(data) // 2], INDEX),
    "half, the index first": (lambda whole, _: (data := whole(*FAST))[: len(data) // 2], SHORT),
    "all but a byte": (lambda whole, _: whole(*FAST)[:-1], f"{SHORT}: its last part is missing"),
    "all but the last frame": (_last_packet((*FAST, "-an"), "video", 1), f"{SHORT}: 23 of 24 frames are there"),
    "all but a part of the last frame": (
        lambda whole, _: whole(*FAST, sound=None)[:-5], f"{SHORT}: its last part is missing",
    ),
    "all but the last of the sound": (
        _last_packet(FAST, "audio", 4), f"{SHORT}: 0.94 of 1.00 s of its sound are there",
    ),
    "fragments without half of the sound": (
        _last_packet(FRAGMENTS, "audio", 24), f"{SHORT}: 0.57 of 1.08 s of its sound are there",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSTORS)
def test_what_is_no_whole_clip_is_told_before_any_work(
    name: str, whole: Callable[..., bytes], make: Make, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    """No ffmpeg is there that could have begun."""
    maker, message = IMPOSTORS[name]
    sound, other = tmp_path / "whole.mp4", tmp_path / "other.mp4"
    sound.write_bytes(whole())
    other.write_bytes(maker(whole, tmp_path))

    report, (found,) = make(
        film(shot("a"), shot("x"), shot("a")),
        {"a": sound, "x": other},
        ffmpeg=replace(ffmpeg, path=tmp_path / "gone"),
    )

    assert report is None
    assert (found.code, found.origin) == ("KS704", shot("x").origin)
    assert found.message.startswith(f"the clip of 'x' cannot be used: {message}")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "work").exists()


def _joined(how: str) -> tuple[ShotEntry, ...]:
    match how:
        case "copied":
            return shot("a"), shot("x")
        case "trimmed":
            return shot("a"), shot("x", start=Decimal("0.25"), end=Decimal("0.9"))
        case _:
            return shot("a"), shot("x", transition=over("0.25"))


@pytest.mark.parametrize("how", ["copied", "trimmed", "given way to softly"])
@pytest.mark.parametrize("kind", ["video", "audio", "silent"])
def test_damage_inside_a_clip_is_told_however_it_is_used(
    kind: str, how: str, whole: Callable[..., bytes], make: Make, tmp_path: Path
) -> None:
    """Decoders go on behind it, and say that all is well."""
    data = whole(sound=None) if kind == "silent" else whole()
    path, broken = tmp_path / "whole.mp4", tmp_path / "broken.mp4"
    path.write_bytes(data)
    broken.write_bytes(harmed(data, places(data, "audio" if kind == "audio" else "video", tmp_path)))

    report, (found,) = make(film(*_joined(how)), {"a": path, "x": broken})

    assert report is None
    assert found.code == "KS704"
    assert found.message == (
        "the clip of 'x' cannot be used: the clip is damaged: not all of it can be decoded"
    )
    assert list((tmp_path / "out").iterdir()) == []
    assert list((tmp_path / "work").glob("film-*")) == []


def test_a_clip_that_was_decoded_as_it_arrived_is_not_decoded_again(
    whole: Callable[..., bytes], make: Make, maker: Ffmpeg, tmp_path: Path
) -> None:
    """It lies under the digest that it had then; where its bytes are others by now, it is looked at."""
    data = whole(sound=None)
    broken = harmed(data, places(data, "video", tmp_path))
    arrived, rotten = (tmp_path / f"{sha256(found).hexdigest()}.mp4" for found in (broken, data))
    arrived.write_bytes(broken)
    rotten.write_bytes(broken)

    known, _ = make(film(shot("x")), {"x": arrived})
    report, (found,) = make(film(shot("x")), {"x": rotten}, target=tmp_path / "other" / "film.mp4")

    assert known.method == "copy"
    assert (report, found.code) == (None, "KS704")
    with pytest.raises(FfmpegError):
        run(maker.path, ["-xerror", "-i", str(known.path), "-f", "null", "-"])


@pytest.mark.parametrize("options", [FAST, FRAGMENTS], ids=["index first", "fragments"])
def test_a_clip_that_breaks_off_anywhere_is_told_or_makes_the_whole_film(
    options: tuple[str, ...], whole: Callable[..., bytes], make: Make, tmp_path: Path
) -> None:
    data = whole(*options, seconds=0.25)
    path, broken = tmp_path / "whole.mp4", tmp_path / "broken.mp4"
    path.write_bytes(data)
    wanted, _ = make(film(shot("a"), shot("x")), {"a": path, "x": path})
    seen, heard = pictures(wanted.path), samples(wanted.path)

    for number in range(16):
        wanted.path.unlink(missing_ok=True)
        broken.write_bytes(data[: len(data) * number // 16 + 1])
        report, found = make(film(shot("a"), shot("x")), {"a": path, "x": broken})
        if report is None:
            assert [one.code for one in found] == ["KS704"]
            assert not wanted.path.exists()
            continue
        assert pictures(report.path) == seen
        assert samples(report.path)[:-2400] == pytest.approx(heard[:-2400], abs=1e-3)
