"""Local files brought to where a provider finds them: its own storage, or the file store of the settings."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from mimetypes import guess_type
from pathlib import PurePath
from uuid import uuid4

from kling_spec.ir import Secret
from kling_spec.providers import Reply, Request, read_profile
from kling_spec.runner._fetch import FetchError
from kling_spec.runner._floor import Floor
from kling_spec.runner._http import HoldsSecretError, NotSentError, UnclearError, send

_TRIES = 3
_MARGIN = timedelta(hours=12)
"""A task may wait that long before the provider fetches what it uses."""
_UNDOCUMENTED = timedelta(days=1)
"""How long an upload is relied on where the provider does not say how long it is kept."""


class Uploads:
    """Uploads each content once, and remembers where it is for as long as it is kept there."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}

    async def to_provider(self, name: str, content: bytes, provider: str) -> str:
        """Return what names the file in a body of the provider. Raises FetchError."""
        days = read_profile(provider).upload_days
        kept_for = timedelta(days=days) - _MARGIN if days is not None else _UNDOCUMENTED
        return await self._once(provider, name, content, kept_for)

    async def to_store(self, name: str, content: bytes) -> str:
        """Return the public address of the file in the file store. Raises FetchError."""
        store = self._floor.shop.file_store
        if store is None:
            raise FetchError(f"{name} can only be sent by its address, and no file store is set")
        kept_for = timedelta(days=store.days) - _MARGIN if store.days is not None else None
        return await self._once("", name, content, kept_for)

    async def _once(self, provider: str, name: str, content: bytes, kept_for: timedelta | None) -> str:
        shop, what = self._floor.shop, f"file:{sha256(content).hexdigest()}"
        account = (
            shop.accounts[provider].digest if provider else (shop.file_store.get if shop.file_store else "")
        )
        async with self._locks.setdefault((provider, what), asyncio.Lock()):
            known = shop.ledger.kept(provider, account, what)
            if known is not None:
                return str(known)
            address = await self._sent(provider, name, content)
            until = None if kept_for is None else shop.clock() + kept_for
            await self._floor.write(shop.ledger.keep, provider, account, what, address, until)
            return address

    async def _sent(self, provider: str, name: str, content: bytes) -> str:
        problem = "the run was stopped"
        for attempt in range(_TRIES):
            if attempt:
                await self._floor.sleep(attempt)
                if provider:
                    await self._floor.again(provider)
            if self._floor.is_stopping:
                break
            try:
                reply, address = await (
                    self._to(provider, name, content) if provider else self._put(name, content)
                )
            except HoldsSecretError as error:
                problem = str(error)
                break
            except (NotSentError, UnclearError) as error:
                problem = str(error)
                continue
            if address is not None:
                return address
            if reply is not None:
                problem = f"the answer was {reply.status} {reply.text[:80]}".strip()
        raise FetchError(f"{name} could not be uploaded: {problem}")

    async def _to(self, provider: str, name: str, content: bytes) -> tuple[Reply | None, str | None]:
        back_end, _ = self._floor.account(provider)
        if back_end.upload is None:
            raise FetchError(f"{name} can only be sent by its address")
        reply = await self._floor.ask(provider, back_end.upload(name, content, uuid4()))
        return reply, None if reply is None else back_end.read_upload(reply)

    async def _put(self, name: str, content: bytes) -> tuple[Reply | None, str | None]:
        store = self._floor.shop.file_store
        if store is None:
            return None, None
        theirs = f"{sha256(content).hexdigest()}{PurePath(name).suffix.lower()}"
        headers: Mapping[str, str] = {"Content-Type": guess_type(name)[0] or "application/octet-stream"}
        token = store.token
        signed = {"Authorization": Secret(f"Bearer {token.reveal()}", token.name)} if token else {}
        request = Request(method="PUT", path=store.put.replace("{name}", theirs), headers=headers)
        reply = await self._floor.until_stop(
            send(self._floor.http, self._floor.guard, "", request, signed, content)
        )
        is_there = reply is not None and 200 <= reply.status < 300
        return reply, store.get.replace("{name}", theirs) if is_there else None
