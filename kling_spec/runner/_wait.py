"""Jobs at a provider: looked at until they end, and their clips brought home."""

import asyncio
from decimal import Decimal

from kling_spec.ir import Secret
from kling_spec.ledger import State
from kling_spec.plan import Order
from kling_spec.providers import JobState, Status, in_money, plain, read_profile
from kling_spec.runner._event import Kind
from kling_spec.runner._fetch import FetchError, fetch
from kling_spec.runner._floor import Floor
from kling_spec.runner._looks import Doubt
from kling_spec.runner._poller import Look, Poller

_OVER, _OVER_BY = Decimal("1.10"), Decimal("0.05")
"""A bill that is so many times its estimate, and so much more, is looked at by a person first."""
_FETCHES = 3
_FETCH_PAUSE = 1.0
_AT_ONCE = 8


def _is_adrift(status: Status) -> bool:
    """Whether a person has to look, should it stay so: the job is not known, or done and nowhere to be fetched."""
    is_done = status.state is JobState.SUCCEEDED
    return status.state is JobState.LOST or (is_done and status.video_url is None)


class Watch:
    """Waits for jobs. Nothing that goes wrong with looking changes where a job stands."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._downloads = asyncio.Semaphore(_AT_ONCE)
        self._pollers: dict[str, Poller] = {}

    def _poller(self, name: str) -> Poller:
        if name not in self._pollers:
            self._pollers[name] = Poller(self._floor, name)
        return self._pollers[name]

    async def look(self, name: str, job: str) -> Look:
        """Return where a job stands at this moment, or None and what stood in the way of seeing it."""
        return await self._poller(name).look(job)

    def wake(self) -> None:
        """Look at all jobs now."""
        for poller in self._pollers.values():
            poller.wake()

    async def close(self) -> None:
        """Look no more."""
        for poller in self._pollers.values():
            await poller.close()

    async def wait(self, order: Order, job: str) -> Status | None:
        """Look at the job until it ends, and return its status where it was made."""
        floor, poller = self._floor, self._poller(order.provider)
        clock = asyncio.get_running_loop().time
        end, said, is_known = clock() + floor.shop.patience, "", False
        doubt = Doubt(self._doubt_seconds(order), clock)
        while not floor.is_stopping:
            status, trouble = await poller.next(job)
            is_lost = status is not None and doubt.grows(_is_adrift(status))
            if status is not None and status.state is JobState.RUNNING:
                is_known = is_known or await self._running(order, job)
            elif status is not None and await self._is_settled(order, job, status, is_lost=is_lost):
                return status if status.video_url is not None else None
            words = trouble or (status.message if status is not None else "")
            if words and words != said:
                floor.tell(Kind.WAITING, order, words)
            said = words or said
            if clock() > end:
                floor.unfinished(order, f"not done after a long time, as {job}; the next run waits on")
                return None
        floor.unfinished(order, f"still running as {job}")
        return None

    def _doubt_seconds(self, order: Order) -> float:
        """Return how long the job may be nowhere to be found: no time where that changes nothing any more."""
        entry = self._floor.shop.ledger.entry(order.fingerprint)
        account = self._floor.shop.accounts[order.provider]
        is_ours = entry is None or entry.account == account.digest
        was_given_up = entry is not None and entry.state is State.UNKNOWN
        return account.doubt_seconds if is_ours and not was_given_up else 0.0

    async def _is_settled(self, order: Order, job: str, status: Status, *, is_lost: bool) -> bool:
        """Record what was seen, and return whether there is nothing more to wait for."""
        match status.state:
            case JobState.SUCCEEDED if status.video_url is not None:
                await self._succeeded(order, job, status, status.video_url)
            case JobState.FAILED:
                await self._failed(order, job, status.message or "the provider gave no reason")
            case JobState.LOST | JobState.SUCCEEDED if is_lost:
                await self._lost(order, status.message or f"the provider does not know the job {job}")
            case _:
                return False
        return True

    async def _running(self, order: Order, job: str) -> bool:
        """Record that it runs, which is worth it once; return True."""
        floor, ledger, state = self._floor, self._floor.shop.ledger, self._state(order)
        if state is State.UNKNOWN:
            await floor.write(ledger.accepted, order.fingerprint, job)
        if state in (State.ACCEPTED, State.UNKNOWN):
            await floor.write(ledger.running, order.fingerprint)
            floor.tell(Kind.RUNNING, order)
        return True

    async def _succeeded(self, order: Order, job: str, status: Status, address: Secret) -> None:
        floor, ledger = self._floor, self._floor.shop.ledger
        if self._state(order) is State.UNKNOWN:
            await floor.write(ledger.accepted, order.fingerprint, job)
        await floor.write(
            ledger.succeeded,
            order.fingerprint,
            video_url=address,
            seconds=status.seconds,
            cost=status.cost,
            cost_currency=status.currency,
        )
        await self._settle(order, status)
        floor.tell(Kind.SUCCEEDED, order, amount=status.cost, currency=status.currency or "")

    async def _settle(self, order: Order, status: Status) -> None:
        """Hold what was billed in place of the estimate; a bill far over it ends the sending."""
        if status.cost is None or status.currency is None:
            return
        billed, currency = in_money(status.cost, status.currency, read_profile(order.provider))
        expected = order.cost.amount
        if expected is None or currency != order.cost.currency:
            return
        await self._floor.write(self._floor.shop.ledger.settle, order.fingerprint, billed)
        if billed > expected * _OVER and billed - expected > _OVER_BY:
            self._floor.close(
                f"{order.tasks[0]} was billed {plain(billed)} {currency}, and {plain(expected)} was expected;"
                " look at the prices, then run again"
            )

    async def _failed(self, order: Order, job: str, message: str) -> None:
        """Note a failure; but what was made once is paid, and is not made again without a decision."""
        floor, ledger = self._floor, self._floor.shop.ledger
        entry = ledger.entry(order.fingerprint)
        if entry is not None and entry.video_url is None:
            if entry.state is State.UNKNOWN:
                await floor.write(ledger.accepted, order.fingerprint, job)
            await floor.write(ledger.failed, order.fingerprint, message)
            floor.failed(order, Kind.FAILED, message)
            return
        why = f"reported as failed now, and not so before: {message}"
        await floor.write(ledger.unknown, order.fingerprint, why)
        floor.unknown(order, why)

    async def _lost(self, order: Order, message: str) -> None:
        """Note that the provider has no such job; of another account's jobs that says nothing."""
        floor, ledger = self._floor, self._floor.shop.ledger
        entry = ledger.entry(order.fingerprint)
        if entry is not None and entry.account != floor.shop.accounts[order.provider].digest:
            floor.unfinished(order, f"sent with another key or to another address, and {message}")
            return
        await floor.write(ledger.unknown, order.fingerprint, message)
        floor.unknown(order, message)

    def _state(self, order: Order) -> State | None:
        entry = self._floor.shop.ledger.entry(order.fingerprint)
        return entry.state if entry is not None else None

    # -- fetch --

    async def fetch(self, order: Order, job: str, status: Status) -> None:
        """Bring the clip into the store; what fails is tried again with a fresh address, never made again."""
        floor, address, problem = self._floor, status.video_url, "the run was stopped"
        for attempt in range(_FETCHES):
            if attempt:
                await floor.sleep(attempt * _FETCH_PAUSE)
                await floor.again(order.provider)
                fresh, _ = await self.look(order.provider, job)
                address = (fresh.video_url if fresh is not None else None) or address
            if floor.is_stopping or address is None:
                break
            try:
                async with self._downloads:
                    clip, odd = await fetch(floor, order, address, is_last=attempt == _FETCHES - 1)
            except FetchError as error:
                problem = str(error)
                if not floor.is_stopping:
                    floor.not_fetched(problem)
                continue
            floor.fetched()
            await floor.write(floor.shop.ledger.stored, order.fingerprint, clip)
            if odd:
                await floor.write(floor.shop.ledger.remark, order.fingerprint, odd)
            floor.outcome.stored[order.fingerprint] = clip
            floor.tell(Kind.STORED, order, odd, clip=clip)
            return
        await floor.write(floor.shop.ledger.remark, order.fingerprint, problem)
        floor.unfinished(order, f"made, and not downloaded: {problem}")
