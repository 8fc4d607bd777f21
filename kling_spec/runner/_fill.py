"""The places of a body that only a run can fill: files, and clips of other orders."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kling_spec.ir import LocalFile, Output, OutputPart
from kling_spec.media import FfmpegError, MediaError, last_frame
from kling_spec.plan import Order
from kling_spec.providers import JobState, Slot, Wire
from kling_spec.runner._fetch import FetchError
from kling_spec.runner._floor import Floor
from kling_spec.runner._http import NotSentError, UnclearError
from kling_spec.runner._wait import Watch

_UPLOADS = 3


class Filler:
    """Fills slots. Each file is uploaded once a run, whatever uses it."""

    def __init__(self, floor: Floor, watch: Watch) -> None:
        self._floor = floor
        self._watch = watch
        self._uploaded: dict[tuple[str, str], str] = {}
        self._uploading: dict[tuple[str, str], asyncio.Lock] = {}

    async def fill(self, order: Order, *, is_repeat: bool = False) -> Callable[[Slot], Any]:
        """Return what fills the order's slots. Raises FetchError where one cannot be filled.

        A repeat uses the addresses as they were known, so that the body may come out the same.
        """
        values: dict[Slot, str] = {}
        for slot in order.slots:
            if isinstance(slot.source, Output) and slot.source.part is OutputPart.VIDEO:
                values[slot] = await self._address(order.needs[slot.source.task], is_repeat=is_repeat)
                continue
            name, content = await asyncio.to_thread(self._bytes, slot, order)
            values[slot] = await self._on_the_wire(slot.wire, name, content, order.provider)
        return values.__getitem__

    async def _address(self, fingerprint: str, *, is_repeat: bool) -> str:
        """Return where the provider serves the clip: addresses expire, so it is asked anew."""
        ledger = self._floor.shop.ledger
        entry = ledger.entry(fingerprint)
        if entry is None or not entry.video_url or entry.job is None:
            raise FetchError("the clip that it continues has no address at the provider")
        if is_repeat:
            return entry.video_url
        status, _ = await self._watch.look(entry.provider, entry.job)
        if status is not None and status.state is JobState.LOST:
            raise FetchError("the provider no longer has the clip that it continues")
        if status is None or status.video_url is None:
            return entry.video_url
        ledger.readdressed(fingerprint, status.video_url)
        return status.video_url

    def _bytes(self, slot: Slot, order: Order) -> tuple[str, bytes]:
        if isinstance(slot.source, LocalFile):
            return self._file(slot.source)
        entry = self._floor.shop.ledger.entry(order.needs[slot.source.task])
        if entry is None or entry.clip is None:
            raise FetchError("the clip whose last frame it uses is not there")
        with TemporaryDirectory(prefix="kling-spec-") as folder:
            target = Path(folder) / f"{entry.clip[:16]}.png"
            try:
                picture = last_frame(self._floor.shop.store.path(entry.clip), target)
                return picture.name, picture.read_bytes()
            except (MediaError, FfmpegError, OSError) as error:
                raise FetchError(f"the last frame cannot be taken: {error}") from None

    def _file(self, source: LocalFile) -> tuple[str, bytes]:
        """Return the file's name and content, which must be what was planned."""
        path = self._floor.shop.files(source.path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise FetchError(f"{source.path} cannot be read: {error.strerror}") from None
        if sha256(content).hexdigest() != source.sha256:
            raise FetchError(f"{source.path} has changed since the plan was made; run again")
        return path.name, content

    async def _on_the_wire(self, wire: Wire, name: str, content: bytes, provider: str) -> str:
        match wire:
            case Wire.BASE64:
                return b64encode(content).decode()
            case Wire.DATA_URI:
                kind = guess_type(name)[0] or "application/octet-stream"
                return f"data:{kind};base64,{b64encode(content).decode()}"
            case Wire.UPLOAD:
                return await self._upload(name, content, provider)
            case Wire.URL_ONLY:
                raise FetchError(f"{name} can only be sent by its address")

    async def _upload(self, name: str, content: bytes, provider: str) -> str:
        """Return the address under which the provider keeps the file."""
        key = (provider, sha256(content).hexdigest())
        async with self._uploading.setdefault(key, asyncio.Lock()):
            if key not in self._uploaded:
                self._uploaded[key] = await self._sent(name, content, provider)
        return self._uploaded[key]

    async def _sent(self, name: str, content: bytes, provider: str) -> str:
        back_end, _ = self._floor.account(provider)
        if back_end.upload is None:
            raise FetchError(f"{name} can only be sent by its address")
        problem = "the run was stopped"
        for attempt in range(_UPLOADS):
            if attempt:
                await self._floor.sleep(attempt)
            if self._floor.is_stopping:
                break
            try:
                reply = await self._floor.ask(provider, back_end.upload(name, content))
            except (NotSentError, UnclearError) as error:
                problem = str(error)
                continue
            address = back_end.read_upload(reply) if reply is not None else None
            if address is not None:
                return address
            if reply is not None:
                problem = f"the provider answered {reply.status}"
        raise FetchError(f"{name} could not be uploaded: {problem}")
