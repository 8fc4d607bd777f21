"""What the orders of one run share: its tools, its outcome, and the wish to stop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import disk_usage
from typing import Any, ParamSpec, TypeVar

import httpx

from kling_spec.ir import Secret
from kling_spec.ledger import Ledger, Limit, Store
from kling_spec.media import Ffmpeg
from kling_spec.plan import Order
from kling_spec.providers import Provider, Reply, Request, provider
from kling_spec.runner._account import Account, signed_headers
from kling_spec.runner._event import Event, Kind, Outcome
from kling_spec.runner._file_store import FileStore
from kling_spec.runner._guard import Guard
from kling_spec.runner._http import send
from kling_spec.runner._retries import Retries
from kling_spec.runner._scribe import Scribe

P = ParamSpec("P")
T = TypeVar("T")
LISTEN = 0.5
"""Seconds between two looks for what callbacks said."""
_LOOK_AT_STOP = 0.1
_LOOK_AT_ROOM = 1.0
_SENDS = 5
"""How often in a row a provider that cannot be reached is tried."""
_DOUBTS = 3
_UNFETCHED = 3
_LOOKS_A_RETRY = 2
"""While nothing is asked, there is one more retry after so many looks' time."""
_ROOM = 256 * 2**20
"""Bytes that must be free before another clip is asked for: some are under way already."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What a run works with."""

    accounts: Mapping[str, Account]
    """The account to use, by the provider's name."""
    ledger: Ledger
    store: Store
    files: Callable[[str], Path]
    """From a local file's path as written to where it lies."""
    root: Path | None = None
    """The project: files lie below it, or are not read. None for anywhere."""
    on_event: Callable[[Event], None] = lambda _: None
    """Hears every step, in the run's own thread."""
    clock: Callable[[], datetime] = _now
    ffmpeg: Ffmpeg | None = None
    """What clips are checked with; None for the one that is found."""
    file_store: FileStore | None = None
    """Where local files are put that a provider takes by address only."""
    token_of: Callable[[str], Secret] = lambda _: Secret("", "end of a callback's address")
    """From our own id of a submit to the secret at the end of its callback's address."""
    secrets: tuple[Secret, ...] = ()
    """What must never leave, beside the keys of the accounts and the token of the file store."""
    hears: bool = False
    """Whether callbacks may come."""
    run: str = ""
    """The id of this run, under which its costs are held."""
    limits: tuple[Limit, ...] = ()
    """What may be committed at most; kept with every submit, whoever else spends at the same time."""
    wants: Callable[[str], bool] = lambda _: True
    """From a fingerprint to whether it may still be sent; asked last before that, from the run's own thread."""
    patience: float = 3 * 3600
    """Seconds that a run waits for one job, or for a busy provider; then it is left to the next run."""

    @property
    def all_secrets(self) -> tuple[Secret, ...]:
        """Everything that must never leave in a body."""
        keys = (key for account in self.accounts.values() for key in account.credentials.values())
        token = self.file_store.token if self.file_store is not None else None
        return (*self.secrets, *keys, *([token] if token is not None else []))


class Floor:
    """The workshop of a run under way."""

    def __init__(
        self, workshop: Workshop, http: httpx.AsyncClient, scribe: Scribe, stop: threading.Event
    ) -> None:
        self.shop = workshop
        self.http = http
        self._scribe = scribe
        self.stop = stop
        """Set from outside; for work that goes on in threads."""
        self.outcome = Outcome()
        self.guard = Guard(workshop.all_secrets)
        self._skews: dict[str, timedelta] = {}
        self._unreached: dict[str, int] = {}
        self._doubts = 0
        self._unfetched = 0
        self._room, self._looks_at_room, self._no_room = asyncio.Lock(), 0.0, ""
        self.error: Exception | None = None
        """A fault of the program itself, raised when everything under way is settled."""
        self._stopping = asyncio.Event()
        self._is_deaf = False
        self._retries: dict[str, Retries] = {}
        self._back_ends: dict[str, Provider] = {}

    # -- stopping --

    async def heed(self) -> None:
        """Watch for the wish to stop, which comes from another thread, until cancelled."""
        while not self.stop.is_set():  # noqa: ASYNC110 - a thread's event cannot be awaited
            await asyncio.sleep(_LOOK_AT_STOP)
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        """Whether the run is to end soon."""
        return self._stopping.is_set() or self.stop.is_set()

    @property
    def is_closed(self) -> bool:
        """Whether nothing more may be sent."""
        return self.is_stopping or bool(self.outcome.stopped)

    def close(self, why: str) -> None:
        """Send nothing more; what is under way goes on."""
        self.outcome.stopped = self.outcome.stopped or why

    def end(self) -> None:
        """Wait for nothing more."""
        self._stopping.set()

    def break_off(self, error: Exception) -> None:
        """End soon, and raise the error then."""
        self.error = self.error or error
        self.end()

    async def stopping(self) -> None:
        """Wait for the wish to stop."""
        await self._stopping.wait()

    async def sleep(self, seconds: float) -> None:
        """Sleep, but not on when the run is to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def until_stop(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Return what the work returns, or None where the run is to stop first: it is cancelled then.

        Only for work that costs nothing.
        """
        task = asyncio.ensure_future(work)
        halt = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({task, halt}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            halt.cancel()
            if not task.done():
                task.cancel()
            await asyncio.wait({task, halt})
        return None if task.cancelled() else task.result()

    # -- writing down --

    async def write(self, step: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
        """Carry out a step of the ledger; it is durable when this returns. Raises what the step raises."""
        return await self._scribe.write(step, *values, **named)

    # -- asking --

    def account(self, name: str) -> tuple[Provider, Account]:
        """Return the back end of that name and the account there."""
        if name not in self._back_ends:
            self._back_ends[name] = provider(name)
        return self._back_ends[name], self.shop.accounts[name]

    def headers(self, name: str) -> dict[str, Secret]:
        """Return the headers that open the account, signed for this moment. Raises KeyUnusable."""
        back_end, account = self.account(name)
        now = self.shop.clock() + self._skews.get(name, timedelta(0))
        return signed_headers(back_end, account, now)

    def learn_time(self, name: str, theirs: datetime | None) -> None:
        """Sign for the provider's time from now on, where it told it."""
        if theirs is not None:
            self._skews[name] = theirs - self.shop.clock()

    async def ask(self, name: str, request: Request, content: Secret | None = None) -> Reply | None:
        """Send a request that costs nothing; None where the run stops. Raises as `send` does."""
        account = self.shop.accounts[name]
        self.asked(name)
        work = send(self.http, self.guard, account.base_url, request, self.headers(name), content)
        return await self.until_stop(work)

    def asked(self, name: str) -> None:
        """Note that the provider is asked for something, whatever it is."""
        self._retries_of(name).asked()

    async def again(self, name: str) -> None:
        """Wait until the provider may be asked again for what went wrong, or the run stops."""
        await self._retries_of(name).take(lambda: self.is_stopping)

    def _retries_of(self, name: str) -> Retries:
        if name not in self._retries:
            every = _LOOKS_A_RETRY * self.shop.accounts[name].poll_seconds
            self._retries[name] = Retries(every, self.sleep)
        return self._retries[name]

    # -- breaking the circuit --

    def reached(self, name: str) -> None:
        """Note that the provider answered."""
        self._unreached[name] = self._doubts = 0

    def not_reached(self, name: str, why: str) -> None:
        """Send nothing more when a provider cannot be reached several times in a row."""
        self._unreached[name] = self._unreached.get(name, 0) + 1
        if self._unreached[name] >= _SENDS:
            self.close(why)

    def in_doubt(self, why: str) -> None:
        """Send nothing more when nobody can tell of several submits in a row whether they were taken."""
        self._doubts += 1
        if self._doubts >= _DOUBTS:
            self.close(f"nobody can tell of {_DOUBTS} submits in a row whether they were taken: {why}")

    def fetched(self) -> None:
        """Note that a clip came home."""
        self._unfetched = 0

    def not_fetched(self, why: str) -> None:
        """Send nothing more when fetching fails several times in a row."""
        self._unfetched += 1
        if self._unfetched >= _UNFETCHED:
            self.close(f"fetching failed {_UNFETCHED} times in a row: {why}")

    async def full_disk(self) -> str:
        """Return why nothing more should be made: there is no room to keep it. Nothing where there is.

        Looked at once a second at most.
        """
        clock = asyncio.get_running_loop().time
        async with self._room:
            if clock() >= self._looks_at_room:
                self._no_room = await asyncio.to_thread(_no_room, self.shop.store.folder)
                self._looks_at_room = clock() + _LOOK_AT_ROOM
        return self._no_room

    # -- telling --

    def failed(self, order: Order, kind: Kind, message: str) -> None:
        """Tell that nothing will come of the order in this run or by itself in the next."""
        self.outcome.failed[order.fingerprint] = message
        self.tell(kind, order, message)

    def unknown(self, order: Order, why: str) -> None:
        """Tell that a person has to decide."""
        self.outcome.unknown[order.fingerprint] = why
        self.tell(Kind.UNKNOWN, order, why)

    def unfinished(self, order: Order, why: str) -> None:
        """Tell that the next run takes the order up."""
        self.outcome.unfinished[order.fingerprint] = why
        self.tell(Kind.WAITING, order, why)

    def tell(  # noqa: PLR0913 - the fields of an event
        self,
        kind: Kind,
        order: Order,
        message: str = "",
        *,
        amount: Decimal | None = None,
        currency: str = "",
        clip: str | None = None,
    ) -> None:
        """Tell a step. A listener that fails hears no more, and ends the run."""
        if self._is_deaf:
            return
        event = Event(
            kind=kind,
            tasks=order.tasks,
            fingerprint=order.fingerprint,
            at=self.shop.clock(),
            message=message,
            amount=amount,
            currency=currency,
            clip=clip,
        )
        try:
            self.shop.on_event(event)
        except Exception as error:  # noqa: BLE001 - a payment must be recorded whoever listens
            self._is_deaf = True
            self.break_off(error)


def _no_room(folder: Path) -> str:
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        free = disk_usage(there).free
    except OSError:
        return ""
    return f"only {free // 2**20} MB are free where clips are kept" if free < _ROOM else ""
