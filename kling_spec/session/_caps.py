"""What may be committed at most: by one run, by one spec over all its runs, by everything in a month."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Amounts in one currency; None for no limit."""

    run: Decimal | None = None
    spec: Decimal | None = None
    month: Decimal | None = None
    currency: str = "USD"

    @property
    def is_set(self) -> bool:
        """Whether there is any limit."""
        return (self.run, self.spec, self.month) != (None, None, None)

    def lowered(self, run: Decimal | None) -> "Caps":
        """Return the same with a run's limit that is no higher than this one."""
        known = [amount for amount in (self.run, run) if amount is not None]
        return Caps(run=min(known, default=None), spec=self.spec, month=self.month, currency=self.currency)

    def limits(self, run: str, spec: str, now: datetime) -> tuple[Any, ...]:
        """Return the limits as the ledger keeps them (`Limit`), which is not loaded before."""
        from kling_spec.ledger import Limit, month_scope, run_scope, spec_scope

        wanted = (
            (run_scope(run), self.run, "the run's limit"),
            (spec_scope(spec), self.spec, "the spec's limit"),
            (month_scope(now), self.month, "the month's limit"),
        )
        return tuple(
            Limit(scope=scope, amount=amount, currency=self.currency, name=name)
            for scope, amount, name in wanted
            if amount is not None
        )
