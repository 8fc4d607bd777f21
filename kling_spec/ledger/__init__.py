"""What was asked and what came back: events, state and the store; the only user of sqlite3."""

from kling_spec.ledger._entry import Entry, State
from kling_spec.ledger._ledger import Ledger, LedgerError
from kling_spec.ledger._store import Store

__all__ = ["Entry", "Ledger", "LedgerError", "State", "Store"]
