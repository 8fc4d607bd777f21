"""How often an account may be asked again: a provider that is down is left alone, and nothing fails for it."""

import asyncio
from collections.abc import Awaitable, Callable

SHARE = 0.1
"""Of all requests; so many may be retries in the long run."""
RESERVE = 20.0
"""Retries that are there from the beginning, and the most that can be saved up."""


class Retries:
    """A bucket of tokens: every request earns a part of one, and so does time; every retry takes one.

    Who finds it empty waits, in the order of coming. `rest` is slept in, and ends early when the run is
    to stop; `every` is after how many seconds there is one more.
    """

    def __init__(self, every: float, rest: Callable[[float], Awaitable[None]]) -> None:
        self._every = every
        self._rest = rest
        self._tokens = RESERVE
        self._counted_at: float | None = None
        self._queue = asyncio.Lock()

    def asked(self) -> None:
        """Note a request of any kind."""
        self._earn(SHARE)

    async def take(self, is_over: Callable[[], bool]) -> None:
        """Wait until there is a retry to be had, and take it; return at once when all is over."""
        async with self._queue:
            while not is_over():
                self._count()
                if self._tokens >= 1:
                    self._tokens -= 1
                    return
                await self._rest((1 - self._tokens) * self._every)

    def _count(self) -> None:
        """Earn for the time that has passed."""
        now = asyncio.get_running_loop().time()
        if self._counted_at is not None:
            self._earn((now - self._counted_at) / self._every)
        self._counted_at = now

    def _earn(self, tokens: float) -> None:
        self._tokens = min(self._tokens + tokens, RESERVE)
