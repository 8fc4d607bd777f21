"""The parts of a plan as a cell shows it, each as HTML and as plain text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kling_spec.notebook._html import line, marks, table, words
from kling_spec.notebook._pictures import Pictured
from kling_spec.notebook._view import columns
from kling_spec.plan import (
    CHANGED,
    NOT_KEPT,
    Action,
    Grid,
    Group,
    Priced,
    Row,
    Sort,
    Stretch,
    Sum,
    because,
    differences,
    marked,
    sign,
    whose,
    word,
)

_MOST_VARIANTS = 12
_MOST_SHOTS = 8
_MOST_CELLS = 72
_MOST_LINES = 16
_MOST_GROUPS = 6
_MOST_CHANGES = 4
_MOST_STRETCHES = 12
_MOST_VALUES = 8
_LONGEST = 300
_LEFT_OUT = "left out"
_LOOKS = {Action.CREATE: "good", Action.WAIT: "moving", Action.UNKNOWN: "odd", Action.REUSE: "dim"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an output, said twice."""

    html: str
    text: str


NOTHING = Part("", "")


def pictures(found: Sequence[Pictured], left_out: int) -> Part:
    """Show the assets that are used, with a small picture of each that has one."""
    if not found and not left_out:
        return NOTHING
    more = f"and {left_out:,} more" if left_out else ""
    tiles = "".join(
        f'<figure><img src="{one.address}" alt="">{_caption(one)}</figure>'
        if one.address
        else f"<figure>{_caption(one)}</figure>"
        for one in found
    )
    names = ", ".join(f"{one.name} ({one.kind})" for one in found)
    return Part(
        f'<div class="assets">{tiles}{words(more, "dim")}</div>',
        " ".join(filter(None, ["Uses", names, more])),
    )


def laid_out(grid: Grid) -> Part:
    """Show what happens to each shot in each variant, and what it costs."""
    shots = grid.shots[:_MOST_SHOTS]
    variants = grid.variants[: min(_MOST_VARIANTS, _MOST_CELLS // len(shots))]
    heads = ["variant", *shots, "cost"]
    hidden = [
        f"{len(every) - len(some):,} more {noun}"
        for every, some, noun in ((grid.variants, variants, "variants"), (grid.shots, shots, "shots"))
        if len(every) > len(some)
    ]
    more = f"… and {' and '.join(hidden)}; the sums count them" if hidden else ""
    cells = [[grid.cells.get((variant, shot)) for shot in shots] for variant in variants]
    sums = [grid.by_variant[variant].cost for variant in variants]
    below = [grid.by_shot[shot].cost for shot in shots]
    drawn = [
        [words(variant, "bold"), *map(_cell, row), words(cost)]
        for variant, row, cost in zip(variants, cells, sums, strict=True)
    ]
    drawn.append([words("cost", "bold"), *map(words, below), words(grid.whole.cost, "bold")])
    plain = [
        [variant, *(_plain_cell(cell) for cell in row), cost]
        for variant, row, cost in zip(variants, cells, sums, strict=True)
    ]
    return Part(
        table(heads, drawn, right=(len(heads) - 1,)) + _note(more),
        "\n".join(
            [
                *columns([heads, *plain, ["cost", *below, grid.whole.cost]], right=(len(heads) - 1,)),
                *_lines(more),
            ]
        ),
    )


def price_lines(found: Sequence[Priced]) -> Part:
    """Show how each price comes about; what is alike stands on one line."""
    if not found:
        return NOTHING
    shown, hidden = found[:_MOST_LINES], found[_MOST_LINES:]
    number = sum(len(one.rows) for one in hidden)
    more = f"… and {number:,} more tasks; .tasks has them all" if number else ""
    heads = ("state", "task", "asks for", "price", "cost")
    drawn = [
        (
            _kind(one.rows[0], f"{sign(one.rows[0])} {word(one.rows[0])}"),
            words(one.name, "bold"),
            words(one.asked),
            words(one.why, "dim"),
            words(one.cost, "odd" if one.rows[0].cost.amount is None else ""),
        )
        for one in shown
    ]
    plain = [(sign(one.rows[0]), one.name, one.asked, one.why, one.cost) for one in shown]
    return Part(
        table(heads, drawn, right=(4,)) + _note(more),
        "\n".join([*columns([("", *heads[1:]), *plain], right=(4,)), *_lines(more)]),
    )


def changes(groups: Sequence[Group], of: int) -> Part:
    """Show what has changed since it was sent last, word by word, and what caused it."""
    if not groups:
        return NOTHING
    drawn: list[tuple[str, str, str, str]] = []
    plain: list[str] = []
    for group in groups[:_MOST_GROUPS]:
        whose_ = whose(group, of)
        plain.append(f"{CHANGED} {group.part}  {whose_}".rstrip())
        head = f"{words(f'{CHANGED} {group.part}', 'bold')}<br>{words(whose_, 'dim')}"
        for change in group.changes[:_MOST_CHANGES]:
            told = _short(differences(change))
            drawn.append((head, words(change.field), marks(told), words(because(change), "dim")))
            said = "".join("".join(marked(stretch)) for stretch in told).strip()
            plain.append(f"    {change.field}  {said}  ({because(change)})")
            head = ""
        rest = len(group.changes) - _MOST_CHANGES
        if not group.changes or rest > 0:
            note = NOT_KEPT if not group.changes else f"… and {rest} more fields"
            drawn.append((head, "", words(note, "dim"), ""))
            plain.append(f"    {note}")
    hidden = len(groups) - _MOST_GROUPS
    more = (
        f"… and {hidden:,} more that have changed in another way; .tasks has them all" if hidden > 0 else ""
    )
    heads = ("changed since it was sent", "field", "words", "caused by")
    return Part(table(heads, drawn) + _note(more), "\n".join([*plain, *_lines(more)]))


def axes(sums: Iterable[tuple[str, Sequence[tuple[str, Sum]]]]) -> Part:
    """Show for each axis what the tasks of each value cost."""
    rows = []
    for axis, values in sums:
        shown = [(value, one.cost or "nothing") for value, one in values[:_MOST_VALUES]]
        hidden = len(values) - _MOST_VALUES
        rows.append((axis, shown + ([("…", f"{hidden:,} more values")] if hidden > 0 else [])))
    if not rows:
        return NOTHING
    drawn = [
        (words(axis if number == 0 else "", "bold"), words(value), words(cost))
        for axis, values in rows
        for number, (value, cost) in enumerate(values)
    ]
    plain = [f"Cost by {axis}: " + ", ".join(map(" ".join, values)) for axis, values in rows]
    return Part(table(("cost by", "value", "cost"), drawn, right=(2,)), "\n".join(plain))


def _short(told: list[Stretch]) -> list[Stretch]:
    kept = [
        Stretch(sort, text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …")
        for sort, text in told[:_MOST_STRETCHES]
    ]
    hidden = len(told) - _MOST_STRETCHES
    return [*kept, Stretch(Sort.SAME, f"… and {hidden:,} more stretches")] if hidden > 0 else kept


def _caption(one: Pictured) -> str:
    return f"<figcaption>{words(one.name)} {words(one.kind, 'dim')}</figcaption>"


def _cell(sum_: Sum | None) -> str:
    if sum_ is None:
        return words(_LEFT_OUT, "dim")
    kinds = "<br>".join(_kind(row, told) for row, told in sum_.kinds)
    return f"{kinds}<br>{words(sum_.cost)}" if sum_.cost else kinds


def _plain_cell(sum_: Sum | None) -> str:
    if sum_ is None:
        return _LEFT_OUT
    return " ".join(filter(None, [", ".join(told for _, told in sum_.kinds), sum_.cost]))


def _kind(row: Row, told: str) -> str:
    look = "dim" if row.is_given_up else "odd" if row.is_changed else _LOOKS[row.action]
    return words(told, look)


def _note(text: str) -> str:
    return line(words(text, "dim")) if text else ""


def _lines(text: str) -> list[str]:
    return [text] if text else []
