"""Elements that a provider makes of pictures or of a video: each once an account, remembered for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from kling_spec.ir import Secret
from kling_spec.providers import (
    Accepted,
    Element,
    ElementStatus,
    JobState,
    Library,
    Refused,
    Reply,
    Request,
    Slot,
)
from kling_spec.runner._fetch import FetchError
from kling_spec.runner._floor import Floor
from kling_spec.runner._http import NotSentError, UnclearError
from kling_spec.runner._looks import Doubt

_MAKINGS = 3
"""How often one element is tried, each time under an id of its own: a used id is taken for good."""


class Elements:
    """Makes elements. An earlier making is found by our own id and adopted."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}

    async def id_of(
        self, element: Element, provider: str, fill: Callable[[Slot], Awaitable[Any]]
    ) -> int | str:
        """Return the element's id at the provider, made where it is not there. Raises FetchError."""
        ledger, account = self._floor.shop.ledger, self._floor.shop.accounts[provider].digest
        what = f"element:{element.sha256}"
        async with self._locks.setdefault((provider, what), asyncio.Lock()):
            known = ledger.kept(provider, account, what)
            if known is None:
                known = await self._made(element, provider, fill)
                await self._floor.write(ledger.keep, provider, account, what, known, None)
            return known

    async def _made(
        self, element: Element, provider: str, fill: Callable[[Slot], Awaitable[Any]]
    ) -> int | str:
        library = self._floor.account(provider)[0].library
        if library is None:
            raise FetchError(f"element '{element.name}' cannot be made there")
        why = ""
        for number in range(1, _MAKINGS + 1):
            ours = f"{element.client_id}-{number}"
            status = await self._look(library, provider, ours)
            if status.state is JobState.LOST:
                await self._submit(library, element, provider, ours, fill)
            status = await self._wait(library, provider, ours)
            if status.state is JobState.SUCCEEDED and status.id is not None:
                return status.id
            if status.state is not JobState.FAILED:
                break
            why = status.message
        raise FetchError(
            f"element '{element.name}' could not be made: {why or status.message or 'the run was stopped'}"
        )

    async def _submit(
        self,
        library: Library,
        element: Element,
        provider: str,
        ours: str,
        fill: Callable[[Slot], Awaitable[Any]],
    ) -> None:
        """Send the element once. Whatever cannot be told is looked up by our id afterwards."""
        values = {slot: await fill(slot) for slot in element.body.slots}
        body = Secret(element.body.text((), values.__getitem__, ours), f"body of element {element.name}")
        try:
            reply = await self._floor.ask(provider, Request(method="POST", path=library.path), body)
        except NotSentError as error:
            raise FetchError(f"element '{element.name}' could not be sent: {error}") from None
        except UnclearError:
            return
        answer = library.read_submit(reply) if reply is not None else None
        if isinstance(answer, Refused):
            raise FetchError(f"element '{element.name}' was refused: {answer.code} {answer.message}")
        if isinstance(answer, Accepted):
            return

    async def _wait(self, library: Library, provider: str, ours: str) -> ElementStatus:
        pause = self._floor.shop.accounts[provider].poll_seconds
        clock = asyncio.get_running_loop().time
        end = clock() + self._floor.shop.patience
        doubt = Doubt(self._floor.shop.accounts[provider].doubt_seconds, clock)
        while True:
            status = await self._look(library, provider, ours)
            is_lost = doubt.grows(status.state is JobState.LOST)
            is_over = status.state in (JobState.SUCCEEDED, JobState.FAILED) or is_lost
            if is_over or self._floor.is_stopping or clock() >= end:
                return status
            await self._floor.sleep(pause)

    async def _look(self, library: Library, provider: str, ours: str) -> ElementStatus:
        try:
            reply: Reply | None = await self._floor.ask(provider, library.poll(ours))
        except (NotSentError, UnclearError) as error:
            return ElementStatus(state=JobState.RUNNING, message=str(error))
        if reply is None:
            return ElementStatus(state=JobState.RUNNING, message="the run was stopped")
        return library.read_poll(ours, reply)
