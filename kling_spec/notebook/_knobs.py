"""What can be turned of a spec while it is explored: its variables, each by its type, and its axes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kling_spec.diagnostics import Diagnostic, Origin, did_you_mean
from kling_spec.source import spelled
from kling_spec.spec import Spec

_LONG = 60
"""Letters beyond which a text gets several lines."""
_PARTS = 100
"""Steps of a slider between two numbers that are not whole."""


class Kind(StrEnum):
    """How a knob looks."""

    TEXT = "text"
    LINES = "lines"
    SWITCH = "switch"
    WHOLE = "whole"
    """A slider over whole numbers."""
    NUMBER = "number"
    """A slider over any numbers."""
    CHOICE = "choice"
    FIXED = "fixed"
    """A list or a mapping: only shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """One variable or axis, and what it may be set to."""

    name: str
    kind: Kind
    value: Any
    """Where it stands at first."""
    options: tuple[Any, ...] = ()
    low: Any = None
    high: Any = None
    step: Any = None


def variables_of(spec: Spec, values: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[Knob, ...]:
    """Return a knob for each variable, in the order of the spec.

    `asked` may say of a variable what it is to be chosen from: a list, a range, or `(low, high)` and maybe
    a step; or only where it begins.
    """
    return tuple(_knob(name, values[name], asked.get(name, values[name])) for name in spec.vars)


def axes_of(spec: Spec, asked: Mapping[str, Any]) -> tuple[Knob, ...]:
    """Return a choice for each axis."""
    if spec.matrix is None:
        return ()
    knobs = []
    for name, axis in spec.matrix.axes.items():
        added = [cell[name] for cell in spec.matrix.add if name in cell]
        options = _distinct([*axis, *added])
        wanted = spelled(asked.get(name))
        value = next((option for option in options if spelled(option) == wanted), options[0])
        knobs.append(Knob(name=name, kind=Kind.CHOICE, value=value, options=options))
    return tuple(knobs)


def check_asked(spec: Spec, asked: Mapping[str, Any], shot: str | None) -> list[Diagnostic]:
    """Return what names neither a variable nor an axis, a value that an axis lacks, and an unknown shot."""
    axes = {knob.name: {spelled(option) for option in knob.options} for knob in axes_of(spec, {})}
    known = (*spec.vars, *axes)
    found = []
    for name, value in asked.items():
        if name not in known:
            message = f"no variable or axis is called '{name}'"
            found.append(_wrong(f"explore({name}=…)", message, did_you_mean(name, known)))
        elif name in axes and spelled(value) not in axes[name]:
            message = f"axis '{name}' has no value '{value}'"
            found.append(_wrong(f"explore({name}=…)", message, did_you_mean(spelled(value), axes[name])))
    if shot is not None and shot not in spec.shots:
        help_ = did_you_mean(shot, spec.shots)
        found.append(_wrong(f"explore('{shot}')", f"no shot is called '{shot}'", help_))
    return found


def _knob(name: str, value: Any, asked: Any) -> Knob:
    if isinstance(asked, range):
        asked = (asked.start, asked[-1], asked.step) if asked else value
    if isinstance(asked, list) and not isinstance(value, list):
        return Knob(name=name, kind=Kind.CHOICE, value=value, options=_distinct([value, *asked]))
    if isinstance(asked, tuple) and len(asked) in (2, 3) and _is_number(value):
        return _slider(name, value, *asked)
    if isinstance(asked, bool):
        return Knob(name=name, kind=Kind.SWITCH, value=asked)
    if _is_number(asked):
        least = 10 if isinstance(asked, int) else 1.0
        return _slider(name, asked, min(0, 2 * asked), max(least, 2 * asked))
    if asked is None or isinstance(asked, str):
        text = asked or ""
        kind = Kind.LINES if len(text) > _LONG or "\n" in text else Kind.TEXT
        return Knob(name=name, kind=kind, value=asked)
    return Knob(name=name, kind=Kind.FIXED, value=asked)


def _slider(name: str, value: Any, low: Any, high: Any, step: Any = None) -> Knob:
    is_whole = isinstance(value, int) and isinstance(step or 1, int)
    low, high = min(low, value), max(high, value)
    if step is None:
        step = 1 if is_whole else (high - low) / _PARTS
    kind = Kind.WHOLE if is_whole else Kind.NUMBER
    return Knob(name=name, kind=kind, value=value, low=low, high=high, step=step)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _distinct(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return the values, each once: `1`, `true` and `"1"` are three."""
    return tuple({(type(value), value): value for value in values}.values())


def _wrong(place: str, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code="KS113", message=message, origin=Origin(place), help=help_)
