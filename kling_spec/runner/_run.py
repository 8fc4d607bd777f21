"""A run: every order on its way, side by side, each behind the orders whose clips it needs."""

import asyncio
import threading
from collections.abc import Iterable
from contextlib import suppress

from kling_spec.ledger import FINAL, Entry, LedgerError, State
from kling_spec.plan import Order
from kling_spec.runner._event import Kind, Outcome
from kling_spec.runner._fill import Filler
from kling_spec.runner._floor import Floor, Workshop
from kling_spec.runner._http import client
from kling_spec.runner._silence import silence
from kling_spec.runner._submit import Desk
from kling_spec.runner._wait import Watch


async def run(orders: Iterable[Order], workshop: Workshop, stop: threading.Event) -> Outcome:
    """Make what was ordered and return what came of it.

    When `stop` is set nothing more is sent, and the run ends within about a second; only a submit
    whose answer is still to come is waited for, since that answer says what was paid for. What
    `on_event` raises is raised here, after everything under way was recorded.
    """
    with silence():
        return await _done(orders, workshop, stop)


async def _done(orders: Iterable[Order], workshop: Workshop, stop: threading.Event) -> Outcome:
    async with client() as http:
        floor = Floor(workshop, http, stop)
        runner = _Run(list(orders), floor)
        heed = asyncio.create_task(floor.heed())
        try:
            runner.check_keys()
            await asyncio.gather(*(runner.follow(order) for order in runner.orders))
        finally:
            heed.cancel()
            with suppress(asyncio.CancelledError):
                await heed
    if floor.error is not None:
        raise floor.error
    return floor.outcome


_GIVEN_UP = "given up by a decision; 'kling-spec ledger resubmit' lets it be sent again"


class _Run:
    """The orders of one run."""

    def __init__(self, orders: list[Order], floor: Floor) -> None:
        self.orders = orders
        self._floor = floor
        self._ledger = floor.shop.ledger
        self._ended = {order.fingerprint: asyncio.Event() for order in orders}
        accounts = floor.shop.accounts.items()
        self._slots = {name: asyncio.Semaphore(account.concurrency) for name, account in accounts}
        self._watch = Watch(floor)
        self._desk = Desk(floor, Filler(floor, self._watch))

    def check_keys(self) -> None:
        """Do nothing at all with a key that no header can carry."""
        for name in {order.provider for order in self.orders}:
            if not all(_is_sound(value) for value in self._floor.headers(name).values()):
                self._floor.close(f"the key of {name} holds a space or a letter that no key has")
                self._floor.end()

    async def follow(self, order: Order) -> None:
        """See one order through to its end, whatever that is."""
        try:
            await self._follow(order)
        except LedgerError as error:
            self._floor.close(str(error))
            self._floor.unfinished(order, str(error))
        except Exception as error:  # noqa: BLE001 - raised again once the other orders are settled
            self._floor.break_off(error)
        finally:
            self._ended[order.fingerprint].set()

    async def _follow(self, order: Order) -> None:
        entry = self._ledger.entry(order.fingerprint)
        if entry is not None and entry.state is State.STORED and self._floor.shop.store.has(entry.clip or ""):
            self._floor.outcome.stored[order.fingerprint] = entry.clip or ""
            self._floor.tell(Kind.REUSED, order, clip=entry.clip)
            return
        if entry is not None and entry.state is State.ABANDONED:
            self._floor.failed(order, Kind.FAILED, _GIVEN_UP)
            return
        is_new = entry is None or entry.state in FINAL
        if is_new and not await self._is_ready(order):
            self._floor.unfinished(order, "not sent: what it continues is not there")
            return
        async with self._slots[order.provider]:
            job = await self._job(order, entry)
            status = await self._watch.wait(order, job) if job is not None else None
        if job is not None and status is not None:
            await self._watch.fetch(order, job, status)

    async def _is_ready(self, order: Order) -> bool:
        """Wait for what the order needs, and return whether all of it is there."""
        for needed in order.needs.values():
            if needed in self._ended:
                await self._ended[needed].wait()
            entry = self._ledger.entry(needed)
            if entry is None or entry.state is not State.STORED:
                return False
        return True

    async def _job(self, order: Order, entry: Entry | None) -> str | None:
        """Return the provider's id of the order, submitting it where that was not done before."""
        if entry is None or entry.state in FINAL:
            if not self._floor.is_closed:
                return await self._desk.submit(order)
            self._floor.unfinished(order, "not sent")
            return None
        if entry.job is None:
            return await self._desk.recover(order, entry)
        if entry.state is not State.UNKNOWN:
            self._floor.tell(Kind.WAITING, order, f"sent before, as {entry.job}")
        return entry.job


def _is_sound(value: str) -> bool:
    """Whether a header can carry the value."""
    return value == value.strip() and value.isascii() and value.isprintable()
