"""The node tree of a file: what the C composer makes, and where each node stands."""

import re
from typing import Any

from _ruamel_yaml import CParser
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.tag import Tag

from kling_spec.diagnostics import Origin

__all__ = ["MappingNode", "Node", "ScalarNode", "SequenceNode", "compose", "extent", "origin_of", "shown"]

UNTAGGED = Tag(suffix="")
"""The tag of a node for which the file names none; one object, so that asking for it costs nothing."""


# The library's C scanner follows YAML 1.1, where `{url: https://a/b, ask: why?}` is an error. The marks
# that 1.2 allows inside a word are replaced by private-use characters, one for one so that columns
# stay, and put back when values are built; a file that holds such characters itself is refused.
_INNER_MARK = re.compile(r"""(?<=[^\s,\[\]{}"'])(?::(?=[^\s,\[\]{}])|\?)""")
_HIDDEN = {":": "\ue020", "?": "\ue021"}


# JSON writes what lies beyond the first plane as two escapes (`"\ud83e\udd8a"`), which the scanner refuses. Each
# half becomes the escape of a private-use character, one digit for another so that columns stay, and the
# halves are joined when values are built. Where no escapes are read, the file's own text is put back.
_HALF = re.compile(
    r"\\(?:u([dD])([89a-fA-F][0-9a-fA-F]{2})|(u|U0000)[eE][89a-fA-F][0-9a-fA-F]{2}|.)", re.DOTALL
)
_HALVES = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_WRITTEN = re.compile(r"\\(?:u|U0000)(?:[deDE][89a-fA-F][0-9a-fA-F]{2}|f8ff)")
_PAIR = re.compile("([\ue800-\uebff])([\uec00-\uefff])")
_ALONE = re.compile("[\ue800-\uefff]")


def _hide(text: str) -> str:
    hidden = _INNER_MARK.sub(lambda mark: _HIDDEN[mark[0]], text)
    return _HALF.sub(_hidden_half, hidden) if _HALVES.search(hidden) else hidden


def _hidden_half(escape: re.Match[str]) -> str:
    """Return what stands for half a character; what it could be mistaken for stays private and is refused."""
    if escape[1]:
        return f"\\u{'e' if escape[1] == 'd' else 'E'}{escape[2]}"
    return f"\\{escape[3]}f8ff" if escape[3] else escape[0]


def _joined(text: str) -> str:
    """Return the text with halves made whole; a half that is alone becomes what it is, which no text may hold."""
    whole = _PAIR.sub(lambda pair: chr(0x10000 + (ord(pair[1]) - 0xE800 << 10) + ord(pair[2]) - 0xEC00), text)
    return _ALONE.sub(lambda half: chr(ord(half[0]) - 0x1000), whole)


def _put_back(value: str, written: str) -> str:
    """Return a value in which no escape is read, with those of the file."""
    escapes = iter(_WRITTEN.findall(written))
    return _WRITTEN.sub(lambda hidden: next(escapes, hidden[0]), value)


def shown(text: str) -> str:
    """Return the text of a node as it stands in the file."""
    return text.replace("\ue020", ":").replace("\ue021", "?")


class _Composer(CParser):  # type: ignore[misc]
    """The C composer without a resolver: words are given their meaning when values are built."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)

    def resolve(self, _kind: type[Node], _value: object, _implicit: object) -> Tag:
        return UNTAGGED

    def descend_resolver(self, *_: object) -> None:
        """Nothing is resolved by path."""

    def ascend_resolver(self) -> None:
        """As above."""


def compose(text: str) -> Node | None:
    """Return the root node of the one document in `text`, or None where there is none.

    Raises ruamel.yaml's MarkedYAMLError. The composer recurses in C: measure the `extent` first.
    """
    hidden = _hide(text)
    root: Node | None = _Composer(hidden).get_single_node()
    if root is not None and hidden != text:
        _show(root, set(), text if _HALVES.search(text) else "")
    return root


def _show(node: Node, seen: set[int], halves: str) -> None:
    """Put back what was hidden; `halves` is the file's text where it holds escapes of half a character."""
    if isinstance(node, ScalarNode):
        if halves and node.style == '"':
            node.value = _joined(node.value)
        elif halves and "\\" in node.value:
            node.value = _put_back(node.value, halves[node.start_mark.index : node.end_mark.index])
        if "\ue020" in node.value or "\ue021" in node.value:
            node.value = shown(node.value)
    elif id(node) not in seen:
        seen.add(id(node))
        for item in node.value:
            for part in item if isinstance(item, tuple) else (item,):
                _show(part, seen, halves)


_SUSPECT = re.compile(r"(?:[-?:][ \t]+){40}|^[ ]{160}", re.MULTILINE)
_BRACKETS = re.compile(r"[\[\]{}]")
_BEGINS_VALUE = "\n\r,:-?[{"
"""A value stands behind one of these; a line break in a text counts as well, which only makes the guess high."""


def extent(text: str, deepest: int, most: int) -> tuple[int, int]:
    """Return how deeply `text` nests and how many values it holds, before anything is built of it.

    Both are 0 where it is clearly within `deepest` and `most`: cheap looks spare ordinary files the walk
    over their events. The walk ends as soon as one of the two is passed.
    """
    level = reached = 0
    for bracket in _BRACKETS.finditer(text):
        level = level + 1 if bracket[0] in "[{" else max(0, level - 1)
        reached = max(reached, level)
    if (
        reached < deepest
        and 2 * sum(map(text.count, _BEGINS_VALUE)) + 2 <= most
        and not _SUSPECT.search(text)
    ):
        return 0, 0
    return _walked(text, deepest, most)


def _walked(text: str, deepest: int, most: int) -> tuple[int, int]:
    parser = _Composer(_hide(text))
    level = reached = values = 0
    while reached <= deepest and values <= most:
        event: Any = parser.get_event()
        if event is None:
            break
        name = type(event).__name__
        if name.endswith(("MappingStartEvent", "SequenceStartEvent")):
            level += 1
            reached = max(reached, level)
        elif name.endswith(("MappingEndEvent", "SequenceEndEvent")):
            level -= 1
            continue
        values += 1
    return reached, values


def origin_of(node: Node, file: str) -> Origin:
    """Return where the node stands; an empty value stands where it would be written."""
    start, end = node.start_mark, node.end_mark
    return Origin(file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
