"""What lies over a picture and cannot be drawn there, found before the first frame is encoded."""

from kling_spec.cut._material import Stock
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Overlaid, Timeline
from kling_spec.media import ImageFacts, LayerError, check_layer


def misfits(timeline: Timeline, stock: Stock) -> tuple[Diagnostic, ...]:
    """Return a finding for each overlay that is larger than the frame, or whose font lacks a character.

    Of the many captions of one film it names the first of each kind.
    """
    found: dict[tuple[str, int, int], Diagnostic] = {}
    for overlaid in timeline.overlays:
        wrong = _wrong(overlaid, timeline, stock)
        if wrong is not None:
            found.setdefault((wrong.code, wrong.origin.line, wrong.origin.column), wrong)
    return tuple(found.values())


def _wrong(overlaid: Overlaid, timeline: Timeline, stock: Stock) -> Diagnostic | None:
    layer = overlaid.layer
    facts = None if overlaid.source is None else stock.materials[overlaid.source].facts
    font = None if overlaid.font is None else stock.materials[overlaid.font].path
    try:
        check_layer(layer, timeline.canvas, image=facts if isinstance(facts, ImageFacts) else None, font=font)
    except LayerError as error:
        what = f"the image '{layer.name}'" if layer.image is not None else f"the text '{_short(layer.text)}'"
        verb = "" if error.code == "KS709" else "cannot be written: "
        return Diagnostic(
            code=error.code, message=f"{what} {verb}{error}", origin=layer.origin, help=error.advice
        )
    return None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
