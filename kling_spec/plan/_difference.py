"""Two specs side by side: tasks that came, changed and went, and what that does to the cost."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from kling_spec.diagnostics import Origin
from kling_spec.plan._asked import Asking
from kling_spec.plan._bill import Bill
from kling_spec.plan._change import Change, Since, Where
from kling_spec.plan._compiled import CompiledVariant
from kling_spec.providers import Cost, Lowered, plain


class Kind(StrEnum):
    """What became of a task between two specs."""

    ADDED = "added"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One task that is not the same in both specs."""

    task: str
    kind: Kind
    lowered: Lowered
    """As the new spec asks it; for one that is gone, as the old one did."""
    before: Cost | None
    """What it costs in the old spec; nothing where another task pays for the same payload."""
    after: Cost | None
    same_as: str = ""
    """Where it came or went: the task of the other spec that asks the very same."""
    since: Since | None = field(default=None, compare=False, repr=False)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Which fields ask something else; nothing for what came or went."""
        return self.since.changes if self.since is not None else ()

    @property
    def origin(self) -> Origin:
        """Where its shot stands."""
        return self.lowered.task.ask.origin("")

    def to_json(self) -> dict[str, Any]:
        """Return the task as `diff --format json` prints it."""
        task, origin = self.lowered.task, self.origin
        return {
            "task": self.task,
            "change": self.kind.value,
            "shot": task.shot,
            "take": task.take,
            "variant": dict(task.variant.values),
            "same_as": self.same_as or None,
            "cost": {
                "before": self.before.to_json() if self.before is not None else None,
                "after": self.after.to_json() if self.after is not None else None,
            },
            "changes": [change.to_json() for change in self.changes],
            "origin": {"file": origin.file, "line": origin.line, "column": origin.column},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What lies between two specs."""

    tasks: tuple[Differing, ...]
    """What is in the new spec in its order, then what is gone."""
    unchanged: int
    variants: int
    """How many variants either of them has."""
    before: Bill
    """What the old spec costs, equal tasks once."""
    after: Bill
    anew: Bill
    """What the new spec asks and the old one does not: what has to be paid if all of that is there."""

    def count(self, kind: Kind) -> int:
        """Return how many tasks came, changed or went."""
        return sum(task.kind is kind for task in self.tasks)

    @property
    def more(self) -> Mapping[str, Decimal]:
        """How much more the new spec costs, by currency; less is below zero. What is unknown is not in it."""
        currencies = dict.fromkeys((*self.before.total, *self.after.total))
        nothing = Decimal(0)
        return {
            currency: self.after.total.get(currency, nothing) - self.before.total.get(currency, nothing)
            for currency in currencies
        }

    def to_json(self) -> dict[str, Any]:
        """Return the difference as `diff --format json` prints it."""
        return {
            "tasks": [task.to_json() for task in self.tasks],
            **{kind.value: self.count(kind) for kind in Kind},
            "unchanged": self.unchanged,
            "variants": self.variants,
            "cost": {
                "before": self.before.to_json(),
                "after": self.after.to_json(),
                "difference": {currency: plain(amount) for currency, amount in self.more.items()},
                "anew": self.anew.to_json(),
            },
        }


class _Stood(NamedTuple):
    """A task of the old spec."""

    lowered: Lowered
    variant: CompiledVariant
    cost: Cost


def difference(
    old: Iterable[CompiledVariant],
    new: Iterable[CompiledVariant],
    askings: tuple[Asking, Asking],
    shots: frozenset[str] = frozenset(),
) -> Difference:
    """Return what lies between two compiled specs; `shots` limits it to these.

    `askings` put the tasks of the old and of the new spec into their words. Each spec is gone through once.
    """
    before, after, anew = Bill(), Bill(), Bill()
    stood = {one.lowered.task.id: one for one in _stood(old, before, shots)}
    whose = {one.lowered.fingerprint: task for task, one in reversed(stood.items())}
    cells = {one.variant.variant.id for one in stood.values()}
    tasks: list[Differing] = []
    holds: dict[str, str] = {}
    unchanged = 0
    for now in _stood(new, after, shots):
        task, fingerprint = now.lowered.task.id, now.lowered.fingerprint
        cells.add(now.variant.variant.id)
        if fingerprint not in whose and fingerprint not in holds:
            anew.add(now.cost.amount, now.cost.currency)
        holds.setdefault(fingerprint, task)
        then = stood.pop(task, None)
        if then is not None and then.lowered.fingerprint == fingerprint:
            unchanged += 1
            continue
        tasks.append(_came(now, whose.get(fingerprint, "")) if then is None else _changed(then, now, askings))
    tasks += [_went(then, holds.get(then.lowered.fingerprint, "")) for then in stood.values()]
    return Difference(
        tasks=tuple(tasks),
        unchanged=unchanged,
        variants=len(cells),
        before=before,
        after=after,
        anew=anew,
    )


def _stood(variants: Iterable[CompiledVariant], bill: Bill, shots: frozenset[str]) -> Iterator[_Stood]:
    """Yield the tasks of a spec, and count what they cost: each payload with the first that asks it."""
    paid: set[str] = set()
    for variant in variants:
        for lowered in variant.tasks:
            if shots and lowered.task.shot not in shots:
                continue
            cost = lowered.pattern.cost
            if lowered.fingerprint in paid:
                cost = Cost(amount=Decimal(0), currency=cost.currency, basis="paid once")
            else:
                paid.add(lowered.fingerprint)
                bill.add(cost.amount, cost.currency)
            yield _Stood(lowered, variant, cost)


def _came(now: _Stood, same_as: str) -> Differing:
    return Differing(
        task=now.lowered.task.id,
        kind=Kind.ADDED,
        lowered=now.lowered,
        before=None,
        after=now.cost,
        same_as=same_as,
    )


def _went(then: _Stood, same_as: str) -> Differing:
    return Differing(
        task=then.lowered.task.id,
        kind=Kind.GONE,
        lowered=then.lowered,
        before=then.cost,
        after=None,
        same_as=same_as,
    )


def _changed(then: _Stood, now: _Stood, askings: tuple[Asking, Asking]) -> Differing:
    asked = [
        partial(asking.asked, stood.lowered, stood.variant.cell, stood.variant.fingerprints)
        for asking, stood in zip(askings, (then, now), strict=True)
    ]
    where = Where(askings[1], now.lowered.task.ask, now.variant.cell)
    return Differing(
        task=now.lowered.task.id,
        kind=Kind.CHANGED,
        lowered=now.lowered,
        before=then.cost,
        after=now.cost,
        since=Since(asked[0], asked[1], where),
    )
