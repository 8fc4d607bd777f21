"""A run's last guard over money: what it may send, by the estimates of what it sent."""

from decimal import Decimal

from kling_spec.providers import Cost, plain


class Purse:
    """Holds `limit` in each currency; without one, everything is afforded.

    What nobody can tell the fate of stays taken.
    """

    def __init__(self, limit: Decimal | None) -> None:
        self._limit = limit
        self._taken: dict[str, Decimal] = {}

    def take(self, cost: Cost) -> str:
        """Set the cost aside and return nothing, or return why it cannot be afforded."""
        if self._limit is None:
            return ""
        if cost.amount is None:
            return f"its price is unknown, and the run may cost {plain(self._limit)} at most"
        taken = self._taken.get(cost.currency, Decimal(0)) + cost.amount
        if taken > self._limit:
            return f"the run would cost more than {plain(self._limit)} {cost.currency}"
        self._taken[cost.currency] = taken
        return ""

    def put_back(self, cost: Cost) -> None:
        """Give back what was set aside for something that was surely not taken."""
        if self._limit is not None and cost.amount is not None:
            self._taken[cost.currency] -= cost.amount
