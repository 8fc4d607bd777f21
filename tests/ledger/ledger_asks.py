"""Payloads for the ledger's tests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kling_spec.ledger import Ledger

FOX = "f" * 64
NOON = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)


class Clock:
    """Goes on a second with each look."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def intend(ledger: Ledger, fingerprint: str = FOX, attempt: int = 1, **fields: Any) -> None:
    usual: dict[str, Any] = {
        "task": "-/fox",
        "spec": "foxes",
        "provider": "kling",
        "model": "kling-v3-omni",
        "account": "abc",
        "client_id": f"ks-{fingerprint[:24]}-{attempt}",
        "estimate": Decimal("0.70"),
        "estimate_currency": "USD",
    }
    ledger.intend(fingerprint=fingerprint, attempt=attempt, body_sha256="0" * 64, **(usual | fields))
