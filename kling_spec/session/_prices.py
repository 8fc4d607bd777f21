"""Price lists that were read from a provider, kept in the state folder; and how old a list may be."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from kling_spec.diagnostics import Diagnostic, Origin, Severity, SpecError
from kling_spec.files import write_whole
from kling_spec.providers import Price, Profile

_OLD = 90
"""Days."""


def file_of(state: Path, provider: str) -> Path:
    """Return where the refreshed prices of a provider lie."""
    return state / "prices" / f"{provider}.json"


def keep_prices(state: Path, provider: str, rows: Sequence[Price]) -> Path:
    """Write the rows in place of earlier ones, and return where."""
    file = file_of(state, provider)
    file.parent.mkdir(parents=True, exist_ok=True)
    values = [row.model_dump(mode="json") for row in rows]
    write_whole(file, json.dumps(values, ensure_ascii=False, indent=1) + "\n")
    return file


def kept_prices(state: Path, provider: str) -> tuple[Price, ...]:
    """Return the rows that were kept, or none. Raises SpecError for a file that is no price list."""
    file = file_of(state, provider)
    try:
        values = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        return tuple(Price.model_validate(value) for value in values)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, ValidationError) as error:
        finding = Diagnostic(
            code="KS109",
            message=f"this is no list of prices: {type(error).__name__}",
            origin=Origin(str(file)),
            help=f"remove it, or write it anew with 'kling-spec prices refresh {provider}'",
        )
        raise SpecError([finding], lambda _: []) from None


def today_of(environment: Mapping[str, str]) -> date:
    """Return today's date, or that of SOURCE_DATE_EPOCH, which makes outputs the same on any day."""
    seconds = environment.get("SOURCE_DATE_EPOCH", "")
    is_set = seconds.isascii() and seconds.isdecimal()
    return datetime.fromtimestamp(int(seconds), UTC).date() if is_set else datetime.now(UTC).date()


def age_of(profile: Profile, provider: str, today: date, origin: Origin) -> list[Diagnostic]:
    """Return a warning where the provider's price rows are old."""
    dates = [row.as_of for row in profile.prices if row.as_of is not None]
    oldest = min(dates, default=today)
    days = (today - oldest).days
    if days <= _OLD:
        return []
    return [
        Diagnostic(
            code="KS506",
            message=f"the prices of {provider} are of {oldest}, {days} days ago, and may have changed",
            origin=origin,
            severity=Severity.WARNING,
            help="take a newer release, or write your rates under [[prices]] in kling-spec.toml",
        )
    ]
