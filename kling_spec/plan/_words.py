"""Plans and money in words: the same on the terminal and in a notebook."""

from collections.abc import Mapping
from decimal import Decimal

from kling_spec.ir import LocalFile
from kling_spec.plan._bill import Bill
from kling_spec.plan._plan import Action, Plan, Row
from kling_spec.providers import Cost, Element, Wire, plain

SIGNS = {Action.CREATE: "+", Action.REUSE: "=", Action.WAIT: "~", Action.UNKNOWN: "?"}
"""A glyph for each action, so that no meaning is in a colour alone."""
CHANGED = "±"
"""The glyph of what asks something else than before."""
_GIVEN_UP = "x"


def sign(row: Row) -> str:
    """Return the glyph of a row."""
    if row.is_changed:
        return CHANGED
    return _GIVEN_UP if row.is_given_up else SIGNS[row.action]


def word(row: Row) -> str:
    """Return what happens to a row's task, in a word or two."""
    if row.is_given_up:
        return row.word
    match row.action:
        case Action.CREATE:
            return row.reason if row.reason in ("new", "changed") else "again"
        case Action.REUSE:
            return "reused"
    return row.action.value


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def total(amounts: Mapping[str, Decimal], unknown: int = 0) -> str:
    """Return a total: what is unknown makes it `at least`."""
    known = " + ".join(f"{plain(amount)} {currency}" for currency, amount in amounts.items())
    if not unknown:
        return known or "nothing"
    prices = f"{counted(unknown, 'price')} unknown"
    return f"at least {known}, {prices}" if known else f"unknown ({prices})"


def bill_words(bill: Bill) -> str:
    """Return a bill as a total, with how many of its prices are unknown."""
    return total(bill.total, bill.unknown_prices)


def money(cost: Cost) -> str:
    """Return one amount, or `unknown`."""
    return "unknown" if cost.amount is None else f"{plain(cost.amount)} {cost.currency}"


def asked(row: Row) -> str:
    """Return what a task asks for, in a few words."""
    ask = row.lowered.task.ask
    length = f"{ask.duration} s" if ask.duration else ""
    return " ".join(
        filter(None, [ask.resolution.value, ask.aspect_ratio or "", length, "sound" if ask.sound else ""])
    )


def why(row: Row) -> str:
    """Return how a row's cost comes about, or why it costs nothing."""
    if row.action is not Action.CREATE:
        return row.reason
    return row.cost.basis if row.reason in ("new", "changed") else f"{row.cost.basis}; {row.reason}"


def prepares(plan: Plan) -> str:
    """Return what a run does before it submits what needs it, or nothing."""
    slots = [
        slot
        for order, row in zip(plan.orders, _first_rows(plan), strict=True)
        if row.action is Action.CREATE
        for slot in order.slots
    ]
    elements = sorted({slot.source.name for slot in slots if isinstance(slot.source, Element)})
    files = sorted(
        {
            slot.source.path
            for slot in slots
            if isinstance(slot.source, LocalFile) and slot.wire in (Wire.UPLOAD, Wire.STORE)
        }
    )
    parts = []
    if elements:
        parts.append(f"make {_named('element', elements)}, for which no price is listed")
    if files:
        parts.append(f"upload {', '.join(files)}")
    return f"First, where that was not done before: {'; '.join(parts)}." if parts else ""


def _first_rows(plan: Plan) -> list[Row]:
    """Return the row of each order that is not the twin of another."""
    rows = {row.task: row for row in plan.rows}
    return [rows[order.tasks[0]] for order in plan.orders]


def _named(noun: str, names: list[str]) -> str:
    return f"{noun}{'' if len(names) == 1 else 's'} {', '.join(names)}"


def answer(plan: Plan) -> tuple[str, str]:
    """Return what a run would do, and what it would cost: the last line of a plan in two parts."""
    if not plan.has_work:
        return f"Nothing to send: {_there(plan)}.", ""
    kinds = [
        (plan.count(Action.CREATE), f"to create{_changed(plan)}"),
        (plan.count(Action.WAIT), "to wait for"),
        (plan.count(Action.UNKNOWN) - plan.given_up, "unknown"),
        (plan.given_up, "given up"),
        (plan.count(Action.REUSE), "reused"),
    ]
    counts = ", ".join(f"{number:,} {word}" for number, word in kinds if number)
    films = counted(len(plan.films), "film")
    return (
        f"Plan: {counts}; {counted(plan.variants, 'variant')}, {films}.",
        f"Cost: {bill_words(plan.bill)}.",
    )


def _changed(plan: Plan) -> str:
    """Return how many of the tasks to create ask something else than what was sent last."""
    changed = sum(row.is_changed for row in plan.rows)
    return f" ({changed:,} of them changed)" if changed else ""


def _there(plan: Plan) -> str:
    """Return what there is of a plan with no work, and what nobody waits for any more."""
    variants = counted(plan.variants, "variant")
    if not plan.given_up:
        return f"all {counted(len(plan.rows), 'clip')} of {variants} are there"
    there = counted(len(plan.rows) - plan.given_up, "clip")
    verb = "was" if plan.given_up == 1 else "were"
    return f"{there} of {variants} there, {counted(plan.given_up, 'task')} {verb} given up"
