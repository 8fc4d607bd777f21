"""One task as `compile --format jsonl` prints it."""

import json
from collections.abc import Mapping
from json.encoder import encode_basestring as _quoted
from typing import Any

from kling_spec.providers import Lowered, Lowering, Pattern

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


class LineWriter:
    """Writes tasks as JSON; what tasks share is encoded once."""

    def __init__(self, lowering: Lowering, base_url: str) -> None:
        self._lowering = lowering
        self._base_url = base_url
        self._parts: dict[int, tuple[str, str, str, str, Pattern]] = {}

    def line(self, lowered: Lowered, variant: str) -> str:
        """Return the task as one line of JSON; `variant` is its cell as JSON, from `cell`."""
        task, pattern = lowered.task, lowered.pattern
        provider_and_model, head, cost, origin, _ = self._shared(lowered)
        client_id = self._lowering.client_id(lowered)
        prefix = task.variant.id + "/"
        body = pattern.body.text(task.words, lambda slot: slot.to_json(lambda name: prefix + name), client_id)
        depends_on = _encode(task.depends_on) if task.depends_on else "[]"
        return (
            f'{{"task": {_quoted(task.id)}, "shot": {_quoted(task.shot)}, "take": {task.take}, '
            f'"variant": {variant}, '
            f'{provider_and_model}, "request": {head}, "json": {body}}}, "depends_on": {depends_on}, '
            f'"fingerprint": "{lowered.fingerprint}", "cost": {cost}, "origin": {origin}}}'
        )

    def value(self, lowered: Lowered) -> dict[str, Any]:
        """Return the same as a plain value."""
        value: dict[str, Any] = json.loads(self.line(lowered, cell(lowered.task.variant.values)))
        return value

    def _shared(self, lowered: Lowered) -> tuple[str, str, str, str, Pattern]:
        pattern = lowered.pattern
        known = self._parts.get(id(pattern))
        if known is None:
            if len(self._parts) >= 10_000:  # memory stays flat when every task asks something else
                self._parts.clear()
            names = {"provider": self._lowering.provider.name, "model": pattern.model_id}
            origin = lowered.task.ask.origin("")
            place = {"file": origin.file, "line": origin.line, "column": origin.column}
            head = _encode({"method": "POST", "url": self._base_url + pattern.path})[:-1]
            known = (_encode(names)[1:-1], head, _encode(pattern.cost.to_json()), _encode(place), pattern)
            self._parts[id(pattern)] = known
        return known


def cell(values: Mapping[str, Any]) -> str:
    """Return a variant's axis values as JSON."""
    return "{" + ", ".join([f"{_quoted(name)}: {_scalar(value)}" for name, value in values.items()]) + "}"


def _scalar(value: Any) -> str:
    return _quoted(value) if isinstance(value, str) else _encode(value)
