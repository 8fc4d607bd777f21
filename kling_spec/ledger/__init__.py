"""What was asked and what came back: events, state and the store; the only user of sqlite3."""

from kling_spec.ledger._entry import FINAL, Entry, Happened, State
from kling_spec.ledger._error import LedgerError, OverLimit
from kling_spec.ledger._ledger import Ledger
from kling_spec.ledger._limit import Limit, month_scope, run_scope, spec_scope
from kling_spec.ledger._store import Store

__all__ = [
    "FINAL",
    "Entry",
    "Happened",
    "Ledger",
    "LedgerError",
    "Limit",
    "OverLimit",
    "State",
    "Store",
    "month_scope",
    "run_scope",
    "spec_scope",
]
