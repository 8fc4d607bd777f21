"""What has changed in what a task asks, and which line or variable caused it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kling_spec.compile import Cell
from kling_spec.diagnostics import Origin
from kling_spec.ir import Ask
from kling_spec.plan._asked import Asked, Asking
from kling_spec.plan._word_diff import Stretch, word_diff

REQUEST = "request"
"""Stands for a field where the request differs and nothing that the spec says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A variable, or an axis, whose value has changed."""

    name: str
    before: str
    after: str
    origin: Origin
    """Where it gets its value now."""

    def to_json(self) -> dict[str, Any]:
        """Return the cause as `diff --format json` prints it."""
        return {
            "variable": self.name,
            "before": self.before,
            "after": self.after,
            "origin": _place(self.origin),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of a task that asks something else than before."""

    field: str
    """In the spec's words, such as `prompt`, `duration` or `storyboard[0]`; REQUEST where none of them differs."""
    before: str
    """What was asked, as text; nothing where nothing was."""
    after: str
    origin: Origin
    """Where the field is written now, or else where its shot stands."""
    is_rewritten: bool
    """Whether that line itself says something else now."""
    causes: tuple[Cause, ...] = ()
    """The variables that changed it."""

    @property
    def words(self) -> tuple[Stretch, ...]:
        """What differs, word by word."""
        return word_diff(self.before, self.after)

    def to_json(self) -> dict[str, Any]:
        """Return the change as `diff --format json` prints it."""
        return {
            "field": self.field,
            "before": self.before,
            "after": self.after,
            "origin": _place(self.origin),
            "rewritten": self.is_rewritten,
            "variables": [cause.to_json() for cause in self.causes],
        }


class Since:
    """What has changed in a task since something else was asked for it; worked out when it is looked at."""

    def __init__(
        self, before: Callable[[], Asked | None], after: Callable[[], Asked], where: "Where"
    ) -> None:
        self._before = before
        self._after = after
        self._where = where

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What has changed; nothing where nobody kept what was asked before."""
        before = self._before()
        return () if before is None else tuple(_changes(before, self._after(), self._where))


@dataclass(frozen=True, slots=True)
class Where:
    """Where the fields and variables of one task are written."""

    asking: Asking
    ask: Ask
    cell: Cell

    def field(self, name: str) -> Origin:
        """Return where a field is written, or else where the shot stands."""
        return self.asking.origin(self.ask, name)

    def variable(self, name: str) -> Origin:
        """Return where a variable gets its value."""
        return self.asking.place(name, self.cell)


def _changes(before: Asked, after: Asked, where: Where) -> Iterator[Change]:
    names = dict.fromkeys((*after.fields, *before.fields))
    differing = [name for name in names if before.fields.get(name) != after.fields.get(name)]
    if "model" in differing and "model_id" in differing:
        differing.remove("model_id")
    for name in differing:
        made = before.made.get(name), after.made.get(name)
        yield Change(
            field=name,
            before=before.fields.get(name, ""),
            after=after.fields.get(name, ""),
            origin=where.field(name),
            is_rewritten=(made[0] and made[0].digest) != (made[1] and made[1].digest),
            causes=tuple(_causes(name, before, after, where)),
        )
    if not differing:
        yield Change(field=REQUEST, before="", after="", origin=where.field(""), is_rewritten=False)


def _causes(field: str, before: Asked, after: Asked, where: Where) -> Iterator[Cause]:
    """Yield the variables that changed a field; of those that are made of others, only where it starts."""
    made = before.made.get(field), after.made.get(field)
    if made[0] is None or made[1] is None:
        return
    common = [name for name in made[1].reads if name in made[0].reads]
    changed = {name for name in common if before.values.get(name) != after.values.get(name)}
    for name in common:
        if name in changed and not (where.asking.behind(name) & changed):
            old, new = before.values.get(name, ""), after.values.get(name, "")
            yield Cause(name=name, before=old, after=new, origin=where.variable(name))


def _place(origin: Origin) -> dict[str, Any]:
    return {"file": origin.file, "line": origin.line, "column": origin.column}
