"""A plan laid out: variants by shots, prices by what they are made of, cost by axis."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kling_spec.plan._change_words import some
from kling_spec.plan._plan import Action, Plan, Row, bill_of
from kling_spec.plan._words import asked, money, sign, total, why, word
from kling_spec.source import spelled

_FIRST = (Action.UNKNOWN, Action.CREATE, Action.WAIT, Action.REUSE)


@dataclass(slots=True)
class Sum:
    """What some tasks of a plan cost together."""

    rows: list[Row] = field(default_factory=list)

    @property
    def cost(self) -> str:
        """What the run would pay for them, in a few words; nothing where it pays nothing."""
        bill = bill_of(self.rows)
        if not bill.total:
            return "unknown" if bill.unknown_prices else ""
        return f"{'at least ' if bill.unknown_prices else ''}{total(bill.total)}"

    @property
    def first(self) -> Row:
        """The row that matters most to a reader."""
        return min(self.rows, key=lambda row: (row.is_given_up, _FIRST.index(row.action), not row.is_changed))

    @property
    def kinds(self) -> list[tuple[Row, str]]:
        """What happens to them: for each kind a row of it, and its glyph and words with how many there are."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.rows, key=lambda row: (_FIRST.index(row.action), not row.is_changed)):
            found.setdefault(word(row), []).append(row)
        return [
            (rows[0], f"{sign(rows[0])} {f'{len(rows):,} ' if len(self.rows) > 1 else ''}{name}")
            for name, rows in found.items()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What happens to each shot in each variant, and what that costs."""

    variants: tuple[str, ...]
    shots: tuple[str, ...]
    cells: Mapping[tuple[str, str], Sum]
    """By variant and shot; a shot that is left out of a variant has none."""
    by_variant: Mapping[str, Sum]
    by_shot: Mapping[str, Sum]
    whole: Sum


def grid(plan: Plan) -> Grid:
    """Lay a plan out by variants and shots, each in the order in which they come."""
    cells: dict[tuple[str, str], Sum] = {}
    by_variant: dict[str, Sum] = {}
    by_shot: dict[str, Sum] = {}
    for row in plan.rows:
        task = row.lowered.task
        by_variant.setdefault(task.variant.id, Sum()).rows.append(row)
        by_shot.setdefault(task.shot, Sum()).rows.append(row)
        cells.setdefault((task.variant.id, task.shot), Sum()).rows.append(row)
    return Grid(
        variants=tuple(by_variant),
        shots=tuple(by_shot),
        cells=cells,
        by_variant=by_variant,
        by_shot=by_shot,
        whole=Sum(list(plan.rows)),
    )


@dataclass(frozen=True, slots=True)
class Priced:
    """Tasks of a shot that ask and cost alike."""

    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """The task's id; of several, what they have in common and how many there are."""
        first = self.rows[0].task
        if len(self.rows) == 1:
            return first
        variant, _, rest = first.partition("/")
        shot = rest.partition("@")[0]
        is_one_variant = all(row.task.startswith(f"{variant}/") for row in self.rows)
        common = f"{variant}/{shot}" if is_one_variant else shot
        return f"{common}, {len(self.rows):,} tasks"

    @property
    def asked(self) -> str:
        """What one of them asks for."""
        return asked(self.rows[0])

    @property
    def why(self) -> str:
        """How the cost comes about."""
        number, told = len(self.rows), why(self.rows[0])
        return f"{number:,} x {told}" if number > 1 and self.rows[0].action is Action.CREATE else told

    @property
    def cost(self) -> str:
        """What they cost together, or `unknown`."""
        return Sum(list(self.rows)).cost or money(self.rows[0].cost)


def priced(rows: Iterable[Row]) -> list[Priced]:
    """Return rows, those of a shot together that ask and cost alike and to which the same happens."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        extension = row.task.partition("+")[2]
        key = row.lowered.task.shot, extension, word(row), asked(row), why(row), row.cost.amount
        found.setdefault(key, []).append(row)
    return [Priced(tuple(group)) for group in found.values()]


def by_axis(plan: Plan) -> Iterator[tuple[str, list[tuple[str, Sum]]]]:
    """Yield for each axis with more than one value the values, and what the tasks of each cost."""
    sums: dict[str, dict[str, Sum]] = {}
    for row in plan.rows:
        for axis, value in row.lowered.task.variant.values.items():
            sums.setdefault(axis, {}).setdefault(spelled(value), Sum()).rows.append(row)
    yield from ((axis, list(values.items())) for axis, values in sums.items() if len(values) > 1)


def unknowns(plan: Plan) -> list[str]:
    """Return why prices are unknown, each reason once with the tasks that it holds for."""
    reasons: dict[str, list[str]] = {}
    for row in plan.rows:
        if row.action is Action.CREATE and row.cost.amount is None:
            reasons.setdefault(row.cost.basis, []).append(row.task)
    return [f"{reason}: {some(tasks, 4)}" for reason, tasks in reasons.items()]
