"""A request body with holes: encoded once for all tasks that ask alike, filled for each."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import Any

from kling_spec.ir import Hole, LocalFile, Media, Mention, Output, Text
from kling_spec.providers._contract import Script, Wire

_OPEN, _CLOSE = "\ue010", "\ue011"
_HOLE = re.compile(
    f'{_OPEN}([0-9]+){_CLOSE}|"{_OPEN}slot([0-9]+){_CLOSE}"|{_OPEN}(id){_CLOSE}|{_OPEN}(token){_CLOSE}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element that the provider makes first; its body is no part of what it is."""

    name: str
    sha256: str
    """Of everything that it is made of."""
    client_id: str
    """Our own id of its making, the same for equal elements."""
    body: "Body" = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a body for a value that only the run knows."""

    source: LocalFile | Output | Element
    wire: Wire

    def to_json(self, task_of: Callable[[str], str]) -> dict[str, str]:
        """Return the stand-in that a compiled payload shows; `task_of` gives an output's whole task id."""
        match self.source:
            case Output(task, part):
                return {"$clip": task_of(task), "as": part.value}
            case Element(name=name, sha256=sha256):
                return {"$element": name, "sha256": sha256}
            case LocalFile(path=path, sha256=sha256):
                return {"$file": path, "sha256": sha256, "as": self.wire.value}


CLIENT_ID = f"{_OPEN}id{_CLOSE}"
"""Stands in a body where our own id of the submit goes."""
_UNTOLD = "$token"
TOKEN = f"{_OPEN}token{_CLOSE}"
"""Stands in a callback's address where the secret of the submit goes."""


class Body:
    """The JSON of one body, cut at its holes.

    `slots` are the places that the run fills; words and the client's id are given with each fill.
    `identity` is what of the value counts as asked; all of it where it is left out.
    """

    def __init__(self, value: Any, slots: tuple[Slot, ...], *, identity: Any = None) -> None:
        self.slots = slots
        asked = value if identity is None else identity
        self._sent = _cut(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        self._hashed = _cut(json.dumps(asked, ensure_ascii=False, separators=(",", ":"), sort_keys=True))

    def identity(self, words: tuple[str, ...], fingerprint_of: Callable[[str], str]) -> bytes:
        """Return the bytes that make the body what it is, in one order of keys and without the client's id.

        Files count by their content and outputs by the fingerprint of the task that makes them.
        """
        escaped = [encode_basestring(word)[1:-1] for word in words]
        fill = [_identity_of(slot, fingerprint_of) for slot in self.slots]
        return _join(self._hashed, escaped, fill, "").encode("utf-8", "surrogatepass")

    def text(
        self, words: tuple[str, ...], fill: Callable[[Slot], Any], client_id: str, token: str = _UNTOLD
    ) -> str:
        """Return the body as JSON text, every hole filled."""
        escaped = [encode_basestring(word)[1:-1] for word in words]
        values = [json.dumps(fill(slot), ensure_ascii=False) for slot in self.slots]
        return _join(self._sent, escaped, values, client_id, token)


_Piece = tuple[int, str | int]
"""What kind of piece it is, and its text or number."""
_JSON, _WORD, _SLOT, _OURS = range(4)


def _cut(text: str) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    end = 0
    for match in _HOLE.finditer(text):
        word, slot, _, token = match.groups()
        pieces.append((_JSON, text[end : match.start()]))
        pieces.append(
            (_WORD, int(word)) if word else (_SLOT, int(slot)) if slot else (_OURS, int(bool(token)))
        )
        end = match.end()
    pieces.append((_JSON, text[end:]))
    return tuple(pieces)


def _join(
    pieces: tuple[_Piece, ...], words: list[str], slots: list[str], client_id: str, token: str = ""
) -> str:
    values: tuple[Any, ...] = (None, words, slots, (client_id, token))
    return "".join([value if kind == _JSON else values[kind][value] for kind, value in pieces])  # type: ignore[misc]


def _identity_of(slot: Slot, fingerprint_of: Callable[[str], str]) -> str:
    match slot.source:
        case Output(task, part):
            return f'{{"clip":"{fingerprint_of(task)}","as":"{part}"}}'
        case Element(sha256=sha256):
            return f'{{"element":"{sha256}"}}'
        case LocalFile(sha256=sha256):
            return f'{{"file":"{sha256}"}}'


def settle(
    value: Any, *, write: Callable[[Text], str], place: Callable[[Media], str | Slot]
) -> tuple[Any, tuple[Slot, ...]]:
    """Return the body with its texts written and its media placed, and the slots in their order."""
    slots: list[Slot] = []

    def walk(node: Any) -> Any:
        match node:
            case Text() | Script():
                return write(node.text if isinstance(node, Script) else node)
            case Media():
                placed = place(node)
                if isinstance(placed, str):
                    return placed
                slots.append(placed)
                return f"{_OPEN}slot{len(slots) - 1}{_CLOSE}"
            case Mapping():
                return {key: walk(item) for key, item in node.items()}
            case list() | tuple():
                return [walk(item) for item in node]
            case _:
                return node

    return walk(value), tuple(slots)


def written(text: Text, marks: Mapping[str, str]) -> str:
    """Return the text with the provider's marks in place of mentions, and holes left open."""
    return "".join(
        f"{_OPEN}{part.index}{_CLOSE}"
        if isinstance(part, Hole)
        else marks[part.name]
        if isinstance(part, Mention)
        else part
        for part in text.parts
    )
