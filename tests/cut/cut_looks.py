"""What a film looks and sounds like, held against its clips as another reader decodes them."""

import cmath
from fractions import Fraction
from math import log10
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageChops, ImageStat

from kling_spec.media import probe

_GRID = (32, 18)
_HD = 720
Seen = list[tuple[Fraction, Image.Image]]


def seen(path: Path, size: tuple[int, int], grid: tuple[int, int] = _GRID) -> Seen:
    """Return every frame as small as `grid`, with its time: upright, in square pixels, between bars."""
    facts, found = probe(path), []
    matrix = "ITU709" if not facts.matrix and facts.height >= _HD else None
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            shown = frame.reformat(format="rgb24", src_colorspace=matrix).to_image()
            shown = shown.rotate(facts.rotation, expand=True) if facts.rotation else shown
            found.append((Fraction(frame.pts * frame.time_base), _within(shown, facts, size, grid)))
    first = found[0][0]
    return [(time - first, image) for time, image in found]


def _within(image: Image.Image, facts: Any, size: tuple[int, int], grid: tuple[int, int]) -> Image.Image:
    width, height = facts.width * facts.sar, Fraction(facts.height)
    if facts.rotation % 180:
        width, height = height, width
    scale = min(size[0] / width, size[1] / height)
    # Colours are stored for two pixels at once, so that a picture begins and ends at an even one.
    sides = tuple(2 * round(side * scale / 2) for side in (width, height))
    inside = image.resize(sides, Image.Resampling.BICUBIC)
    frame = Image.new("RGB", size)
    frame.paste(inside, tuple((whole - part) // 4 * 2 for whole, part in zip(size, inside.size, strict=True)))
    return frame.resize(grid, Image.Resampling.BOX)


def apart(one: Image.Image, other: Image.Image) -> float:
    """Return by how many of 255 the two differ, on average."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def psnr(one: Image.Image, other: Image.Image) -> float:
    """Return how alike the two are, in decibels."""
    squares = sum(level * level for level in ImageStat.Stat(ImageChops.difference(one, other)).rms) / 3
    return 10 * log10(255 * 255 / max(squares, 1e-6))


def nearest(image: Image.Image, clip: Seen) -> tuple[float, int]:
    """Return how far the clip's most similar frame is from the picture, and which one it is."""
    return min((apart(image, other), number) for number, (_, other) in enumerate(clip))


def tone(heard: list[float], hertz: float) -> float:
    """Return the amplitude of one tone."""
    turns = (cmath.exp(-2j * cmath.pi * hertz * at / 48000) for at in range(len(heard)))
    return 2 * abs(sum(level * turn for level, turn in zip(heard, turns, strict=True))) / max(1, len(heard))


def peak(heard: list[float]) -> float:
    """Return the loudest sample."""
    return max(map(abs, heard), default=0.0)
