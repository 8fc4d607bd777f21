"""One call as it came in, and the answer that goes out."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

TASK_HEADER = "x-kling-spec-task"
"""The runner tells the sandbox alone which task of the spec a body belongs to."""
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose body has been read; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: Path | None = None
    """The body of a file that is put here, which is never held in memory; whoever keeps it moves it."""
    time: float = field(default_factory=time.time)
    """When it came in, by the clock of whoever is asked; in seconds since the epoch."""

    @property
    def bearer(self) -> str | None:
        """The key of the Authorization header: None without one, empty when it names no key."""
        header = self.headers.get("authorization")
        if header is None:
            return None
        scheme, _, key = header.partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""

    @property
    def task(self) -> str | None:
        """The spec's own name for the task, where the caller told it."""
        name = unquote(
            self.headers.get(TASK_HEADER, "").encode("latin-1", "replace").decode("utf-8", "replace")
        )
        return name[:_LONGEST_NAME] or None

    @property
    def account(self) -> str:
        """A name for whoever pays: the key's own, or the issuer of a signed token; empty without either."""
        key = self.bearer or ""
        claims = token_part(key, 1)
        issuer = claims.get("iss") if isinstance(claims, dict) else None
        return hashlib.sha256(str(issuer or key).encode("utf-8", "replace")).hexdigest()[:16] if key else ""

    def json(self) -> Any:
        """Return the body's value; raises ValueError when it is no JSON, however odd it is."""
        try:
            return json.loads(self.body, parse_constant=_refuse_constant)
        except RecursionError:
            raise ValueError("the body is nested too deeply") from None

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number of the query; raises ValueError outside of low to high."""
        value = int(self.query.get(name, default))
        if not low <= value <= high:
            raise ValueError(f"{name} must be between {low} and {high}")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an answer goes out, where that is not as it should be."""

    hangs_up: bool = False
    """The connection is closed, and nothing is said."""
    sent: float = 1.0
    """The share of the body after which the connection is closed, although all of it was announced."""
    there: float = 1.0
    """The share of a file that is said to be all of it."""
    padding: int = 0
    """How many bytes of nothing come after a file."""
    pause: float = 0.0
    """Seconds after each byte of the body."""


PLAINLY = Manner()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back: a JSON body, a text, or a file."""

    status: int = 200
    body: Any = None
    text: str | None = None
    file: Path | None = None
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = PLAINLY


class RefusedError(Exception):
    """A provider says no, in its own words; the server sends `answer`."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"refused with HTTP {answer.status}")
        self.answer = answer


def token_part(token: str, place: int) -> Any:
    """Return one part of a signed token; None where the key is no such token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(parts[place] + "=" * (-len(parts[place]) % 4)))
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
