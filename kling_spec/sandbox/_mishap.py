"""One fault as it was asked for: `NAME[:CALL][=VALUE][@PROBABILITY][/TIMES]`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from kling_spec.sandbox._error import SandboxError
from kling_spec.sandbox._mishap_table import KINDS, TABLE, Row, Value

_ASKED = re.compile(
    r"(?P<name>[^:=@/]+)(:(?P<kind>[^=@/]*))?(=(?P<value>[^@/]*))?(@(?P<chance>[^/]*))?(/(?P<times>.*))?"
)
_NUMBER = re.compile(r"[+-]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """One fault that was asked for."""

    name: str
    text: str
    """As it was written."""
    kinds: frozenset[str]
    """The calls that it strikes."""
    value: float
    chance: float
    """Between 0 and 1."""
    times: int | None
    """How often it strikes one task at most."""


def read_mishap(asked: str) -> Mishap:
    """Return the fault that a text asks for. Raises SandboxError, which says what can be written."""
    match = _ASKED.fullmatch(asked.strip())
    name = match["name"] if match else ""
    row = TABLE.get(name)
    if match is None or row is None:
        near = get_close_matches(name, TABLE, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "'--fault list' shows them all"
        raise SandboxError(f"no fault is called '{name or asked}'; {hint}")
    value, chance = match["value"], match["chance"]
    if row.value is None and value is not None and chance is None:
        value, chance = None, value
    return Mishap(
        name=name,
        text=asked.strip(),
        kinds=_kinds(name, row, match["kind"]),
        value=_value(name, row.value, value),
        chance=1.0 if chance is None else _number(f"the probability of '{name}'", chance, 0, 1),
        times=row.times if match["times"] is None else _times(name, match["times"]),
    )


def fault_list() -> Iterator[tuple[str, str]]:
    """Yield how each fault is written and what it does."""
    for name, row in TABLE.items():
        value = row.value
        said = "" if value is None else f"={value.word}" if value.default is None else f"[={value.word}]"
        usual = "" if value is None or value.default is None else f" ({value.default:g})"
        yield f"{name}{said}", f"{row.text}{usual}"


def _kinds(name: str, row: Row, kind: str | None) -> frozenset[str]:
    if kind is None:
        return row.kinds
    if not row.can_be_kept:
        raise SandboxError(f"fault '{name}' cannot be kept to one kind of call")
    if kind not in KINDS:
        raise SandboxError(f"fault '{name}' can be kept to {', '.join(KINDS)}, not to '{kind}'")
    # some providers are polled by their lists
    return frozenset({"poll", "list"} if kind == "poll" else {kind})


def _value(name: str, value: Value | None, text: str | None) -> float:
    if value is None:
        if text is not None:
            raise SandboxError(f"fault '{name}' takes no value")
        return 0.0
    if text is None and value.default is not None:
        return value.default
    what = f"the {value.word} of '{name}'"
    if text is None:
        raise SandboxError(f"{what} is missing: write '{name}=3'")
    number = _number(what, text, value.low, value.high)
    if value.is_whole and number != int(number):
        raise SandboxError(f"{what} must be a whole number")
    return number


def _times(name: str, text: str) -> int:
    return int(_number(f"how often '{name}' strikes", text, 1, 10**6))


def _number(what: str, text: str, low: float, high: float) -> float:
    if not _NUMBER.fullmatch(text) or not low <= float(text) <= high:
        raise SandboxError(f"{what} must be a number from {low:g} to {high:g}, not '{text}'")
    return float(text)
