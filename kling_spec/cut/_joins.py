"""Looks at where entries go on from the ones before them: what is seen twice, what jumps, which trim helps."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Event

from kling_spec.cut._join import Join
from kling_spec.cut._material import Stock, name_of
from kling_spec.cut._pair import Chain, Pair
from kling_spec.cut._sights import sights_of, trim_of
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.files import write_whole
from kling_spec.ir import Film, GapEntry, ShotEntry
from kling_spec.media import ClipFacts, Ffmpeg, FfmpegError, Likeness, MediaError, likeness

_VERSION = 1
"""Goes up whenever the same clips would be measured differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    """What was found at the joins of a film."""

    joins: tuple[Join, ...]
    """Every place where an entry goes on from the one before it, in order."""
    trims: Mapping[int, int]
    """Of entries with `join: auto`, counted from 0: how many frames of their material they begin behind."""
    notes: tuple[Diagnostic, ...]


def look_at_joins(film: Film, stock: Stock, ffmpeg: Ffmpeg, work: Path, cancel: Event | None = None) -> Joins:
    """Return what is seen where entries go on from the ones before them.

    Two clips are measured once; the result stays in `work`. A join that cannot
    be looked at is a warning. Raises CancelledError when `cancel` is set.
    """
    joins: list[Join] = []
    notes: list[Diagnostic] = []
    chain = Chain()
    for pair in _pairs(film, stock):
        try:
            seen = _measured(pair, ffmpeg, work, cancel)
        except (MediaError, FfmpegError, OSError) as problem:
            notes.append(_unseen(pair, problem))
            continue
        chain = chain.grown(pair, seen)
        join = _join(film, pair, seen, chain)
        joins.append(join)
        notes += [_note(join, at, pair) for at in range(len(join.sights))]
    trims = {join.clip - 1: join.drop for join in joins if join.is_applied}
    return Joins(joins=tuple(joins), trims=trims, notes=tuple(notes))


def _pairs(film: Film, stock: Stock) -> Iterator[Pair]:
    for number, after in enumerate(film.entries):
        before = film.entries[number - 1]
        if number == 0 or not isinstance(after, ShotEntry) or isinstance(before, GapEntry):
            continue
        first, second = stock.of_entry(before), stock.of_entry(after)
        if not after.is_continued or first is None or second is None:
            continue
        if isinstance(first.facts, ClipFacts) and isinstance(second.facts, ClipFacts):
            yield Pair(
                number=number,
                before=before,
                after=after,
                paths=(first.path, second.path),
                digests=(first.sha256, second.sha256),
                facts=(first.facts, second.facts),
            )


def _join(film: Film, pair: Pair, seen: Likeness, chain: Chain) -> Join:
    drop = trim_of(pair, seen)
    return Join(
        clip=pair.number + 1,
        before=name_of(pair.before),
        after=name_of(pair.after),
        sights=sights_of(film, pair, seen, chain),
        drop=drop,
        drop_seconds=round(drop / float(pair.facts[1].rate), 6),
        is_applied=bool(drop) and pair.after.is_join_trimmed,
        measured=seen,
    )


def _note(join: Join, at: int, pair: Pair) -> Diagnostic:
    sight = join.sights[at]
    done = join.is_applied and not sight.advice
    text = f"where '{join.after}' goes on from '{join.before}', {sight.text}"
    return Diagnostic(
        code=sight.code,
        message=f"{text}; {join.trim}" if done else text,
        origin=pair.after.origin,
        severity=Severity.NOTE if done else Severity.WARNING,
        help=sight.advice,
    )


def _unseen(pair: Pair, problem: Exception) -> Diagnostic:
    names = f"'{name_of(pair.before)}' to '{name_of(pair.after)}'"
    return Diagnostic(
        code="KS735",
        message=f"the join of {names} could not be looked at: {problem}",
        origin=pair.after.origin,
        severity=Severity.WARNING,
    )


def _measured(pair: Pair, ffmpeg: Ffmpeg, work: Path, cancel: Event | None) -> Likeness:
    """Return what was measured of the two clips, now or earlier."""
    key = sha256(f"{_VERSION}:{pair.digests[0]}:{pair.digests[1]}".encode()).hexdigest()
    note = work / f"join-{key}.json"
    try:
        return Likeness.from_json(json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    seen = likeness(*pair.paths, pair.facts, ffmpeg=ffmpeg, cancel=cancel)
    work.mkdir(parents=True, exist_ok=True)
    write_whole(note, json.dumps(seen.to_json()))
    return seen
