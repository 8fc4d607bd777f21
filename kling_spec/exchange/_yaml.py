"""A film's timeline as YAML, so that an edit can go into the spec."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kling_spec.exchange._laid import shot_of
from kling_spec.ir import AssetEntry, Entry, Film, GapEntry, ShotEntry

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?: [A-Za-z0-9_]+)*$")
_NO_TEXT = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_PICTURE_KEYS = ("trim", "speed", "transition", "join", "duration", "gap", "color")
"""What an edit decides; every other key of an entry stays as it was written."""


def timeline_yaml(
    film: Film,
    origins: Sequence[int | None],
    before: Film,
    written: Mapping[int, Mapping[str, Any]],
    seconds: Mapping[str, int | None],
) -> str:
    """Return the lines of `cuts:` that say the film, which follows an edit of the film `before`.

    `written` holds the keys of the spec's entry from which each entry of `before` came, `seconds` the
    ordered length of each task. An entry that the edit left alone is written as it was.
    """
    lines = ["cuts:", f"  {film.cut}:", "    timeline:"]
    at = 0
    while at < len(film.entries):
        run = _unchanged(film, origins, before, written, at)
        number = origins[at]
        keys = written.get(number, {}) if number is not None else {}
        if run:
            lines.append(f"      - {_flow(_with_transition(keys, film.entries[at]))}")
            at += run
            continue
        entry = film.entries[at]
        lines.append(f"      - {_flow(_said(entry, keys, seconds))}{_remark(entry, seconds)}")
        at += 1
    return "\n".join(lines) + "\n"


def _unchanged(
    film: Film,
    origins: Sequence[int | None],
    before: Film,
    written: Mapping[int, Mapping[str, Any]],
    at: int,
) -> int:
    """Return how many entries from `at` on are together one entry of the spec, as whole as it was; 0 for none."""
    first = origins[at]
    if first is None or first not in written:
        return 0
    group = [number for number in sorted(written) if written[number] is written[first]]
    if group[0] != first or list(origins[at : at + len(group)]) != group:
        return 0
    for offset, number in enumerate(group):
        now, old = film.entries[at + offset], before.entries[number]
        if _stretch(now) != _stretch(old) or (offset and now.transition != old.transition):
            return 0
    return len(group)


def _stretch(entry: Entry) -> tuple[Any, ...]:
    if isinstance(entry, GapEntry):
        return (entry.seconds, entry.color)
    seconds = entry.seconds if isinstance(entry, AssetEntry) else None
    return (entry.start, entry.end, entry.speed, seconds, entry.is_join_trimmed)


def _with_transition(keys: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
    kept = {key: value for key, value in keys.items() if key != "transition"}
    return {**kept, **_transition(entry)}


def _transition(entry: Entry) -> dict[str, Any]:
    if entry.transition is None:
        return {}
    return {"transition": {"type": entry.transition.kind.value, "duration": entry.transition.seconds}}


def _said(entry: Entry, keys: Mapping[str, Any], seconds: Mapping[str, int | None]) -> dict[str, Any]:
    kept = {key: value for key, value in keys.items() if key not in _PICTURE_KEYS}
    if isinstance(entry, GapEntry):
        color = {} if entry.color == "#000000" else {"color": entry.color}
        return {"gap": entry.seconds, **color, **kept, **_transition(entry)}
    if isinstance(entry, ShotEntry):
        said: dict[str, Any] = {"shot": shot_of(entry.task)["shot"]}
        said |= _trim(entry, seconds)
    elif entry.kind == "image":
        said = {"asset": entry.name, "duration": entry.seconds}
    else:
        said = {"asset": entry.name}
        if entry.end is not None:
            said["trim"] = [entry.start or Decimal(0), entry.end]
        elif entry.seconds is not None:
            said["duration"] = entry.seconds
    if entry.speed != 1:
        said["speed"] = entry.speed
    return {**said, **{key: kept[key] for key in kept if key not in said}, **_transition(entry)}


def _trim(entry: ShotEntry, seconds: Mapping[str, int | None]) -> dict[str, Any]:
    """Return the trim in seconds of the whole shot: an extension goes on where the one before it was to end."""
    part = int(shot_of(entry.task).get("part", 0))
    stem = entry.task.removesuffix(f"+{part}")
    chain = [stem, *(f"{stem}+{number}" for number in range(1, len(seconds) + 1))]
    chain = [task for task in chain if task in seconds]
    begin = sum((Decimal(seconds[task] or 0) for task in chain[:part]), Decimal(0))
    own = seconds.get(entry.task)
    if entry.start is None and entry.end is None and len(chain) == 1:
        return {}
    if entry.end is None and own is None:
        return {}
    end = entry.end if own is None else min(entry.end or Decimal(own), Decimal(own))
    return {"trim": [begin + (entry.start or Decimal(0)), begin + (end or Decimal(0))]}


def _remark(entry: Entry, seconds: Mapping[str, int | None]) -> str:
    """Return a comment where a clip came back longer than ordered, and the edit shows that too."""
    own = seconds.get(entry.task) if isinstance(entry, ShotEntry) else None
    if own is None or not isinstance(entry, ShotEntry) or entry.end is None or entry.end <= own:
        return ""
    return f"  # the edit ends {entry.end - own:f} s later; a trim reaches as far as the {own} s ordered"


def _flow(value: Any) -> str:
    """Return a value in YAML's flow style; an entry that is a shot and nothing else is its name."""
    if isinstance(value, Mapping):
        if set(value) == {"shot"}:
            return _flow(value["shot"])
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    is_plain = isinstance(value, str) and _PLAIN.match(value) and value.lower() not in _NO_TEXT
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False)
