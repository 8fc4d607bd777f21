"""The contact sheet of a film: a few pictures of every clip, with where it stands."""

from pathlib import Path
from tempfile import TemporaryDirectory

from kling_spec.cut._material import name_of
from kling_spec.cut._proof import KINDS
from kling_spec.ir import Film, Timeline
from kling_spec.media import Panel, draw_sheet, thumbs

_MOST = 60
"""Clips that a sheet shows; of more, every second or third."""
_EACH = 3


def draw_contact_sheet(film: Film, timeline: Timeline, path: Path, target: Path) -> Path:
    """Write the sheet of the finished film at `path` and return `target`. Raises MediaError and OSError."""
    rate = timeline.canvas.rate
    items = list(zip(film.entries, timeline.picture, timeline.begins, strict=True))
    items = items[:: -(-len(items) // _MOST)]
    moments = [
        float((begin + item.overlap + (item.frames - item.overlap) * part // _EACH) / rate)
        for _, item, begin in items
        for part in range(_EACH)
    ]
    with TemporaryDirectory(prefix=".kling-spec-", suffix=".sheet", dir=target.parent) as name:
        pictures = thumbs(path, moments, Path(name), container=KINDS[timeline.delivery.container])
        panels = [
            Panel(
                pictures=tuple(pictures[number * _EACH : (number + 1) * _EACH]),
                title=f"{number + 1:02} {name_of(entry)}",
                words=_words(float(begin / rate), float((begin + item.frames) / rate), _entrance(item)),
            )
            for number, (entry, item, begin) in enumerate(items)
        ]
        canvas = timeline.canvas
        title = " ".join(filter(None, (film.variant.strip("-"), film.cut, timeline.delivery.name)))
        words = (
            f"{float(timeline.frames / rate):.2f} s, {timeline.frames} frames, "
            f"{canvas.width} x {canvas.height}, {float(rate):g} frames/s, {timeline.delivery.codec}"
        )
        return draw_sheet(target, title, words, panels)


def _entrance(item: object) -> str:
    entrance = getattr(item, "entrance", None)
    return f", {entrance.kind.replace('_', ' ')} {entrance.frames} frames" if entrance else ""


def _words(start: float, end: float, entrance: str) -> str:
    return f"{_clock(start)} to {_clock(end)}{entrance}"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:05.2f}"
