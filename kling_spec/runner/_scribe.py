"""Writes into the ledger for a whole run: what waits at the same moment is made durable together."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from kling_spec.ledger import Ledger

P = ParamSpec("P")
T = TypeVar("T")


class Scribe:
    """One thread that writes while everything else goes on.

    A disk syncs so many times a second and no more: steps that come while it does share the next one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "kling-spec ledger")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what still waits, whoever waits for it or not."""
        if self._task is not None:
            await self._task
        self._thread.shutdown()

    async def write(self, step: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
        """Carry out a step of the ledger; it is durable when this returns. Raises what the step raises."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((partial(step, *values, **named), future))
        if self._task is None:
            self._task = asyncio.create_task(self._go_on())
        return await future

    async def _go_on(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting, []
            steps = [step for step, _ in batch]
            results: list[Any]
            try:
                results = await loop.run_in_executor(self._thread, self._ledger.together, steps)
            except Exception as error:  # noqa: BLE001 - handed to everybody who waits
                results = [error] * len(batch)
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
        self._task = None
