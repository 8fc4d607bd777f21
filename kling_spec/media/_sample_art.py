"""Draws what a sandbox clip shows: a soft backdrop, a card with the words, a strip that moves."""

import colorsys
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

MARGIN = 0.12
"""How much larger than the picture the backdrop is, so that the view can drift over it."""


def backdrop(width: int, height: int, seed: int) -> Any:
    """Return a field of a few soft lights, in hues that follow from `seed`."""
    from PIL import Image, ImageDraw, ImageFilter

    dice = Random(seed)  # noqa: S311 -- colours, not secrets
    hue = dice.random()
    wide, tall = (max(12, 96 * side // max(width, height)) for side in (width, height))
    image = Image.new("RGB", (wide, tall), _color(hue, 0.62, 0.16))
    draw = ImageDraw.Draw(image)
    for step in range(7):
        x, y, radius = dice.uniform(0, wide), dice.uniform(0, tall), dice.uniform(8, 22)
        shade = _color(hue + dice.uniform(-0.11, 0.11), 0.62, 0.26 + 0.08 * step)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)
    image = image.filter(ImageFilter.GaussianBlur(9))
    size = round(width * (1 + MARGIN)), round(height * (1 + MARGIN))
    return image.resize(size, Image.Resampling.BICUBIC)


def card(width: int, height: int, title: str, lines: Sequence[str]) -> Any:
    """Return the words on a dark, rounded, translucent card as wide as the picture, cropped to its ink."""
    from PIL import Image, ImageDraw, ImageFont

    unit = min(width, height) / 36
    pad, inner = round(1.6 * unit), round(min(width * 0.86, 52 * unit))
    big, small = ImageFont.load_default(2.3 * unit), ImageFont.load_default(1.35 * unit)
    heading = _wrap(title, big, inner, 2)
    words = [row for line in lines for row in _wrap(line, small, inner, 5)][: 9 if height > width else 7]
    tall = round(len(heading) * 3 * unit + (len(words) * 1.95 + (0.8 if words else 0)) * unit)
    image = Image.new("RGBA", (inner + 2 * pad, tall + 2 * pad), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, image.width - 1, image.height - 1), round(unit), fill=(10, 12, 18, 150))
    y = float(pad)
    for row in heading:
        draw.text((pad, y), row, font=big, fill=(255, 255, 255, 255))
        y += 3 * unit
    y += 0.8 * unit
    for row in words:
        draw.text((pad, y), row, font=small, fill=(226, 230, 238, 235))
        y += 1.95 * unit
    return image


def strip_size(width: int, height: int) -> tuple[int, int]:
    """Return the size of the moving strip, both even."""
    return round(width * 0.86) // 2 * 2, max(16, round(min(width, height) / 36 * 2.4) // 2 * 2)


def strip(width: int, height: int, seed: int, frames: int, fps: int) -> Iterator[bytes]:
    """Yield the strip of each frame as raw RGB: time, frame number, and a bar that fills in step."""
    from PIL import Image, ImageDraw, ImageFont

    wide, tall = strip_size(width, height)
    hue = Random(seed).random()  # noqa: S311 -- as above
    font = ImageFont.load_default(tall * 0.56)
    left, right = round(tall * 4.6), wide - round(tall * 3.4)
    middle, half = tall // 2, max(1, tall // 12)
    base = Image.new("RGB", (wide, tall), _color(hue, 0.45, 0.09))
    draw = ImageDraw.Draw(base)
    draw.rectangle((left, middle - half, right, middle + half), fill=_color(hue, 0.35, 0.28))
    for second in range(frames // fps + 1):
        x = left + (right - left) * second * fps / max(1, frames)
        draw.line((x, middle - 3 * half, x, middle + 3 * half), fill=_color(hue, 0.3, 0.45), width=half)
    light = _color(hue, 0.25, 1.0)
    for frame in range(frames):
        image = base.copy()
        draw = ImageDraw.Draw(image)
        x = left + (right - left) * (frame + 1) / frames
        draw.rectangle((left, middle - half, x, middle + half), fill=light)
        draw.ellipse((x - 3 * half, middle - 3 * half, x + 3 * half, middle + 3 * half), fill="white")
        clock = f"{frame // fps // 60:02}:{frame // fps % 60:02}.{frame % fps:02}"
        draw.text((tall * 0.5, middle), clock, font=font, fill="white", anchor="lm")
        draw.text((wide - tall * 0.5, middle), f"{frame + 1}/{frames}", font=font, fill=light, anchor="rm")
        yield image.tobytes()


def _wrap(text: str, font: Any, width: float, most: int) -> list[str]:
    """Return the text in rows no wider than `width`; the last one ends in `…` where some is left over."""
    rows, row = [], ""
    for word in "".join(c if c.isprintable() else " " for c in text).split():
        longer = f"{row} {word}".strip()
        if row and font.getlength(longer) > width:
            rows.append(row)
            longer = word
        while font.getlength(longer) > width and len(longer) > 1:
            cut = next(
                n for n in range(len(longer) - 1, 0, -1) if n == 1 or font.getlength(longer[:n]) <= width
            )
            rows.append(longer[:cut])
            longer = longer[cut:]
        row = longer
    rows += [row] if row else []
    return rows if len(rows) <= most else [*rows[: most - 1], rows[most - 1].rstrip(" .,;")[:-1] + "…"]


def _color(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, min(1, value))
    return round(255 * red), round(255 * green), round(255 * blue)
