"""The ledger: an append-only log of events in SQLite, and the newest state of each attempt beside it."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from kling_spec.ledger._entry import Entry, State
from kling_spec.ledger._schema import MIGRATIONS

_FINAL = (State.FAILED, State.REFUSED, State.ABANDONED)


class LedgerError(Exception):
    """The ledger cannot be trusted or a step was already taken; nothing is spent from it."""


def _clock() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """What was asked and what came back. One connection, guarded by a lock, for any thread.

    Each method that changes something is one durable transaction: when it returns, the change
    survives a crash of the machine. Times come from `clock` (aware datetimes).
    """

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], datetime]) -> None:
        self._connection = connection
        self._clock = clock
        self._lock = RLock()

    @classmethod
    def open(cls, path: Path, clock: Callable[[], datetime] = _clock) -> Self:
        """Open the ledger, made anew where there is none. Raises LedgerError for a damaged or newer one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise LedgerError(
                f"{path} is damaged or no ledger ({error}); move it away and restore a copy before you run again"
            ) from error
        except BaseException:
            connection.close()
            raise
        connection.row_factory = sqlite3.Row
        return cls(connection, clock)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- reading --

    def entry(self, fingerprint: str) -> Entry | None:
        """Return the newest attempt of a payload, or None."""
        return self.many([fingerprint]).get(fingerprint)

    def many(self, fingerprints: Iterable[str]) -> dict[str, Entry]:
        """Return the newest attempt of each payload that the ledger knows."""
        wanted = json.dumps(list(fingerprints))
        where = "WHERE fingerprint IN (SELECT value FROM json_each(?))"
        return {entry.fingerprint: entry for entry in self._read(where, (wanted,))}

    def entries(self, spec: str | None = None) -> list[Entry]:
        """Return the newest attempt of every payload (of one spec), in the order in which they were asked."""
        return self._read("WHERE spec = ?", (spec,)) if spec is not None else self._read("", ())

    def events(self, fingerprint: str) -> list[dict[str, Any]]:
        """Return everything that happened to a payload, oldest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT at, attempt, kind, detail FROM events WHERE fingerprint = ? ORDER BY id", (fingerprint,)
            ).fetchall()
        return [{"at": row["at"], "attempt": row["attempt"], "kind": row["kind"], **json.loads(row["detail"])} for row in rows]

    def export(self) -> Iterator[dict[str, Any]]:
        """Yield every event, oldest first; addresses of results are left out, for they may be signed."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM events ORDER BY id").fetchall()
        for row in rows:
            detail = {key: value for key, value in json.loads(row["detail"]).items() if key != "video_url"}
            yield {"at": row["at"], "fingerprint": row["fingerprint"], "attempt": row["attempt"], "kind": row["kind"], **detail}

    def _read(self, where: str, values: tuple[Any, ...]) -> list[Entry]:
        newest = (
            f"SELECT * FROM entries {where} {'AND' if where else 'WHERE'} attempt = "  # noqa: S608 - our own words
            "(SELECT max(attempt) FROM entries AS other WHERE other.fingerprint = entries.fingerprint) ORDER BY created, rowid"
        )
        with self._lock:
            rows = self._connection.execute(newest, values).fetchall()
        return [_entry(row) for row in rows]

    # -- what happens to a payload --

    def intend(self, *, fingerprint: str, attempt: int, body_sha256: str, **fields: Any) -> None:
        """Put on disk that a payload is about to be sent, before its first byte leaves.

        `fields` are those of `Entry`. Raises LedgerError where another process got there first: an
        attempt that may still come to something stands in the way of a new one.
        """
        with self._transaction() as now:
            before = self.entry(fingerprint)
            if before is not None and before.state not in _FINAL:
                raise LedgerError(f"{before.task} is {before.state} already; it is never sent twice")
            if attempt != (before.attempt if before is not None else 0) + 1:
                raise LedgerError(f"attempt {attempt} of {fields.get('task')} is not the next one; plan again")
            row = {
                "fingerprint": fingerprint, "attempt": attempt, "state": State.SENDING.value,
                **{key: _stored(value) for key, value in fields.items()}, "created": now, "updated": now,
            }  # fmt: skip
            names = ", ".join(row)
            marks = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT INTO entries ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
            self._note(fingerprint, attempt, "intended", now, {"body_sha256": body_sha256, **_plain(fields)})

    def accepted(self, fingerprint: str, job: str) -> None:
        """The provider has it, under this id."""
        self._step(fingerprint, State.ACCEPTED, "accepted", job=job, message="")

    def running(self, fingerprint: str) -> None:
        """It was seen running; only the first time is worth an event."""
        entry = self.entry(fingerprint)
        if entry is not None and entry.state is State.ACCEPTED:
            self._step(fingerprint, State.RUNNING, "running")

    def succeeded(  # noqa: PLR0913 - everything that a provider says of a success
        self,
        fingerprint: str,
        *,
        video_url: str,
        seconds: Decimal | None = None,
        cost: Decimal | None = None,
        cost_currency: str | None = None,
    ) -> None:
        """It is made, and can be fetched."""
        self._step(
            fingerprint, State.SUCCEEDED, "succeeded",
            video_url=video_url, seconds=seconds, cost=cost, cost_currency=cost_currency, message="",
        )  # fmt: skip

    def stored(self, fingerprint: str, clip: str) -> None:
        """Its clip is in the store."""
        self._step(fingerprint, State.STORED, "stored", clip=clip, message="")

    def failed(self, fingerprint: str, message: str) -> None:
        """The provider gave up on it."""
        self._step(fingerprint, State.FAILED, "failed", message=message)

    def refused(self, fingerprint: str, message: str) -> None:
        """The provider did not take it."""
        self._step(fingerprint, State.REFUSED, "refused", message=message)

    def unknown(self, fingerprint: str, message: str) -> None:
        """Nobody can tell whether it was taken."""
        self._step(fingerprint, State.UNKNOWN, "unknown", message=message)

    def unsent(self, fingerprint: str, message: str) -> None:
        """It surely never left: the attempt is over and nothing was paid."""
        self._step(fingerprint, State.REFUSED, "unsent", message=message)

    def remark(self, fingerprint: str, message: str) -> None:
        """Keep a message without changing the state."""
        entry = self.entry(fingerprint)
        if entry is not None and entry.message != message:
            self._step(fingerprint, entry.state, "remarked", message=message)

    def decide(self, verb: str, fingerprint: str, job: str | None = None) -> None:
        """Carry out a person's decision on an unknown payload: `adopt` (with its job), `resubmit` or `abandon`."""
        entry = self.entry(fingerprint)
        if entry is None or entry.state not in (State.UNKNOWN, State.SENDING):
            raise LedgerError("only an unknown task needs a decision")
        if verb == "adopt":
            self._step(fingerprint, State.ACCEPTED, "adopted", job=job, message="")
        else:
            self._step(fingerprint, State.ABANDONED, "given up" if verb == "abandon" else "to be sent again", message="")

    def _step(self, fingerprint: str, state: State, kind: str, **changes: Any) -> None:
        with self._transaction() as now:
            before = self.entry(fingerprint)
            if before is None:
                raise LedgerError(f"the ledger has no payload {fingerprint[:12]}")
            stored = {"state": state.value, **{key: _stored(value) for key, value in changes.items()}, "updated": now}
            sets = ", ".join(f"{name} = ?" for name in stored)
            self._connection.execute(
                f"UPDATE entries SET {sets} WHERE fingerprint = ? AND attempt = ?",  # noqa: S608 - our own names
                (*stored.values(), fingerprint, before.attempt),
            )
            self._note(fingerprint, before.attempt, kind, now, _plain(changes))

    def _note(self, fingerprint: str, attempt: int, kind: str, now: str, detail: Mapping[str, Any]) -> None:
        self._connection.execute(
            "INSERT INTO events (fingerprint, attempt, at, kind, detail) VALUES (?, ?, ?, ?, ?)",
            (fingerprint, attempt, now, kind, json.dumps(detail, ensure_ascii=False)),
        )

    @contextmanager
    def _transaction(self) -> Iterator[str]:
        """Hold the write lock of the file; gives the time, as it is stored."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._clock().isoformat()
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise LedgerError(f"{path} is damaged; move it away and restore a copy before you run again")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise LedgerError(f"{path} was written by a newer release of kling-spec; install that one")
    if version == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")


def _stored(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _stored(value) for key, value in fields.items() if value is not None}


def _entry(row: sqlite3.Row) -> Entry:
    money = {name: None if row[name] is None else Decimal(row[name]) for name in ("seconds", "estimate", "cost")}
    times = {name: datetime.fromisoformat(row[name]) for name in ("created", "updated")}
    names = set(Entry.__dataclass_fields__) - set(money) - set(times) - {"state"}
    return Entry(state=State(row["state"]), **{name: row[name] for name in names}, **money, **times)
