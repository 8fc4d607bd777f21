"""Frames made small: enough of each to tell whether two are the same, and quick to have."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from math import fsum, sqrt
from operator import mul, sub
from pathlib import Path
from threading import Event
from typing import Any

from kling_spec.media._error import CancelledError, MediaError
from kling_spec.media._facts import HD
from kling_spec.media._probe import opened, picture_of
from kling_spec.media._sniff import check_is_mp4

WIDTH, HEIGHT = 160, 90
_WIDE, _TALL = 64, 36
_BT709, _BT601 = 1, 5
_WEIGHTS = {_BT709: (0.2126, 0.0722), _BT601: (0.299, 0.114), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}
"""Of red and blue, by the numbers that matrices have in H.273."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """One frame, upright, at 160x90 in limited range, whatever the clip itself is."""

    second: float
    """When it is shown, counted from the clip's first frame."""
    luma: bytes
    blue: bytes
    red: bytes
    small: bytes
    """The luma once more, at 64x36."""
    weights: tuple[float, float]
    """What red and blue count in the luma, which the clip's matrix says."""

    @property
    def colour(self) -> tuple[float, float, float]:
        """The mean of Y, U and V in codes of 8 bits, as they are in BT.709."""
        means = _mean(self.luma), _mean(self.blue), _mean(self.red)
        return means if self.weights == _WEIGHTS[_BT709] else _as_bt709(*means, *self.weights)

    @property
    def contrast(self) -> float:
        """How far the luma strays from its mean, in codes."""
        return sqrt(max(0.0, _mean(list(map(mul, self.luma, self.luma))) - _mean(self.luma) ** 2))

    @property
    def sharpness(self) -> float:
        """How steep edges are, as a part of the contrast: a fade leaves it, a blur does not."""
        steps = list(map(sub, self.luma[1:], self.luma[:-1]))
        return sqrt(_mean(list(map(mul, steps, steps)))) / max(self.contrast, 0.5)


def _as_bt709(y: float, u: float, v: float, red: float, blue: float) -> tuple[float, float, float]:
    """Return the same colour in the codes of BT.709; on means this is exact, and clips nothing."""
    level, to_blue, to_red = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
    r, b = level + 2 * (1 - red) * to_red, level + 2 * (1 - blue) * to_blue
    g = (level - red * r - blue * b) / (1 - red - blue)
    red, blue = _WEIGHTS[_BT709]
    level = red * r + (1 - red - blue) * g + blue * b
    u, v = (b - level) / (2 * (1 - blue)), (r - level) / (2 * (1 - red))
    return 16 + 219 * level, 128 + 224 * u, 128 + 224 * v


def apart(one: bytes, other: bytes) -> float:
    """Return the mean difference of two pictures, in codes."""
    total: int = sum(map(abs, map(sub, one, other)))
    return total / len(one)


def correlation(one: Glimpse, other: Glimpse) -> float:
    """Return how alike two frames are whatever their level and gain: 1 for the same picture."""
    spread = one.contrast * other.contrast
    if spread < 1:
        return 0.0
    both = _mean(list(map(mul, one.luma, other.luma)))
    return (both - _mean(one.luma) * _mean(other.luma)) / spread


def residual(one: Glimpse, other: Glimpse) -> float:
    """Return the mean difference of two frames that no change of level and gain explains, in codes."""
    gain = one.contrast / other.contrast if other.contrast > 0.5 else 1.0
    shift = _mean(one.luma) - gain * _mean(other.luma)
    moved = [gain * code + shift for code in range(256)]
    return fsum(map(abs, map(sub, one.luma, map(moved.__getitem__, other.luma)))) / len(one.luma)


def glimpses(path: Path, cancel: Event | None = None) -> Iterator[Glimpse]:
    """Yield the clip's frames in the order in which they are shown.

    Raises MediaError for a file of which none can be had, and CancelledError when `cancel` is set.
    """
    check_is_mp4(path)
    with opened(path, "mov") as container:
        video = picture_of(container)
        video.thread_type = "AUTO"
        shrink, zero = _shrinker(), None
        for frame in container.decode(video):
            if cancel is not None and cancel.is_set():
                raise CancelledError("the look at a join was cancelled")
            at = float((frame.pts or 0) * video.time_base)
            zero = at if zero is None else zero
            yield shrink(frame, at - zero)
        if zero is None:
            raise MediaError("not one frame of this file can be decoded")


def _shrinker() -> Callable[[Any, float], Glimpse]:
    """Return what makes frames small; it keeps its tables from one frame to the next."""
    from av.video.reformatter import VideoReformatter

    first, second = VideoReformatter(), VideoReformatter()

    def shrink(frame: Any, at: float) -> Glimpse:
        turned = bool(frame.rotation % 180)
        wide, tall = (HEIGHT, WIDTH) if turned else (WIDTH, HEIGHT)
        matrix = _matrix(frame)
        little = first.reformat(
            frame,
            width=wide,
            height=tall,
            format="yuv444p",
            src_colorspace=matrix,
            dst_colorspace=matrix,
            interpolation="AREA",
            dst_color_range="MPEG",
        )
        small = second.reformat(little, width=_TALL if turned else _WIDE, height=_WIDE if turned else _TALL)
        luma, blue, red = (_upright(_rows(plane), wide, frame.rotation) for plane in little.planes)
        least = _upright(_rows(small.planes[0]), small.width, frame.rotation)
        return Glimpse(second=at, luma=luma, blue=blue, red=red, small=least, weights=_WEIGHTS[matrix])

    return shrink


def _matrix(frame: Any) -> int:
    """Return the frame's matrix by its number; where it is not tagged, what players take it for."""
    known = int(frame.colorspace)
    if known in _WEIGHTS:
        return known
    return _BT709 if known == 2 and frame.height >= HD else _BT601


def _rows(plane: Any) -> bytes:
    data, wide, step = bytes(plane), plane.width, plane.line_size
    if wide == step:
        return data[: wide * plane.height]
    return b"".join(data[at : at + wide] for at in range(0, step * plane.height, step))


def _upright(data: bytes, wide: int, rotation: int) -> bytes:
    """Return the plane as a player shows it; `rotation` counts as PyAV does, against the clock."""
    match rotation % 360:
        case 90:
            return b"".join(data[at::wide] for at in range(wide - 1, -1, -1))
        case 180:
            return data[::-1]
        case 270:
            return b"".join(data[at::wide][::-1] for at in range(wide))
        case _:
            return data


def _mean(codes: Collection[int]) -> float:
    return sum(codes) / len(codes)
