"""A run: every order on its way, side by side, each behind the orders whose clips it needs."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import httpx

from kling_spec.ledger import Entry, Ledger, State, Store
from kling_spec.plan import Order
from kling_spec.providers import (
    Accepted,
    JobState,
    Provider,
    Refusal,
    Refused,
    Request,
    Status,
    Unclear,
    provider,
)
from kling_spec.runner._account import Account
from kling_spec.runner._event import Event, Kind, Outcome
from kling_spec.runner._fetch import FetchError, fetch
from kling_spec.runner._fill import Filler
from kling_spec.runner._http import NotSentError, UnclearError, client, fresh_client, send, send_bytes

_FETCHES = 3
_SENDS = 5
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


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
    on_event: Callable[[Event], None] = lambda _: None
    """Hears every step, in the run's own thread."""
    clock: Callable[[], datetime] = _now


async def run(orders: Iterable[Order], workshop: Workshop, stop: threading.Event) -> Outcome:
    """Make what was ordered and return what came of it; when `stop` is set, send nothing more and end soon."""
    runner = _Run(list(orders), workshop, stop)
    async with client() as http:
        await asyncio.gather(*(runner.follow(order, http) for order in runner.orders))
    return runner.outcome


class _Run:
    """The state that the orders of one run share."""

    def __init__(self, orders: list[Order], workshop: Workshop, stop: threading.Event) -> None:
        self.orders = orders
        self.outcome = Outcome()
        self._shop = workshop
        self._stop = stop
        self._ended = {order.fingerprint: asyncio.Event() for order in orders}
        self._slots = {
            name: asyncio.Semaphore(account.concurrency) for name, account in workshop.accounts.items()
        }
        self._filler = Filler(workshop.ledger, workshop.store, workshop.files)

    async def follow(self, order: Order, http: httpx.AsyncClient) -> None:
        """See one order through to its end, whatever that is."""
        try:
            if await self._is_ready(order):
                await self._make(order, http)
        finally:
            self._ended[order.fingerprint].set()

    async def _is_ready(self, order: Order) -> bool:
        """Wait for what the order needs, and return whether all of it is there."""
        for needed in order.needs.values():
            if needed in self._ended:
                await self._ended[needed].wait()
            entry = self._shop.ledger.entry(needed)
            if entry is None or entry.state is not State.STORED:
                self.outcome.unfinished[order.fingerprint] = "what it continues is not there"
                return False
        return True

    async def _make(self, order: Order, http: httpx.AsyncClient) -> None:
        entry = self._shop.ledger.entry(order.fingerprint)
        if entry is not None and entry.state is State.STORED and self._shop.store.has(entry.clip or ""):
            self.outcome.stored[order.fingerprint] = entry.clip or ""
            self._tell(Kind.REUSED, order, clip=entry.clip)
            return
        async with self._slots[order.provider]:
            job = await self._job(order, entry, http)
            status = await self._wait(order, job, http) if job is not None else None
        if status is not None:
            await self._fetch(order, job or "", status, http)

    async def _job(self, order: Order, entry: Entry | None, http: httpx.AsyncClient) -> str | None:
        """Return the provider's id of the order, submitting it where that was not done before."""
        if entry is None or entry.state in (State.FAILED, State.REFUSED, State.ABANDONED):
            return None if self._is_stopped(order) else await self._submit(order, http)
        if entry.state is State.SENDING:
            return await self._reconcile(order, entry, http)
        if entry.state is State.UNKNOWN or entry.job is None:
            self._unknown(order, entry.message or "nobody can tell whether it was sent")
            return None
        self._tell(Kind.WAITING, order, f"sent before, as {entry.job}")
        return entry.job

    # -- submit --

    async def _submit(self, order: Order, http: httpx.AsyncClient) -> str | None:
        back_end, account, ledger = (
            provider(order.provider),
            self._shop.accounts[order.provider],
            self._shop.ledger,
        )
        try:
            fill = await self._filler.fill(order, back_end, account, http, self._headers(back_end, account))
        except FetchError as error:
            self._failed(order, Kind.FAILED, str(error))
            return None
        body = order.render(fill).encode()
        ledger.intend(
            fingerprint=order.fingerprint,
            attempt=order.attempt,
            body_sha256=sha256(body).hexdigest(),
            task=order.tasks[0],
            spec=order.spec,
            provider=order.provider,
            model=order.model,
            account=account.digest,
            client_id=order.client_id,
            estimate=order.cost.amount,
            estimate_currency=order.cost.currency,
        )
        self._tell(Kind.SUBMITTED, order, amount=order.cost.amount, currency=order.cost.currency)
        return await self._post(order, body, back_end, account)

    async def _post(self, order: Order, body: bytes, back_end: Provider, account: Account) -> str | None:
        """Send the frozen body until the provider says yes or no; what is unclear is never sent again."""
        request = Request(method="POST", path=order.path, headers=back_end.submit_headers(order.client_id))
        task = {"X-Kling-Spec-Task": quote(order.tasks[0])} if account.is_sandbox else {}
        unsent, pause = 0, 0.0
        while True:
            headers = {**self._headers(back_end, account), **task}
            try:
                async with fresh_client() as http:
                    url = account.base_url + order.path
                    answer = back_end.read_submit(await send_bytes(http, "POST", url, request, body, headers))
            except NotSentError as error:
                unsent += 1
                answer = Refused(Refusal.RETRY if unsent < _SENDS else Refusal.STOP, "", f"not sent: {error}")
            except UnclearError as error:
                answer = Unclear(str(error))
            if not (isinstance(answer, Refused) and answer.kind is Refusal.RETRY) or self._stop.is_set():
                return self._answered(order, answer)
            pause = min(max(_SHORTEST_PAUSE, pause * 1.6), _LONGEST_PAUSE)
            self._tell(Kind.WAITING, order, answer.message)
            await self._sleep(pause * random.uniform(1, 1.3))  # noqa: S311 - spreads retries, guards nothing

    def _answered(self, order: Order, answer: Accepted | Refused | Unclear) -> str | None:
        ledger = self._shop.ledger
        match answer:
            case Accepted(job):
                ledger.accepted(order.fingerprint, job)
                self.outcome.submitted += 1
                if order.cost.amount is not None:
                    spent = self.outcome.spent.get(order.cost.currency, Decimal(0))
                    self.outcome.spent[order.cost.currency] = spent + order.cost.amount
                self._tell(Kind.ACCEPTED, order, job, amount=order.cost.amount, currency=order.cost.currency)
                return job
            case Refused(Refusal.RETRY, _, message):
                ledger.unsent(order.fingerprint, message)
                self.outcome.unfinished[order.fingerprint] = message
            case Refused(kind, code, message):
                words = f"{code}: {message}" if code else message
                ledger.refused(order.fingerprint, words)
                if kind is Refusal.STOP:
                    self.outcome.stopped = self.outcome.stopped or words
                self._failed(order, Kind.REFUSED, words, is_noted=True)
            case Unclear(why):
                ledger.unknown(order.fingerprint, why)
                self._unknown(order, why)
        return None

    async def _reconcile(self, order: Order, entry: Entry, http: httpx.AsyncClient) -> str | None:
        """Look an order up that an earlier run may have sent; without a clear answer it stays unknown."""
        back_end, account = provider(order.provider), self._shop.accounts[order.provider]
        why = "an earlier run ended while it was being sent"
        if back_end.find is not None:
            try:
                reply = await send(
                    http, account.base_url, back_end.find(entry.client_id), self._headers(back_end, account)
                )
                answer = back_end.read_find(entry.client_id, reply)
            except (NotSentError, UnclearError):
                answer = None
            if isinstance(answer, Accepted):
                return self._adopted(order, answer.job)
        self._shop.ledger.unknown(order.fingerprint, why)
        self._unknown(order, why)
        return None

    def _adopted(self, order: Order, job: str) -> str:
        self._shop.ledger.accepted(order.fingerprint, job)
        self._tell(Kind.ACCEPTED, order, f"found at the provider as {job}")
        return job

    # -- wait --

    async def _wait(self, order: Order, job: str, http: httpx.AsyncClient) -> Status | None:
        """Look at the job until it ends; errors of looking change nothing."""
        account = self._shop.accounts[order.provider]
        is_told = False
        while not self._stop.is_set():
            status = await self._look(order, job, http)
            match status:
                case None:
                    pass
                case Status(state=JobState.SUCCEEDED, video_url=str()):
                    self._succeeded(order, status)
                    return status
                case Status(state=JobState.FAILED):
                    self._failed(order, Kind.FAILED, status.message or "the provider gave no reason")
                    return None
                case Status(state=JobState.LOST):
                    why = status.message or f"the provider does not know the job {job}"
                    self._shop.ledger.unknown(order.fingerprint, why)
                    self._unknown(order, why)
                    return None
                case _ if not is_told:
                    is_told = True
                    self._shop.ledger.running(order.fingerprint)
                    self._tell(Kind.RUNNING, order, status.message)
            await self._sleep(account.poll_seconds)
        self.outcome.unfinished[order.fingerprint] = f"still running as {job}"
        return None

    async def _look(self, order: Order, job: str, http: httpx.AsyncClient) -> Status | None:
        back_end, account = provider(order.provider), self._shop.accounts[order.provider]
        try:
            reply = await send(http, account.base_url, back_end.poll(job), self._headers(back_end, account))
        except (NotSentError, UnclearError):
            return None
        return back_end.read_poll(job, reply)

    def _succeeded(self, order: Order, status: Status) -> None:
        self._shop.ledger.succeeded(
            order.fingerprint,
            video_url=status.video_url or "",
            seconds=status.seconds,
            cost=status.cost,
            cost_currency=status.currency,
        )
        self._tell(Kind.SUCCEEDED, order, amount=status.cost, currency=status.currency or "")

    # -- fetch --

    async def _fetch(self, order: Order, job: str, status: Status, http: httpx.AsyncClient) -> None:
        """Download the clip; a failure is tried again with a fresh address, and never made again."""
        address, problem = status.video_url or "", ""
        for attempt in range(_FETCHES):
            if attempt:
                await self._sleep(attempt)
                fresh = await self._look(order, job, http)
                address = (fresh.video_url if fresh is not None else None) or address
            try:
                clip = await fetch(http, address, self._shop.store, order.seconds)
            except FetchError as error:
                problem = str(error)
                continue
            self._shop.ledger.stored(order.fingerprint, clip)
            self.outcome.stored[order.fingerprint] = clip
            self._tell(Kind.STORED, order, clip=clip)
            return
        self._shop.ledger.remark(order.fingerprint, problem)
        self.outcome.unfinished[order.fingerprint] = f"made, and not downloaded: {problem}"
        self._tell(Kind.WAITING, order, self.outcome.unfinished[order.fingerprint])

    # -- how --

    def _is_stopped(self, order: Order) -> bool:
        if self._stop.is_set() or self.outcome.stopped:
            self.outcome.unfinished[order.fingerprint] = "not sent"
            return True
        return False

    def _failed(self, order: Order, kind: Kind, message: str, *, is_noted: bool = False) -> None:
        entry = self._shop.ledger.entry(order.fingerprint)
        if not is_noted and entry is not None:
            self._shop.ledger.failed(order.fingerprint, message)
        self.outcome.failed[order.fingerprint] = message
        self._tell(kind, order, message)

    def _unknown(self, order: Order, why: str) -> None:
        self.outcome.unknown[order.fingerprint] = why
        self._tell(Kind.UNKNOWN, order, why)

    def _headers(self, back_end: Provider, account: Account) -> dict[str, str]:
        return dict(back_end.authorize(account.credentials, self._shop.clock()))

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not on when the run is to stop."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not self._stop.is_set() and (left := end - loop.time()) > 0:
            await asyncio.sleep(min(0.1, left))

    def _tell(  # noqa: PLR0913 - the fields of an event
        self,
        kind: Kind,
        order: Order,
        message: str = "",
        *,
        amount: Decimal | None = None,
        currency: str = "",
        clip: str | None = None,
    ) -> None:
        self._shop.on_event(
            Event(
                kind=kind,
                tasks=order.tasks,
                fingerprint=order.fingerprint,
                at=self._shop.clock(),
                message=message,
                amount=amount,
                currency=currency,
                clip=clip,
            )
        )
