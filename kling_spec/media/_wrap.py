"""Where lines of words may be broken, and where they are broken best."""

from collections.abc import Callable, Iterator
from unicodedata import category, east_asian_width

_KANA = frozenset("\u3005\u30fcぁぃぅぇぉっゃゅょァィゥェォッャュョ")
"""Letters that go on with the one before them, and so begin no line."""
_DASHES = frozenset("-\u2010\u2013\u2014")
_GAPS = frozenset(" \u200b")
"""A space, and a break that is not seen."""

Measure = Callable[[str], float]


def broken(text: str, width: float, measure: Measure) -> tuple[str, ...]:
    """Return the text in as few lines as fit into `width`, and these about equally long.

    A newline begins a new line. Words are never broken: where one alone is too wide, its line is.
    """
    return tuple(
        line for paragraph in text.split("\n") for line in _evened([*units(paragraph)], width, measure)
    )


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes: wide characters count twice."""
    return sum(2 if is_wide(char) else 1 for char in text)


def is_wide(char: str) -> bool:
    """Whether the character is one of those, mostly East Asian, that stand in a square."""
    return east_asian_width(char) in "WF"


def units(paragraph: str) -> Iterator[str]:
    """Yield the stretches that stay together, each with the spaces behind it."""
    begin = 0
    for at in range(1, len(paragraph)):
        if _may_break(paragraph[at - 1], paragraph[at]):
            yield paragraph[begin:at]
            begin = at
    yield paragraph[begin:]


def _may_break(before: str, after: str) -> bool:
    if after in _GAPS:
        return False
    if before in _GAPS or (before in _DASHES and after.isalpha()):
        return True
    return (is_wide(before) or is_wide(after)) and not (
        after in _KANA or category(after) in ("Pe", "Pf", "Po") or category(before) in ("Ps", "Pi", "Pd")
    )


def _evened(units: list[str], width: float, measure: Measure) -> list[str]:
    """Return the lines of the narrowest block that needs no more of them than the whole width."""
    lines = _filled(units, width, measure)
    narrow, wide = max(map(measure, (unit.rstrip() for unit in units))), width
    if len(lines) == 1 or narrow > width:
        return lines
    while wide - narrow > max(1.0, width / 100):
        middle = (narrow + wide) / 2
        if len(tried := _filled(units, middle, measure)) == len(lines):
            lines, wide = tried, middle
        else:
            narrow = middle
    return lines


def _filled(units: list[str], width: float, measure: Measure) -> list[str]:
    lines, line = [], ""
    for unit in units:
        if line and measure((line + unit).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += unit
    return [*lines, line.rstrip()]
