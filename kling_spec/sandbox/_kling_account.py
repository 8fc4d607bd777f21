"""One account at Kling, which both standards and the element library share."""

from kling_spec.sandbox._desk import Desk

_HOUSES = ("kling", "kling-2026")


def is_taken(desk: Desk, name: str | None) -> bool:
    """Whether a task of the account, of any kind, has gone under a caller's own id."""
    if not name:
        return False
    return any(desk.job(house, name) for house in _HOUSES) or desk.library.find(name) is not None
