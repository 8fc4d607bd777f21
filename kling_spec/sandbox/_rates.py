"""The stand-in's own price table."""

import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


def price(provider: str, model: str, case: str, seconds: int) -> tuple[Decimal | None, str, Decimal | None]:
    """Return the amount, its currency, and the provider's units where it counts those.

    The amount is None where the table has no row: an unknown price is never zero.
    """
    table = _table()[provider]
    rate = table.get("rates", {}).get(model, {}).get(case)
    if rate is None:
        return None, table["currency"], None
    total = Decimal(rate) * seconds
    if "usd_per_unit" in table:
        return (total * Decimal(table["usd_per_unit"])).normalize() + 0, table["currency"], total
    return total, table["currency"], None


def rates_of(provider: str) -> dict[str, dict[str, str]]:
    """Return a provider's rates by model and case."""
    rates: dict[str, dict[str, str]] = _table()[provider].get("rates", {})
    return rates


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("kling_spec.sandbox") / "rates.toml").read_text("utf-8"))
