"""One poller an account: it looks at all jobs that are waited for together, at a constant pace."""

import asyncio
from contextlib import suppress

from kling_spec.providers import JobState, Status
from kling_spec.runner._floor import Floor
from kling_spec.runner._http import NotSentError, UnclearError

_LONGEST_PAUSE = 60.0
_AT_ONCE = 8
"""How many jobs are looked at side by side where there is no list that shows them."""

Look = tuple[Status | None, str]
"""Where a job stands, or None and what stood in the way of seeing it."""


class Poller:
    """Looks at jobs by the provider's list or batch where it has one, else one by one.

    The pace is the same however old a job is; only errors of the provider slow it down.
    """

    def __init__(self, floor: Floor, name: str) -> None:
        self._floor = floor
        self._name = name
        self._back_end, account = floor.account(name)
        self._pace = account.poll_seconds
        self._pause = self._pace
        self._is_down = False
        self._waiting: dict[str, asyncio.Future[Look]] = {}
        self._task: asyncio.Task[None] | None = None
        self._awake = asyncio.Event()

    async def next(self, job: str) -> Look:
        """Return what the next look at the job shows."""
        future = self._waiting.get(job)
        if future is None:
            future = self._waiting[job] = asyncio.get_running_loop().create_future()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go_on())
        return await asyncio.shield(future)

    async def look(self, job: str) -> Look:
        """Return where one job stands at this moment."""
        try:
            reply = await self._floor.ask(self._name, self._back_end.poll(job))
        except (NotSentError, UnclearError) as error:
            return None, f"the provider cannot be asked: {error}"
        if reply is None:
            return None, ""
        status = self._back_end.read_poll(job, reply)
        if status.state is JobState.RUNNING and not 200 <= reply.status < 300:
            return None, status.message
        return status, ""

    def wake(self) -> None:
        """Look at once, not when the pace says so."""
        self._awake.set()

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _go_on(self) -> None:
        """Look once a pace for as long as somebody waits."""
        clock, took = asyncio.get_running_loop().time, 0.0
        while self._waiting:
            await self._floor.until_stop(self._rest(max(self._pause - took, self._pause / 2)))
            if self._is_down:
                await self._floor.again(self._name)
            if self._floor.is_stopping:
                self._tell(dict.fromkeys(self._waiting, (None, "")))
                return
            begin = clock()
            await self._round(list(self._waiting))
            took = clock() - begin

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), seconds)
        self._awake.clear()

    async def _round(self, jobs: list[str]) -> None:
        seen = await self._together(jobs)
        left, self._is_down = [job for job in jobs if job not in seen], False
        for start in range(0, len(left), _AT_ONCE):
            if self._is_down or self._floor.is_stopping:
                break
            some = left[start : start + _AT_ONCE]
            looks = await asyncio.gather(*(self.look(job) for job in some))
            seen |= dict(zip(some, looks, strict=True))
            self._is_down = any(status is None and trouble for status, trouble in looks)
        missed = next((look for look in seen.values() if look[0] is None), (None, ""))
        longest = max(_LONGEST_PAUSE, self._pace)
        self._pause = min(self._pause * 1.5, longest) if self._is_down else self._pace
        self._tell({job: seen.get(job, missed) for job in jobs})

    async def _together(self, jobs: list[str]) -> dict[str, Look]:
        """Return what the provider's list or batch shows of the jobs; what it does not show is missing."""
        batch, seen = self._back_end.batch, dict[str, Look]()
        if batch is None or len(jobs) < 2:
            return seen
        left = list(jobs)
        for number in range(batch.most):
            request = batch.request(left[: batch.size], number)
            try:
                reply = await self._floor.ask(self._name, request) if left else None
            except (NotSentError, UnclearError):
                return seen
            if reply is None:
                return seen
            page = batch.read(left, reply)
            found = {job: (page.statuses[job], "") for job in left if job in page.statuses}
            seen |= found
            left = [job for job in left if job not in found]
            if page.is_last or not left or not found:  # further pages are older still
                break
        return seen

    def _tell(self, looks: dict[str, Look]) -> None:
        for job, look in looks.items():
            future = self._waiting.pop(job, None)
            if future is not None and not future.done():
                future.set_result(look)
