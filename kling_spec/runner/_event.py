"""What a run tells while it goes on, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kling_spec.plan import Bill
from kling_spec.providers import Cost, plain


class Kind(StrEnum):
    """What happened to a task."""

    WAITING = "waiting"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    STORED = "stored"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    REUSED = "reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of one payload, with all the tasks that it serves."""

    kind: Kind
    tasks: tuple[str, ...]
    fingerprint: str
    at: datetime
    message: str = ""
    amount: Decimal | None = None
    """What is known of its cost."""
    currency: str = ""
    clip: str | None = None
    """The digest of the clip, once it is stored."""

    def to_json(self) -> dict[str, Any]:
        """Return the event as `run --format jsonl` prints it."""
        cost = None if self.amount is None else {"amount": plain(self.amount), "currency": self.currency}
        return {
            "event": self.kind.value,
            "task": self.tasks[0],
            "tasks": list(self.tasks),
            "time": self.at.isoformat(),
            "cost": cost,
            "message": self.message,
        }


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a run: how each payload ended, by its fingerprint."""

    stored: dict[str, str] = field(default_factory=dict)
    """Payloads whose clip is there, with its digest."""
    failed: dict[str, str] = field(default_factory=dict)
    """Payloads that the provider refused or could not make, with the reason."""
    unknown: dict[str, str] = field(default_factory=dict)
    """Payloads of which nobody can tell whether they were sent."""
    unfinished: dict[str, str] = field(default_factory=dict)
    """Payloads that the next run takes up where this one left them."""
    bill: Bill = field(default_factory=Bill)
    """What the payloads that this run sent and a provider accepted cost, by estimate."""
    submitted: int = 0
    """How many payloads this run sent and a provider accepted."""
    stopped: str = ""
    """Why nothing more was submitted, where that was so."""

    @property
    def spent(self) -> dict[str, Decimal]:
        """The bill by currency; what has no known price is not in it."""
        return self.bill.total

    def accepted(self, cost: Cost) -> None:
        """Count a payload that this run sent and a provider accepted."""
        self.submitted += 1
        self.bill.add(cost.amount, cost.currency)
