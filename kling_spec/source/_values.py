"""Nodes to plain values by the YAML 1.2 core schema; every finding is collected."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kling_spec.diagnostics import Diagnostic
from kling_spec.source._characters import unfit
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
_MOST_FINDINGS = 200
"""Of one file; behind so many nobody reads on."""
_LONGEST_TEXT = 64 * 1024
"""Characters of one value; the longest prompt that a provider takes is a twentieth of it."""
_LONGEST_KEY = 200
_LONGEST_NUMBER = 400

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
        if any(is_merge(key) and id(item) in self._open for key, item in node.value):
            self._report("KS105", "this alias contains itself", node, "write the values out")
        for key, item in flat_pairs(node):
            name = self._key(key)
            if name is not None:
                value[name] = self.value(item)
        self._duplicates(node)
        return value

    def _key(self, key: Node) -> str | None:
        if isinstance(key, ScalarNode):
            if key.ctag is not UNTAGGED and key.tag != f"{_TAG}str":
                self._unknown_tag(key)
            self._limit(key, _LONGEST_KEY, "key")
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
        if node.style == '"' or len(text) > _LONGEST_TEXT:
            self._limit(node, _LONGEST_TEXT, "text")
        if node.ctag is UNTAGGED:
            if node.style or (text and text[0] not in _MAYBE):
                return text
            return scalar(text)
        return self._tagged(node, text)

    def _limit(self, node: ScalarNode, longest: int, what: str) -> None:
        """Report what is too long, and what an escape sneaks in that could not stand in the file itself."""
        if len(node.value) > longest:
            message = f"this {what} has {len(node.value):,} characters; at most {longest:,} are read"
            self._report("KS115", message, node, "shorten it; large media are assets")
        elif node.style == '"' and (found := unfit(node.value.replace("\r", "\x00"))):
            message = f"this {what} holds {found[1]}, which cannot stand in a spec"
            self._report("KS102", message, node, "remove the escape")

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
        if len(self.found) >= _MOST_FINDINGS:
            return
        origin = origin_of(node, self._file_of(node))
        self.found.append(Diagnostic(code=code, message=message, origin=origin, label=label, help=help_))


def scalar(text: str) -> Any:
    """Return what YAML 1.2 makes of a plain word: null, a boolean, a number or the text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text) if len(text) < _LONGEST_NUMBER else float("inf")
    if _RADIX.fullmatch(text):
        return int(text, 0) if len(text) < _LONGEST_NUMBER else float("inf")
    if _FLOAT.fullmatch(text) or _SPECIAL_FLOAT.fullmatch(text):
        return float(re.sub(r"\.(?=[inIN])", "", text))
    return text


def spelled(value: object) -> str:
    """Return a plain value as text, a boolean as YAML writes it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


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


@dataclass(frozen=True, slots=True)
class Whole:
    """What a tree is when every alias is written out; numbers stop counting a little past the limit."""

    values: int = 1
    letters: int = 0
    depth: int = 0


def expanded(root: Node, most: int, letters: int) -> Whole:
    """Return what the tree is with every alias followed; each node is looked at once."""
    known: dict[int, Whole] = {}
    open_: set[int] = set()

    def whole(node: Node) -> Whole:
        if isinstance(node, ScalarNode):
            return Whole(letters=len(node.value))
        key = id(node)
        if key in known or key in open_:
            return known.get(key, Whole())
        open_.add(key)
        children = node.value
        if isinstance(node, MappingNode):
            children = [item for pair in node.value for item in pair]
        parts = [whole(child) for child in children]
        known[key] = Whole(
            min(1 + sum(part.values for part in parts), most + 1),
            min(sum(part.letters for part in parts), letters + 1),
            1 + max((part.depth for part in parts), default=0),
        )
        return known[key]

    return whole(root)
