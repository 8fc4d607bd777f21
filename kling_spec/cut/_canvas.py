"""What every frame of a film is: its size and its rate."""

from collections.abc import Sequence
from fractions import Fraction

from kling_spec.ir import Canvas, Delivery
from kling_spec.media import ClipFacts, ImageFacts

USUAL = Fraction(24)
"""Frames in a second of a film whose clips do not agree on another number."""


def canvas_of(delivery: Delivery, shown: Sequence[ClipFacts | ImageFacts | None]) -> Canvas:
    """Return the delivery's size and rate, or what the clips say where it does not.

    The size is that of the first video, else of the first picture; a `ratio` keeps
    the shorter side. The rate is the one on which all videos agree, else 24.
    """
    videos = [facts for facts in shown if isinstance(facts, ClipFacts)]
    rates = {facts.rate if facts.regular else USUAL for facts in videos}
    width, height = _size(delivery, _first_size(videos, shown))
    rate = Fraction(delivery.rate) if delivery.rate else rates.pop() if len(rates) == 1 else USUAL
    return Canvas(width=width, height=height, rate=rate)


def _first_size(
    videos: Sequence[ClipFacts], shown: Sequence[ClipFacts | ImageFacts | None]
) -> tuple[int, int]:
    if videos:
        return videos[0].shown_size
    for facts in shown:
        if facts is not None:
            return facts.width, facts.height
    return 1920, 1080


def _size(delivery: Delivery, first: tuple[int, int]) -> tuple[int, int]:
    if delivery.width and delivery.height:
        return delivery.width, delivery.height
    if delivery.ratio is None:
        return _even(first[0]), _even(first[1])
    wide, tall = delivery.ratio
    short = min(first)
    if wide >= tall:
        return _even(round(short * Fraction(wide, tall))), _even(short)
    return _even(short), _even(round(short * Fraction(tall, wide)))


def _even(side: int) -> int:
    return max(2, side - side % 2)
