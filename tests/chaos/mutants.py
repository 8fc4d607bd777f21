"""Faults that were once common, put into the product in a run's own process: each has to be caught."""

import functools
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4


def _sends_again() -> None:
    """Send a paid request once more when its reply cannot be read."""
    import httpx

    from kling_spec.runner._once import Once

    send = Once.send

    async def sending(self: Any, request: Any, **named: Any) -> Any:
        try:
            return await send(self, request, **named)
        except (httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout):
            return await send(self, request, **named)

    Once.send = sending  # type: ignore[method-assign]


def _intends_late() -> None:
    """Write the intent down only when the answer is there."""
    from kling_spec.ledger import Ledger

    intend, waiting = Ledger.intend, {}

    def later(_self: Any, **fields: Any) -> None:
        waiting[fields["fingerprint"]] = fields

    def behind(name: str) -> None:
        step = getattr(Ledger, name)

        @functools.wraps(step)
        def stepping(self: Any, fingerprint: str, *values: Any, **named: Any) -> Any:
            if (fields := waiting.pop(fingerprint, None)) is not None:
                intend(self, **fields)
            return step(self, fingerprint, *values, **named)

        setattr(Ledger, name, stepping)

    Ledger.intend = later  # type: ignore[method-assign]
    for name in ("accepted", "refused", "unsent", "unknown", "repeated", "retried"):
        behind(name)


def _asks_anew() -> None:
    """Give every further sending of the same shot an id of its own."""
    from kling_spec.runner._once import Once

    send = Once.send

    async def sending(self: Any, request: Any, **named: Any) -> Any:
        if _was_sent(sha256(_without_id(request)).hexdigest()):
            request = _with_new_id(self, request)
        return await send(self, request, **named)

    Once.send = sending  # type: ignore[method-assign]


def _was_sent(mark: str) -> bool:
    """Whether this or an earlier run sent the same before; it is noted that it is sent now."""
    seen = Path("sent-before")
    known = seen.read_text().split() if seen.exists() else []
    seen.write_text("\n".join([*known, mark]))
    return mark in known


def _without_id(request: Any) -> bytes:
    task = json.loads(request.content)
    if isinstance(task, list):
        return json.dumps(
            [{key: value for key, value in one.items() if key != "taskUUID"} for one in task]
        ).encode()
    return json.dumps({key: value for key, value in task.items() if key != "external_task_id"}).encode()


def _with_new_id(sender: Any, request: Any) -> Any:
    content, headers = request.content, dict(request.headers)
    if "idempotency-key" in headers:
        headers["idempotency-key"] = str(uuid4())
    task = json.loads(content)
    old = task[0].get("taskUUID") if isinstance(task, list) else task.get("external_task_id")
    if old:
        content = content.replace(old.encode(), str(uuid4()).encode())
    headers.pop("content-length", None)
    return sender.build_request(request.method, str(request.url), headers=headers, content=content)


def _counts_once() -> None:
    """Hold each cost against what was spent when the run began, not against what is spent by now."""
    from kling_spec.ledger import Ledger

    held, first = Ledger.held, {}

    def counted(self: Any, scope: str, currency: str) -> Any:
        return first.setdefault((scope, currency), held(self, scope, currency))

    Ledger.held = counted  # type: ignore[method-assign]


def _renames_first() -> None:
    """Give a clip its final name, and only then see to it that its bytes are on the disk."""
    from kling_spec.ledger import Store

    def adopt(self: Any, partial: Path) -> str:
        clip = sha256(partial.read_bytes()).hexdigest()
        target = self.path(clip)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(target)
        with target.open("rb") as file:
            os.fsync(file.fileno())
        return clip

    Store.adopt = adopt  # type: ignore[method-assign]


def _checks_nothing() -> None:
    """Keep a clip as it came."""
    from kling_spec.runner import _fetch

    class Facts:
        seconds = 3.0

    _fetch.verify = lambda *_, **__: Facts()  # type: ignore[attr-defined]


MUTANTS: dict[str, tuple[Callable[[], None], str]] = {
    "sends again when the reply cannot be read": (_sends_again, "I1"),
    "writes the intent down after sending": (_intends_late, "I1 I2"),
    "sends again under a new id": (_asks_anew, "I1 I2"),
    "checks the budget once and acts later": (_counts_once, "I4"),
    "renames before syncing": (_renames_first, "I5"),
    "renames before checking": (_checks_nothing, "I5"),
}
"""Each fault, and the invariants of which one has to fail."""


def apply(name: str) -> None:
    """Put the fault into this process; none where the name is empty."""
    if name:
        MUTANTS[name][0]()
