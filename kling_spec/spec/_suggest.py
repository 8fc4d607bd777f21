"""What may be written at a place of a spec that is being typed, by the JSON Schema of the language."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kling_spec.spec._check import spec_schema

_KEY = re.compile(r"(?P<indent> *)(?P<item>- +)?(?P<key>[A-Za-z_][\w-]*) *:(?: |$)")
_TYPED_KEY = re.compile(r"(?P<indent> *)(?P<item>- +)?(?P<typed>\w*)$")
_TYPED_VALUE = re.compile(r" *(?:- +)?(?P<key>[A-Za-z_][\w-]*): +(?P<typed>[\w:-]*)$")
_ITEM = ""
"""Stands in a path for an element of a list."""
Node = Mapping[str, Any]


def suggest(text: str, line: int, column: int) -> tuple[str, list[str]]:
    """Return what is typed already before the place, and what it may become: keys, or the values of a key.

    Lines and columns count from 0. Only block style is understood; elsewhere there are no suggestions.
    """
    lines = text.splitlines() or [""]
    typed = lines[line][:column] if line < len(lines) else ""
    above = lines[:line]
    schema = spec_schema()
    if found := _TYPED_KEY.match(typed):
        path = _path(above, len(found["indent"]), is_item=bool(found["item"]))
        keys = {key for node in _nodes(schema, path) for key in node.get("properties", ())}
        word = found["typed"]
        return word, sorted(f"{key}: " for key in keys if key.startswith(word))
    if found := _TYPED_VALUE.match(typed):
        indent = len(typed) - len(typed.lstrip(" "))
        path = [*_path(above, indent, is_item=typed.lstrip().startswith("- ")), found["key"]]
        values = {str(value) for node in _nodes(schema, path) for value in _values(node)}
        return found["typed"], sorted(value for value in values if value.startswith(found["typed"]))
    return "", []


def _path(above: list[str], indent: int, *, is_item: bool) -> list[str]:
    """Return the keys that lead to a place of that indent, from the outermost."""
    path = [_ITEM] if is_item else []
    for text in reversed(above):
        found = _KEY.match(text)
        if found is None:
            continue
        outer, item = len(found["indent"]), found["item"]
        inner = outer + len(item or "")
        if item and inner == indent and not is_item:
            path.insert(0, _ITEM)  # a sibling key of the same element of a list
            indent, is_item = outer, True
        elif inner < indent or (is_item and inner == indent and not item):
            path.insert(0, found["key"])
            indent, is_item = outer, bool(item)
            if item:
                path.insert(0, _ITEM)
        if indent == 0 and not is_item:
            break
    return path


def _nodes(schema: Node, path: list[str]) -> list[Node]:
    """Return every part of the schema that may hold at the path."""
    nodes = [*_plain(schema, schema)]
    for step in path:
        nodes = [part for node in nodes for inner in _inside(node, step) for part in _plain(inner, schema)]
    return nodes


def _inside(node: Node, step: str) -> Iterator[Node]:
    if step == _ITEM:
        if isinstance(node.get("items"), Mapping):
            yield node["items"]
        return
    if step in node.get("properties", {}):
        yield node["properties"][step]
        return
    for pattern, inner in node.get("patternProperties", {}).items():
        if re.search(pattern, step):
            yield inner
    if isinstance(node.get("additionalProperties"), Mapping):
        yield node["additionalProperties"]


def _plain(node: Node, schema: Node) -> Iterator[Node]:
    """Yield the node, or each that it refers to or chooses among."""
    if "$ref" in node:
        yield from _plain(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    choices = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    for choice in choices:
        yield from _plain(choice, schema)
    if "$ref" not in node and not choices:
        yield node


def _values(node: Node) -> list[Any]:
    if node.get("type") == "boolean":
        return ["true", "false"]
    return [*node.get("enum", ()), *([node["const"]] if "const" in node else ())]
