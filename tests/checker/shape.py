"""Say where a JSON value departs from the shape that a page gives to it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

Fields: TypeAlias = Mapping[str, object]
Check: TypeAlias = Callable[[object, str], Iterator[str]]


def text(least: int = 0, most: int | None = None) -> Check:
    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{where} must be a string, not {shown(value)}"
        elif len(value.strip()) < least:
            yield f"{where} must have at least {least} characters"
        elif most is not None and len(value) > most:
            yield f"{where} has {len(value)} characters, {most} are allowed"

    return check


def matching(pattern: str, meaning: str) -> Check:
    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield f"{where} must be {meaning}, not {shown(value)}"

    return check


def one_of(*choices: str | int) -> Check:
    def check(value: object, where: str) -> Iterator[str]:
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            yield f"{where} must be one of {list(choices)}, not {shown(value)}"

    return check


def whole(least: int | None = None, most: int | None = None) -> Check:
    def check(value: object, where: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"{where} must be an integer, not {shown(value)}"
        elif least is not None and value < least:
            yield f"{where} must be at least {least}, not {value}"
        elif most is not None and value > most:
            yield f"{where} must be at most {most}, not {value}"

    return check


def number(least: float) -> Check:
    def check(value: object, where: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield f"{where} must be a number, not {shown(value)}"
        elif not value >= least:
            yield f"{where} must be at least {least}, not {value}"

    return check


def flag(value: object, where: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{where} must be true or false, not {shown(value)}"


def anything(_value: object, _where: str) -> Iterator[str]:
    yield from ()


def many(item: Check, least: int = 0, most: int | None = None) -> Check:
    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where} must be an array, not {shown(value)}"
            return
        if len(value) < least:
            yield f"{where} must hold at least {least}"
        if most is not None and len(value) > most:
            yield f"{where} holds {len(value)}, {most} are allowed"
        for place, entry in enumerate(value):
            yield from item(entry, f"{where}[{place}]")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    known = {**required, **(optional or {})}

    def check(value: object, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where} must be an object, not {shown(value)}"
            return
        for key in required:
            if key not in value:
                yield f"{where} lacks {key}"
        for key, entry in value.items():
            if key in known:
                yield from known[key](entry, f"{where}.{key}")
            else:
                yield f"{where} has no field {key}"

    return check


def variant(key: str, choices: Mapping[str, Check]) -> Check:
    """Check an object by the shape that its own `key` names."""
    kinds = one_of(*choices)

    def check(value: object, where: str) -> Iterator[str]:
        kind = value.get(key) if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in choices:
            yield from choices[kind](value, where)
        elif isinstance(value, dict):
            yield from kinds(kind, f"{where}.{key}")
        else:
            yield f"{where} must be an object, not {shown(value)}"

    return check


def shown(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."


# The rules read bodies whose shape is known to be right through these.


def words(fields: Fields, key: str, default: str = "") -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else default


def inner(fields: Fields, key: str) -> Fields:
    value = fields.get(key)
    return value if isinstance(value, dict) else {}


def rows(fields: Fields, key: str) -> list[Fields]:
    value = fields.get(key)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def strings(fields: Fields, key: str) -> list[str]:
    value = fields.get(key)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def amount(fields: Fields, key: str, default: float = 0) -> float:
    value = fields.get(key)
    return value if isinstance(value, int | float) else default
