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


def _hide(text: str) -> str:
    return _INNER_MARK.sub(lambda mark: _HIDDEN[mark[0]], text)


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
        _show(root, set())
    return root


def _show(node: Node, seen: set[int]) -> None:
    """Put the hidden marks back."""
    if isinstance(node, ScalarNode):
        if "\ue020" in node.value or "\ue021" in node.value:
            node.value = shown(node.value)
    elif id(node) not in seen:
        seen.add(id(node))
        for item in node.value:
            for part in item if isinstance(item, tuple) else (item,):
                _show(part, seen)


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
