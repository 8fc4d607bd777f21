"""Reading JSON of which nothing is certain: every look ends in a value of the wanted kind or in none."""

from decimal import Decimal, InvalidOperation
from typing import Any

from kling_spec.ir import Secret

_LONGEST = 400
_LARGEST = Decimal(10) ** 12


def dig(body: Any, *path: str | int) -> Any:
    """Return what stands at the path, or None where the path leads nowhere."""
    for step in path:
        if isinstance(step, str):
            body = body.get(step) if isinstance(body, dict) else None
        else:
            body = body[step] if isinstance(body, list) and -len(body) <= step < len(body) else None
    return body


def rows(body: Any, *path: str | int) -> list[dict[str, Any]]:
    """Return the objects of the list at the path; a lone object counts as a list of one."""
    found = dig(body, *path)
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


def word(body: Any, *path: str | int) -> str:
    """Return the text or the whole number at the path as text, else nothing."""
    found = dig(body, *path)
    if isinstance(found, str):
        return found.strip()
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < _LARGEST**2:
        return str(found)
    return ""


def message(body: Any, *path: str | int) -> str:
    """Return the text at the path, cut to a length that a person reads."""
    return word(body, *path)[:_LONGEST]


def amount(body: Any, *path: str | int) -> Decimal | None:
    """Return the number at the path, written as a number or as text; None unless it is above zero.

    A provider's 0 is read as "not reported": none of them works for nothing.
    """
    found = dig(body, *path)
    if isinstance(found, bool) or not isinstance(found, int | float | str | Decimal):
        return None
    try:
        number = Decimal(repr(found) if isinstance(found, float) else found)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and Decimal("1e-9") < number < _LARGEST else None


def address(body: Any, *path: str | int) -> str | None:
    """Return the http or https address at the path, or None."""
    found = dig(body, *path)
    is_one = isinstance(found, str) and found.startswith(("https://", "http://"))
    return found if is_one else None


def signed(url: str | None) -> Secret | None:
    """Return the address of a clip as what it may be: a key to it."""
    return Secret(url, "address of a clip") if url is not None else None
