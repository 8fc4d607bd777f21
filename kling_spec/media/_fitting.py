"""Brings pictures of any shape onto the canvas."""

from fractions import Fraction
from math import ceil
from typing import Any

from kling_spec.ir import Canvas, Fit
from kling_spec.media._builder import builder

SOFT = 14
"""The blurred picture's softness: its shorter side over this."""


def fitted(
    stream: Any, shown: tuple[Fraction, Fraction], canvas: Canvas, fit: Fit, how: dict[str, Any]
) -> Any:
    """Return the stream at the canvas' size; `shown` is its own in square pixels, `how` what scaling keeps to.

    A picture of the canvas' own shape is scaled and nothing else.
    """
    size = (canvas.width, canvas.height)
    inside = contained(shown, canvas)
    if inside == size:
        return stream.filter("scale", *size, **how)
    if fit is Fit.COVER:
        return _covering(stream, shown, size, how)
    if fit is Fit.CONTAIN:
        return stream.filter("scale", *inside, **how).filter("pad", *size, -1, -1)
    twice = stream.filter_multi_output("split", 2)
    small = tuple(max(2, side // 8 * 2) for side in size)
    # At a quarter of the size, blurring costs a sixteenth and looks the same.
    behind = _covering(twice.stream(0), shown, (small[0], small[1]), how)
    # Without halved colours: they would be blurred twice as far.
    behind = behind.filter("format", "yuv444p").filter("gblur", sigma=f"{min(small) / SOFT:.2f}", steps=2)
    behind = behind.filter("scale", *size, flags="bicubic").filter("setsar", 1)
    before = twice.stream(1).filter("scale", *inside, **how).filter("setsar", 1)
    return builder().filter([behind, before], "overlay", x="(W-w)/2", y="(H-h)/2", format="auto")


def contained(shown: tuple[Fraction, Fraction], canvas: Canvas) -> tuple[int, int]:
    """Return the even size at which all of the picture is seen."""
    scale = min(canvas.width / shown[0], canvas.height / shown[1])
    width, height = (max(2, 2 * round(side * scale / 2)) for side in shown)
    return min(width, canvas.width), min(height, canvas.height)


def covering(shown: tuple[Fraction, Fraction], size: tuple[int, int]) -> tuple[int, int]:
    """Return the even size at which the picture fills the frame."""
    scale = max(size[0] / shown[0], size[1] / shown[1])
    width, height = (2 * ceil(side * scale / 2 - Fraction(1, 100)) for side in shown)
    return max(width, size[0]), max(height, size[1])


def _covering(
    stream: Any, shown: tuple[Fraction, Fraction], size: tuple[int, int], how: dict[str, Any]
) -> Any:
    return stream.filter("scale", *covering(shown, size), **how).filter("crop", *size)
