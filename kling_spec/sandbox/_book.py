"""The book of charges: what a provider would have taken, and how often it was asked."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from threading import Lock
from typing import Any, Self

from kling_spec.sandbox._journal import Journal


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

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Return the charge that `to_json` has shown."""
        amount, units = record["amount"], record["units"]
        return cls(
            provider=record["provider"],
            job=record["job"],
            client_id=record["client_id"],
            task=record["task"],
            amount=None if amount is None else Decimal(amount),
            currency=record["currency"],
            units=None if units is None else Decimal(units),
            at=datetime.fromisoformat(record["at"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One callback: what was told to whom, and how that went."""

    id: str
    """The same for every try."""
    provider: str
    job: str
    status: str
    """The provider's word for what had become of the job."""
    url: str
    outcome: str = "waiting"
    """waiting, delivered, given up, lost, or not contacted: that is for addresses of other machines."""
    tries: int = 0
    said: str = ""
    """What came of the last try: an HTTP status, or what went wrong."""

    def lost(self) -> Self:
        """Return the notice as one that a fault has lost."""
        return replace(self, outcome="lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The book at one moment."""

    charges: tuple[Charge, ...]
    requests: Mapping[str, Mapping[str, int]]
    """By provider and kind (submit, poll, list, upload, fetch): every request seen, refused ones too."""
    faults: Mapping[str, int] = field(default_factory=dict)
    """How often each fault has struck that was asked for."""
    callbacks: tuple[Notice, ...] = ()
    """What was told by itself, in the order of the first tries."""

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
            "faults": dict(self.faults),
            "callbacks": [asdict(notice) for notice in self.callbacks],
        }


class OpenBook:
    """The book while it is written; safe to use from many threads.

    The charges are kept in the lines of their jobs, all else in journals of its own.
    """

    def __init__(self, requests: Journal, faults: Journal, notices: Journal) -> None:
        self._journal = requests
        self._fault_journal = faults
        self._notice_journal = notices
        self._notices: dict[str, Notice] = {}
        self._lock = Lock()
        self._charges: list[Charge] = []
        self._requests: dict[str, Counter[str]] = {}
        self._faults: Counter[str] = Counter()

    def write(self, charge: Charge) -> None:
        """Add a charge."""
        with self._lock:
            self._charges.append(charge)

    def count(self, provider: str, kind: str) -> None:
        """Note that a request was seen."""
        self._journal.append([provider, kind])
        self._add(provider, kind)

    def strike(self, fault: str) -> None:
        """Note that a fault has struck."""
        self._fault_journal.append(fault)
        with self._lock:
            self._faults[fault] += 1

    def tell(self, notice: Notice) -> None:
        """Note how a callback stands."""
        with suppress(ValueError):  # the sandbox has stopped meanwhile; the next one tells it again
            self._notice_journal.append(asdict(notice))
        with self._lock:
            self._notices[notice.id] = notice

    def is_told(self, notice: str) -> bool:
        """Whether nothing is left to be done for a callback."""
        with self._lock:
            known = self._notices.get(notice)
        return known is not None and known.outcome != "waiting"

    def restore(self) -> None:
        """Count what earlier sandboxes in the folder have counted."""
        for notice in self._notice_journal.read(lambda record: Notice(**record)):
            self._notices[notice.id] = notice
        self._faults.update(self._fault_journal.read(str))
        for provider, kind in self._journal.read(_request):
            self._add(provider, kind)

    def read(self) -> Book:
        """Return the book as it stands."""
        with self._lock:
            requests = {provider: dict(seen) for provider, seen in self._requests.items()}
            return Book(
                charges=tuple(self._charges),
                requests=requests,
                faults=dict(self._faults),
                callbacks=tuple(self._notices.values()),
            )

    def close(self) -> None:
        """Count no more; the book can still be read."""
        self._journal.close()
        self._fault_journal.close()
        self._notice_journal.close()

    def _add(self, provider: str, kind: str) -> None:
        with self._lock:
            self._requests.setdefault(provider, Counter())[kind] += 1


def _request(record: Any) -> tuple[str, str]:
    provider, kind = record
    return str(provider), str(kind)


def now() -> datetime:
    """Return the time at which a charge is written."""
    return datetime.now(UTC)
