"""The book of charges: what a provider would have taken, and how often it was asked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One accepted job. Every accepted job stands in the book exactly once."""

    provider: str
    job: str
    client_id: str | None
    """external_task_id, taskUUID or Idempotency-Key; None where the caller sent none."""
    task: str | None
    """The spec's name of the task, where the caller told it."""
    amount: Decimal | None
    """What the job costs; None where the provider publishes no price."""
    currency: str
    units: Decimal | None
    """The same in the provider's own units, where it counts those."""
    at: datetime

    def to_json(self) -> dict[str, str | None]:
        """Return the charge as `GET /book` shows it: decimals as strings, the time in ISO 8601."""
        return {
            "provider": self.provider,
            "job": self.job,
            "client_id": self.client_id,
            "task": self.task,
            "amount": None if self.amount is None else str(self.amount),
            "currency": self.currency,
            "units": None if self.units is None else str(self.units),
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The book at one moment."""

    charges: tuple[Charge, ...]
    requests: Mapping[str, Mapping[str, int]]
    """By provider and kind (submit, poll, list, upload, fetch): every request seen, refused ones too."""

    def seen(self, kind: str) -> int:
        """Return how many requests of a kind came in for all providers together."""
        return sum(kinds.get(kind, 0) for kinds in self.requests.values())

    def to_json(self) -> dict[str, Any]:
        """Return the body of `GET /book`."""
        kinds = sorted({kind for seen in self.requests.values() for kind in seen})
        return {
            "charges": [charge.to_json() for charge in self.charges],
            "requests": {provider: dict(seen) for provider, seen in self.requests.items()},
            "totals": {kind: self.seen(kind) for kind in kinds},
        }


class OpenBook:
    """The book while it is written; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._charges: list[Charge] = []
        self._requests: dict[str, Counter[str]] = {}

    def write(self, charge: Charge) -> None:
        """Add a charge."""
        with self._lock:
            self._charges.append(charge)

    def count(self, provider: str, kind: str) -> None:
        """Note that a request was seen."""
        with self._lock:
            self._requests.setdefault(provider, Counter())[kind] += 1

    def read(self) -> Book:
        """Return the book as it stands."""
        with self._lock:
            requests = {provider: dict(seen) for provider, seen in self._requests.items()}
            return Book(charges=tuple(self._charges), requests=requests)


def now() -> datetime:
    """Return the time at which a charge is written."""
    return datetime.now(UTC)
