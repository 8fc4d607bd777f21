"""Plans, statuses and catalogues as tables for people."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kling_spec.plan import Action, Plan, Row
from kling_spec.providers import Cost, plain

_MOST_ROWS = 200
_SIGNS = {Action.CREATE: "+", Action.REUSE: "=", Action.WAIT: "~", Action.UNKNOWN: "?"}
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
        drawn.add_row(*row)
    return drawn


def show_plan(plan: Plan, out: Console, *, is_rehearsal: bool) -> None:
    """Print a plan: a line for each task that is not simply there already, then the answer."""
    kind = " (rehearsal in the sandbox: nothing is paid)" if is_rehearsal else ""
    out.print(Text.assemble((plan.spec, "bold"), f" on {plan.provider}{kind}\n"))
    rows = [row for row in plan.rows if row.action is not Action.REUSE]
    if rows:
        heads = ("", "task", "asks for", "price", "cost")
        out.print(table(heads, (_plan_row(row) for row in rows[:_MOST_ROWS]), right=(4,)))
        if len(rows) > _MOST_ROWS:
            out.print(f"… and {len(rows) - _MOST_ROWS} more; 'plan --format json' has them all")
        out.print()
    out.print(answer(plan))


def answer(plan: Plan) -> Text:
    """Return the last line of a plan: what a run would do and what it would cost."""
    if not plan.has_work:
        done = Text("Nothing to send: ", style="bold")
        return done.append(
            f"all {counted(len(plan.rows), 'clip')} of {counted(plan.variants, 'variant')} are there.", ""
        )
    words = [
        (Action.CREATE, "to create"),
        (Action.WAIT, "to wait for"),
        (Action.UNKNOWN, "unknown"),
        (Action.REUSE, "reused"),
    ]
    counts = ", ".join(f"{plan.count(action)} {word}" for action, word in words if plan.count(action))
    text = Text(f"Plan: {counts}; {counted(plan.variants, 'variant')}, {counted(len(plan.films), 'film')}. ")
    return text.append("Cost: ", "bold").append(total(plan.total, plan.unknown_prices), "bold").append(".")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def total(amounts: Mapping[str, Decimal], unknown: int) -> str:
    """Return a total: what is unknown makes it `at least`."""
    known = " + ".join(f"{plain(amount)} {currency}" for currency, amount in amounts.items())
    if not unknown:
        return known or "nothing"
    prices = f"{counted(unknown, 'price')} unknown"
    return f"at least {known}, {prices}" if known else f"unknown ({prices})"


def money(cost: Cost) -> str:
    """Return one amount, or `unknown`."""
    return "unknown" if cost.amount is None else f"{plain(cost.amount)} {cost.currency}"


def _plan_row(row: Row) -> tuple[Text, str, str, str, Text]:
    ask = row.lowered.task.ask
    asks = [
        ask.resolution.value,
        ask.aspect_ratio or "",
        f"{ask.duration} s" if ask.duration else "",
        "sound" if ask.sound else "",
    ]
    ink = _INKS[row.action]
    why = row.cost.basis if row.action is Action.CREATE else row.reason
    if row.action is Action.CREATE and row.reason != "new":
        why += f"; {row.reason}"
    cost = Text(money(row.cost), style="yellow" if row.cost.amount is None else "")
    return Text(_SIGNS[row.action], style=ink), row.task, " ".join(filter(None, asks)), why, cost
