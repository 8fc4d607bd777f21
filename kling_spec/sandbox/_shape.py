"""A few words in which each provider's parameters are written down: their types, values and lengths."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["value", "missing", "unknown", "conflict"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a body: where, what, and of which kind."""

    field: str
    message: str
    kind: Kind = "value"


_HALF_CHARACTER = re.compile("[\ud800-\udfff]")

Shape = Callable[[Any, str], Iterator[Fault]]
"""From a value and the path where it stands to what is wrong with it."""


def text(*, longest: int | None = None, shortest: int = 0) -> Shape:
    """Return the shape of a string of so many characters."""

    def check(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(path, "must be a string")
        elif _HALF_CHARACTER.search(value):
            yield Fault(path, "holds half of a character")
        elif len(value) < shortest:
            yield Fault(path, "must not be empty" if shortest == 1 else f"needs {shortest} characters")
        elif longest is not None and len(value) > longest:
            yield Fault(path, f"has {len(value)} characters, at most {longest} are allowed")

    return check


def word(*allowed: str) -> Shape:
    """Return the shape of one of a few strings."""

    def check(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, str) or value not in allowed:
            yield Fault(path, f"must be one of {', '.join(allowed)}")

    return check


def whole(low: int | None = None, high: int | None = None) -> Shape:
    """Return the shape of an integer; true and false are none."""

    def check(value: Any, path: str) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Fault(path, "must be an integer")
        elif (low is not None and value < low) or (high is not None and value > high):
            yield Fault(path, _range(low, high))

    return check


def number(low: float) -> Shape:
    """Return the shape of a number of at least `low`."""

    def check(value: Any, path: str) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Fault(path, "must be a number")
        elif value < low:
            yield Fault(path, f"must be at least {low:g}")

    return check


def flag(value: Any, path: str) -> Iterator[Fault]:
    """Demand true or false."""
    if not isinstance(value, bool):
        yield Fault(path, "must be true or false")


def rows(item: Shape, *, least: int = 0, most: int | None = None) -> Shape:
    """Return the shape of an array."""

    def check(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(path, "must be an array")
            return
        if len(value) < least or (most is not None and len(value) > most):
            yield Fault(path, f"has {len(value)} items, {_count(least, most)} allowed")
        for place, entry in enumerate(value):
            yield from item(entry, f"{path}[{place}]")

    return check


def fields(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """Return the shape of an object that has these keys and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(path or "body", "must be an object")
            return
        for key in required:
            if key not in value:
                yield Fault(_join(path, key), "is required", "missing")
        for key, entry in value.items():
            if key in known:
                yield from known[key](entry, _join(path, key))
            else:
                yield Fault(_join(path, key[:60] or '""'), "is not a parameter of this endpoint", "unknown")

    return check


def first(faults: Iterable[Fault]) -> Fault | None:
    """Return the first fault, or None when there is none."""
    return next(iter(faults), None)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f"must be at least {low}"
    return f"must be at most {high}" if low is None else f"must be between {low} and {high}"


def _count(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least} are"
    return f"exactly {most} is" if least == most == 1 else f"{least} to {most} are"
