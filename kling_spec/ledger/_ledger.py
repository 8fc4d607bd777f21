"""The ledger: an append-only log of events in SQLite, and the newest state of each attempt beside it."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from threading import Lock, RLock, get_ident
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, Self

from kling_spec.ir import Secret
from kling_spec.ledger._entry import FINAL, Entry, Happened, State
from kling_spec.ledger._error import LedgerError, OverLimit
from kling_spec.ledger._file import connect, connect_reader
from kling_spec.ledger._limit import Limit, amount_of, month_scope, nano_of, run_scope, spec_scope

_OPEN = (State.SENDING, State.UNKNOWN)
_UNDER_WAY = (State.ACCEPTED, State.RUNNING)
_MADE = (State.SUCCEEDED, State.STORED)
_SECRET = frozenset({"video_url"})
"""Addresses of results may be signed, so no event shows them."""
_TOOK = """
SELECT e.model, 86400 * (julianday(made.at) - julianday(taken.at)) AS seconds FROM entries e
JOIN events made ON made.fingerprint = e.fingerprint AND made.attempt = e.attempt AND made.kind = 'succeeded'
JOIN events taken ON taken.fingerprint = e.fingerprint AND taken.attempt = e.attempt AND taken.kind = 'accepted'
WHERE e.provider = ? ORDER BY made.id DESC LIMIT 200
"""


class _Stand(NamedTuple):
    """Where the newest attempt of a payload stands: as much as most steps have to know."""

    fingerprint: str
    attempt: int
    state: State
    task: str
    message: str
    video_url: Secret | None


def _clock() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """What was asked and what came back, for any thread.

    Each method that changes something is one durable transaction: when it returns, the change
    survives a crash of the machine. A step that does not follow from where the payload stands, and
    a file that cannot be written, raise LedgerError and change nothing. What is read is what is
    durable, and reading waits for no one who writes. Times come from `clock` (aware datetimes).
    """

    def __init__(
        self, connection: sqlite3.Connection, reader: sqlite3.Connection, clock: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._reader = reader
        self._clock = clock
        self._lock = RLock()
        self._reading = Lock()
        self._writer: int | None = None
        """The thread that is in a transaction: it alone reads what is not durable yet."""
        self._now = ""
        """When the transaction began."""
        self._is_torn = False
        """Whether a part of the transaction failed that had written something."""

    @classmethod
    def open(cls, path: Path, clock: Callable[[], datetime] = _clock) -> Self:
        """Open the ledger, made anew where there is none. Raises LedgerError for a damaged or newer one."""
        connection = connect(path)
        try:
            return cls(connection, connect_reader(path), clock)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock, self._reading:
            self._reader.close()
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
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM entries WHERE fingerprint = ? ORDER BY attempt DESC LIMIT 1",  # noqa: S608
            (fingerprint,),
        )
        return _read(rows[0]) if rows else None

    def many(self, fingerprints: Iterable[str]) -> dict[str, Entry]:
        """Return the newest attempt of each payload that the ledger knows."""
        wanted = json.dumps(list(fingerprints))
        where = "WHERE fingerprint IN (SELECT value FROM json_each(?))"
        return {entry.fingerprint: entry for entry in self._newest(where, (wanted,))}

    def entries(self, spec: str | None = None) -> list[Entry]:
        """Return the newest attempt of every payload (of one spec), in the order in which they were asked."""
        return self._newest("WHERE spec = ?", (spec,)) if spec is not None else self._newest("", ())

    def sent(self, spec: str, tasks: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return what was sent last for tasks of a spec: its fingerprint, and what it asked where that was kept."""
        rows = self._rows(
            "SELECT task, fingerprint, ask FROM asked"
            " WHERE spec = ? AND task IN (SELECT value FROM json_each(?))",
            (spec, json.dumps(list(tasks))),
        )
        return {task: (fingerprint, ask) for task, fingerprint, ask in rows}

    def events(self, fingerprint: str) -> list[dict[str, Any]]:
        """Return everything that happened to a payload, oldest first, but for the addresses of results."""
        rows = self._rows("SELECT * FROM events WHERE fingerprint = ? ORDER BY id", (fingerprint,))
        return [
            {"at": row["at"], "attempt": row["attempt"], "kind": row["kind"], **_shown(row)} for row in rows
        ]

    def export(self) -> Iterator[dict[str, Any]]:
        """Yield every event, oldest first; addresses of results are left out, for they may be signed."""
        for row in self._rows("SELECT * FROM events ORDER BY id", ()):
            head = {name: row[name] for name in ("at", "fingerprint", "attempt", "kind")}
            yield {**head, **_shown(row)}

    def since(self, number: int) -> list[Happened]:
        """Return what happened after the event of that number, oldest first."""
        return [
            Happened(
                number=row["id"],
                at=datetime.fromisoformat(row["at"]),
                kind=row["kind"],
                fingerprint=row["fingerprint"],
                detail=_shown(row),
            )
            for row in self._rows("SELECT * FROM events WHERE id > ? ORDER BY id", (number,))
        ]

    def job_seconds(self, provider: str) -> dict[str, float]:
        """Return how long a job of that provider took, by model: the median of its newest ones."""
        took: dict[str, list[float]] = {}
        for row in self._rows(_TOOK, (provider,)):
            took.setdefault(row["model"], []).append(row["seconds"])
        return {model: median(seconds) for model, seconds in took.items()}

    def log(self, kind: str, **detail: Any) -> None:
        """Note what a run says of itself; it belongs to no payload."""
        with self._transaction() as now:
            self._note("", 0, kind, now, detail)

    def _newest(self, where: str, values: tuple[Any, ...]) -> list[Entry]:
        newest = (
            f"SELECT {_COLUMNS} FROM entries {where} {'AND' if where else 'WHERE'} attempt = "  # noqa: S608 - our own words
            "(SELECT max(attempt) FROM entries AS other WHERE other.fingerprint = entries.fingerprint)"
            " ORDER BY rowid"
        )
        return [_read(row) for row in self._rows(newest, values)]

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        try:
            if self._writer == get_ident():
                return self._connection.execute(query, values).fetchall()
            with self._reading:
                return self._reader.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger cannot be read: {error}") from None

    # -- what a provider keeps for us --

    def kept(self, provider: str, account: str, what: str) -> str | int | None:
        """Return what stands for an uploaded file or a made element, or None where it is not or no longer there."""
        rows = self._rows(
            "SELECT value FROM kept WHERE provider = ? AND account = ? AND what = ?"
            " AND (until IS NULL OR until > ?)",
            (provider, account, what, self._clock().isoformat()),
        )
        value: str | int | None = json.loads(rows[0]["value"]) if rows else None
        return value

    def keep(self, provider: str, account: str, what: str, value: str | int, until: datetime | None) -> None:
        """Remember what stands for a file or an element at the provider, until it ends (None: for ever)."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)",
                (provider, account, what, json.dumps(value), until.isoformat() if until else None),
            )

    # -- what a person thinks of a clip --

    def rate(self, fingerprint: str, stars: int) -> None:
        """Keep from 1 to 5 stars for what a payload made; 0 takes them back. Raises ValueError for others."""
        if stars not in range(6):
            raise ValueError(f"a rating is 1 to 5 stars, or 0 for none, not {stars}")
        with self._transaction() as now:
            if stars:
                self._connection.execute(
                    "INSERT OR REPLACE INTO ratings VALUES (?, ?, ?)", (fingerprint, stars, now)
                )
            else:
                self._connection.execute("DELETE FROM ratings WHERE fingerprint = ?", (fingerprint,))

    def ratings(self, fingerprints: Iterable[str]) -> dict[str, int]:
        """Return the stars of those payloads that were given any."""
        rows = self._rows(
            "SELECT fingerprint, stars FROM ratings WHERE fingerprint IN (SELECT value FROM json_each(?))",
            (json.dumps(list(fingerprints)),),
        )
        return {row["fingerprint"]: row["stars"] for row in rows}

    # -- what happens to a payload --

    def intend(
        self,
        *,
        fingerprint: str,
        attempt: int,
        body_sha256: str,
        limits: Iterable[Limit] = (),
        asked: Mapping[str, str] = MappingProxyType({}),
        **fields: Any,
    ) -> None:
        """Put on disk that a payload is about to be sent, before its first byte leaves, and reserve its cost.

        `fields` are those of `Entry`; `asked` is what `sent` gives back later, by the ids of tasks. Raises
        LedgerError where another process got there first: an attempt that may still come to something stands
        in the way of a new one. Raises OverLimit where the estimate and all that is held already would pass
        one of the limits.
        """
        with self._transaction() as now:
            before = self._stand(fingerprint)
            if before is not None and before.state is State.ABANDONED:
                raise LedgerError(f"{before.task} was given up; 'ledger resubmit' lets it be sent again")
            if before is not None and before.state not in FINAL:
                raise LedgerError(f"{before.task} is {before.state} already; it is never sent twice")
            if attempt != (before.attempt if before is not None else 0) + 1:
                raise LedgerError(
                    f"attempt {attempt} of {fields.get('task')} is not the next one; plan again"
                )
            estimate, currency = fields.get("estimate"), fields["estimate_currency"]
            self._keep_within(limits, fields["task"], estimate, currency)
            row = {
                "fingerprint": fingerprint,
                "attempt": attempt,
                "state": State.SENDING.value,
                **{key: _stored(value) for key, value in fields.items()},
                "created": now,
                "updated": now,
                "nano": nano_of(estimate),
            }
            names = ", ".join(row)
            marks = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT INTO entries ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
            self._note(fingerprint, attempt, "intended", now, {"body_sha256": body_sha256, **fields})
            self._connection.executemany(
                "INSERT OR REPLACE INTO asked VALUES (?, ?, ?, ?)",
                [(fields["spec"], task, fingerprint, ask) for task, ask in asked.items()],
            )
            created = datetime.fromisoformat(now)
            self._add(fields.get("run", ""), fields["spec"], created, currency, row["nano"])

    def body_sha256(self, fingerprint: str) -> str:
        """Return the digest of the bytes that the newest attempt sends, or nothing."""
        digests = [event.get("body_sha256", "") for event in self.events(fingerprint)]
        return next((digest for digest in reversed(digests) if digest), "")

    def sent_at(self, fingerprint: str) -> datetime | None:
        """Return when the payload was about to leave for the last time."""
        sendings = ("intended", "retried", "repeated")
        times = [event["at"] for event in self.events(fingerprint) if event["kind"] in sendings]
        return datetime.fromisoformat(times[-1]) if times else None

    def accepted(self, fingerprint: str, job: str) -> None:
        """Note that the provider has it, under this id; what a person decided meanwhile gives way."""
        after = (*_OPEN, State.ABANDONED, State.REOPENED)
        self._step(fingerprint, "accepted", State.ACCEPTED, after, job=job, message="")

    def running(self, fingerprint: str) -> None:
        """Note that it was seen running; only the first time is worth an event."""
        with self._transaction() as now:
            entry = self._known(fingerprint)
            if entry.state is State.ACCEPTED:
                self._change(entry, "running", State.RUNNING, now, {})

    def succeeded(
        self,
        fingerprint: str,
        *,
        video_url: Secret,
        seconds: Decimal | None = None,
        cost: Decimal | None = None,
        cost_currency: str | None = None,
    ) -> None:
        """Note that it is made and can be fetched; said again, the newest address counts."""
        told = {"seconds": seconds, "cost": cost, "cost_currency": cost_currency}
        told = {key: value for key, value in told.items() if value is not None}
        self._step(
            fingerprint, "succeeded", State.SUCCEEDED, (*_UNDER_WAY, *_MADE),
            video_url=video_url, message="", **told,
        )  # fmt: skip

    def readdressed(self, fingerprint: str, video_url: Secret) -> None:
        """Note where the provider serves a clip now that was made before."""
        with self._transaction() as now:
            entry = self._known(fingerprint)
            if entry.state in _MADE and entry.video_url != video_url:
                self._change(entry, "readdressed", entry.state, now, {"video_url": video_url})

    def stored(self, fingerprint: str, clip: str) -> None:
        """Its clip is in the store."""
        self._step(fingerprint, "stored", State.STORED, _MADE, clip=clip, message="")

    def settle(self, fingerprint: str, amount: Decimal) -> None:
        """Hold what was really billed, in the currency of the estimate, in place of the estimate."""
        with self._transaction():
            self._hold(self._whole(fingerprint), amount)

    def failed(self, fingerprint: str, message: str) -> None:
        """Note that the provider gave up on it; what it may have billed stays held."""
        self._step(fingerprint, "failed", State.FAILED, _UNDER_WAY, message=message)

    def refused(self, fingerprint: str, message: str) -> None:
        """Note that the provider did not take it; nothing is held for it any more."""
        self._step(fingerprint, "refused", State.REFUSED, (State.SENDING,), message=message)

    def unsent(self, fingerprint: str, message: str) -> None:
        """Note that it surely never left, or was put off: until `retried`, the attempt is over and unpaid."""
        self._step(fingerprint, "unsent", State.REFUSED, (State.SENDING,), message=message)

    def retried(self, fingerprint: str, attempt: int, limits: Iterable[Limit] = ()) -> None:
        """Note, before its first byte leaves, that an `unsent` attempt is sent after all, and reserve its cost.

        Raises OverLimit as `intend` does.
        """
        with self._transaction() as now:
            entry = self._whole(fingerprint)
            if entry.attempt != attempt or entry.state is not State.REFUSED:
                raise LedgerError(f"{entry.task} is {entry.state} already; plan again")
            self._keep_within(limits, entry.task, entry.estimate, entry.estimate_currency)
            self._change(entry, "retried", State.SENDING, now, {"message": ""})
            self._hold(entry, entry.estimate)

    def repeated(self, fingerprint: str) -> None:
        """Note that the very same bytes are sent again, to a provider that takes both as one."""
        self._step(fingerprint, "repeated", State.SENDING, _OPEN)

    def unknown(self, fingerprint: str, message: str) -> None:
        """Nobody can tell whether it was taken, or what became of it."""
        with self._transaction() as now:
            entry = self._known(fingerprint)
            if entry.state in (*FINAL, State.ABANDONED):
                raise LedgerError(f"{entry.task} is {entry.state} already")
            if (entry.state, entry.message) != (State.UNKNOWN, message):
                self._change(entry, "unknown", State.UNKNOWN, now, {"message": message})

    def remark(self, fingerprint: str, message: str) -> None:
        """Keep a message without changing the state."""
        with self._transaction() as now:
            entry = self._known(fingerprint)
            if entry.message != message:
                self._change(entry, "remarked", entry.state, now, {"message": message})

    def decide(self, verb: str, fingerprint: str, job: str | None = None) -> None:
        """Carry out what a person decided of an unknown payload: `adopt` (a job), `resubmit` or `abandon`.

        One that was given up can be sent again or adopted later. Raises LedgerError where the payload
        needs no decision (any more), and for the job of another one.
        """
        with self._transaction() as now:
            entry = self.entry(fingerprint)
            given_up = (State.ABANDONED,) if verb != "abandon" else ()
            if entry is None or entry.state not in (*_OPEN, *given_up):
                raise LedgerError("only an unknown task needs a decision")
            match verb:
                case "adopt":
                    job = self._free(entry, (job or "").strip())
                    self._change(entry, "adopted", State.ACCEPTED, now, {"job": job, "message": ""})
                case "resubmit":
                    self._change(entry, "to be sent again", State.REOPENED, now, {"message": ""})
                case "abandon":
                    self._change(entry, "given up", State.ABANDONED, now, {"message": ""})
                case _:
                    raise ValueError(f"no decision is called '{verb}'")

    def _free(self, entry: Entry, job: str) -> str:
        """Return the job, unless it cannot be this entry's."""
        if not job:
            raise LedgerError(f"to adopt {entry.task}, say under which id the provider has it")
        query = "SELECT task FROM entries WHERE provider = ? AND job = ? AND fingerprint <> ?"
        for row in self._rows(query, (entry.provider, job, entry.fingerprint)):
            raise LedgerError(f"job {job} is that of {row['task']} already")
        return job

    # -- what callbacks say --

    def hint(self, fingerprint: str, job: str, state: str) -> bool:
        """Keep what a callback said of a payload, once; return whether it is news. It changes no state."""
        with self._transaction() as now:
            done = self._connection.execute(
                "INSERT OR IGNORE INTO hints (fingerprint, job, state, at) VALUES (?, ?, ?, ?)",
                (fingerprint, job, state, now),
            )
            return done.rowcount > 0

    def hinted(self, fingerprint: str) -> str | None:
        """Return the one job that callbacks named for the payload; None without one, or with several."""
        rows = self._rows(
            "SELECT DISTINCT job FROM hints WHERE fingerprint = ? AND job <> ''", (fingerprint,)
        )
        job = str(rows[0]["job"]) if len(rows) == 1 else None
        taken = "SELECT 1 FROM entries WHERE job = ? AND fingerprint <> ?"
        return None if job is not None and self._rows(taken, (job, fingerprint)) else job

    def last_hint(self) -> int:
        """Return the number of the newest hint; 0 where there is none."""
        return int(self._rows("SELECT coalesce(max(id), 0) AS id FROM hints", ())[0]["id"])

    # -- where it is --

    def claim(self) -> None:
        """Make sure that this file is the one that was spent from before, and no copy of it.

        Raises LedgerError for a copy: it cannot know what the other one has sent meanwhile.
        """
        with self._transaction():
            row = self._connection.execute("SELECT place FROM home").fetchone()
            here = self._place()
            if row is None:
                self._connection.execute("INSERT INTO home VALUES (1, ?)", (here,))
            elif row["place"] != here:
                raise LedgerError(
                    "this ledger is a copy, or was moved from another disk or machine; spend from one of"
                    " them only, and say which with 'kling-spec ledger move'"
                )

    def move(self) -> None:
        """Spend from this file from now on, wherever it was before."""
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO home VALUES (1, ?)", (self._place(),))

    def _place(self) -> str:
        """Return what a copy of the file does not share: its number on the disk."""
        file = self._connection.execute("PRAGMA database_list").fetchone()["file"]
        return str(Path(file).stat().st_ino)

    # -- money --

    def held(self, scope: str, currency: str) -> Decimal:
        """Return what the scope holds: billed where that is known, else by estimate."""
        rows = self._rows("SELECT nano FROM held WHERE scope = ? AND currency = ?", (scope, currency))
        return amount_of(rows[0]["nano"]) if rows else Decimal(0)

    def _keep_within(
        self, limits: Iterable[Limit], task: str, estimate: Decimal | None, currency: str
    ) -> None:
        for limit in limits:
            if estimate is None or currency != limit.currency:
                raise OverLimit(f"{task} has no price in {limit.currency}, so {limit.name} cannot be kept")
            whole = self.held(limit.scope, limit.currency) + estimate
            if whole > limit.amount:
                raise OverLimit(
                    f"with {task} {limit.name} of {limit.amount:f} {limit.currency} would be passed"
                )

    def _hold(self, entry: Entry, amount: Decimal | None) -> None:
        """Set what the attempt holds, and move the sums of its scopes by the difference."""
        where = (entry.fingerprint, entry.attempt)
        query = "SELECT nano FROM entries WHERE fingerprint = ? AND attempt = ?"
        before = int(self._connection.execute(query, where).fetchone()[0])
        after = nano_of(amount)
        if after == before:
            return
        self._connection.execute(
            "UPDATE entries SET nano = ? WHERE fingerprint = ? AND attempt = ?", (after, *where)
        )
        self._add(entry.run, entry.spec, entry.created, entry.estimate_currency, after - before)

    def _add(self, run: str, spec: str, created: datetime, currency: str, nano: int) -> None:
        """Move what each scope of an attempt holds."""
        scopes = run_scope(run), spec_scope(spec), month_scope(created)
        self._connection.executemany(
            "INSERT INTO held VALUES (?, ?, ?) ON CONFLICT (scope, currency) DO UPDATE SET nano = nano + ?",
            [(scope, currency, nano, nano) for scope in scopes if nano],
        )

    # -- how --

    def _step(
        self, fingerprint: str, kind: str, state: State, after: tuple[State, ...], **changes: Any
    ) -> None:
        with self._transaction() as now:
            entry = self._known(fingerprint)
            if entry.state not in after:
                raise LedgerError(f"{entry.task} is {entry.state} already; it cannot become {state}")
            self._change(entry, kind, state, now, changes)

    def _stand(self, fingerprint: str) -> _Stand | None:
        rows = self._rows(
            "SELECT fingerprint, attempt, state, task, message, video_url FROM entries"
            " WHERE fingerprint = ? ORDER BY attempt DESC LIMIT 1",
            (fingerprint,),
        )
        if not rows:
            return None
        _, attempt, state, task, message, address = rows[0]
        try:
            return _Stand(fingerprint, attempt, State(state), task, message, _address(address))
        except ValueError as error:
            raise _damaged(error) from None

    def _known(self, fingerprint: str) -> _Stand:
        stand = self._stand(fingerprint)
        if stand is None:
            raise LedgerError(f"the ledger has no payload {fingerprint[:12]}")
        return stand

    def _whole(self, fingerprint: str) -> Entry:
        entry = self.entry(fingerprint)
        if entry is None:
            raise LedgerError(f"the ledger has no payload {fingerprint[:12]}")
        return entry

    def _change(
        self, entry: Entry | _Stand, kind: str, state: State, now: str, changes: Mapping[str, Any]
    ) -> None:
        values = {
            "state": state.value,
            **changes,
            "updated": now,
        }
        sets = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(
            f"UPDATE entries SET {sets} WHERE fingerprint = ? AND attempt = ?",  # noqa: S608 - our own names
            (*map(_stored, values.values()), entry.fingerprint, entry.attempt),
        )
        self._note(entry.fingerprint, entry.attempt, kind, now, changes)
        if state is State.REFUSED:
            self._hold(self._whole(entry.fingerprint), None)

    def _note(self, fingerprint: str, attempt: int, kind: str, now: str, detail: Mapping[str, Any]) -> None:
        told = {
            key: _stored(value)
            for key, value in detail.items()
            if value not in (None, "") and key not in _SECRET
        }
        self._connection.execute(
            "INSERT INTO events (fingerprint, attempt, at, kind, detail) VALUES (?, ?, ?, ?, ?)",
            (fingerprint, attempt, now, kind, _TEXT_OF(told)),
        )

    def together(self, steps: Sequence[Callable[[], Any]]) -> list[Any]:
        """Carry out steps of this ledger, one after the other, and make them durable at once.

        Returns for each what it returned, or the exception that it raised: such a step changed
        nothing. Where they cannot be written together, each is tried by itself.
        """
        if len(steps) > 1:
            with suppress(LedgerError):
                return self._at_once(steps)
        return [_tried(step) for step in steps]

    def _at_once(self, steps: Sequence[Callable[[], Any]]) -> list[Any]:
        with self._transaction():
            done = [_tried(step) for step in steps]
            if self._is_torn:
                raise LedgerError("the ledger cannot be written")
            return done

    @contextmanager
    def _transaction(self) -> Iterator[str]:
        """Hold the write lock of the file; gives the time, as it is stored.

        One inside another is a part of it, of the same time, and durable when the whole is. A part that fails before it
        has written anything fails alone; any other makes that none of the whole is kept.
        """
        with self._lock:
            is_part = self._writer is not None
            if is_part and (self._is_torn or not self._connection.in_transaction):
                self._is_torn = True
                raise LedgerError("the ledger cannot be written")
            before = self._connection.total_changes if is_part else 0
            try:
                if not is_part:
                    self._now = self._time()
                    self._writer, self._is_torn = get_ident(), False
                    self._connection.execute("BEGIN IMMEDIATE")
                yield self._now
                if not is_part:
                    self._connection.execute("COMMIT")
            except BaseException as error:
                is_sql = isinstance(error, sqlite3.Error)
                if is_part:
                    self._is_torn = self._is_torn or is_sql or self._connection.total_changes != before
                if is_sql:
                    raise LedgerError(f"the ledger cannot be written: {error}") from None
                raise
            finally:
                if not is_part:
                    self._writer = None
                    with suppress(sqlite3.Error):  # after a COMMIT nothing is left to undo
                        if self._connection.in_transaction:
                            self._connection.execute("ROLLBACK")

    def _time(self) -> str:
        now = self._clock()
        if now.tzinfo is None:
            raise ValueError("the ledger's clock gives times without a zone")
        return now.astimezone(UTC).isoformat()


def _tried(step: Callable[[], Any]) -> Any:
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - handed to whoever asked for the step
        return error


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    return {key: value for key, value in json.loads(row["detail"]).items() if key not in _SECRET}


_AS_STORED: Mapping[type, Callable[[Any], str]] = {Secret: Secret.reveal, Decimal: str}


def _stored(value: Any) -> Any:
    write = _AS_STORED.get(type(value))  # isinstance would ask each value twice, and most are text
    return value if write is None else write(value)


def _address(stored: str | None) -> Secret | None:
    return Secret(stored, "address of a clip") if stored is not None else None


_TEXT_OF = json.JSONEncoder(ensure_ascii=False).encode
_FIELDS = tuple(Entry.__dataclass_fields__)
_COLUMNS = ", ".join(_FIELDS)
_MONEY = ("seconds", "estimate", "cost")
_TIMES = ("created", "updated")


def _read(row: sqlite3.Row) -> Entry:
    """Return the entry of a row of `_COLUMNS`. Raises LedgerError for what no ledger holds."""
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    try:
        values["video_url"] = _address(values["video_url"])
        values["state"] = State(values["state"])
        for name in _MONEY:
            if values[name] is not None:
                values[name] = Decimal(values[name])
        for name in _TIMES:
            values[name] = datetime.fromisoformat(values[name])
    except (ValueError, ArithmeticError) as error:
        raise _damaged(error) from None
    return Entry(**values)


def _damaged(error: Exception) -> LedgerError:
    return LedgerError(f"the ledger is damaged: {error}; restore a copy before you run again")
