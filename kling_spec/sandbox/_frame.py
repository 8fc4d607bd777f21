"""How large a clip is: the three ratios at the three resolutions, as Runware lists them."""

from dataclasses import dataclass
from math import log

_SIZES = {
    ("720p", "16:9"): (1280, 720),
    ("720p", "9:16"): (720, 1280),
    ("720p", "1:1"): (960, 960),
    ("1080p", "16:9"): (1920, 1080),
    ("1080p", "9:16"): (1080, 1920),
    ("1080p", "1:1"): (1440, 1440),
    ("4k", "16:9"): (3840, 2160),
    ("4k", "9:16"): (2160, 3840),
    ("4k", "1:1"): (2880, 2880),
}
_RATIOS = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0}


@dataclass(frozen=True, slots=True)
class Footage:
    """A video that the sandbox itself holds, and so can measure."""

    seconds: float
    width: int
    height: int
    sound: bool
    rate: float | None = None
    """Frames in a second; None where nobody counted."""
    size: int | None = None
    """In bytes; None for a clip that may still be rendered."""


def size_of(tier: str, ratio: str) -> tuple[int, int]:
    """Return width and height in pixels."""
    return _SIZES[tier, ratio]


def nearest_ratio(width: int, height: int) -> str:
    """Return the ratio out of the three that is nearest to a picture's own."""
    return min(_RATIOS, key=lambda ratio: abs(log(width / height / _RATIOS[ratio])))
