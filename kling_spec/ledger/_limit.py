"""Limits on money: what everything of one scope may hold, reserved and settled together."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

_NANO = Decimal(10) ** 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that may be committed in one scope: sent by estimate, and billed where that is known."""

    scope: str
    """As `run_scope`, `spec_scope` and `month_scope` name it."""
    amount: Decimal
    currency: str
    name: str
    """How messages call it, such as `the month's limit`."""


def run_scope(run: str) -> str:
    """Return the scope of one run."""
    return f"run:{run}"


def spec_scope(spec: str) -> str:
    """Return the scope of one spec, over all its runs."""
    return f"spec:{spec}"


def month_scope(at: datetime) -> str:
    """Return the scope of the month, by UTC."""
    return f"month:{at:%Y-%m}"


def nano_of(amount: Decimal | None) -> int:
    """Return an amount in whole billionths, rounded up; nothing for one that is not known."""
    return 0 if amount is None else int((amount * _NANO).to_integral_value(ROUND_CEILING))


def amount_of(nano: int) -> Decimal:
    """Return billionths as an amount."""
    return Decimal(nano) / _NANO
