"""`diff`: what lies between two specs, or between two git revisions of one."""

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from kling_spec.cli._common import checked_of, selection_of
from kling_spec.cli._findings import annotation, brief
from kling_spec.history import GitError
from kling_spec.plan import (
    Block,
    Difference,
    Kind,
    anew_words,
    because,
    blocks,
    cost_words,
    differences,
    marked,
    tally,
    whose,
)
from kling_spec.session import Checked, compare, spec_at

_MOST_BLOCKS = 200
_INKS = {Kind.ADDED: "green", Kind.CHANGED: "yellow", Kind.GONE: "red"}


def diff(arguments: Any) -> int:
    """Show what lies between the two."""
    with ExitStack() as copies:
        old, _ = _opened(arguments, arguments.old, arguments.new, copies)
        new, revision = _opened(arguments, arguments.new, arguments.old, copies)
        made = compare(old, new, selection_of(arguments))
    if arguments.format == "json":
        print(json.dumps({**_names(old, new), **made.to_json()}, ensure_ascii=False, indent=1))
    elif arguments.format == "github":
        _annotate(made, revision)
    else:
        _show(made, old, new, arguments)
    brief(note for note in new.notes if note not in old.notes)
    return 2 if arguments.detailed_exitcode and made.tasks else 0


def _opened(arguments: Any, word: str, other: str, copies: ExitStack) -> tuple[Checked, str]:
    """Return the spec that a word means, and its revision: a file, `REVISION:FILE`, or one of the other's."""
    revision, _, file = word.partition(":")
    is_file = Path(word).exists() and arguments.spec is None
    if is_file or not (file or arguments.spec or Path(other).is_file()):
        return checked_of(arguments, word), ""
    try:
        past = copies.enter_context(spec_at(revision, file or arguments.spec or other))
    except GitError as error:
        missing = "" if file or arguments.spec else f"there is no file '{word}', and "
        raise GitError(f"{missing}{error}") from None
    return checked_of(arguments, past.path, past), revision


def _names(old: Checked, new: Checked) -> dict[str, Any]:
    sides = {"old": old, "new": new}
    return {
        side: {"spec": one.name, "file": one.project.shown, "provider": one.provider_name}
        for side, one in sides.items()
    }


def _show(made: Difference, old: Checked, new: Checked, arguments: Any) -> None:
    from rich.text import Text

    from kling_spec.cli._changes import show_changes, show_head, show_rest
    from kling_spec.cli._tables import console
    from kling_spec.diagnostics import printable

    out = console(arguments)
    files = f"{old.project.shown} → {new.project.shown}"
    on = " → ".join(dict.fromkeys((old.provider_name, new.provider_name)))
    out.print(Text.assemble((printable(files), "bold"), f" on {on}\n"))
    found = blocks(made)
    for block in found[:_MOST_BLOCKS]:
        show_head(block.sign, _INKS[block.kind], block.group, out, of=made.variants, price=block.price)
        if block.kind is Kind.CHANGED:
            show_changes(block.group.changes, out)
        elif block.remark:
            out.print(Text(f"    {printable(block.remark)}", style="dim"))
    show_rest(len(found) - _MOST_BLOCKS, out)
    if found:
        out.print()
    out.print(Text(tally(made)))
    out.print(Text(cost_words(made), "bold"))
    if anew := anew_words(made):
        out.print(Text(anew))


def _annotate(made: Difference, revision: str) -> None:
    found = blocks(made)
    for block in found[:_MOST_BLOCKS]:
        print(_annotation(block, made.variants, revision))
    hidden = len(found) - _MOST_BLOCKS
    more = [f"… and {hidden:,} more; 'diff --format json' has them all"] if hidden > 0 else []
    whole = [tally(made), cost_words(made), anew_words(made), *more]
    print(annotation("notice", "kling-spec diff", " ".join(filter(None, whole))))


def _annotation(block: Block, of: int, revision: str) -> str:
    lines = [
        f"{change.field}: {''.join(''.join(marked(one)) for one in differences(change)).strip()}"
        f" ({because(change)})"
        for change in block.group.changes
    ]
    title = "  ".join(filter(None, (f"{block.sign} {block.group.part}", whose(block.group, of))))
    text = "\n".join([*filter(None, (block.price, block.remark)), *lines])
    origin = block.tasks[0].origin
    beside = replace(origin, file=origin.file.removeprefix(f"{revision}:"))
    return annotation("notice", title, text, None if block.kind is Kind.GONE else beside)
