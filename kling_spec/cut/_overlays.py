"""What lies over a film's picture, in frames."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from kling_spec.cut._material import Stock
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import Captions, Cue, Film, Layer, Overlaid, Place, Timeline


def overlays_of(
    film: Film, timeline: Timeline, stock: Stock, cues: tuple[Cue, ...]
) -> tuple[tuple[Overlaid, ...], list[Diagnostic]]:
    """Return all that lies over the picture: the entries' own, the film's, burnt captions on top.

    `timeline` has its picture track already. What begins behind its end is told as a warning and left out.
    """
    found: list[Diagnostic] = []
    laid: list[Overlaid] = []
    for layer, begin, end in _spans(film, timeline):
        rate = timeline.canvas.rate
        first = begin + round(Fraction(layer.start) * rate)
        last = end if layer.end is None else min(end, begin + round(Fraction(layer.end) * rate))
        if first >= last:
            seconds = f"{float((end - begin) / rate):.2f}"
            message = (
                f"this overlay begins at {layer.start:g} s, and what it lies over ends after {seconds} s"
            )
            found.append(
                Diagnostic(code="KS708", message=message, origin=layer.origin, severity=Severity.WARNING)
            )
            continue
        laid.append(_overlaid(layer, first, last - first, stock))
    if film.captions is not None and film.captions.is_burnt:
        laid += [_overlaid(_burnt(film.captions, cue), cue.first, cue.frames, stock) for cue in cues]
    return tuple(laid), found


def _spans(film: Film, timeline: Timeline) -> Iterator[tuple[Layer, int, int]]:
    """Yield each layer with the frames between which it may lie."""
    for entry, item, begin in zip(film.entries, timeline.picture, timeline.begins, strict=True):
        yield from ((layer, begin, begin + item.frames) for layer in entry.layers)
    yield from ((layer, 0, timeline.frames) for layer in film.layers)


def _overlaid(layer: Layer, first: int, frames: int, stock: Stock) -> Overlaid:
    source, font = stock.place_of(layer.image), stock.place_of(layer.font)
    return Overlaid(layer=layer, source=source, font=font, first=first, frames=frames)


def _burnt(captions: Captions, cue: Cue) -> Layer:
    return Layer(
        text=cue.text,
        place=Place.BOTTOM,
        size=captions.size,
        color="#ffffff",
        font=captions.font,
        opacity=Decimal(1),
        origin=captions.origin,
    )
