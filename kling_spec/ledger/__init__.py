"""What was asked and what came back: events, state and the store; the only user of sqlite3."""

from kling_spec.ledger._entry import Entry, State

__all__ = ["Entry", "State"]
