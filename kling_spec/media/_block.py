"""A block of words: its lines, and its picture."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from kling_spec.ir import Canvas, Layer, Place
from kling_spec.media._error import LayerError
from kling_spec.media._letters import Face
from kling_spec.media._wrap import broken

_LEADING = 1.2
"""Of a line, as a part of the letters' size."""
_EDGE, _SHADE = 0.035, 0.07
"""Of the outline and of the soft shade around letters, as parts of their size."""
_EDGE_ALPHA, _SHADE_ALPHA = 0.7, 0.75
"""How solid each of them is at most."""
_STEP = Decimal("0.001")
"""Between two sizes that are tried where a text is too large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Words in lines, each with the direction in which it runs."""

    face: Face
    pixels: int
    """The size of the letters."""
    lines: tuple[tuple[str, str | None], ...]
    width: int
    height: int

    @property
    def around(self) -> int:
        """Pixels that letters and their shade may reach beyond the block."""
        return 2 + round(self.pixels * (0.2 + 3 * _SHADE))

    def drawn(self, color: str, place: Place) -> Any:
        """Return the block with `around` on each side, as RGBA; its lines stand as the place wants."""
        from PIL import Image, ImageChops, ImageFilter

        edge = max(0.7, self.pixels * _EDGE)
        letters = self._mask(place, 0)
        outline = self._mask(place, edge)
        shade = self._mask(place, 2 * edge).filter(ImageFilter.GaussianBlur(self.pixels * _SHADE))
        behind = ImageChops.lighter(_thinned(outline, _EDGE_ALPHA), _thinned(shade, _SHADE_ALPHA))
        made = Image.new("RGBA", letters.size, _opposite(color))
        made.putalpha(behind)
        front = Image.new("RGBA", letters.size, color)
        front.putalpha(letters)
        return Image.alpha_composite(made, front)

    def _mask(self, place: Place, stroke: float) -> Any:
        from PIL import Image, ImageDraw

        mask = Image.new("L", (self.width + 2 * self.around, self.height + 2 * self.around))
        pen = ImageDraw.Draw(mask)
        ascent, descent = self.face.font.getmetrics()
        step = self.height / len(self.lines)
        for number, (line, direction) in enumerate(self.lines):
            x = self.around + _indent(place, self.width - self.face.width(line, direction))
            y = self.around + number * step + (step - ascent - descent) / 2 + ascent
            pen.text(
                (x, y),
                line,
                fill=255,
                font=self.face.font,
                anchor="ls",
                direction=direction,
                stroke_width=stroke,
            )
        return mask


def block_of(layer: Layer, canvas: Canvas, font: Path | None) -> Block:
    """Return the layer's words as they stand in the frame.

    Raises LayerError where they do not fit inside its margins, or the font lacks a character.
    """
    room = canvas.width - 2 * margin(canvas), canvas.height - 2 * margin(canvas)
    block = _laid(layer, layer.size, canvas, room[0], font)
    if _fits(block, room):
        return block
    low, high = 0, int(layer.size / _STEP)
    while high - low > 1:
        middle = (low + high) // 2
        fits = _fits(_laid(layer, middle * _STEP, canvas, room[0], font), room)
        low, high = (middle, high) if fits else (low, middle)
    message = (
        f"takes {block.width}x{block.height} pixels, and the frame of {canvas.width}x{canvas.height} "
        f"has {room[0]}x{room[1]} inside its margins"
    )
    advice = f"write a 'size' of at most {low * _STEP:f}, or fewer words" if low else "write fewer words"
    raise LayerError("KS709", message, advice)


def margin(canvas: Canvas) -> int:
    """Return how far from the frame's edges everything stays: a twentieth of its shorter side."""
    return round(min(canvas.width, canvas.height) / 20)


def _laid(layer: Layer, size: Decimal, canvas: Canvas, width: int, font: Path | None) -> Block:
    pixels = max(1, round(size * canvas.height))
    face = Face(font, pixels)
    lines: list[tuple[str, str | None]] = []
    for paragraph in face.readable(layer.text).split("\n"):
        direction = face.direction(paragraph)
        lines += [(line, direction) for line in broken(paragraph, width, face.width)]
    return Block(
        face=face,
        pixels=pixels,
        lines=tuple(lines),
        width=max(round(face.width(line, direction)) for line, direction in lines) + 1,
        height=round(len(lines) * pixels * _LEADING),
    )


def _fits(block: Block, room: tuple[int, int]) -> bool:
    return block.width <= room[0] + 1 and block.height <= room[1]


def _indent(place: Place, free: float) -> float:
    if place in (Place.TOP_LEFT, Place.LEFT, Place.BOTTOM_LEFT):
        return 0
    return free if place in (Place.TOP_RIGHT, Place.RIGHT, Place.BOTTOM_RIGHT) else free / 2


def _opposite(color: str) -> str:
    """Return what letters of the colour stand out from: black, or white where they are dark."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 90 else "#ffffff"


def _thinned(mask: Any, alpha: float) -> Any:
    return mask.point([round(value * alpha) for value in range(256)])
