"""What has changed, drawn for people: words that went and came, and the line or variable behind it."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kling_spec.diagnostics import printable
from kling_spec.plan import (
    CHANGED,
    NOT_KEPT,
    Change,
    Group,
    Sort,
    because,
    differences,
    marked,
    whose,
)

_MOST_GROUPS = 60
_INKS = {Sort.SAME: "", Sort.GONE: "red", Sort.NEW: "green"}


def show_groups(groups: Sequence[Group], out: Console, *, of: int) -> None:
    """Print tasks that have changed, those together that have changed alike; `of` is how many variants there are."""
    for group in groups[:_MOST_GROUPS]:
        show_head(CHANGED, "yellow", group, out, of=of)
        show_changes(group.changes, out)
    show_rest(len(groups) - _MOST_GROUPS, out)
    if groups:
        out.print()


def show_head(sign: str, ink: str, group: Group, out: Console, *, of: int, price: str = "") -> None:  # noqa: PLR0913
    """Print which tasks are meant, and what they cost."""
    whose_ = whose(group, of)
    line = Text.assemble((f"{sign} ", ink), (printable(group.part), "bold"))
    for words in filter(None, (whose_, price)):
        line.append(f"  {printable(words)}")
    out.print(line)


def show_changes(changes: Sequence[Change], out: Console) -> None:
    """Print what has changed in a task: a line for each field, and below it what caused it."""
    width = max((len(change.field) for change in changes), default=0)
    for change in changes:
        _print_beside(f"    {change.field:<{width}}  ", _differing(change), out)
        _print_beside(" " * (width + 6), Text(f"⤷ {printable(because(change))}", style="dim"), out)
    if not changes:
        out.print(Text(f"    {NOT_KEPT}", style="dim"))


def _print_beside(left: str, text: Text, out: Console) -> None:
    """Print a text in lines that fit, all of them to the right of `left`."""
    for line in text.wrap(out, max(out.width - len(left), 20)):
        line.rstrip()
        out.print(Text.assemble((left, "dim"), line), soft_wrap=True)
        left = " " * len(left)


def show_rest(hidden: int, out: Console) -> None:
    """Print how much is not shown, and where it is."""
    if hidden > 0:
        out.print(f"… and {hidden:,} more; '--format json' has them all")


def _differing(change: Change) -> Text:
    line = Text()
    for stretch in differences(change):
        shown, space = marked(stretch)
        line.append(printable(shown), style=_INKS[stretch.sort]).append(printable(space))
    return line
