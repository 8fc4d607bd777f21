"""The ledger's file: opened, held against what a ledger must be, brought up to date."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kling_spec.ledger._error import LedgerError
from kling_spec.ledger._schema import MIGRATIONS, TABLES

_PATIENCE = 30.0
"""Seconds to wait for another process that writes."""


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to the ledger, made anew where there is none; only its owner can read a new file.

    Raises LedgerError for a file that is damaged, newer, none of ours, or gone while its clips are there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        connection = _connected(path)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(f"{path} cannot be opened: {_said(error)}") from None
    try:
        _when_free(lambda: _prepare(connection, path))
    except sqlite3.Error as error:
        connection.close()
        raise LedgerError(_trouble(path, error)) from None
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Return one more connection to an open ledger, which can only read. Raises LedgerError."""
    try:
        connection = _connected(path)
        connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as error:
        raise LedgerError(_trouble(path, error)) from None
    return connection


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def _trouble(path: Path, error: sqlite3.Error) -> str:
    """Tell a file that cannot be used at this moment from one that never can be."""
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorname.startswith(
        ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR")
    ):
        return f"{path} cannot be used: {error}"
    return f"{path} is damaged or no ledger ({error}); move it away and restore a copy before you run again"


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _when_free(work: Callable[[], None]) -> None:
    """Do the work; SQLite answers some steps of an opening with "locked" without waiting itself."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > end:
                raise
        time.sleep(0.02)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise LedgerError(f"{path} is damaged; move it away and restore a copy before you run again")
    if _version(connection, path) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _migrate(connection, path)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Return how many migrations the file has seen. Raises LedgerError where it is no ledger of ours."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise LedgerError(f"{path} was written by a newer release of kling-spec; install that one")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if (version == 0 and tables) or (version > 0 and not tables >= TABLES):
        raise LedgerError(f"{path} is no ledger of kling-spec; move it away")
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection, path)  # another process may have been quicker
    if version == 0:
        _refuse_to_forget(path)
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _refuse_to_forget(path: Path) -> None:
    """Raise LedgerError where clips lie beside a ledger that is not there: all would be paid for again."""
    clips = path.parent / "clips"
    if next(clips.glob("??/*.mp4"), None) is not None:
        raise LedgerError(
            f"{path} is gone or empty, and {clips} holds clips that were paid for;"
            " restore a copy of the ledger, or move the clips away to begin anew"
        )
