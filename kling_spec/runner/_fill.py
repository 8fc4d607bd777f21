"""The places of a body that only a run can fill: files, and clips of other orders."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from mimetypes import guess_type
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from kling_spec.ir import LocalFile, Output, OutputPart
from kling_spec.ledger import Ledger, Store
from kling_spec.media import MediaError, last_frame
from kling_spec.plan import Order
from kling_spec.providers import Provider, Slot, Wire
from kling_spec.runner._account import Account
from kling_spec.runner._fetch import FetchError
from kling_spec.runner._http import NotSentError, UnclearError, send


class Filler:
    """Fills slots. Each file is uploaded once a run, whatever uses it."""

    def __init__(self, ledger: Ledger, store: Store, files: Callable[[str], Path]) -> None:
        self._ledger = ledger
        self._store = store
        self._files = files
        self._uploaded: dict[tuple[str, str], str] = {}

    async def fill(
        self,
        order: Order,
        back_end: Provider,
        account: Account,
        http: httpx.AsyncClient,
        headers: dict[str, str],
    ) -> Callable[[Slot], Any]:
        """Return what fills the order's slots. Raises FetchError where one cannot be filled."""
        values: dict[Slot, str] = {}
        for slot in order.slots:
            if isinstance(slot.source, Output) and slot.source.part is OutputPart.VIDEO:
                values[slot] = self._address(order.needs[slot.source.task])
                continue
            name, content = await asyncio.to_thread(self._bytes, slot, order)
            values[slot] = await self._on_the_wire(slot.wire, name, content, back_end, account, http, headers)
        return values.__getitem__

    def _address(self, fingerprint: str) -> str:
        entry = self._ledger.entry(fingerprint)
        if entry is None or not entry.video_url:
            raise FetchError("the clip that it continues has no address at the provider")
        return entry.video_url

    def _bytes(self, slot: Slot, order: Order) -> tuple[str, bytes]:
        if isinstance(slot.source, LocalFile):
            path = self._files(slot.source.path)
            try:
                return path.name, path.read_bytes()
            except OSError as error:
                raise FetchError(f"{slot.source.path} cannot be read: {error.strerror}") from None
        entry = self._ledger.entry(order.needs[slot.source.task])
        if entry is None or entry.clip is None:
            raise FetchError("the clip whose last frame it uses is not there")
        with TemporaryDirectory(prefix="kling-spec-") as folder:
            try:
                picture = last_frame(self._store.path(entry.clip), Path(folder) / f"{entry.clip[:16]}.png")
            except MediaError as error:
                raise FetchError(f"the last frame cannot be taken: {error}") from None
            return picture.name, picture.read_bytes()

    async def _on_the_wire(  # noqa: PLR0913 - a file, and where it goes
        self,
        wire: Wire,
        name: str,
        content: bytes,
        back_end: Provider,
        account: Account,
        http: httpx.AsyncClient,
        headers: dict[str, str],
    ) -> str:
        match wire:
            case Wire.BASE64:
                return b64encode(content).decode()
            case Wire.DATA_URI:
                return f"data:{guess_type(name)[0] or 'application/octet-stream'};base64,{b64encode(content).decode()}"
            case Wire.UPLOAD if back_end.upload is not None:
                return await self._upload(name, content, back_end, account, http, headers)
            case _:
                raise FetchError(f"{name} can only be sent by its address")

    async def _upload(  # noqa: PLR0913 - as above
        self,
        name: str,
        content: bytes,
        back_end: Provider,
        account: Account,
        http: httpx.AsyncClient,
        headers: dict[str, str],
    ) -> str:
        key = (back_end.name, str(hash(content)))
        if key not in self._uploaded and back_end.upload is not None:
            try:
                reply = await send(http, account.base_url, back_end.upload(name, content), headers)
            except (NotSentError, UnclearError) as error:
                raise FetchError(f"{name} could not be uploaded: {error}") from None
            address = back_end.read_upload(reply)
            if address is None:
                raise FetchError(f"{name} could not be uploaded: the provider answered {reply.status}")
            self._uploaded[key] = address
        return self._uploaded[key]
