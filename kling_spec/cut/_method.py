"""Whether a film's pictures can be copied or must be encoded, and why."""

from enum import StrEnum

from kling_spec.cut._material import Stock
from kling_spec.ir import Gap, Timeline
from kling_spec.media import ClipFacts


class Method(StrEnum):
    """How the picture comes into the film."""

    COPY = "copy"
    ENCODE = "encode"


def method_of(  # noqa: PLR0911 -- each reason is said by itself
    timeline: Timeline, stock: Stock
) -> tuple[Method, str]:
    """Return COPY only where every clip stands whole, by hard cuts, in one equal stream; and the reason."""
    first: ClipFacts | None = None
    for at, item in enumerate(timeline.picture, 1):
        if isinstance(item, Gap):
            return Method.ENCODE, f"clip {at} is a gap"
        facts = stock.materials[item.source].facts
        if not isinstance(facts, ClipFacts):
            return Method.ENCODE, f"clip {at} is a still"
        if item.overlap:
            return Method.ENCODE, f"clip {at} is entered by a transition"
        if not item.is_whole:
            return Method.ENCODE, f"clip {at} is trimmed"
        if reason := _unfit(facts):
            return Method.ENCODE, f"clip {at} {reason}"
        first = first or facts
        if differs := _difference(facts, first):
            return Method.ENCODE, f"clip {at} differs from the first in {differs}"
    return Method.COPY, "all clips are whole and their streams are equal"


def _unfit(facts: ClipFacts) -> str:
    """Return why this clip's stream should not stand in a film as it is."""
    if (facts.codec, facts.pixel_format) != ("h264", "yuv420p"):
        return f"is {facts.codec} {facts.pixel_format}, which not every browser plays"
    if not facts.regular:
        return "has frames of uneven length"
    if facts.rotation or facts.sar != 1:
        return "is turned or has pixels that are not square"
    return "" if facts.starts_with_key else "does not start with a frame of its own"


def _difference(facts: ClipFacts, first: object) -> str:
    names = {
        "width": "size",
        "height": "size",
        "rate": "frame rate",
        "profile": "profile",
        "color_range": "colour range",
        "matrix": "colour matrix",
        "extradata_sha256": "encoder parameters",
    }
    return next((word for name, word in names.items() if getattr(facts, name) != getattr(first, name)), "")
