"""Plans, statuses and catalogues as tables for people."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kling_spec.cli._changes import show_groups
from kling_spec.diagnostics import printable
from kling_spec.plan import Action, Plan, Row, answer, asked, grouped, money, prepares, sign, why

_MOST_ROWS = 200
_INKS = {Action.CREATE: "green", Action.REUSE: "dim", Action.WAIT: "cyan", Action.UNKNOWN: "yellow"}


def console(arguments: Any, *, on_errors: bool = False) -> Console:
    """Return where tables are drawn: standard output, or standard error for progress."""
    never = getattr(arguments, "color", "auto") == "never"
    stream = sys.stderr if on_errors else sys.stdout
    width = None if stream.isatty() else 120
    return Console(file=stream, no_color=never or None, highlight=False, soft_wrap=False, width=width)


def table(heads: Sequence[str], rows: Iterable[Sequence[str | Text]], right: Sequence[int] = ()) -> Table:
    """Return a plain table; the columns in `right` are numbers."""
    drawn = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for number, head in enumerate(heads):
        drawn.add_column(head, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*map(_cell, row))
    return drawn


def _cell(value: str | Text) -> Text:
    """Return a cell that shows its text and obeys none of it: no marks of ours, no controls of a terminal."""
    return Text(printable(value, keep="\n")) if isinstance(value, str) else value


def show_plan(plan: Plan, out: Console, *, is_rehearsal: bool) -> None:
    """Print a plan: a line for each task that is not simply there already, then the answer."""
    kind = " (rehearsal in the sandbox: nothing is paid)" if is_rehearsal else ""
    out.print(Text.assemble((printable(plan.spec), "bold"), f" on {plan.provider}{kind}\n"))
    rows = [row for row in plan.rows if row.action is not Action.REUSE]
    if rows:
        heads = ("", "task", "asks for", "price", "cost")
        out.print(table(heads, (_plan_row(row) for row in rows[:_MOST_ROWS]), right=(4,)))
        if len(rows) > _MOST_ROWS:
            out.print(f"… and {len(rows) - _MOST_ROWS} more; 'plan --format json' has them all")
        out.print()
    show_groups(
        grouped((row.task, row.changes) for row in plan.rows if row.is_changed), out, of=plan.variants
    )
    if first := prepares(plan):
        out.print(Text(printable(first)))
    does, costs = answer(plan)
    out.print(Text(f"{does} ").append(costs, "bold"))


def _plan_row(row: Row) -> tuple[Text, str, str, str, Text]:
    cost = Text(money(row.cost), style="yellow" if row.cost.amount is None else "")
    ink = "dim" if row.is_given_up else "yellow" if row.is_changed else _INKS[row.action]
    return Text(sign(row), style=ink), row.task, asked(row), why(row), cost
