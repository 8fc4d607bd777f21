"""What lies over a film's picture, drawn: words, and pictures of the project's own."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from kling_spec.ir import Canvas, Layer, Place
from kling_spec.media._block import block_of, margin
from kling_spec.media._error import LayerError
from kling_spec.media._facts import ImageFacts
from kling_spec.media._still import loaded

_LEFT = (Place.TOP_LEFT, Place.LEFT, Place.BOTTOM_LEFT)
_RIGHT = (Place.TOP_RIGHT, Place.RIGHT, Place.BOTTOM_RIGHT)
_TOP = (Place.TOP_LEFT, Place.TOP, Place.TOP_RIGHT)
_BOTTOM = (Place.BOTTOM_LEFT, Place.BOTTOM, Place.BOTTOM_RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture to be laid over every frame, and where its upper left corner stands."""

    path: Path
    """An RGBA PNG, cropped to what is seen of it and inside the frame; the opacity is in it."""
    x: int
    y: int


def draw(layer: Layer, canvas: Canvas, *, image: Path | None, font: Path | None, target: Path) -> Drawn:
    """Draw the layer as a PNG at `target`.

    `image` is the file of a layer that shows a picture; `font` None takes the font
    that comes with the tool. Equal arguments draw equal bytes with one release of
    Pillow. Raises LayerError where it is larger than the frame or the font lacks a
    character, MediaError where `image` is no picture.
    """
    made, x, y = _words(layer, canvas, font) if image is None else _picture(layer, canvas, image)
    if layer.opacity < 1:
        made.putalpha(made.getchannel("A").point([round(alpha * layer.opacity) for alpha in range(256)]))
    inside = (max(0, -x), max(0, -y), min(made.width, canvas.width - x), min(made.height, canvas.height - y))
    made = made.crop(inside)
    left, top, right, bottom = made.getchannel("A").getbbox() or (0, 0, 1, 1)
    made.crop((left, top, right, bottom)).save(target, "PNG", compress_level=1)
    return Drawn(path=target, x=x + inside[0] + left, y=y + inside[1] + top)


def check_layer(layer: Layer, canvas: Canvas, *, image: ImageFacts | None, font: Path | None) -> None:
    """Raise LayerError where `draw` would refuse the layer for its size or its letters; draws nothing."""
    if image is None:
        block_of(layer, canvas, font)
    else:
        _size(layer, canvas, image.width, image.height)


def _words(layer: Layer, canvas: Canvas, font: Path | None) -> tuple[Any, int, int]:
    block = block_of(layer, canvas, font)
    x, y = _corner(layer.place, canvas, block.width, block.height)
    return block.drawn(layer.color, layer.place), x - block.around, y - block.around


def _picture(layer: Layer, canvas: Canvas, path: Path) -> tuple[Any, int, int]:
    from PIL import Image

    image = loaded(path)
    width, height = _size(layer, canvas, image.width, image.height)
    x, y = _corner(layer.place, canvas, width, height)
    # premultiplied, so that the colour of what is transparent does not bleed into the edges
    sized = image.convert("RGBA").convert("RGBa").resize((width, height), Image.Resampling.LANCZOS)
    return sized.convert("RGBA"), x, y


def _size(layer: Layer, canvas: Canvas, wide: int, high: int) -> tuple[int, int]:
    """Return the pixels that a picture of that size takes in the frame."""
    width = max(1, round(layer.size * canvas.width))
    height = max(1, round(Decimal(high * width) / wide))
    if height > canvas.height:
        most = Decimal(wide * canvas.height) / high / canvas.width
        message = f"is {width}x{height} pixels, larger than the frame of {canvas.width}x{canvas.height}"
        advice = f"write a 'size' of at most {most.quantize(Decimal('0.001'), ROUND_DOWN)}"
        raise LayerError("KS709", message, advice)
    return width, height


def _corner(place: Place, canvas: Canvas, width: int, height: int) -> tuple[int, int]:
    """Return where the upper left corner stands; what leaves no room for margins stands in the middle."""
    edge = margin(canvas)
    across = (place in _RIGHT) - (place in _LEFT)
    down = (place in _BOTTOM) - (place in _TOP)
    return _aside(canvas.width - width, edge, across), _aside(canvas.height - height, edge, down)


def _aside(free: int, edge: int, side: int) -> int:
    """Return how much of what is free stands before it: at -1 the edge, at 0 half, at 1 all but the edge."""
    if free < 2 * edge or side == 0:
        return free // 2
    return edge if side < 0 else free - edge
