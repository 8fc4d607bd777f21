"""Nodes to plain values by the YAML 1.2 core schema; every finding is collected."""

import re
from collections.abc import Callable
from typing import Any

from kling_spec.diagnostics import Diagnostic
from kling_spec.source._node import UNTAGGED, MappingNode, Node, ScalarNode, SequenceNode, origin_of

_TAG = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9]+")
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_MAYBE = frozenset("-+.0123456789~nNtTfF")
_KEY_HELP = "write the key as one word; a value that begins with '{{' must stand in quotes"
MOST_VALUES = 1_000_000
"""How many values a file may hold once its aliases are followed."""

FileOf = Callable[[Node], str]


def build(root: Node, file_of: FileOf) -> tuple[Any, list[Diagnostic]]:
    """Return the plain value of a node tree, and what is wrong in it."""
    builder = _Builder(file_of)
    value = builder.value(root)
    return value, builder.found


class _Builder:
    """Builds each node once; an alias shares what its anchor became."""

    def __init__(self, file_of: FileOf) -> None:
        self.found: list[Diagnostic] = []
        self._file_of = file_of
        self._done: dict[int, Any] = {}
        self._open: set[int] = set()
        self._sizes: dict[int, int] = {}

    def value(self, node: Node) -> Any:
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        key = id(node)
        if key in self._done:
            return self._done[key]
        if key in self._open:
            self._report("KS105", "this alias contains itself", node, "write the values out")
            return None
        self._open.add(key)
        if node.ctag is not UNTAGGED and node.tag not in (f"{_TAG}map", f"{_TAG}seq"):
            self._unknown_tag(node)
        value = (
            self._mapping(node)
            if isinstance(node, MappingNode)
            else [self.value(item) for item in node.value]
        )
        self._open.discard(key)
        self._done[key] = value
        return value

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for key, item in flat_pairs(node):
            name = self._key(key)
            if name is not None:
                value[name] = self.value(item)
        self._duplicates(node)
        return value

    def _key(self, key: Node) -> str | None:
        if isinstance(key, ScalarNode):
            return str(key.value)
        self._report("KS107", "a key must be a plain name", key, _KEY_HELP)
        return None

    def _duplicates(self, node: MappingNode) -> None:
        first: dict[str, Node] = {}
        for key, _ in node.value:
            if isinstance(key, ScalarNode) and not is_merge(key):
                if key.value in first:
                    line = origin_of(first[key.value], "").line
                    label = f"first written on line {line}"
                    self._report("KS104", f"duplicate key '{key.value}'", key, "remove one of the two", label)
                else:
                    first[key.value] = key

    def _scalar(self, node: ScalarNode) -> Any:
        text: str = node.value
        if node.ctag is UNTAGGED:
            if node.style or (text and text[0] not in _MAYBE):
                return text
            return scalar(text)
        return self._tagged(node, text)

    def _tagged(self, node: ScalarNode, text: str) -> Any:
        kinds: dict[str, tuple[type, ...]] = {
            "str": (str,), "int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),),
        }  # fmt: skip
        kind = kinds.get((node.tag or "").removeprefix(_TAG))
        if kind is None:
            self._unknown_tag(node)
            return text
        value = text if kind == (str,) else scalar(text)
        if not isinstance(value, kind):
            self._report("KS108", f"'{text}' is not of the type that its tag says", node, "remove the tag")
        return value

    def _unknown_tag(self, node: Node) -> None:
        self._report(
            "KS108", f"unknown tag '{node.tag}'", node, "remove the tag; specs hold plain values only"
        )

    def _report(self, code: str, message: str, node: Node, help_: str, label: str = "") -> None:
        origin = origin_of(node, self._file_of(node))
        self.found.append(Diagnostic(code=code, message=message, origin=origin, label=label, help=help_))


def scalar(text: str) -> Any:
    """Return what YAML 1.2 makes of a plain word: null, a boolean, a number or the text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text) if len(text) < 400 else float("inf")
    if _RADIX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) or _SPECIAL_FLOAT.fullmatch(text):
        return float(re.sub(r"\.(?=[inIN])", "", text))
    return text


def is_merge(key: Node) -> bool:
    """Whether the key is the merge key `<<`, written plainly."""
    return isinstance(key, ScalarNode) and key.value == "<<" and not key.style


def flat_pairs(node: MappingNode, _seen: frozenset[int] = frozenset()) -> list[tuple[Node, Node]]:
    """Return the pairs of a mapping, merge keys followed; what the mapping writes itself comes last and wins."""
    if not any(is_merge(key) for key, _ in node.value) or id(node) in _seen:
        return [pair for pair in node.value if not is_merge(pair[0])]
    seen = _seen | {id(node)}
    inherited: list[tuple[Node, Node]] = []
    own: list[tuple[Node, Node]] = []
    for key, item in node.value:
        if not is_merge(key):
            own.append((key, item))
            continue
        sources = list(reversed(item.value)) if isinstance(item, SequenceNode) else [item]
        for source in sources:
            if isinstance(source, MappingNode):
                inherited.extend(flat_pairs(source, seen))
    return inherited + own


def expanded_size(root: Node) -> int:
    """Return how many values the tree holds when every alias is followed; stops counting past the limit."""
    sizes: dict[int, int] = {}
    open_: set[int] = set()

    def size(node: Node) -> int:
        if isinstance(node, ScalarNode):
            return 1
        key = id(node)
        if key in sizes or key in open_:
            return sizes.get(key, 1)
        open_.add(key)
        children = (
            [item for pair in node.value for item in pair] if isinstance(node, MappingNode) else node.value
        )
        sizes[key] = min(1 + sum(map(size, children)), MOST_VALUES + 1)
        return sizes[key]

    return size(root)
