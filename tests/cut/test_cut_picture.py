"""What is seen: shapes, speeds, gaps, stills, what lies over; frame by frame."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import av
import pytest
from cut_films import HERE, cut_of, lumas, over, shot, still
from PIL import Image

from kling_spec.ir import Delivery, Fit, GapEntry, Layer, Place, TransitionKind
from kling_spec.media import Ffmpeg, probe
from kling_spec.media._run import run

Shelf = Callable[..., Path]
Make = Callable[..., tuple]
STEPS = "geq=lum='16+N*4':cb=128:cr=128"
TAGS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")


def gap(seconds: str, color: str = "#000000", **more: Any) -> GapEntry:
    return GapEntry(seconds=Decimal(seconds), color=color, origin=HERE, **more)


def shots(path: Path, *at: int) -> list[Image.Image]:
    """Return frames of the film as pictures, upright and in the colours that a player shows."""
    with av.open(str(path)) as container:
        found = {n: f.to_image() for n, f in enumerate(container.decode(video=0)) if n in at}
    return [found[number] for number in at]


def near(one: Any, other: Any, by: int = 10) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= by


@pytest.fixture
def tall(shelf: Shelf) -> Path:
    """Red above, blue below, twice as high as wide."""
    return shelf(
        "-vf",
        "drawbox=c=0xff0000:t=fill,drawbox=y=ih/2:c=0x0000ff:t=fill,scale=out_color_matrix=bt709,format=yuv420p",
        *TAGS,
        size="180x360",
        sound=None,
    )


def test_contain_shows_all_between_black_bars(tall: Path, make: Make) -> None:
    report, _ = make(
        cut_of(shot("a"), delivery=Delivery(width=320, height=180), fit=Fit.CONTAIN), {"a": tall}
    )

    [picture] = shots(report.path, 12)
    assert picture.size == (320, 180)
    assert near(picture.getpixel((60, 90)), (0, 0, 0))
    assert near(picture.getpixel((259, 90)), (0, 0, 0))
    assert near(picture.getpixel((160, 5)), (255, 0, 0))
    assert near(picture.getpixel((160, 175)), (0, 0, 255))
    assert near(picture.getpixel((120, 45)), (255, 0, 0))


def test_cover_fills_the_frame_with_the_middle(tall: Path, make: Make) -> None:
    report, _ = make(cut_of(shot("a"), delivery=Delivery(width=320, height=180), fit=Fit.COVER), {"a": tall})

    [picture] = shots(report.path, 12)
    for x in (2, 160, 317):
        assert near(picture.getpixel((x, 80)), (255, 0, 0))
        assert near(picture.getpixel((x, 100)), (0, 0, 255))


def test_blur_shows_all_before_a_soft_picture_of_itself(tall: Path, make: Make) -> None:
    report, _ = make(cut_of(shot("a"), delivery=Delivery(width=320, height=180), fit=Fit.BLUR), {"a": tall})

    [picture] = shots(report.path, 12)
    red, _, blue = picture.getpixel((10, 10))
    assert red > 150
    assert blue < 110
    middle = picture.getpixel((10, 90))
    assert 60 < middle[0] < 200
    assert 60 < middle[2] < 200
    assert near(picture.getpixel((160, 5)), (255, 0, 0))
    assert near(picture.getpixel((160, 175)), (0, 0, 255))


def test_an_entry_says_its_own_fit(tall: Path, make: Make) -> None:
    film = cut_of(shot("a"), shot("a", fit=Fit.COVER), delivery=Delivery(width=320, height=180))

    report, _ = make(film, {"a": tall})

    bars, full = shots(report.path, 12, 36)
    assert near(bars.getpixel((10, 80)), (0, 0, 0))
    assert near(full.getpixel((10, 80)), (255, 0, 0))


@pytest.mark.parametrize("fit", Fit)
def test_a_still_is_fitted_as_a_clip_is(tall: Path, make: Make, tmp_path: Path, fit: Fit) -> None:
    Image.new("RGB", (180, 360), (255, 0, 0)).save(tmp_path / "card.png")
    card = Image.open(tmp_path / "card.png")
    card.paste((0, 0, 255), (0, 180, 180, 360))
    card.save(tmp_path / "card.png")
    film = cut_of(shot("a"), still("card", "0.5"), delivery=Delivery(width=320, height=180), fit=fit)

    report, _ = make(film, {"a": tall, "card": tmp_path / "card.png"})

    moving, standing = shots(report.path, 12, 30)
    for place in ((10, 20), (10, 160), (160, 20), (160, 160), (100, 60), (310, 100)):
        assert near(moving.getpixel(place), standing.getpixel(place), 12), place


def test_a_turned_clip_stands_upright(maker: Ffmpeg, tall: Path, make: Make, tmp_path: Path) -> None:
    turned = tmp_path / "turned.mp4"
    run(maker.path, ["-display_rotation", "90", "-i", str(tall), "-c", "copy", str(turned)])

    report, _ = make(cut_of(shot("a")), {"a": turned})

    assert (report.width, report.height, report.method) == (360, 180, "encode")
    [picture] = shots(report.path, 3)
    colors = picture.getpixel((40, 90)), picture.getpixel((320, 90))
    assert {near(color, (255, 0, 0)) for color in colors} == {True, False}
    assert {near(color, (0, 0, 255)) for color in colors} == {True, False}


def test_pixels_that_are_not_square_are_undone(shelf: Shelf, make: Make) -> None:
    wide = shelf("-vf", "drawbox=c=white:t=fill,setsar=2", size="160x180", sound=None)

    report, _ = make(cut_of(shot("a"), delivery=Delivery(width=320, height=180)), {"a": wide})

    assert report.why == "clip 1 is turned or has pixels that are not square"
    [picture] = shots(report.path, 3)
    assert all(near(picture.getpixel((x, 90)), (255, 255, 255)) for x in (2, 160, 317))


@pytest.mark.parametrize(("speed", "frames"), [("2", 24), ("0.5", 96), ("1.5", 32), ("0.1", 480), ("20", 2)])
def test_a_speed_changes_how_many_frames_there_are(shelf: Shelf, make: Make, speed: str, frames: int) -> None:
    source = shelf("-vf", STEPS, sound=None, seconds=2)

    report, notes = make(cut_of(shot("a", speed=Decimal(speed))), {"a": source})

    light, there = lumas(report.path), lumas(source)
    assert notes == ()
    assert (report.frames, report.why) == (frames, "clip 1 plays at another speed")
    assert light == sorted(light)
    assert abs(light[0] - there[0]) < 8
    for at in range(frames):
        wanted = there[min(47, int(at * float(speed)))]
        assert abs(light[at] - wanted) < 8, at


def test_a_speed_applies_before_a_trim_counts_in_the_clips_own_seconds(shelf: Shelf, make: Make) -> None:
    source = shelf("-vf", STEPS, sound=None, seconds=2)
    part = shot("a", start=Decimal("0.5"), end=Decimal("1.5"), speed=Decimal(2))

    report, _ = make(cut_of(part), {"a": source})

    light, there = lumas(report.path), lumas(source)
    assert report.frames == 12
    assert all(abs(light[at] - there[12 + 2 * at]) < 8 for at in range(12))


def test_a_gap_is_its_colour_in_silence(shelf: Shelf, make: Make) -> None:
    film = cut_of(shot("a"), gap("0.5", "#20c040"), shot("a"))

    report, _ = make(film, {"a": shelf()})

    assert (report.frames, report.samples, report.why) == (60, 120000, "clip 2 is a gap")
    assert [segment.name for segment in report.segments] == ["a", "gap", "a"]
    for picture in shots(report.path, 24, 35):
        assert near(picture.getpixel((160, 90)), (0x20, 0xC0, 0x40), 3)


def test_a_film_of_gaps_alone_has_the_usual_size(make: Make) -> None:
    report, _ = make(cut_of(gap("0.25"), gap("0.25", "#ffffff")), {})

    assert (report.frames, report.width, report.height, report.sound) == (12, 1920, 1080, "none")


@pytest.mark.parametrize("kind", TransitionKind)
def test_a_transition_touches_its_own_frames_only(shelf: Shelf, make: Make, kind: TransitionKind) -> None:
    files = {"a": shelf("-vf", STEPS, sound=None), "b": shelf("-vf", f"{STEPS},negate", sound=None)}
    film = cut_of(shot("a"), shot("b", transition=over("0.25", kind)))

    report, _ = make(film, files)

    light = lumas(report.path)
    before, after = lumas(files["a"]), lumas(files["b"])
    assert report.frames == 42
    assert max(abs(one - two) for one, two in zip(light[:18], before[:18], strict=True)) < 2
    assert max(abs(one - two) for one, two in zip(light[24:], after[6:], strict=True)) < 2
    assert [(part.first, part.frames) for part in report.segments] == [(0, 18), (18, 6), (24, 18)]


def test_a_transition_may_lead_out_of_a_gap_and_into_a_still(
    shelf: Shelf, make: Make, tmp_path: Path
) -> None:
    Image.new("RGB", (320, 180), (255, 255, 255)).save(tmp_path / "card.png")
    film = cut_of(
        gap("0.5"),
        shot("a", transition=over("0.25")),
        still("card", "0.5", transition=over("0.25", TransitionKind.WIPE)),
        gap("0.5", "#ffffff", transition=over("0.25", TransitionKind.DIP_TO_WHITE)),
    )

    report, notes = make(film, {"a": shelf(sound=None), "card": tmp_path / "card.png"})

    assert (report.frames, notes) == (12 + 24 + 12 + 12 - 18, ())
    assert [segment.name for segment in report.segments] == [
        "gap", "gap > a", "a", "a > card", "card > gap", "gap",
    ]  # fmt: skip


def test_what_lies_over_lies_over_its_frames_and_no_others(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    files = {"a": shelf("-vf", "drawbox=c=black:t=fill", sound=None)}
    Image.new("RGBA", (40, 40), (255, 255, 255, 255)).save(tmp_path / "box.png")
    files["box"] = tmp_path / "box.png"
    box = still("box", "1").source
    title = Layer(image=box, size=Decimal("0.4"), start=Decimal("0.75"), end=Decimal("1.25"), origin=HERE)
    film = cut_of(shot("a"), shot("a", transition=over("0.25")), layers=(title,))

    report, notes = make(film, files)

    assert notes == ()
    bright = [number for number, light in enumerate(lumas(report.path)) if light > 40]
    assert bright == list(range(18, 30))


def test_layers_of_an_entry_lie_over_that_entry(make: Make, tmp_path: Path) -> None:
    Image.new("RGBA", (50, 50), (255, 0, 0, 255)).save(tmp_path / "logo.png")
    source = still("logo", "1").source
    logo = Layer(image=source, name="logo", place=Place.TOP_LEFT, size=Decimal("0.2"), origin=HERE)
    half = Layer(
        image=source, place=Place.TOP_RIGHT, size=Decimal("0.2"), opacity=Decimal("0.5"), origin=HERE
    )
    film = cut_of(gap("0.5"), gap("0.5", layers=(logo, half)), gap("0.5"), delivery=_SMALL)

    report, _ = make(film, {"logo": tmp_path / "logo.png"})

    before, under, after = shots(report.path, 11, 12, 24)
    assert near(under.getpixel((30, 30)), (255, 0, 0), 10)
    assert near(under.getpixel((290, 30)), (128, 0, 0), 10)
    assert near(before.getpixel((30, 30)), (0, 0, 0))
    assert near(after.getpixel((30, 30)), (0, 0, 0))


_SMALL = Delivery(width=320, height=180)


@pytest.mark.parametrize(("asked", "frames"), [("12", 24), ("30", 60), ("60", 120), ("23.976", 48)])
def test_a_film_may_have_another_rate_than_its_clips(
    shelf: Shelf, make: Make, asked: str, frames: int
) -> None:
    source = shelf("-vf", STEPS, sound=None, seconds=2)

    report, notes = make(cut_of(shot("a"), delivery=Delivery(rate=Decimal(asked))), {"a": source})

    light, there = lumas(report.path), lumas(source)
    assert notes == ()
    assert report.frames == frames
    assert probe(report.path).regular
    for at in range(frames):
        nearby = there[max(0, int(at * 48 / frames) - 1) : int(at * 48 / frames) + 2]
        assert min(abs(light[at] - wanted) for wanted in nearby) < 3


def test_a_clip_that_was_cut_without_encoding_shows_what_its_list_of_edits_says(
    shelf: Shelf, make: Make, maker: Ffmpeg, tmp_path: Path
) -> None:
    whole, cut = shelf("-vf", STEPS, "-g", "48", seconds=3), tmp_path / "cut.mp4"
    run(maker.path, ["-ss", "1.25", "-i", str(whole), "-t", "1", "-c", "copy", str(cut)])
    shown = len(lumas(cut))

    report, _ = make(cut_of(shot("a")), {"a": cut})

    assert report.method == "encode"
    assert report.frames in {shown, shown + 1}
    assert abs(lumas(report.path)[0] - lumas(cut)[0]) < 2


def test_a_clip_that_decodes_to_fewer_frames_is_told(
    shelf: Shelf, make: Make, maker: Ffmpeg, tmp_path: Path
) -> None:
    """Its first key frame is one of an open group, and the frames before it hang on what is not there."""
    whole, short = tmp_path / "open.mp4", tmp_path / "short.mp4"
    groups = "open-gop=1:keyint=24:min-keyint=24:bframes=4:b-adapt=0:scenecut=0:log-level=none"
    run(
        maker.path,
        ["-i", str(shelf(seconds=4)), "-an", "-c:v", "libx265", "-x265-params", groups, str(whole)],
    )
    run(
        maker.path,
        ["-ss", "2", "-i", str(whole), "-c", "copy", "-copyinkf", "-use_editlist", "0", str(short)],
    )

    report, (note,) = make(cut_of(shot("a")), {"a": short})

    assert report.frames == probe(short).frames > len(lumas(short))
    assert (note.code, note.is_error) == ("KS720", False)
    same, (again,) = make(cut_of(shot("a")), {"a": short})
    longer, (told,) = make(cut_of(shot("a"), gap("0.1")), {"a": short})
    assert (same.unchanged, longer.kept, again, told) == (True, report.encoded, note, note)
