"""What is read over a film, in frames."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise

from kling_spec.cut._apart import CrowdedError, apart
from kling_spec.cut._material import Stock
from kling_spec.diagnostics import Diagnostic, Origin, Severity
from kling_spec.ir import Canvas, Captions, Cue, Film, Timeline
from kling_spec.media import CaptionFile, columns, screens

_LINE, _NARROWEST = 42, 12
"""Columns of a line: as broadcasters count them, and the fewest that are worth a line."""
_LETTER = Fraction("0.55")
"""Width of an average letter, as a part of its size."""
_RATE = 17
"""Columns that most people read in a second."""
_FEW = 3
"""Findings of one kind that are told one by one."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A cue and where it was written."""

    cue: Cue
    origin: Origin


def cues_of(film: Film, timeline: Timeline, stock: Stock) -> tuple[tuple[Cue, ...], list[Diagnostic]]:
    """Return the film's captions in the order of reading, and what is wrong with them.

    `timeline` has its picture track already. Cues follow each other and never overlap: what a
    file shows at once is one cue. Long ones are parted; what begins behind the film's end is
    left out, and told.
    """
    if film.captions is None:
        return (), []
    found: list[Diagnostic] = []
    held = stock.of(film.captions.file)
    if held is None or held.read is None:
        told = _of_entries(film, timeline)
    else:
        told = _of_file(held.read, film.captions, timeline, found)
    found += _hurried(told, timeline.canvas.rate)
    width = _width(film.captions, timeline.canvas)
    try:
        return apart((part for one in told for part in _parted(one.cue, width)), timeline.canvas.rate), found
    except CrowdedError as crowd:
        message = f"the captions show more than {crowd.most} at once at {_at(crowd.frame, timeline)}"
        help_ = "let one end before the next begins"
        return (), [Diagnostic(code="KS711", message=message, origin=film.captions.origin, help=help_)]


def _of_entries(film: Film, timeline: Timeline) -> list[_Told]:
    """Return the entries' own captions; equal ones that stand side by side are one."""
    told: list[_Told] = []
    for entry, item, begin in zip(film.entries, timeline.picture, timeline.begins, strict=True):
        if not entry.caption:
            continue
        cue = Cue(first=begin, frames=item.frames, text=entry.caption)
        before = told[-1] if told else None
        if before is None or _end(before.cue) < begin:
            told.append(_Told(cue, entry.origin))
            continue
        told.pop()
        if before.cue.text == cue.text:
            told.append(_Told(replace(before.cue, frames=_end(cue) - before.cue.first), before.origin))
            continue
        if begin > before.cue.first:
            told.append(_Told(replace(before.cue, frames=begin - before.cue.first), before.origin))
        told.append(_Told(cue, entry.origin))
    return told


def _of_file(
    held: CaptionFile, captions: Captions, timeline: Timeline, found: list[Diagnostic]
) -> list[_Told]:
    """Return the file's captions up to the film's end; what is left out goes to `found`."""
    rate, end = timeline.canvas.rate, timeline.frames
    told: list[_Told] = []
    late: list[int] = []
    for caption in held.captions:
        first, last = round(caption.start * rate), round(caption.end * rate)
        if first >= end:
            late.append(first)
            continue
        cue = Cue(first=first, frames=max(1, min(last, end) - first), text=caption.text)
        told.append(_Told(cue, captions.origin))
    found += [
        _warning("KS712", f"in the captions, {note}; it is left out", captions.origin)
        for note in held.notes[:_FEW]
    ]
    if more := len(held.notes) - _FEW if len(held.notes) > _FEW else 0:
        found.append(
            _warning("KS712", f"{more} more captions are left out for such reasons", captions.origin)
        )
    if late:
        which = "caption begins" if len(late) == 1 else "captions begin"
        message = f"{len(late)} {which} behind the film's end at {_at(end, timeline)}"
        message += "" if len(late) == 1 else f", the first at {_at(late[0], timeline)}"
        found.append(
            _warning("KS712", message, captions.origin, "they are left out; was the film cut shorter?")
        )
    return told


def _hurried(told: Iterable[_Told], rate: Fraction) -> Iterator[Diagnostic]:
    """Yield a warning for captions that nobody can read in their time; for a file, one for all of them."""
    many: dict[Origin, list[Cue]] = {}
    for one in told:
        if columns(one.cue.text) * rate > _RATE * one.cue.frames:
            many.setdefault(one.origin, []).append(one.cue)
    for origin, cues in many.items():
        cue = cues[0]
        size, seconds = columns(cue.text), float(cue.frames / rate)
        who = (
            "this caption has"
            if len(cues) == 1
            else f"{len(cues)} captions are too short for their words: one has"
        )
        message = f"{who} {size} characters for {seconds:.2f} s; about {int(_RATE * seconds)} can be read"
        yield _warning("KS713", message, origin, "shorten the words, or let them stand longer")


def _parted(cue: Cue, width: int) -> Iterator[Cue]:
    """Yield the cue in parts of two lines at most, each as long as its words want."""
    texts = screens(cue.text, width)
    if len(texts) > cue.frames:
        yield cue
        return
    sizes = [*accumulate(map(columns, texts), initial=0)]
    ends = [
        round(Fraction(size * (cue.frames - len(texts)), sizes[-1])) + number
        for number, size in enumerate(sizes)
    ]
    for text, (first, last) in zip(texts, pairwise(ends), strict=True):
        yield Cue(first=cue.first + first, frames=last - first, text=text)


def _width(captions: Captions, canvas: Canvas) -> int:
    """Return the columns of a line: fewer than usual where burnt letters would not fit beside each other."""
    if not captions.is_burnt:
        return _LINE
    letter = _LETTER * Fraction(captions.size) * canvas.height
    return max(_NARROWEST, min(_LINE, int(Fraction(9, 10) * canvas.width / letter)))


def _end(cue: Cue) -> int:
    return cue.first + cue.frames


def _at(frame: int, timeline: Timeline) -> str:
    return f"{float(frame / timeline.canvas.rate):.2f} s"


def _warning(code: str, message: str, origin: Origin, advice: str = "") -> Diagnostic:
    return Diagnostic(code=code, message=message, origin=origin, severity=Severity.WARNING, help=advice)
