"""The states in which a task of a run can be, and the sign of each."""

from kling_spec.plan import Action
from kling_spec.runner import Kind

UNFINISHED, TAKEN_BACK, GIVEN_UP = "not finished", "taken back", "given up"
DONE = frozenset({Kind.STORED.value, Kind.REUSED.value})
TROUBLE = frozenset({Kind.FAILED.value, Kind.REFUSED.value, Kind.UNKNOWN.value, UNFINISHED})
UNDER_WAY = frozenset(kind.value for kind in Kind) - DONE - TROUBLE
STATES = tuple(dict.fromkeys([*(a.value for a in Action), *Kind, TAKEN_BACK, UNFINISHED, GIVEN_UP]))
"""Every state; a page is sent its place in this list."""
_SIGNS = {
    "create": "+", "reuse": "=", "wait": "~",
    "waiting": "~", "submitted": "↑", "accepted": "↑", "running": "▸", "succeeded": "↓",
    "stored": "✓", "reused": "=", "failed": "✗", "refused": "✗", "unknown": "?",
    UNFINISHED: "-", TAKEN_BACK: "-", GIVEN_UP: "-",
}  # fmt: skip


def sign(state: str) -> str:
    """Return the sign that stands before a state."""
    return _SIGNS.get(state, "·")
