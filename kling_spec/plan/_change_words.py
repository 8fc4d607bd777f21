"""What has changed in words: the same on the terminal, in a pull request and in a notebook."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kling_spec.diagnostics import Origin
from kling_spec.plan._change import REQUEST, Change
from kling_spec.plan._word_diff import Sort, Stretch, excerpt

NOT_KEPT = "what was asked before was not kept"

_DIGEST = re.compile(r" #[0-9a-f]{8}\b")
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tasks of several variants that have changed alike; what is told of the changes is that of the first."""

    part: str
    """Their id without the variant."""
    variants: tuple[str, ...]
    changes: tuple[Change, ...]


def grouped(tasks: Iterable[tuple[str, tuple[Change, ...]]]) -> list[Group]:
    """Return tasks that have changed, by their ids, with those together that have changed alike."""
    found: dict[object, tuple[str, list[str], tuple[Change, ...]]] = {}
    for task, changes in tasks:
        variant, _, part = task.partition("/")
        key = part, tuple(map(_alike, changes))
        found.setdefault(key, (part, [], changes))[1].append(variant)
    return [
        Group(part=part, variants=tuple(variants), changes=changes)
        for part, variants, changes in found.values()
    ]


def whose(group: Group, of: int) -> str:
    """Return in which variants the tasks of a group are, of how many there are."""
    if of == 1:
        return ""
    number = len(group.variants)
    if number == of:
        return f"all {of:,} variants"
    return f"{number:,} of {of:,} variants: {some(group.variants)}"


def some(names: Iterable[str], most: int = _MOST_NAMES) -> str:
    """Return names in a row, the last ones left out where there are many."""
    every = list(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most:,} more" if len(every) > most else "")


def differences(change: Change) -> list[Stretch]:
    """Return what differs in a field, word by word, as far as it has to be seen."""
    if change.field == REQUEST:
        return [Stretch(Sort.SAME, "the request is written in another way than before")]
    before, after = (_DIGEST.sub("", text) for text in (change.before, change.after))
    if before == after:
        why = "made anew" if before.startswith(("clip of", "last frame of")) else "its content is another"
        return [Stretch(Sort.SAME, f"{before} ({why})")]
    return list(excerpt(change.words))


def because(change: Change) -> str:
    """Return which variables and which line caused a change."""
    parts = [f"{cause.name} ({place(cause.origin)})" for cause in change.causes]
    if change.is_rewritten or not parts:
        parts.append(place(change.origin))
    return ", ".join(parts)


def place(origin: Origin) -> str:
    """Return a line of a file as it can be typed."""
    return f"{origin.file}:{origin.line}"


def _alike(change: Change) -> object:
    """Return what makes two changes the same to a reader."""
    causes = tuple((cause.name, cause.before, cause.after) for cause in change.causes)
    return change.field, tuple(_told(change)), change.origin, change.is_rewritten, causes


def _told(change: Change) -> Iterator[Stretch]:
    told = differences(change)
    differ = [stretch for stretch in told if stretch.sort is not Sort.SAME]
    yield from differ or told
