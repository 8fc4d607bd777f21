"""Variants and shots picked by the arguments of a call."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from kling_spec.diagnostics import Diagnostic, Origin, SpecError
from kling_spec.session import Selection, Session
from kling_spec.source import spelled

Wanted = str | int | float | bool | Iterable[str | int | float | bool]
"""A value of an axis, or several."""


def select(session: Session, shots: str | Iterable[str], axes: Mapping[str, Wanted]) -> Selection:
    """Return what was asked for. Raises SpecError for axes, values and shots that the spec does not have."""
    chosen = Selection(
        variants={axis: frozenset(map(spelled, _several(value))) for axis, value in axes.items()},
        shots=frozenset([shots] if isinstance(shots, str) else shots),
    )
    if found := chosen.check(session.spec):
        raise SpecError([_as_called(finding) for finding in found], session.lines_of)
    return chosen


def amount(limit: Decimal | str | float | None) -> Decimal | None:
    """Return a limit as money. Raises ValueError for what is none."""
    if limit is None:
        return None
    try:
        money = Decimal(str(limit))
    except InvalidOperation:
        money = Decimal("NaN")
    if not money.is_finite() or money < 0:
        raise ValueError(f"max_cost takes an amount of money, not {limit!r}")
    return money


def _several(value: Wanted) -> Iterable[Any]:
    return [value] if isinstance(value, str | int | float) else value


def _as_called(finding: Diagnostic) -> Diagnostic:
    """Return the finding with the place as it is written in Python, not on the command line."""
    option, _, rest = finding.origin.file.partition(" ")
    name, equals, value = rest.partition("=")
    written = f"{name}='{value}'" if equals else f"shots=['{rest}']"
    return replace(finding, origin=Origin(written if option.startswith("--") else finding.origin.file))
