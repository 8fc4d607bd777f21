"""What an ask costs: quantity x rate, with the source; unknown is never zero."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from kling_spec.ir import Ask
from kling_spec.providers._profile import Case, Price, Profile

_CENT = Decimal("0.01")
UNITS = "units"
"""Stands for a currency where a provider counts units of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one task costs; `amount` is None where nobody knows, and `basis` says why or how."""

    amount: Decimal | None
    currency: str
    basis: str
    as_of: date | None = None

    def to_json(self) -> dict[str, str | None]:
        """Return the form that stands in plans and compiled tasks."""
        return {
            "amount": None if self.amount is None else plain(self.amount),
            "currency": self.currency,
            "basis": self.basis,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }


def plain(amount: Decimal) -> str:
    """Return the amount in full, with two digits behind the point at least."""
    trimmed = amount.normalize()
    return f"{trimmed.quantize(_CENT) if trimmed == trimmed.quantize(_CENT) else trimmed:f}"


def price(ask: Ask, profile: Profile, model_id: str) -> Cost:
    """Return what the ask costs by the profile's price list.

    Generations are billed by the length asked for; an edit by the length of its input,
    rounded to whole seconds (half a second counts up: the page says "nearest" only).
    """
    row = _row(ask, profile, model_id)
    if row is None:
        return Cost(amount=None, currency="USD", basis=_no_row(ask, profile))
    seconds, what = _billed(ask)
    if seconds is None:
        return Cost(amount=None, currency=row.currency, basis=what, as_of=row.as_of)
    basis = f"{seconds} s x {plain(row.amount)} {row.currency}/s{what}{f' ({row.note})' if row.note else ''}"
    return Cost(amount=seconds * row.amount, currency=row.currency, basis=basis, as_of=row.as_of)


def in_money(amount: Decimal, currency: str, profile: Profile) -> tuple[Decimal, str]:
    """Return what a provider took as money: its units at the listed price of one, where that is known."""
    if currency != UNITS or profile.unit_price is None:
        return amount, currency
    return amount * profile.unit_price, profile.unit_currency


def charged(amount: Decimal, currency: str, profile: Profile) -> str:
    """Return what a provider took in words; its units also as money, at the listed price of one."""
    said = f"{plain(amount)} {currency}"
    money, of = in_money(amount, currency, profile)
    return said if of == currency else f"{said} ({plain(money)} {of})"


def case_of(ask: Ask) -> Case:
    """Return which column of a price list the ask falls under."""
    if ask.video is not None:
        return "keep_sound" if ask.keep_sound else "video"
    return "sound" if ask.sound else "plain"


def _row(ask: Ask, profile: Profile, model_id: str) -> Price | None:
    rows = {
        row.case: row
        for row in profile.prices
        if (row.model, row.resolution) == (ask.model, ask.resolution) and row.model_id in ("", model_id)
    }
    case = case_of(ask)
    if case == "plain" and ask.images and "references" in rows:
        case = "references"
    return rows.get(case) or (rows.get("video") if case == "keep_sound" else None)


def _no_row(ask: Ask, profile: Profile) -> str:
    if not profile.prices:
        return f"{profile.title} publishes no prices for this model"
    return f"the price list has no row for {ask.model} at {ask.resolution}, {case_of(ask).replace('_', ' ')}"


def _billed(ask: Ask) -> tuple[Decimal | None, str]:
    """Return the seconds that are billed and words for the basis, or None and why they are not known."""
    if ask.edit is None:
        return Decimal(ask.duration or 0), ""
    if ask.edit.seconds is None:
        return None, f"billed by the length of '{ask.edit.name}', which is not known; write 'duration' on it"
    return ask.edit.seconds.quantize(Decimal(1), ROUND_HALF_UP), ", the length of the edited video"
