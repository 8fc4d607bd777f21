"""Titles and logos as they are drawn: where they stand, what they hide, what they refuse."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, features

from kling_spec.diagnostics import Origin
from kling_spec.ir import Canvas, Layer, Place
from kling_spec.media import Drawn, LayerError, draw
from kling_spec.media._letters import OWN_FONT, Face

HERE = Origin("film.yaml", 7, 3, 7, 9)
FRAME = Canvas(width=640, height=360, rate=Fraction(24))
MARGIN = 18
LONG = "I never thought that we would see the harbor again, not after what happened in the long winter."


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., tuple[Drawn, Image.Image]]:
    def made(
        image: Path | None = None, font: Path | None = None, canvas: Canvas = FRAME, **more: Any
    ) -> tuple[Drawn, Image.Image]:
        layer = Layer(**{"size": Decimal("0.08"), "origin": HERE, **more})
        drawn = draw(layer, canvas, image=image, font=font, target=tmp_path / "layer.png")
        with Image.open(drawn.path) as picture:
            return drawn, picture.copy()

    return made


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A red disc's box: the left half solid, the right half clear."""
    picture = Image.new("RGBA", (80, 40), (0, 255, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 40, 40))
    picture.save(tmp_path / "logo.png")
    return tmp_path / "logo.png"


def over(drawn: Drawn, picture: Image.Image, color: str) -> Image.Image:
    frame = Image.new("RGB", (FRAME.width, FRAME.height), color)
    frame.paste(picture, (drawn.x, drawn.y), picture)
    return frame


@pytest.mark.parametrize("place", list(Place))
def test_words_stand_at_their_place_inside_the_margins(place: Place, put: Any) -> None:
    drawn, picture = put(text="Aurora", place=place)

    middle_x, middle_y = drawn.x + picture.width / 2, drawn.y + picture.height / 2
    across = -1 if "left" in place else 1 if "right" in place else 0
    down = -1 if "top" in place else 1 if "bottom" in place else 0
    assert (middle_x > 320 + 100) - (middle_x < 320 - 100) == across
    assert (middle_y > 180 + 60) - (middle_y < 180 - 60) == down
    solid = picture.getchannel("A").point([0] * 255 + [255]).getbbox()
    assert MARGIN - 2 <= drawn.x + solid[0] < drawn.x + solid[2] <= FRAME.width - MARGIN + 2
    assert MARGIN <= drawn.y + solid[1] < drawn.y + solid[3] <= FRAME.height - MARGIN


def test_the_picture_is_cropped_to_what_is_seen(put: Any) -> None:
    _, picture = put(text="Aurora")

    assert picture.mode == "RGBA"
    assert picture.getchannel("A").getbbox() == (0, 0, *picture.size)


def test_a_long_text_is_broken_into_lines_that_are_about_equally_long(put: Any) -> None:
    _, picture = put(text=LONG, place=Place.BOTTOM)

    solid = picture.getchannel("A").point([0] * 255 + [255])
    rows = [solid.crop((0, y, solid.width, y + 1)).getbbox() for y in range(solid.height)]
    lines: list[list[int]] = []
    for before, row in zip([None, *rows], rows, strict=False):
        if row and not before:
            lines.append([row[0], row[2]])
        elif row:
            lines[-1] = [min(lines[-1][0], row[0]), max(lines[-1][1], row[2])]
    widths = [right - left for left, right in lines if right - left > 50]
    assert len(widths) == 3
    assert min(widths) > 0.75 * max(widths)
    assert max(widths) <= FRAME.width - 2 * MARGIN


def test_a_newline_begins_a_line(put: Any) -> None:
    _, one = put(text="Grace")
    _, two = put(text="Grace\nGrace")

    assert two.height > 1.6 * one.height
    assert abs(two.width - one.width) <= 2


@pytest.mark.parametrize("letters", ["#ffffff", "#000000", "#ffd400", "#808080"])
@pytest.mark.parametrize("behind", ["#ffffff", "#000000", "#ffd400", "#808080"])
def test_letters_stand_out_from_any_picture(letters: str, behind: str, put: Any) -> None:
    drawn, picture = put(text="Aurora", color=letters)

    grays = over(drawn, picture, behind).convert("L")
    darkest, lightest = grays.getextrema()
    assert lightest - darkest > 90


def test_opacity_is_in_the_picture(put: Any) -> None:
    _, solid = put(text="Aurora")
    _, faint = put(text="Aurora", opacity=Decimal("0.4"))

    assert solid.getchannel("A").getextrema()[1] == 255
    assert faint.getchannel("A").getextrema()[1] == 102


def test_equal_layers_are_equal_files(put: Any) -> None:
    first = put(text=LONG)[0].path.read_bytes()

    assert put(text=LONG)[0].path.read_bytes() == first


@pytest.mark.parametrize("text", ["Žluťoučký kůň", "Ελληνικά γράμματα", "Съешь ещё, їжак", "x\u202fy\u00a0z"])
def test_the_font_that_comes_along_writes_latin_greek_and_cyrillic(text: str, put: Any) -> None:
    _, picture = put(text=text)

    assert picture.width > 60


def test_letters_in_two_characters_are_drawn_as_one(put: Any) -> None:
    composed = put(text="caf\u00e9")[0].path.read_bytes()

    assert put(text="cafe\u0301")[0].path.read_bytes() == composed


@pytest.mark.parametrize(
    ("text", "named", "advice"),
    [
        ("Aurora 🎉", "'🎉' (U+1F389 party popper)", "leave the emoji out"),
        ("東京", "'東' (U+6771", "{font: PATH}"),
        ("♪ la", "'♪' (U+266A eighth note)", "add a font that has it"),
        ("\ue000", "(U+E000 without a name)", "{font: PATH}"),
    ],
)
def test_a_character_that_the_font_lacks_is_named(text: str, named: str, advice: str, put: Any) -> None:
    with pytest.raises(LayerError) as raised:
        put(text=text)

    assert raised.value.code == "KS710"
    assert named in str(raised.value)
    assert advice in raised.value.advice


def test_a_font_that_is_none_is_refused(put: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\0\1\0\0" + b"?" * 400)

    with pytest.raises(LayerError, match="its font cannot be used") as raised:
        put(text="Aurora", font=broken)

    assert raised.value.code == "KS710"


def test_a_font_of_the_project_is_taken(put: Any, tmp_path: Path) -> None:
    own = tmp_path / "font.ttf"
    own.write_bytes(OWN_FONT.read_bytes())
    usual = put(text="Aurora")[0].path.read_bytes()

    assert put(text="Aurora", font=own)[0].path.read_bytes() == usual


@pytest.mark.parametrize("text", ["Aurora" * 20, "\n".join(["Aurora"] * 12)], ids=["too wide", "too high"])
def test_words_that_do_not_fit_are_refused_with_the_size_that_does(text: str, put: Any) -> None:
    with pytest.raises(
        LayerError, match=r"takes \d+x\d+ pixels, and the frame of 640x360 has 604x324"
    ) as raised:
        put(text=text)

    assert raised.value.code == "KS709"
    most = Decimal(raised.value.advice.split("at most ")[1].split(",")[0])
    put(text=text, size=most)
    with pytest.raises(LayerError):
        put(text=text, size=most + Decimal("0.003"))


def test_what_fits_at_no_size_is_refused(put: Any) -> None:
    with pytest.raises(LayerError) as raised:
        put(text="\n".join("a" * 400))

    assert raised.value.advice == "write fewer words"


@pytest.mark.skipif(not features.check_feature("raqm"), reason="FriBidi is not on this machine")
def test_a_line_to_the_left_begins_at_the_right() -> None:
    face = Face(OWN_FONT, 40)

    assert face.direction("1: שלום") == "rtl"
    assert face.direction("Aurora שלום") == "ltr"
    assert face.direction("42") == "ltr"


def test_without_a_layout_engine_simple_letters_are_drawn_and_others_refused() -> None:
    face = Face(OWN_FONT, 40, is_shaped=False)

    assert face.width(face.readable("Aurora\u200b, кириллица")) > 200
    with pytest.raises(LayerError, match="cannot be laid out on this machine") as raised:
        face.readable("שלום")
    assert "FriBidi" in raised.value.advice


def test_wide_letters_break_anywhere_but_before_their_full_stop() -> None:
    from kling_spec.media._wrap import broken, columns

    lines = broken("静かな港の夜明けに、船が一隻だけ帰ってきた。", 16, columns)

    assert "".join(lines) == "静かな港の夜明けに、船が一隻だけ帰ってきた。"
    assert max(map(columns, lines)) <= 16
    assert not any(line.startswith(("、", "。", "っ")) for line in lines)


def test_a_picture_keeps_its_shape_and_what_shows_through(put: Any, logo: Path) -> None:
    drawn, picture = put(image=logo, size=Decimal("0.25"), place=Place.TOP_LEFT)

    assert (drawn.x, drawn.y) == (MARGIN, MARGIN)
    assert picture.height == 80
    assert 80 <= picture.width <= 88
    assert picture.getpixel((10, 40)) == (255, 0, 0, 255)
    values = picture.tobytes()
    green = [at for at in range(0, len(values), 4) if values[at + 3] and values[at + 1] > 40]
    assert green == []


def test_a_picture_as_wide_as_the_frame_covers_it(put: Any, tmp_path: Path) -> None:
    Image.new("RGB", (64, 36), "#336699").save(tmp_path / "frame.png")

    drawn, picture = put(image=tmp_path / "frame.png", size=Decimal(1), place=Place.BOTTOM_LEFT)

    assert (drawn.x, drawn.y, picture.size) == (0, 0, (640, 360))


def test_a_picture_that_was_taken_sideways_stands_upright(put: Any, tmp_path: Path) -> None:
    taken = Image.new("RGB", (60, 30), "#ff0000")
    exif = taken.getexif()
    exif[0x0112] = 6
    taken.save(tmp_path / "taken.jpg", exif=exif)

    _, picture = put(image=tmp_path / "taken.jpg", size=Decimal("0.1"))

    assert picture.size == (64, 128)


def test_a_picture_higher_than_the_frame_is_refused_with_the_size_that_fits(put: Any, tmp_path: Path) -> None:
    Image.new("RGB", (30, 60), "#ff0000").save(tmp_path / "tall.png")

    with pytest.raises(LayerError, match="is 640x1280 pixels, larger than the frame of 640x360") as raised:
        put(image=tmp_path / "tall.png", size=Decimal(1))

    most = Decimal(raised.value.advice.rsplit(" ", 1)[1])
    assert put(image=tmp_path / "tall.png", size=most)[1].height <= 360


def test_a_picture_of_which_nothing_is_seen_is_one_clear_point(put: Any, tmp_path: Path) -> None:
    Image.new("RGBA", (30, 30)).save(tmp_path / "clear.png")

    _, picture = put(image=tmp_path / "clear.png", size=Decimal("0.2"))

    assert picture.size == (1, 1)
    assert picture.getpixel((0, 0))[3] == 0
