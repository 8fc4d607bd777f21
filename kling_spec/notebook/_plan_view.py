"""A plan: what a run would send, what it would cost and why, and what has changed."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Media
from kling_spec.notebook import _plan_parts as parts
from kling_spec.notebook._html import block, line, words
from kling_spec.notebook._pictures import Pictured, assets_of
from kling_spec.notebook._view import View, heading, remark
from kling_spec.plan import Action, Plan, Row, answer, by_axis, grid, grouped, prepares, priced, unknowns

_MOST_NOTES = 12
_MOST_UNKNOWN = 4
Pictures = Callable[[Iterable[Media]], Iterator[Pictured]]


class PlanView(View):
    """What a run would send, reuse and spend, laid out by variants and shots, with what has changed.

    `pictures` makes the small pictures of assets; without it none are shown.
    """

    def __init__(
        self,
        plan: Plan,
        notes: Iterable[Diagnostic] = (),
        *,
        is_rehearsal: bool = False,
        pictures: Pictures | None = None,
    ) -> None:
        self.plan = plan
        self.notes = tuple(notes)
        self.is_rehearsal = is_rehearsal
        self._pictures = pictures

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
        drawn = [part.text for part in self._parts() if part.text]
        last = [*self._before(), " ".join(answer(self.plan)).strip(), *self._remarks()]
        return "\n\n".join([f"{self.plan.spec} {self._heading()}", *drawn, "\n".join(last)])

    def html(self) -> str:
        """Return the plan as tables."""
        does, costs = answer(self.plan)
        return block(
            line(words(self.plan.spec, "bold"), words(self._heading(), "dim")),
            *(part.html for part in self._parts()),
            *(line(words(told, "dim")) for told in self._before()),
            line(words(does), words(costs, "bold") if costs else ""),
            *(line(words(told, "dim")) for told in self._remarks()),
        )

    def _heading(self) -> str:
        return heading(self.plan.provider, is_rehearsal=self.is_rehearsal)

    def _parts(self) -> Iterator[parts.Part]:
        plan = self.plan
        work = [row for row in plan.rows if row.action is not Action.REUSE]
        if self._pictures is not None:
            assets = assets_of(plan)
            found = list(self._pictures(assets))
            yield parts.pictures(found, len(assets) - len(found))
        if plan.variants > 1:
            yield parts.laid_out(grid(plan))
        yield parts.price_lines(priced(work))
        changed = grouped((row.task, row.changes) for row in work if row.is_changed)
        yield parts.changes(changed, plan.variants)
        if plan.total or plan.unknown_prices:
            yield parts.axes(by_axis(plan))

    def _before(self) -> list[str]:
        """Return what is said before the answer: what is made first, and why prices are unknown."""
        why = unknowns(self.plan)
        told = [f"Price unknown, {reason}" for reason in why[:_MOST_UNKNOWN]]
        if len(why) > _MOST_UNKNOWN:
            told.append(f"… and {len(why) - _MOST_UNKNOWN:,} more reasons")
        return [*filter(None, [prepares(self.plan)]), *told]

    def _remarks(self) -> list[str]:
        hidden = len(self.notes) - _MOST_NOTES
        more = [f"… and {hidden:,} more; .notes has them all"] if hidden > 0 else []
        return [*map(remark, self.notes[:_MOST_NOTES]), *more]


def _record(row: Row) -> dict[str, Any]:
    """Return a row as flat values."""
    flat = row.to_json()
    axes = flat.pop("variant")
    flat |= {"cost": row.cost.amount, "currency": row.cost.currency}
    return flat | {f"variant.{axis}" if axis in flat else axis: value for axis, value in axes.items()}
