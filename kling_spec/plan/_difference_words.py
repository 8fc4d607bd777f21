"""A difference in words: the same on the terminal, in a pull request and in a notebook."""

from collections.abc import Iterable
from dataclasses import dataclass

from kling_spec.plan._bill import Bill
from kling_spec.plan._change_words import Group, grouped, some
from kling_spec.plan._difference import Difference, Differing, Kind
from kling_spec.plan._words import CHANGED, bill_words, counted
from kling_spec.providers import Cost, plain

_SIGNS = {Kind.ADDED: "+", Kind.CHANGED: CHANGED, Kind.GONE: "-"}
"""A glyph for each, so that no meaning is in a colour alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Tasks of several variants with which the same has happened, and what they cost."""

    kind: Kind
    group: Group
    tasks: tuple[Differing, ...]

    @property
    def sign(self) -> str:
        """The glyph of what has happened."""
        return _SIGNS[self.kind]

    @property
    def price(self) -> str:
        """What the tasks cost together: before and after where they have changed."""
        before = _bill(task.before for task in self.tasks)
        after = _bill(task.after for task in self.tasks)
        match self.kind:
            case Kind.ADDED:
                return bill_words(after)
            case Kind.GONE:
                return bill_words(before)
            case Kind.CHANGED:
                return bill_words(after) if before == after else f"{bill_words(before)} → {bill_words(after)}"

    @property
    def remark(self) -> str:
        """What else is to be said: where the very same is asked by another task."""
        if not self.tasks[0].same_as:
            return ""
        twins = [(task.same_as, task.same_as.partition("/")[2]) for task in self.tasks]
        names = dict.fromkeys(task if part == self.group.part else part for task, part in twins)
        verb = "did before" if self.kind is Kind.ADDED else "does now"
        return f"asks the same as {some(names, 3)} {verb}"


def blocks(difference: Difference) -> list[Block]:
    """Return what differs, tasks together with which the same has happened: changed ones, added ones, gone ones."""
    found: list[Block] = []
    for kind in (Kind.CHANGED, Kind.ADDED, Kind.GONE):
        by_twin: dict[bool, list[Differing]] = {}
        for task in difference.tasks:
            if task.kind is kind:
                by_twin.setdefault(bool(task.same_as), []).append(task)
        for tasks in by_twin.values():
            by_id = {task.task: task for task in tasks}
            found += [
                Block(
                    kind=kind,
                    group=group,
                    tasks=tuple(by_id[f"{variant}/{group.part}"] for variant in group.variants),
                )
                for group in grouped((task.task, task.changes) for task in tasks)
            ]
    return found


def tally(difference: Difference) -> str:
    """Return how many tasks came, changed, went and stayed."""
    if not difference.tasks:
        return f"No task differs: all {counted(difference.unchanged, 'task')} ask the same."
    kinds = ", ".join(
        f"{number:,} {kind.value}"
        for kind in (Kind.CHANGED, Kind.ADDED, Kind.GONE)
        if (number := difference.count(kind))
    )
    return f"Tasks: {kinds}, {difference.unchanged:,} the same."


def cost_words(difference: Difference) -> str:
    """Return what the specs cost and what lies between, by currency; what is unknown is said."""
    before, after = difference.before, difference.after
    more = [
        f"{'+' if amount > 0 else ''}{plain(amount)} {currency}"
        for currency, amount in difference.more.items()
        if amount
    ]
    is_known = not (before.unknown_prices or after.unknown_prices)
    change = (", ".join(more) or "the same") + ("" if is_known else " in known prices")
    if before == after:
        return f"Cost: {bill_words(after)}, the same as before."
    return f"Cost: {bill_words(before)} → {bill_words(after)} ({change})."


def anew_words(difference: Difference) -> str:
    """Return what has to be paid where everything that the old spec asks is there, or nothing."""
    anew = difference.anew
    return f"To make what the old spec does not ask: {bill_words(anew)}." if difference.tasks else ""


def _bill(costs: Iterable[Cost | None]) -> Bill:
    return Bill.of(cost for cost in costs if cost is not None)
