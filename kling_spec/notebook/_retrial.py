"""Another try of what did not come to an end: what it would send, and what it would cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from kling_spec.plan import Action, Plan, Row, counted, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrial:
    """Some tasks of a plan, and those that they need."""

    plan: Plan
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, plan: Plan, tasks: Iterable[str]) -> Self:
        """Return the try of these tasks, and of what they need and is not there."""
        rows = {row.task: row for row in plan.rows}
        chosen: dict[str, Row] = {}
        waiting = [task for task in tasks if task in rows]
        while waiting:
            row = rows[waiting.pop()]
            if row.task not in chosen:
                chosen[row.task] = row
                needed = row.lowered.task.depends_on
                waiting += [task for task in needed if rows[task].action is not Action.REUSE]
        return cls(plan=plan, rows=tuple(row for row in plan.rows if row.task in chosen))

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that are tried."""
        return tuple(row.task for row in self.rows)

    @property
    def fingerprints(self) -> frozenset[str]:
        """The payloads that may be sent."""
        return frozenset(row.lowered.fingerprint for row in self.rows)

    @property
    def is_paid(self) -> bool:
        """Whether anything would be sent."""
        return bool(self._sent)

    @property
    def cost(self) -> str:
        """What it would cost, in words."""
        amounts: dict[str, Decimal] = {}
        for row in self._sent:
            if row.cost.amount is not None:
                amounts[row.cost.currency] = amounts.get(row.cost.currency, Decimal(0)) + row.cost.amount
        return total(amounts, sum(row.cost.amount is None for row in self._sent))

    def words(self) -> str:
        """Return what it would do, as a button says it."""
        sent, left = len(self._sent), len(self.rows) - len(self._sent)
        if not sent:
            return f"Go on with {counted(left, 'task')}, which costs nothing more"
        return f"Send {counted(sent, 'task')} again for {self.cost}"

    @property
    def _sent(self) -> list[Row]:
        return [row for row in self.rows if row.action is Action.CREATE]
