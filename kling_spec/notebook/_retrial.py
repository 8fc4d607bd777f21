"""Another try of what did not come to an end: what it would send, and what it would cost."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from kling_spec.plan import Action, Plan, bill_words, counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrial:
    """Some tasks of a plan, with those that they need or that ask the same."""

    whole: Plan
    """All tasks, as they stand now."""
    plan: Plan
    """What is run: of the orders that could be sent or waited for, those of this try alone."""
    part: Plan
    """The rows of this try alone."""

    @classmethod
    def of(cls, plan: Plan, tasks: Iterable[str]) -> Self:
        """Return the try of these tasks, and of what they need and is not there."""
        wanted = set(tasks)
        named = frozenset(wanted)
        is_open = {row.lowered.fingerprint for row in plan.rows if row.action is not Action.REUSE}
        chosen: set[str] = set()
        for row in reversed(plan.rows):
            fingerprint = row.lowered.fingerprint
            if fingerprint in is_open and (row.task in wanted or fingerprint in chosen):
                chosen.add(fingerprint)
                wanted.update(row.lowered.task.depends_on)
        left = is_open - chosen
        orders = tuple(order for order in plan.orders if order.fingerprint not in left)
        rows = tuple(row for row in plan.rows if row.task in named or row.lowered.fingerprint in chosen)
        return cls(whole=plan, plan=replace(plan, orders=orders), part=replace(plan, rows=rows))

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that are tried."""
        return tuple(row.task for row in self.part.rows)

    @property
    def is_paid(self) -> bool:
        """Whether anything would be sent."""
        return bool(self._sent)

    @property
    def cost(self) -> str:
        """What it would cost, in words."""
        return bill_words(self.part.bill)

    def words(self) -> str:
        """Return what it would do, as a button says it."""
        if not self._sent:
            return f"Go on with {counted(len(self.tasks), 'task')}, which costs nothing more"
        return f"Send {counted(self._sent, 'task')} again for {self.cost}"

    @property
    def _sent(self) -> int:
        return self.part.count(Action.CREATE)
