"""Does a plan: submit, poll, fetch; the only user of httpx, and the only place with async."""

from kling_spec.runner._account import Account
from kling_spec.runner._catalogue import CatalogueError, ask_prices
from kling_spec.runner._engine import Handle, start
from kling_spec.runner._event import Event, Kind, Outcome
from kling_spec.runner._file_store import FileStore
from kling_spec.runner._floor import Workshop
from kling_spec.runner._lock import RunLock, RunLocked, ask_to_stop, holder, is_asked_to_stop
from kling_spec.runner._run import run

__all__ = [
    "Account",
    "CatalogueError",
    "Event",
    "FileStore",
    "Handle",
    "Kind",
    "Outcome",
    "RunLock",
    "RunLocked",
    "Workshop",
    "ask_prices",
    "ask_to_stop",
    "holder",
    "is_asked_to_stop",
    "run",
    "start",
]
