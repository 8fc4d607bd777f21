"""The filters, tests and functions of templates: few, plain, and no larger in result than in effort."""

import operator
from collections.abc import Callable, Iterable, Mapping
from numbers import Number
from typing import Any

from jinja2 import Undefined
from jinja2.filters import do_capitalize, do_title, do_trim, do_wordcount

from kling_spec.compile._problem import TemplateProblem
from kling_spec.compile._work import LONGEST_LIST, LONGEST_TEXT, Purse, numeral, short, size_of, too_much

LOOP, COMPARED, JOINED = "is looped over", "is compared", "is joined"
"""Filters that stand for loops, comparisons and '~'; no author can write such a name."""
_SORTING = 8
"""How often sorting looks at each value, near enough."""

Function = Callable[..., Any]


def filters_of(purse: Purse, tests: dict[str, Function]) -> dict[str, Function]:
    """Return the filters by their names; each pays for its values out of the purse."""
    paid: dict[str, Function] = {name: _paid(purse, function) for name, function in _FILTERS.items()}

    def mapped(values: Any, name: str = "", *args: Any, attribute: str = "", **more: Any) -> list[Any]:
        if attribute:
            return [_field(value, attribute) for value in elements(values)]
        if name not in _FILTERS:
            raise TemplateProblem(f"no filter named '{name}' for 'map'")
        return [paid[name](value, *args, **more) for value in elements(values)]

    def picked(key: Function, *, wanted: bool) -> Function:
        def pick(values: Any, *args: Any) -> list[Any]:
            look, rest = key(*args)
            name, *others = rest or ("true like",)
            if name not in tests:
                raise TemplateProblem(f"no test named '{name}'")
            return [value for value in elements(values) if bool(tests[name](look(value), *others)) is wanted]

        return pick

    def whole(*args: Any) -> tuple[Function, tuple[Any, ...]]:
        return (lambda value: value), args

    def field(name: str, *args: Any) -> tuple[Function, tuple[Any, ...]]:
        return (lambda value: _field(value, name)), args

    further = {
        "map": mapped,
        "select": picked(whole, wanted=True),
        "reject": picked(whole, wanted=False),
        "selectattr": picked(field, wanted=True),
        "rejectattr": picked(field, wanted=False),
    }

    def looped(values: Any, weight: int) -> list[Any]:
        found = elements(values)
        purse.spend((1 + len(found)) * weight)
        return found

    inner = {COMPARED: _paid(purse, _compared), JOINED: _paid(purse, _joined_texts), LOOP: looped}
    return {**paid, **{name: _paid(purse, function) for name, function in further.items()}, **inner}


def tests_of(purse: Purse) -> dict[str, Function]:
    """Return the tests by their names."""
    return {name: _paid(purse, function) for name, function in _TESTS.items()}


def numbers(*bounds: int) -> list[int]:
    """Return what `range` means, as a list that is never long."""
    found = range(*bounds)
    if len(found) > LONGEST_LIST:
        raise too_much(f"'range' makes at most {LONGEST_LIST:,} numbers")
    return list(found)


def elements(value: Any) -> list[Any]:
    """Return what a loop goes over."""
    if isinstance(value, list | tuple | dict | str):
        return list(value)
    if isinstance(value, Undefined):
        str(value)  # raises what looking it up would raise
    raise TemplateProblem("this is no list, and nothing can loop over it")


def _paid(purse: Purse, function: Function) -> Function:
    def call(*args: Any, **more: Any) -> Any:
        purse.spend(sum(map(size_of, args)) + len(more))
        found = function(*args, **more)
        return short(found) if isinstance(found, str) else found

    return call


def _field(value: Any, name: str) -> Any:
    """Return what a mapping holds under a key; `a.b` looks twice."""
    for step in str(name).split("."):
        if not isinstance(value, Mapping) or step not in value:
            raise TemplateProblem(f"'{step}' is no key of this value")
        value = value[step]
    return value


def _compared(value: Any, *rest: Any) -> bool:
    """Return whether a chain of comparisons holds: an operator and a value, again and again."""
    for name, other in zip(rest[::2], rest[1::2], strict=True):
        if not _OPERATORS[name](_known(value), _known(other)):
            return False
        value = other
    return True


def _known(value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)  # raises what looking it up would raise
    return value


def _joined_texts(values: list[Any]) -> str:
    return _join(values)


def _join(values: Any, between: str = "") -> str:
    texts = [str(_known(value)) for value in elements(values)]
    if sum(map(len, texts)) + len(between) * len(texts) > LONGEST_TEXT:
        raise too_much(f"this template makes more than {LONGEST_TEXT:,} characters")
    glue = str(between)
    return glue.join(texts)


def _default(value: Any, otherwise: Any = "", boolean: bool = False) -> Any:  # noqa: FBT001, FBT002 - as in Jinja
    return otherwise if isinstance(value, Undefined) or (boolean and not value) else value


def _replace(value: Any, old: str, new: str, count: int = -1) -> str:
    text, gone, instead = str(value), str(old), str(new)
    if len(text) + (text.count(gone) + 1) * len(instead) > LONGEST_TEXT:
        raise too_much(f"this template makes more than {LONGEST_TEXT:,} characters")
    return text.replace(gone, instead, count)


def _truncate(
    value: Any, length: int = 255, killwords: bool = False, end: str = "...", leeway: int = 5  # noqa: FBT001, FBT002 - as in Jinja
) -> str:  # fmt: skip
    text, tail = str(value), str(end)
    if len(text) <= length + leeway:
        return text
    kept = text[: max(0, length - len(tail))]
    return (kept if killwords else kept.rsplit(" ", 1)[0]) + tail


def _round(value: Any, precision: int = 0) -> float:
    if not _is_number(value) or not isinstance(precision, int) or abs(precision) > 10:
        raise TemplateProblem("'round' takes a number, and up to ten digits")
    return round(float(value), precision)


def _int(value: Any, default: int = 0) -> int:
    try:
        return int(numeral(int(value) if isinstance(value, str) else value))
    except (TypeError, ValueError, OverflowError):
        return default


def _float(value: Any, default: float = 0.0) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return default


def _abs(value: Any) -> Any:
    return abs(_a_number(value))


def _sum(values: Any, start: Any = 0) -> Any:
    return numeral(sum(map(_a_number, elements(values)), _a_number(start)))


def _a_number(value: Any) -> Any:
    if not _is_number(value):
        raise TemplateProblem("a number is wanted here")
    return value


def _first(values: Any) -> Any:
    return _at(values, 0)


def _last(values: Any) -> Any:
    return _at(values, -1)


def _at(values: Any, number: int) -> Any:
    found = elements(values)
    if not found:
        raise TemplateProblem("this list is empty")
    return found[number]


def _items(value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(_known(value), Mapping):
        raise TemplateProblem("'items' takes a mapping")
    return list(value.items())


def _length(value: Any) -> int:
    return len(elements(value))


def _sorted(
    values: Any, reverse: bool = False, case_sensitive: bool = False, attribute: str = ""  # noqa: FBT001, FBT002 - as in Jinja
) -> list[Any]:  # fmt: skip
    def key(value: Any) -> Any:
        found = _field(value, attribute) if attribute else value
        return found.lower() if isinstance(found, str) and not case_sensitive else found

    return sorted(elements(values), key=key, reverse=reverse)


def _dictsort(value: Any) -> list[tuple[Any, Any]]:
    return sorted(_items(value), key=lambda pair: str(pair[0]).lower())


def _unique(values: Any) -> list[Any]:
    kept: dict[Any, Any] = {}
    for value in elements(values):
        kept.setdefault(value.lower() if isinstance(value, str) else value, value)
    return list(kept.values())


def _min(values: Any) -> Any:
    return min(elements(values), key=_caseless)


def _max(values: Any) -> Any:
    return max(elements(values), key=_caseless)


def _caseless(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _reversed(values: Any) -> Any:
    return values[::-1] if isinstance(values, str) else elements(values)[::-1]


def _text(function: Callable[[str], Any]) -> Function:
    return lambda value: function(str(value))


def _trim(value: Any, characters: str | None = None) -> str:
    return str(do_trim(str(value), characters))


def _is_number(value: Any) -> bool:
    return isinstance(value, Number) and not isinstance(value, complex)


def _whole(value: Any) -> int:
    if not isinstance(value, int):
        raise TemplateProblem("a whole number is wanted here")
    return value


def _divides(value: Any, number: int) -> bool:
    return _whole(value) % _whole(number) == 0


_FILTERS: dict[str, Function] = {
    "abs": _abs, "capitalize": _text(do_capitalize), "count": _length, "d": _default, "default": _default,
    "dictsort": _dictsort, "first": _first, "float": _float, "int": _int, "items": _items, "join": _join,
    "last": _last, "length": _length, "list": elements, "lower": _text(str.lower), "max": _max, "min": _min,
    "replace": _replace, "reverse": _reversed, "round": _round, "sort": _sorted, "string": _text(str),
    "sum": _sum, "title": _text(do_title), "trim": _trim, "truncate": _truncate, "unique": _unique,
    "upper": _text(str.upper), "wordcount": _text(do_wordcount),
}  # fmt: skip

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "lteq": operator.le, "gt": operator.gt,
    "gteq": operator.ge, "in": lambda value, values: value in values,
    "notin": lambda value, values: value not in values,
}  # fmt: skip


def _is_a(*kinds: type) -> Function:
    return lambda value: isinstance(value, kinds)


_TESTS: dict[str, Function] = {
    "defined": lambda value: not isinstance(value, Undefined), "undefined": _is_a(Undefined),
    "none": _is_a(type(None)), "boolean": _is_a(bool), "true": lambda value: value is True,
    "false": lambda value: value is False, "true like": bool, "float": _is_a(float), "string": _is_a(str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool), "number": _is_number,
    "mapping": _is_a(Mapping), "sequence": _is_a(list, tuple, str), "iterable": _is_a(Iterable),
    "even": lambda value: _whole(value) % 2 == 0, "odd": lambda value: _whole(value) % 2 == 1,
    "divisibleby": _divides, "in": _OPERATORS["in"], "lower": lambda value: str(value).islower(),
    "upper": lambda value: str(value).isupper(),
    **dict.fromkeys(("eq", "equalto", "=="), operator.eq), **dict.fromkeys(("ne", "!="), operator.ne),
    **dict.fromkeys(("lt", "lessthan", "<"), operator.lt), **dict.fromkeys(("le", "<="), operator.le),
    **dict.fromkeys(("gt", "greaterthan", ">"), operator.gt), **dict.fromkeys(("ge", ">="), operator.ge),
}  # fmt: skip
