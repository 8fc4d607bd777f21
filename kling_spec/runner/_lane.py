"""The slots of one account and model: how many tasks are under way there, learnt from what it refuses."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


class Lane:
    """Lets in as many as the provider takes, never more than `most`, and each group in its turn.

    A refusal for now halves the limit, though never below what is under way; as many acceptances in a
    row as the limit is raise it by one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = most
        self._inside = 0
        self._under_way = 0
        self._accepted = 0
        self._pause = 0.0
        self._opens_at = 0.0
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def slot(self, group: str, *, first: bool = False) -> AsyncIterator["Slot"]:
        """Wait for a slot and hold it; groups that wait are served in turn, each in its own order.

        With `first` it goes before the others of its group: it was let in before, and put off.
        """
        ticket: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._queues.setdefault(group, deque())
        (queue.appendleft if first else queue.append)(ticket)
        self._serve()
        try:
            await ticket
        except asyncio.CancelledError:
            if ticket.done() and not ticket.cancelled():
                self._leave()
            raise
        slot = Slot(self)
        try:
            yield slot
        finally:
            if slot.is_under_way:
                self._under_way -= 1
            self._leave()

    def _leave(self) -> None:
        self._inside -= 1
        self._serve()

    def _serve(self) -> None:
        """Let in whoever may go, or come back when the pause is over."""
        loop = asyncio.get_running_loop()
        wait = self._opens_at - loop.time()
        if wait > 0:
            if self._timer is None or self._timer.cancelled() or self._timer.when() <= loop.time():
                self._timer = loop.call_at(self._opens_at, self._serve)
            return
        while self._inside < self._limit and (ticket := self._next()) is not None:
            self._inside += 1
            ticket.set_result(None)

    def _next(self) -> asyncio.Future[None] | None:
        """Return the first ticket of the group whose turn it is; the group goes behind the others."""
        while self._queues:
            group = next(iter(self._queues))
            queue = self._queues.pop(group)
            while queue and queue[0].done():
                queue.popleft()
            if queue:
                ticket = queue.popleft()
                if queue:
                    self._queues[group] = queue
                return ticket
        return None

    def open(self) -> None:
        """Let everybody in at once, from now on."""
        self._most = self._limit = 10**9
        self._opens_at = 0.0
        self._serve()

    def accepted(self) -> None:
        """Note that one more is under way; a full round of these makes room for one more."""
        self._under_way += 1
        self._pause = 0.0
        self._accepted += 1
        if self._accepted >= self._limit < self._most:
            self._limit += 1
            self._accepted = 0

    def refused(self) -> None:
        """Note that the provider has no room now; nothing is tried again before a pause."""
        self._limit = max(self._limit // 2, self._under_way, 1)
        self._accepted = 0
        now = asyncio.get_running_loop().time()
        if now >= self._opens_at:
            self._pause = min(max(_SHORTEST_PAUSE, self._pause * 1.6), _LONGEST_PAUSE)
            self._opens_at = now + self._pause


class Slot:
    """A place in a lane, held by one order."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self.is_under_way = False

    def accepted(self) -> None:
        """Note that the provider took the order, which is under way until the slot is left."""
        if not self.is_under_way:
            self.is_under_way = True
            self._lane.accepted()

    def refused(self) -> None:
        """Note that the provider refused the order for now."""
        self._lane.refused()
