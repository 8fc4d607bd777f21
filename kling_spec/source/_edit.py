"""Other values in the text of a file: what is not changed keeps every byte."""

import json
import re
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from kling_spec.source._document import Path
from kling_spec.source._node import MappingNode, Node, ScalarNode, SequenceNode, compose
from kling_spec.source._parse import parse
from kling_spec.source._values import is_merge, spelled

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]+)*")
_MARK = "\ufeff"
_BLOCKS = ("|", ">")
_NARROWEST = 60
_STEP = 2
"""Spaces by which a mapping that is begun anew is set in."""


class EditRefused(Exception):
    """A value that cannot be written without touching others; `help` says what to do by hand."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


def edited(text: str, changes: Mapping[tuple[str | int, ...], Any], *, behind: str = "") -> str:
    """Return the text with scalars at those paths, each in the quotes that stand there where they can hold it.

    A key that is missing is added to its mapping, behind the key `behind` or at its end. All else stays as
    it is, comments and layout with it, and so does what it means: EditRefused is raised where an alias or
    a form that is seldom written stands in the way. The text must be one that `parse` takes.
    """
    mark, body = (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)
    for path, value in changes.items():
        body = _with(body, path, value, behind)
    return mark + body


def nested(text: str, path: Path, key: str) -> str:
    """Return the text with the scalar at `path` under a key of its own: `a: x` becomes `a: {key: x}`.

    A file that does not write the scalar itself stays as it is. Raises EditRefused for one of several lines.
    """
    mark, body = (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)
    node: Node | None = compose(body)
    above = 0
    for segment in path:
        found = _own(node, segment) if node is not None else None
        if found is None:
            return text
        above, node = found
    whole = _meaning(body)
    if isinstance(node, ScalarNode) and _has_set(whole, path, {key: node.value}):
        start, end = node.start_mark.index, node.end_mark.index
        column = " " * (above + _STEP)
        for tried in (
            f"{body[:start].rstrip(' ')}{_newline(body)}{column}{key}: {body[start:]}",
            f"{body[:start]}{{{key}: {body[start:end]}}}{body[end:]}",
        ):
            if _same(_meaning(tried), whole):
                return mark + tried
    name = ".".join(map(str, path))
    raise EditRefused(f"'{name}' is not a mapping", f"write '{name}' with a line '{key}: …' below it")


def _with(text: str, path: Path, value: Any, behind: str) -> str:
    """Return the first way of writing the value after which the file means that and nothing else."""
    whole = _meaning(text)
    if _has_set(whole, path, value):
        for tried in _ways(text, path, value, behind):
            if _same(_meaning(tried), whole):
                return tried
    name = ".".join(map(str, path))
    raise EditRefused(
        f"'{name}' cannot be written without touching other values",
        f"write '{path[-1]}: {_plain(value)}' yourself",
    )


def _ways(text: str, path: Path, value: Any, behind: str) -> Iterator[str]:
    root = compose(text)
    if root is None:
        return
    node, above = root, 0
    for depth, segment in enumerate(path):
        found = _own(node, segment)
        if found is None:
            yield from _added(text, node, above, path[depth:], value, behind)
            return
        above, node = found
    if isinstance(node, ScalarNode):
        yield from _replaced(text, node, above, value)


def _own(node: Node, segment: str | int) -> tuple[int, Node] | None:
    """Return what the node itself writes under that key, and the column at which the key stands."""
    if isinstance(node, MappingNode):
        for key, item in node.value:
            if isinstance(key, ScalarNode) and key.value == str(segment) and not is_merge(key):
                return key.start_mark.column, item
    if isinstance(node, SequenceNode) and isinstance(segment, int) and segment < len(node.value):
        return node.start_mark.column, node.value[segment]
    return None


# -- a value in the place of another --


def _replaced(text: str, node: ScalarNode, above: int, value: Any) -> Iterator[str]:
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in _BLOCKS:
        end = len(text[:end].rstrip())
    start += len(_PROPERTIES.match(text, start, end)[0])  # type: ignore[index] # it matches nothing at the least
    space = "" if start < end or text[start - 1 : start].isspace() else " "
    for new in _written(value, node.style, text[start:end], above, _newline(text)):
        yield text[:start] + space + new + text[end:]


def _written(value: Any, style: str | None, old: str, above: int, newline: str) -> Iterator[str]:
    """Yield how the value may be written, most like the old one first."""
    if not isinstance(value, str):
        yield _plain(value)
        return
    if style in _BLOCKS:
        yield from _block(value, old, above, newline)
    quoted = {"'": _single(value), '"': _double(value)}
    if style in quoted:
        yield quoted[style]
    else:
        yield value
    yield from (quoted['"'], quoted["'"])


def _block(value: str, old: str, above: int, newline: str) -> Iterator[str]:
    """Yield the value as lines below a header, those of a folded text about as wide as they were."""
    header, *lines = old.splitlines()
    margin = next((len(line) - len(line.lstrip()) for line in lines if line.strip()), above + _STEP)
    paragraphs = value.rstrip("\n").split("\n")
    if header.startswith(">"):
        widest = max([len(line) - margin for line in lines] + [_NARROWEST])
        paragraphs = ["\n".join(wrap(one, widest, break_on_hyphens=False)) for one in paragraphs]
    joined = ("\n" if header.startswith("|") else "\n\n").join(paragraphs)
    rows = [" " * margin + row if row else "" for row in joined.split("\n")]
    yield newline.join((header, *rows))


# -- a key that was not there --


def _added(  # noqa: PLR0913 - where the key goes, and what it says
    text: str, node: Node, above: int, path: Path, value: Any, behind: str
) -> Iterator[str]:
    for new in _written(value, None, "", above, _newline(text)):
        if isinstance(node, MappingNode) and node.flow_style:
            yield _into_braces(text, node, path, new, behind)
        elif isinstance(node, MappingNode):
            column = node.value[0][0].start_mark.column
            for end in _ends(text, *_after(node, behind)):
                yield _on_lines(text, end, column, path, new)
        elif isinstance(node, ScalarNode) and not node.value:
            yield _on_lines(text, node.end_mark.index, above + _STEP, path, new)


def _after(node: MappingNode, behind: str) -> tuple[Node, Node]:
    """Return the pair behind which a new one goes."""
    found: tuple[Node, Node] = next((pair for pair in node.value if pair[0].value == behind), node.value[-1])
    return found


def _into_braces(text: str, node: MappingNode, path: Path, new: str, behind: str) -> str:
    words = "".join(f"{key}: {{" for key in path[:-1]) + f"{path[-1]}: {new}" + "}" * (len(path) - 1)
    if not node.value:
        at = node.start_mark.index + text[node.start_mark.index :].index("{") + 1
        return text[:at] + words + text[at:].lstrip(" ")
    key, item = _after(node, behind)
    at = max(key.end_mark.index, item.end_mark.index)
    return f"{text[:at]}, {words}{text[at:]}"


def _on_lines(text: str, end: int, column: int, path: Path, new: str) -> str:
    """Put the keys on lines of their own, below the line on which something ends."""
    newline = _newline(text)
    stop = text.find("\n", end)
    at = stop + 1 if stop >= 0 else len(text)
    before = text[:at] if text[:at].endswith("\n") else text[:at] + newline
    rows = [f"{' ' * (column + _STEP * depth)}{key}:" for depth, key in enumerate(path)]
    return f"{before}{newline.join(rows)} {new}{newline}{text[at:]}"


def _ends(text: str, key: Node, node: Node) -> Iterator[int]:
    """Yield where a pair ends; comments and blank lines below it are not its own, or perhaps are."""
    while isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        key, node = last if isinstance(last, tuple) else (last, last)
    end = max(key.end_mark.index, node.end_mark.index)
    if isinstance(node, ScalarNode) and node.style in _BLOCKS:
        yield len(text[:end].rstrip())
        end -= 1
    yield end


# -- what a file means --


def _meaning(text: str) -> Any:
    """Return the values of a file, every alias written out; None where it cannot be read."""
    document, _ = parse(text, "")
    return _apart(document.value) if document is not None else None


def _apart(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _apart(item) for key, item in value.items()}
    return [_apart(item) for item in value] if isinstance(value, list) else value


def _has_set(whole: Any, path: Path, value: Any) -> bool:
    """Set the value at the path, and return whether there is a place for it."""
    place: Any = whole
    last: Any = path[-1]
    for segment in path[:-1]:
        if isinstance(place, dict) and place.get(str(segment)) is None:
            place[str(segment)] = {}
        try:
            place = place[segment]
        except (TypeError, LookupError):
            return False
    if not isinstance(place, dict) and not (isinstance(place, list) and last in range(len(place))):
        return False
    place[last] = value
    return True


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same to a reader: `1`, `1.0`, `true` and `"1"` are four."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(item, other[key]) for key, item in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - what is no number


# -- scalars as text --


def _plain(value: Any) -> str:
    return "null" if value is None else spelled(value)


def _single(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _double(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
