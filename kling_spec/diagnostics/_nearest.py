"""Finding the name that was meant."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_NAMES = 400
"""Names among which the nearest is looked for; among more it would take too long."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a person most likely meant, or None where none is near."""
    names = list(known)
    matches = get_close_matches(name[:80], names, n=1, cutoff=0.6) if len(names) <= _MOST_NAMES else []
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a help line for a name that nobody knows: the nearest one, else all of them."""
    names = sorted(set(known))
    match = nearest(name, names)
    if match is not None:
        return f"did you mean '{match}'?"
    if not names:
        return ""
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"known here: {shown}"
