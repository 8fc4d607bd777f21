"""A plan as a table with its cost."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from kling_spec.diagnostics import Diagnostic
from kling_spec.notebook._html import table, words
from kling_spec.plan import SIGNS, Plan, Row, answer, asked, money, why

_MOST_ROWS = 200


class PlanView:
    """What a run would send, reuse and spend. Shows itself as a table, and reads well as plain text."""

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
        """Return the tasks as a DataFrame. Raises ImportError where pandas is not installed."""
        try:
            import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]
        except ImportError as error:
            raise ImportError("to_pandas() needs pandas: pip install pandas") from error
        rows = [
            {**row.to_json(), "cost": row.cost.amount, "currency": row.cost.currency}
            for row in self.plan.rows
        ]
        return pd.DataFrame(rows)

    def _heading(self) -> str:
        kind = " (rehearsal in the sandbox: nothing is paid)" if self.is_rehearsal else ""
        return f"on {self.plan.provider}{kind}"

    def __repr__(self) -> str:
        """Return the plan as plain text."""
        rows = [(SIGNS[row.action], row.task, asked(row), why(row), money(row.cost)) for row in self._shown()]
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join(
            [
                f"{self.plan.spec} {self._heading()}",
                *lines,
                *self._more(),
                " ".join(answer(self.plan)).strip(),
            ]
        )

    def _repr_html_(self) -> str:
        rows = [
            (
                words(SIGNS[row.action]),
                words(row.task, bold=True),
                words(asked(row)),
                words(why(row), dim=True),
                words(money(row.cost)),
            )
            for row in self._shown()
        ]
        does, costs = answer(self.plan)
        heads = ("", "task", "asks for", "price", "cost")
        parts = [
            f"<p>{words(self.plan.spec, bold=True)} {words(self._heading(), dim=True)}</p>",
            table(heads, rows, right=(4,)),
            *(f"<p>{words(line, dim=True)}</p>" for line in self._more()),
            f"<p>{words(does)} {words(costs, bold=True)}</p>",
            *(f"<p>{words(f'{note.severity}: {note.message}', dim=True)}</p>" for note in self.notes),
        ]
        return f"<div>{''.join(parts)}</div>"

    def _shown(self) -> tuple[Row, ...]:
        return self.plan.rows[:_MOST_ROWS]

    def _more(self) -> list[str]:
        hidden = len(self.plan.rows) - _MOST_ROWS
        return [f"… and {hidden:,} more; .tasks has them all"] if hidden > 0 else []
