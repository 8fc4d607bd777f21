"""A run: every order on its way, side by side, each behind the orders whose clips it needs."""

import asyncio
import threading
from collections.abc import Iterable
from contextlib import suppress

from kling_spec.ledger import FINAL, Entry, LedgerError, State
from kling_spec.plan import GIVEN_UP, Order
from kling_spec.providers import Status
from kling_spec.runner._account import KeyUnusable
from kling_spec.runner._event import Kind, Outcome
from kling_spec.runner._fill import Filler
from kling_spec.runner._floor import LISTEN, Floor, Workshop
from kling_spec.runner._http import client
from kling_spec.runner._lane import Lane, Slot
from kling_spec.runner._scribe import Scribe
from kling_spec.runner._silence import silence
from kling_spec.runner._submit import Desk, Later
from kling_spec.runner._turns import Turns, group_of, lane_of
from kling_spec.runner._wait import Watch

NOT_WANTED = "not sent: it was taken back"
"""Why a payload was not sent that nobody wanted any more."""


async def run(orders: Iterable[Order], workshop: Workshop, stop: threading.Event) -> Outcome:
    """Make what was ordered and return what came of it.

    When `stop` is set nothing more is sent, and the run ends within about a second; only a submit
    whose answer is still to come is waited for, since that answer says what was paid for. What
    `on_event` raises is raised here, after everything under way was recorded.
    """
    with silence():
        return await _done(orders, workshop, stop)


async def _done(orders: Iterable[Order], workshop: Workshop, stop: threading.Event) -> Outcome:
    async with client() as http, Scribe(workshop.ledger) as scribe:
        floor = Floor(workshop, http, scribe, stop)
        runner = _Run(list(orders), floor)
        beside = [asyncio.create_task(work) for work in (floor.heed(), runner.let_go(), runner.listen())]
        try:
            runner.check_keys()
            await runner.follow_all()
        finally:
            for task in beside:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await runner.close()
    if floor.error is not None:
        raise floor.error
    return floor.outcome


class _Run:
    """The orders of one run."""

    def __init__(self, orders: list[Order], floor: Floor) -> None:
        self.orders = orders
        self._floor = floor
        self._ledger = floor.shop.ledger
        self._turns = Turns(orders, lambda name: floor.shop.accounts[name].concurrency)
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._watch = Watch(floor)
        self._desk = Desk(floor, Filler(floor, self._watch), self._watch)

    async def close(self) -> None:
        """End what goes on beside the orders."""
        await self._watch.close()

    def check_keys(self) -> None:
        """Do nothing at all with a key that no header can carry."""
        for name in {order.provider for order in self.orders}:
            try:
                sound = all(_is_sound(value.reveal()) for value in self._floor.headers(name).values())
                problem = "" if sound else f"the key of {name} holds a space or a letter that no key has"
            except KeyUnusable as error:
                problem = str(error)
            if problem:
                self._floor.close(problem)
                self._floor.end()

    async def follow_all(self) -> None:
        """See every order through to its end."""
        async with asyncio.TaskGroup() as group:
            self._go_on(group)

    def _go_on(self, group: asyncio.TaskGroup) -> None:
        """Begin with whatever has its turn now."""
        while (order := self._turns.next()) is not None:
            group.create_task(self._through(order, group))

    async def _through(self, order: Order, group: asyncio.TaskGroup) -> None:
        await self._follow_safely(order)
        self._turns.ended(order)
        self._go_on(group)

    async def _follow_safely(self, order: Order) -> None:
        """See one order through to its end, whatever that is."""
        try:
            await self._follow(order)
        except LedgerError as error:
            self._floor.close(str(error))
            self._floor.unfinished(order, str(error))
        except Exception as error:  # noqa: BLE001 - raised again once the other orders are settled
            self._floor.break_off(error)

    async def _follow(self, order: Order) -> None:
        entry = self._ledger.entry(order.fingerprint)
        if entry is not None and entry.state is State.STORED and self._floor.shop.store.has(entry.clip or ""):
            self._floor.outcome.stored[order.fingerprint] = entry.clip or ""
            self._floor.tell(Kind.REUSED, order, clip=entry.clip)
            return
        if entry is not None and entry.state is State.ABANDONED:
            self._floor.failed(order, Kind.FAILED, GIVEN_UP)
            return
        is_new = entry is None or entry.state in FINAL
        if is_new and not self._is_ready(order):
            self._floor.unfinished(order, "not sent: what it continues is not there")
            return
        job, status = await self._made(order, entry)
        if job is not None and status is not None:
            await self._watch.fetch(order, job, status)

    async def _made(self, order: Order, entry: Entry | None) -> tuple[str | None, Status | None]:
        """Return the job and its status once it is made; what has no room now waits for its turn again."""
        floor, clock = self._floor, asyncio.get_running_loop().time
        end, put_off, group = clock() + floor.shop.patience, False, group_of(order)
        while True:
            if put_off:
                await floor.again(order.provider)
            async with self._lane(order).slot(group, first=put_off) as slot:
                job = await self._job(order, entry, slot, again=put_off)
                if not isinstance(job, Later):
                    return job, await self._watch.wait(order, job) if job is not None else None
            if floor.is_closed or clock() >= end:
                floor.unfinished(order, job.why)
                return None, None
            put_off = True

    def _lane(self, order: Order) -> Lane:
        """Return the lane of the order's account and model, whose slots are counted by the provider."""
        key = lane_of(order)
        if key not in self._lanes:
            self._lanes[key] = Lane(self._floor.shop.accounts[order.provider].concurrency)
        return self._lanes[key]

    async def listen(self) -> None:
        """Look at once when a callback says that something moved; the look tells what."""
        heard = self._ledger.last_hint()
        while self._floor.shop.hears and not self._floor.is_stopping:
            await self._floor.sleep(LISTEN)
            newest = self._ledger.last_hint()
            if newest != heard:
                self._watch.wake()
            heard = newest

    async def let_go(self) -> None:
        """When the run is to stop, let everybody in who waits: nothing is sent any more."""
        await self._floor.stopping()
        for lane in self._lanes.values():
            lane.open()

    def _is_ready(self, order: Order) -> bool:
        """Whether everything that the order needs is there."""
        if not order.needs:
            return True
        entries = self._ledger.many(order.needs.values())
        return all(
            needed in entries and entries[needed].state is State.STORED for needed in order.needs.values()
        )

    async def _job(self, order: Order, entry: Entry | None, slot: Slot, *, again: bool) -> str | Later | None:
        """Return the provider's id of the order, submitting it where that was not done before."""
        if entry is None or entry.state in FINAL:
            if self._floor.is_closed or not self._floor.shop.wants(order.fingerprint):
                self._floor.unfinished(order, "not sent" if self._floor.is_closed else NOT_WANTED)
                return None
            return await self._desk.submit(order, slot, again=again)
        slot.accepted()
        if entry.job is None:
            return await self._desk.recover(order, entry)
        if entry.state is not State.UNKNOWN:
            self._floor.tell(Kind.WAITING, order, f"sent before, as {entry.job}")
        return entry.job


def _is_sound(value: str) -> bool:
    """Whether a header can carry the value."""
    return value == value.strip() and value.isascii() and value.isprintable()
