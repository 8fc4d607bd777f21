"""What the ledger knows of one payload."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kling_spec.ir import Secret


class State(StrEnum):
    """Where a payload stands. Only `sending` and later were ever near a provider."""

    SENDING = "sending"
    """The intent is on disk; the request may or may not have left."""
    ACCEPTED = "accepted"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    """Made, and not yet downloaded."""
    STORED = "stored"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Nobody can tell whether it was accepted; a person decides."""
    ABANDONED = "abandoned"
    """A person gave it up: nothing is waited for, and nothing sent again."""
    REOPENED = "reopened"
    """A person decided that it is to be sent again."""


FINAL = (State.FAILED, State.REFUSED, State.REOPENED)
"""Where an attempt is over and there may be a next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One payload's newest attempt: what was asked, what came back, what it cost."""

    fingerprint: str
    state: State
    task: str
    """The id of the task that asked first, such as `us-16x9/open`."""
    spec: str
    """The name of that task's spec."""
    provider: str
    model: str
    account: str
    """A short digest of the key that was used, so that two accounts are never mixed; empty in the sandbox."""
    client_id: str
    attempt: int
    job: str | None = None
    """The provider's id."""
    clip: str | None = None
    """The hex sha256 of the downloaded clip, which is its name in the store."""
    video_url: Secret | None = None
    """Where the provider serves the clip, for as long as it keeps it."""
    seconds: Decimal | None = None
    estimate: Decimal | None = None
    estimate_currency: str = "USD"
    cost: Decimal | None = None
    """What the provider says that it took."""
    cost_currency: str | None = None
    message: str = ""
    run: str = ""
    """The run that sent it."""
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event of the log, but for the addresses of results."""

    number: int
    at: datetime
    kind: str
    fingerprint: str
    """Empty for what a run says of itself."""
    detail: Mapping[str, Any]
