"""Whether a film's pictures can be copied or must be encoded, and why."""

from enum import StrEnum

from kling_spec.cut._material import Stock
from kling_spec.ir import Codec, Gap, Timeline
from kling_spec.media import ClipFacts


class Method(StrEnum):
    """How the picture comes into the film."""

    COPY = "copy"
    ENCODE = "encode"


def method_of(  # noqa: PLR0911 -- each reason is said by itself
    timeline: Timeline, stock: Stock
) -> tuple[Method, str]:
    """Return COPY only where every clip is proved to stand whole, by hard cuts, in one equal stream; and why."""
    first: ClipFacts | None = None
    for at, item in enumerate(timeline.picture, 1):
        if isinstance(item, Gap):
            return Method.ENCODE, f"clip {at} is a gap"
        facts = stock.materials[item.source].facts
        if not isinstance(facts, ClipFacts):
            return Method.ENCODE, f"clip {at} is a still"
        if item.overlap:
            return Method.ENCODE, f"clip {at} is entered by a transition"
        if item.speed != 1:
            return Method.ENCODE, f"clip {at} plays at another speed"
        if reason := _unfit(facts, timeline):
            return Method.ENCODE, f"clip {at} {reason}"
        if not item.is_whole or (item.first, item.frames) != (0, facts.frames):
            return Method.ENCODE, f"clip {at} is trimmed"
        first = first or facts
        if differs := _difference(facts, first):
            return Method.ENCODE, f"clip {at} differs from the first in {differs}"
    if timeline.overlays:
        return Method.ENCODE, "something lies over the picture"
    return Method.COPY, "all clips are whole and their streams are equal"


_PLAYED = {
    "h264": (Codec.H264, ("yuv420p",)),
    "hevc": (Codec.HEVC, ("yuv420p", "yuv420p10le")),
    "vp9": (Codec.VP9, ("yuv420p",)),
    "prores": (Codec.PRORES, ("yuv422p10le",)),
}
"""What each stream is as a delivery, and the pixels in it that every player of it takes."""


def _unfit(  # noqa: PLR0911 -- as above
    facts: ClipFacts, timeline: Timeline
) -> str:
    """Return why this clip's stream should not stand in the film as it is."""
    canvas = timeline.canvas
    codec, pixels = _PLAYED.get(facts.codec, (None, ()))
    if codec is not timeline.delivery.codec:
        return f"is {facts.codec}, and the film is {timeline.delivery.codec}"
    if facts.pixel_format not in pixels:
        return f"is {facts.codec} {facts.pixel_format}, which not every player takes"
    if not facts.regular:
        return "has frames of uneven length"
    if facts.rotation or facts.sar != 1:
        return "is turned or has pixels that are not square"
    if (facts.width, facts.height) != (canvas.width, canvas.height):
        return f"is {facts.width}x{facts.height}, and the film is {canvas.width}x{canvas.height}"
    if facts.rate != canvas.rate:
        return f"has {facts.rate} frames in a second, and the film has {canvas.rate}"
    if facts.color_range == "pc":
        return "has colours of full range"
    if not facts.starts_with_key:
        return "does not start with a frame of its own"
    return "has frames that hang on the clip before them" if facts.has_leading else ""


def _difference(facts: ClipFacts, first: object) -> str:
    names = {
        "width": "size",
        "height": "size",
        "rate": "frame rate",
        "profile": "profile",
        "pixel_format": "pixel format",
        "color_range": "colour range",
        "matrix": "colour matrix",
        "extradata_sha256": "encoder parameters",
    }
    return next((word for name, word in names.items() if getattr(facts, name) != getattr(first, name)), "")
