"""What tasks cost together; what has no known price is counted, and never zero."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kling_spec.providers import Cost, plain


@dataclass(slots=True, kw_only=True)
class Bill:
    """Costs added up."""

    total: dict[str, Decimal] = field(default_factory=dict)
    """By currency; what has no price is not in it."""
    unknown_prices: int = 0

    @classmethod
    def of(cls, costs: Iterable[Cost]) -> "Bill":
        """Return the costs added up."""
        bill = cls()
        for cost in costs:
            bill.add(cost.amount, cost.currency)
        return bill

    def add(self, amount: Decimal | None, currency: str) -> None:
        """Add one cost; None is one that nobody knows."""
        if amount is None:
            self.unknown_prices += 1
        else:
            self.total[currency] = self.total.get(currency, Decimal(0)) + amount

    def __add__(self, other: "Bill") -> "Bill":
        """Return both as one."""
        both = Bill(total=dict(self.total), unknown_prices=self.unknown_prices + other.unknown_prices)
        for currency, amount in other.total.items():
            both.add(amount, currency)
        return both

    def to_json(self) -> dict[str, Any]:
        """Return the bill as it stands in every `--format json`."""
        total = {currency: plain(amount) for currency, amount in self.total.items()}
        return {"total": total, "unknown_prices": self.unknown_prices}
