"""What differs between two texts, word by word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"(?:\{\{ \w+ \}\}|\S)+\s*")
"""A word and the space behind it; a reference to an asset or a shot is a part of one."""
_MOST_PAIRS = 100_000
"""Words of one text times those of the other; beyond, all of what differs is one stretch."""
_AROUND = 4
"""Words that are shown before and behind what differs."""


class Sort(StrEnum):
    """Whether a stretch of text stayed."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Stretch(NamedTuple):
    """Words that stayed, went or came."""

    sort: Sort
    text: str


SIGNS = {Sort.SAME: ("", ""), Sort.GONE: ("[-", "-]"), Sort.NEW: ("{+", "+}")}
"""What stands around a stretch, so that no meaning is in a colour alone."""


@lru_cache(maxsize=1024)
def word_diff(before: str, after: str) -> tuple[Stretch, ...]:
    """Return the texts as stretches: those that are not new make `before`, those that are not gone `after`.

    The last word of each is followed by a space, as the others are.
    """
    old, new = (_WORD.findall(f"{text} ") for text in (before, after))
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    middle = _compared(old[head : len(old) - tail], new[head : len(new) - tail])
    whole = [
        Stretch(Sort.SAME, "".join(old[:head])),
        *middle,
        Stretch(Sort.SAME, "".join(old[len(old) - tail :])),
    ]
    return tuple(stretch for stretch in whole if stretch.text)


def excerpt(stretches: Iterable[Stretch], around: int = _AROUND) -> Iterator[Stretch]:
    """Yield the stretches with what stayed cut to a few words beside what did not."""
    whole = list(stretches)
    for number, (sort, text) in enumerate(whole):
        words = _WORD.findall(text)
        if sort is not Sort.SAME or len(words) <= 2 * around + 1:
            yield Stretch(sort, text)
            continue
        before = "".join(words[:around]) if number else ""
        behind = "".join(words[-around:]) if number < len(whole) - 1 else ""
        yield Stretch(sort, f"{before}… {behind}")


def marked(stretch: Stretch) -> tuple[str, str]:
    """Return a stretch between its signs, and the space that follows it."""
    left, right = SIGNS[stretch.sort]
    kept = stretch.text.rstrip() or stretch.text
    return f"{left}{kept}{right}", stretch.text[len(kept) :]


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words the two begin with together."""
    pairs = zip(old, new, strict=False)
    return next((at for at, (one, two) in enumerate(pairs) if one != two), min(len(old), len(new)))


def _compared(old: list[str], new: list[str]) -> Iterator[Stretch]:
    if len(old) * len(new) > _MOST_PAIRS or not (old and new):
        yield Stretch(Sort.GONE, "".join(old))
        yield Stretch(Sort.NEW, "".join(new))
        return
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Stretch(Sort.SAME, "".join(old[start:end]))
        else:
            yield Stretch(Sort.GONE, "".join(old[start:end]))
            yield Stretch(Sort.NEW, "".join(new[first:last]))
