from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops

from kling_spec.media import Ffmpeg, MediaError, fit_still, image_facts, last_frame, poster
from kling_spec.media._frame import _image
from kling_spec.media._run import run

MakeClip = Callable[..., Path]


def _truth(path: Path) -> Image.Image:
    with av.open(str(path)) as container:
        *_, frame = container.decode(video=0)
        return _image(frame)


@pytest.mark.parametrize(
    "options",
    [("-vf", "null"), ("-g", "12"), ("-bf", "3", "-preset", "medium"), ("-af", "apad=pad_dur=0.5")],
    ids=["one key", "many keys", "reordered", "longer sound"],
)
def test_the_last_frame_is_that_of_a_full_decode(make_clip: MakeClip, options: tuple[str, ...]) -> None:
    path = make_clip("clip.mp4", *options, "-colorspace", "bt709")

    found = Image.open(last_frame(path, path.with_suffix(".png")))

    assert ImageChops.difference(found, _truth(path)).getbbox() is None


@pytest.mark.parametrize("tags", [(), ("-colorspace", "bt709")], ids=["untagged", "tagged"])
def test_hd_colours_are_those_of_bt709(ffmpeg: Ffmpeg, tmp_path: Path, tags: tuple[str, ...]) -> None:
    path = tmp_path / "green.mp4"
    color = "color=0x20c040:size=1280x720:rate=24:duration=0.2,format=rgb24"
    chain = f"{color},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    # The bitstream filter takes the tags out again where the clip is to have none.
    bare = () if tags else ("-bsf:v", "h264_metadata=matrix_coefficients=2")
    run(ffmpeg.path, ["-f", "lavfi", "-i", chain, "-c:v", "libx264", "-crf", "4", *tags, *bare, str(path)])

    red, green, blue = Image.open(last_frame(path, tmp_path / "last.png")).getpixel((640, 360))

    assert max(abs(red - 0x20), abs(green - 0xC0), abs(blue - 0x40)) <= 2


def test_a_poster_is_a_small_jpeg(make_clip: MakeClip) -> None:
    image = Image.open(BytesIO(poster(make_clip(), 160)))

    assert (image.format, image.size) == ("JPEG", (160, 90))


def test_a_jpeg_is_written_where_the_name_asks_for_one(make_clip: MakeClip, tmp_path: Path) -> None:
    facts = image_facts(last_frame(make_clip(), tmp_path / "last.jpg"))

    assert (facts.format, facts.width, facts.height) == ("JPEG", 320, 180)


def test_a_still_fills_the_frame_it_is_given(tmp_path: Path) -> None:
    Image.new("RGBA", (300, 300), (255, 0, 0, 255)).save(tmp_path / "square.png")

    frame = Image.open(fit_still(tmp_path / "square.png", tmp_path / "frame.png", 320, 180))

    assert frame.size == (320, 180)
    assert frame.getpixel((160, 90)) == (255, 0, 0)
    assert frame.getpixel((2, 90)) == (0, 0, 0)
    with pytest.raises(MediaError, match="no picture"):
        image_facts(Path(__file__))
