"""Writes into the ledger for a whole run: what waits at the same moment is made durable together."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from kling_spec.ledger import Ledger

P = ParamSpec("P")
T = TypeVar("T")
_Waiting = list[tuple[Callable[[], Any], asyncio.Future[Any]]]


class Scribe:
    """One thread that writes while everything else goes on.

    A disk syncs so many times a second and no more: steps that come while it does share the next one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: _Waiting = []
        self._is_idle = True
        self._lock = Lock()
        """Held for what waits, and whether somebody sees to it."""
        self._thread = ThreadPoolExecutor(1, "kling-spec ledger")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what still waits, whoever waits for it or not."""
        await asyncio.sleep(0)  # who began to write in this round has called the thread by then
        await asyncio.to_thread(self._thread.shutdown)

    async def write(self, step: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
        """Carry out a step of the ledger; it is durable when this returns. Raises what the step raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            self._waiting.append((partial(step, *values, **named), future))
            is_first, self._is_idle = self._is_idle, False
        if is_first:  # in a moment: others of this round may come along
            loop.call_soon(self._thread.submit, self._go_on, loop)
        return await future

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write for as long as something waits."""
        while batch := self._taken():
            results: list[Any]
            try:
                results = self._ledger.together([step for step, _ in batch])
            except Exception as error:  # noqa: BLE001 - handed to everybody who waits
                results = [error] * len(batch)
            loop.call_soon_threadsafe(_tell, batch, results)

    def _taken(self) -> _Waiting:
        with self._lock:
            batch, self._waiting = self._waiting, []
            self._is_idle = not batch
        return batch


def _tell(batch: _Waiting, results: list[Any]) -> None:
    for (_, future), result in zip(batch, results, strict=True):
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)
