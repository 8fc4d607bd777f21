"""One spec as plain values, with the place of each."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kling_spec.diagnostics import Origin
from kling_spec.source._node import MappingNode, Node, ScalarNode, SequenceNode, origin_of
from kling_spec.source._values import build, flat_pairs

Path = Sequence[str | int]
"""Keys and indexes from the root of a spec to a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A spec's values and where each was written, after `extends` as well."""

    file: str
    value: dict[str, Any]
    """Plain dicts, lists, strings, numbers, booleans and None."""
    texts: Mapping[str, str]
    """The text of every file that took part, by its name."""
    root: Node
    files: Mapping[int, str]
    """The file of each node that does not stand in `file`, by the node's identity."""

    def lines_of(self, file: str) -> list[str]:
        """Return the lines of a file that took part, or none."""
        return self.texts.get(file, "").splitlines()

    def locate(self, path: Path, *, key: bool = False) -> Origin:
        """Return where the value at `path` stands (with `key`, its key), or where its nearest ancestor does.

        Segments that were never written (pydantic adds the tag of a union) are
        skipped, so a `loc` can be passed as it came.
        """
        node, key_node = self._walk(path)
        chosen = key_node if key and key_node is not None else node
        if chosen is self.root:
            return Origin(self.file, 1, 1, 1, 1)
        return origin_of(chosen, self._file_of(chosen))

    def locate_in_text(self, path: Path, word: str, line: int = 1) -> Origin:
        """Return where `word` stands in the text at `path`, at or behind its line `line`; else the whole text."""
        node, _ = self._walk(path)
        origin = origin_of(node, self._file_of(node))
        if not isinstance(node, ScalarNode):
            return origin
        lines = self.lines_of(origin.file)
        first = origin.line + (line if node.style in ("|", ">") else 0)
        for number in range(
            first if node.style == "|" else origin.line, min(origin.end_line, len(lines)) + 1
        ):
            start = origin.column - 1 if number == origin.line else 0
            pattern = rf"(?<![\w]){re.escape(word)}(?![\w])" if word.isidentifier() else re.escape(word)
            if match := re.compile(pattern).search(lines[number - 1], start):
                return Origin(origin.file, number, match.start() + 1, number, match.end() + 1)
        return origin

    def line_in_text(self, path: Path, line: int) -> Origin:
        """Return where line `line` of the text at `path` stands, where the YAML keeps lines; else the whole text."""
        node, _ = self._walk(path)
        origin = origin_of(node, self._file_of(node))
        lines = self.lines_of(origin.file)
        number = origin.line + line
        if not (isinstance(node, ScalarNode) and node.style == "|" and number <= len(lines)):
            return origin
        text = lines[number - 1]
        start = len(text) - len(text.lstrip())
        return Origin(origin.file, number, start + 1, number, len(text) + 1)

    def mapped(self, change: Callable[[tuple[str | int, ...], str], str]) -> "Document":
        """Return the document with its strings changed, each by its path and value; origins stay."""
        value = _changed(self.root, (), change, set())
        return replace(self, value=build(self.root, self._file_of)[0]) if value else self

    def _walk(self, path: Path) -> tuple[Node, Node | None]:
        """Return the deepest node on `path`, and its key where it has one."""
        node, key_node = self.root, None
        for segment in path:
            if found := _step(node, segment):
                key_node, node = found
        return node, key_node

    def _file_of(self, node: Node) -> str:
        return self.files.get(id(node), self.file)


def _changed(
    node: Node,
    path: tuple[str | int, ...],
    change: Callable[[tuple[str | int, ...], str], str],
    seen: set[int],
) -> bool:
    """Change the strings below a node, and return whether any became another."""
    if isinstance(node, ScalarNode):
        new = change(path, node.value)
        is_new = bool(new != node.value)
        node.value = new
        return is_new
    if id(node) in seen:
        return False
    seen.add(id(node))
    if isinstance(node, MappingNode):
        items = [(key.value, value) for key, value in node.value]
    else:
        items = list(enumerate(node.value))
    changed = [_changed(value, (*path, step), change, seen) for step, value in items]
    return any(changed)


def _step(node: Node, segment: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, MappingNode):
        name = str(segment)
        for key, value in reversed(node.value):
            if key.value == name and isinstance(key, ScalarNode):
                return key, value
        for key, value in reversed(flat_pairs(node)):
            if key.value == name and isinstance(key, ScalarNode):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(segment, int) and -1 < segment < len(node.value):
        return None, node.value[segment]
    return None
