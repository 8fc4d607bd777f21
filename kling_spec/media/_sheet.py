"""A contact sheet: small pictures of a film in the order of showing, each under its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kling_spec.files import whole

_GAP, _TITLE, _LINE = 12, 56, 22
_PAPER, _INK, _FAINT = (24, 26, 30), (238, 240, 244), (150, 156, 166)
_WIDEST = 1600
"""Pixels of a whole sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What one clip shows on the sheet: a few pictures, and two lines of words."""

    pictures: tuple[Path, ...]
    title: str
    words: str


def draw_sheet(target: Path, title: str, words: str, panels: Sequence[Panel]) -> Path:
    """Write the sheet as a JPEG and return `target`; pictures that are not there are left out."""
    from PIL import Image, ImageDraw, ImageFont

    loaded = [[_small(path) for path in panel.pictures if path.is_file()] for panel in panels]
    wide, tall = next(((one.width, one.height) for row in loaded for one in row), (160, 90))
    most = max((len(row) for row in loaded), default=1) or 1
    panel_wide = most * wide + (most - 1) * 2
    columns = max(1, min(len(panels), (_WIDEST - _GAP) // (panel_wide + _GAP)))
    rows = -(-len(panels) // columns)
    panel_tall = tall + 2 * _LINE + _GAP
    size = (_GAP + columns * (panel_wide + _GAP), _TITLE + rows * (panel_tall + _GAP) + _GAP)
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    big, small = ImageFont.load_default(20), ImageFont.load_default(13)
    draw.text((_GAP, _GAP), _fitted(draw, title, big, size[0] - 2 * _GAP), font=big, fill=_INK)
    draw.text((_GAP, _GAP + 26), _fitted(draw, words, small, size[0] - 2 * _GAP), font=small, fill=_FAINT)
    for number, (panel, pictures) in enumerate(zip(panels, loaded, strict=True)):
        left = _GAP + number % columns * (panel_wide + _GAP)
        top = _TITLE + _GAP + number // columns * (panel_tall + _GAP)
        for at, picture in enumerate(pictures):
            sheet.paste(picture, (left + at * (wide + 2), top))
        for line, (text, ink) in enumerate(((panel.title, _INK), (panel.words, _FAINT))):
            where = (left, top + tall + 4 + line * (_LINE - 4))
            draw.text(where, _fitted(draw, text, small, panel_wide), font=small, fill=ink)
    with whole(target) as part:
        sheet.save(part, "JPEG", quality=84, optimize=True)
    return target


def _small(path: Path) -> Any:
    from PIL import Image

    with Image.open(path, formats=("PNG",)) as image:
        picture = image.convert("RGB")
    picture.thumbnail((240, 240))
    return picture


def _fitted(draw: Any, text: str, font: Any, width: int) -> str:
    """Return the text, cut short where it would be wider; what the font has not is a question mark."""
    shown = text.encode("latin-1", "replace").decode("latin-1")
    if draw.textlength(shown, font=font) <= width:
        return shown
    while shown and draw.textlength(f"{shown}...", font=font) > width:
        shown = shown[:-1]
    return f"{shown}..."
