"""Words parted into what is read at once: two lines at most."""

from collections.abc import Iterator
from itertools import accumulate
from unicodedata import category

from kling_spec.media._wrap import broken, columns, units

_LINES = 2
_ENDS = tuple(".!?\u2026\u3002\uff01\uff1f")
"""What ends sentences."""
_PAUSES = tuple(",;:\u2013\u2014\u3001\uff0c\uff1b")
_PAUSE, _NONE = 0.15, 0.3
"""How far from the middle a better place to part may lie, as a part of the whole."""


def screens(text: str, width: int) -> tuple[str, ...]:
    """Return the text in stretches of at most two lines, parted where sentences end if that is possible.

    `width` counts columns. Lines that a person broke stay as they are where they fit;
    a single word that is longer stays whole.
    """
    lines = text.split("\n")
    if len(lines) <= _LINES and all(columns(line) <= width for line in lines):
        return (text,)
    return tuple(_parted(" ".join(text.split()), width))


def _parted(text: str, width: int) -> Iterator[str]:
    lines = broken(text, width, columns)
    at = _middle(text) if len(lines) > _LINES else 0
    if not at:
        yield "\n".join(lines)
        return
    yield from _parted(text[:at].rstrip(), width)
    yield from _parted(text[at:].lstrip(), width)


def _middle(text: str) -> int:
    """Return where the text parts best in two, or 0 where it is one word."""
    pieces = [*units(text)]
    places = zip(accumulate(map(len, pieces)), pieces[:-1], strict=False)
    return min(((abs(at / len(text) - 0.5) + _cost(piece), at) for at, piece in places), default=(0, 0))[1]


def _cost(piece: str) -> float:
    words = piece.rstrip()
    while words.endswith(('"', "'")) or (words and category(words[-1]) in ("Pe", "Pf")):
        words = words[:-1]
    return 0 if words.endswith(_ENDS) else _PAUSE if words.endswith(_PAUSES) else _NONE
