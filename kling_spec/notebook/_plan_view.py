"""A plan as a table with its cost."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from kling_spec.diagnostics import Diagnostic
from kling_spec.notebook._html import block, line, table, words
from kling_spec.notebook._view import View, columns, remark
from kling_spec.plan import Action, Plan, Row, answer, asked, money, prepares, sign, why

_MOST_ROWS = 50
_LOOKS = {Action.CREATE: "good", Action.WAIT: "moving", Action.UNKNOWN: "odd", Action.REUSE: "dim"}


class PlanView(View):
    """What a run would send, reuse and spend. Shows a line for each task that is not simply there already."""

    def __init__(self, plan: Plan, notes: Iterable[Diagnostic] = (), *, is_rehearsal: bool = False) -> None:
        self.plan = plan
        self.notes = tuple(notes)
        self.is_rehearsal = is_rehearsal

    @property
    def total(self) -> dict[str, Decimal]:
        """What the run would pay, by currency; what has no price is not in it."""
        return dict(self.plan.total)

    @property
    def unknown_prices(self) -> int:
        """How many tasks to be created have no known price."""
        return self.plan.unknown_prices

    @property
    def tasks(self) -> tuple[Row, ...]:
        """Every task, with what the run does about it."""
        return self.plan.rows

    def to_pandas(self) -> Any:
        """Return the tasks as a DataFrame, with a column for each axis. Raises ImportError without pandas.

        `cost` is a Decimal, or None where the price is unknown. An axis that is called like another
        column stands as `variant.NAME`.
        """
        try:
            import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]
        except ImportError:
            raise ImportError(
                "to_pandas() needs pandas, which is not installed: pip install pandas"
            ) from None
        return pd.DataFrame([_record(row) for row in self.plan.rows])

    def text(self) -> str:
        """Return the plan as plain text."""
        rows = [(sign(row), row.task, asked(row), why(row), money(row.cost)) for row in self._shown()]
        heads = [("", "task", "asks for", "price", "cost")] if rows else []
        drawn = [*columns([*heads, *rows], right=(4,)), *self._more()]
        parts = [
            f"{self.plan.spec} {self._heading()}",
            *(["", *drawn, ""] if drawn else []),
            *filter(None, [prepares(self.plan)]),
            " ".join(answer(self.plan)).strip(),
        ]
        return "\n".join([*parts, *map(remark, self.notes)])

    def html(self) -> str:
        """Return the plan as a table."""
        rows = [
            (
                words(sign(row), "dim" if row.is_given_up else _LOOKS[row.action]) + f" {row.word}",
                words(row.task, "bold"),
                words(asked(row)),
                words(why(row), "dim"),
                words(money(row.cost), "" if row.cost.amount is not None else "odd"),
            )
            for row in self._shown()
        ]
        does, costs = answer(self.plan)
        return block(
            line(words(self.plan.spec, "bold"), words(self._heading(), "dim")),
            table(("", "task", "asks for", "price", "cost"), rows, right=(4,)) if rows else "",
            *(line(words(more, "dim")) for more in self._more()),
            line(words(first, "dim")) if (first := prepares(self.plan)) else "",
            line(words(does), words(costs, "bold") if costs else ""),
            *(line(words(remark(note), "dim")) for note in self.notes),
        )

    def _heading(self) -> str:
        kind = " (rehearsal in the sandbox: nothing is paid)" if self.is_rehearsal else ""
        return f"on {self.plan.provider}{kind}"

    def _work(self) -> list[Row]:
        return [row for row in self.plan.rows if row.action is not Action.REUSE]

    def _shown(self) -> list[Row]:
        return self._work()[:_MOST_ROWS]

    def _more(self) -> list[str]:
        hidden = len(self._work()) - _MOST_ROWS
        return [f"… and {hidden:,} more; .tasks has them all"] if hidden > 0 else []


def _record(row: Row) -> dict[str, Any]:
    """Return a row as flat values."""
    flat = row.to_json()
    axes = flat.pop("variant")
    flat |= {"cost": row.cost.amount, "currency": row.cost.currency}
    return flat | {f"variant.{axis}" if axis in flat else axis: value for axis, value in axes.items()}
