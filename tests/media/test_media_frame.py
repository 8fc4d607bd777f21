from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from kling_spec.ir import Canvas, Fit
from kling_spec.media import Ffmpeg, MediaError, fit_still, image_facts, last_frame, last_frame_within, poster
from kling_spec.media._frame import _image
from kling_spec.media._run import run

MakeClip = Callable[..., Path]


def _truth(path: Path) -> Image.Image:
    with av.open(str(path)) as container:
        *_, frame = container.decode(video=0)
        return _image(frame)


LAST = {
    "one key": ("-vf", "null"),
    "many keys": ("-g", "12"),
    "reordered": ("-bf", "3", "-preset", "medium"),
    "longer sound": ("-af", "apad=pad_dur=0.5"),
    "uneven frames": ("-vf", "select='mod(n,5)'", "-fps_mode", "vfr"),
    "a pause at the end": ("-vf", "setpts='if(eq(N,23),60,N)/24/TB'", "-fps_mode", "vfr"),
    "ten bits": ("-pix_fmt", "yuv420p10le"),
    "hevc": ("-c:v", "libx265", "-x265-params", "log-level=none", "-tag:v", "hvc1"),
    "ten bits of hevc": ("-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le"),
    "full range": ("-vf", "scale=out_range=pc", "-color_range", "pc"),
    "open groups": ("-g", "10", "-bf", "3", "-preset", "medium", "-x264-params", "open-gop=1"),
}


@pytest.mark.parametrize("tags", [(), ("-colorspace", "bt709")], ids=["untagged", "tagged"])
@pytest.mark.parametrize("name", LAST)
def test_the_last_frame_is_that_of_a_full_decode(
    make_clip: MakeClip, name: str, tags: tuple[str, ...]
) -> None:
    path = make_clip("clip.mp4", *LAST[name], *tags)

    found = Image.open(last_frame(path, path.with_suffix(".png")))

    assert found.size == (320, 180)
    assert ImageChops.difference(found, _truth(path)).getbbox() is None


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_the_last_frame_of_a_turned_clip_stands_upright(
    maker: Ffmpeg, make_clip: MakeClip, degrees: int
) -> None:
    lying = make_clip("lying.mp4", "-g", "12")
    path = lying.with_name("turned.mp4")
    run(maker.path, ["-display_rotation", str(degrees), "-i", str(lying), "-c", "copy", str(path)])

    found = Image.open(last_frame(path, path.with_suffix(".png")))

    plain = Image.open(last_frame(lying, lying.with_suffix(".png")))
    assert ImageChops.difference(found, plain.rotate(degrees, expand=True)).getbbox() is None
    assert ImageChops.difference(found, _truth(path)).getbbox() is None


CODED = {
    "untagged": ("libx264", "yuv420p", "tv", "-bsf:v", "h264_metadata=matrix_coefficients=2"),
    "tagged": ("libx264", "yuv420p", "tv", "-colorspace", "bt709"),
    "full range": ("libx264", "yuv420p", "pc", "-colorspace", "bt709", "-color_range", "pc"),
    "ten bits of hevc": ("libx265", "yuv420p10le", "tv", "-colorspace", "bt709"),
}


@pytest.mark.parametrize("color", ["20c040", "c02040", "2040c0", "10d0d0", "808080"])
@pytest.mark.parametrize("name", CODED)
def test_hd_colours_are_those_of_bt709(maker: Ffmpeg, tmp_path: Path, name: str, color: str) -> None:
    codec, pixels, span, *tags = CODED[name]
    path = tmp_path / "plain.mp4"
    exactly = "flags=bicubic+accurate_rnd+full_chroma_int"
    convert = f"scale=out_color_matrix=bt709:out_range={span}:{exactly},format={pixels}"
    chain = f"color=0x{color}:size=1280x720:rate=24:duration=0.2,format=rgb24,{convert}"
    how = ["-c:v", codec, "-preset", "ultrafast", "-crf", "4"]
    run(maker.path, ["-f", "lavfi", "-i", chain, *how, *tags, str(path)])

    found = Image.open(last_frame(path, tmp_path / "last.png")).getpixel((640, 360))

    wanted = bytes.fromhex(color)
    assert max(abs(one - other) for one, other in zip(found, wanted, strict=True)) <= 2


@pytest.mark.parametrize(
    ("most", "name"), [(None, "last.png"), (10**9, "last.png"), (1000, "last.jpg")], ids=str
)
def test_a_picture_too_heavy_for_a_provider_is_a_jpeg_of_the_same_size(
    make_clip: MakeClip, tmp_path: Path, most: int | None, name: str
) -> None:
    clip = make_clip(size="640x360")

    picture = last_frame_within(clip, tmp_path, most)

    image, truth = Image.open(picture), _truth(clip)
    assert (picture.name, image.size) == (name, (640, 360))
    error = ImageStat.Stat(ImageChops.difference(image.convert("RGB"), truth)).mean
    assert max(error) < (1.5 if name.endswith("jpg") else 1e-9)


def test_a_poster_is_a_small_jpeg(make_clip: MakeClip) -> None:
    image = Image.open(BytesIO(poster(make_clip(), 160)))

    assert (image.format, image.size) == ("JPEG", (160, 90))


def test_a_jpeg_is_written_where_the_name_asks_for_one(make_clip: MakeClip, tmp_path: Path) -> None:
    facts = image_facts(last_frame(make_clip(), tmp_path / "last.jpg"))

    assert (facts.format, facts.width, facts.height) == ("JPEG", 320, 180)


def test_a_still_fills_the_frame_it_is_given(tmp_path: Path) -> None:
    Image.new("RGBA", (300, 300), (255, 0, 0, 255)).save(tmp_path / "square.png")
    canvas = Canvas(width=320, height=180, rate=Fraction(24))

    frame = Image.open(fit_still(tmp_path / "square.png", tmp_path / "frame.png", canvas, Fit.CONTAIN))

    assert frame.size == (320, 180)
    assert frame.getpixel((160, 90)) == (255, 0, 0)
    assert frame.getpixel((2, 90)) == (0, 0, 0)
    with pytest.raises(MediaError, match="no picture"):
        image_facts(Path(__file__))
