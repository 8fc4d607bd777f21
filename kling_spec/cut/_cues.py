"""What is read over a film, in frames."""

from kling_spec.cut._material import Stock
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Cue, Film, Timeline


def cues_of(film: Film, timeline: Timeline, stock: Stock) -> tuple[tuple[Cue, ...], list[Diagnostic]]:
    """Return the film's captions in the order of reading, and what is wrong with their file.

    `timeline` has its picture track already. Equal captions of entries that stand side by side are one.
    """
    if film.captions is None:
        return (), []
    if film.captions.file is not None:
        raise NotImplementedError(stock)
    cues: list[Cue] = []
    for entry, item, begin in zip(film.entries, timeline.picture, timeline.begins, strict=True):
        first, last = begin, begin + item.frames
        if not entry.caption:
            continue
        if cues and cues[-1].text == entry.caption and cues[-1].first + cues[-1].frames >= first:
            first = cues.pop().first
        elif cues and cues[-1].first + cues[-1].frames > first:
            before = cues.pop()
            cues.append(Cue(first=before.first, frames=first - before.first, text=before.text))
        cues.append(Cue(first=first, frames=last - first, text=entry.caption))
    return tuple(cues), []
