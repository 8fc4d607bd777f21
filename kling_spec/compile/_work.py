"""How much a template may do: every loop, call, filter and comparison pays out of one purse."""

from typing import Any

from kling_spec.compile._problem import NOT_OFFERED, TemplateProblem

LONGEST_TEXT = 100_000
"""Characters that a template may make."""
LONGEST_LIST = 1_000
"""Numbers that `range` makes."""
LARGEST_VALUE = 20_000
"""Units of a variable that templates make, with every list in it written out."""
LARGEST_NUMBER = 10**15
_ONCE = 200_000
"""Units for one rendering, about a fifth of a second; a prompt of three thousand characters takes a few hundred."""
_IN_ALL, _BACK = 20_000_000, 1_000
"""Units for all renderings of a spec, and what each of them gives back."""
_LETTERS = 16
"""Characters that cost a unit."""


class Purse:
    """The units that are left for the rendering under way."""

    def __init__(self) -> None:
        self._whole = _IN_ALL
        self._begun = self._left = 0

    def begin(self) -> None:
        """Begin another rendering."""
        self._whole = min(_IN_ALL, self._whole - (self._begun - self._left) + _BACK)
        self._begun = self._left = min(_ONCE, self._whole)

    def spend(self, units: int) -> None:
        """Pay for work before it is done. Raises TemplateProblem where too little is left."""
        self._left -= units
        if self._left < 0:
            raise too_much("this template does too much work")


def size_of(value: Any) -> int:
    """Return what it costs to look at a value as a whole; past what anything may cost, counting stops."""
    if isinstance(value, str):
        return 1 + len(value) // _LETTERS
    if not isinstance(value, list | tuple | dict):
        return 1
    size, waiting = 0, [value]
    while waiting and size <= _ONCE:
        one = waiting.pop()
        size += 1 + (len(one) // _LETTERS if isinstance(one, str) else 0)
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
    return size


def too_much(message: str) -> TemplateProblem:
    """Return the problem of a template that asks for more than there is."""
    return TemplateProblem(message, code=NOT_OFFERED, help="make lists, loops and texts shorter")


def short(text: str) -> str:
    """Return the text, or raise TemplateProblem where it is too long."""
    if len(text) > LONGEST_TEXT:
        raise too_much(f"this template makes more than {LONGEST_TEXT:,} characters")
    return text


def numeral(value: Any) -> Any:
    """Return the number, or raise TemplateProblem where it is too large."""
    if abs(value) > LARGEST_NUMBER:
        raise too_much("this template makes too large a number")
    return value
