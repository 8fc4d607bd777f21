"""The places of a body that only a run can fill: files, and clips of other orders."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kling_spec.files import UnfitFile, opened
from kling_spec.ir import LocalFile, Output, OutputPart, Secret
from kling_spec.media import FfmpegError, MediaError, last_frame_within
from kling_spec.plan import Order
from kling_spec.providers import Element, JobState, Slot, Wire, read_profile
from kling_spec.runner._element import Elements
from kling_spec.runner._fetch import FetchError
from kling_spec.runner._floor import Floor
from kling_spec.runner._upload import Uploads
from kling_spec.runner._wait import Watch

_MEGABYTE = 1024 * 1024
_LARGEST = 2 * 1024**3
"""Bytes of a file; no provider takes a tenth of it."""


class Filler:
    """Fills slots: with the bytes of files, with addresses, and with ids of what is made first."""

    def __init__(self, floor: Floor, watch: Watch) -> None:
        self._floor = floor
        self._watch = watch
        self._uploads = Uploads(floor)
        self._elements = Elements(floor)

    async def fill(self, order: Order, *, is_repeat: bool = False) -> Callable[[Slot], Any]:
        """Return what fills the order's slots. Raises FetchError where one cannot be filled.

        A repeat uses the addresses as they were known, so that the body may come out the same.
        """
        values: dict[Slot, Any] = {
            slot: await self._value(slot, order, is_repeat=is_repeat) for slot in order.slots
        }
        return lambda slot: _plain(values[slot])

    async def _value(self, slot: Slot, order: Order, *, is_repeat: bool = False) -> Any:
        match slot.source:
            case Element() as element:
                return await self._elements.id_of(
                    element, order.provider, lambda part: self._value(part, order)
                )
            case Output(task, OutputPart.VIDEO):
                return await self._address(order.needs[task], is_repeat=is_repeat)
            case Output(task, _):
                name, content = await asyncio.to_thread(self._last_frame, order.needs[task], order.provider)
            case LocalFile() as file:
                name, content = await asyncio.to_thread(self._file, file)
        if self._floor.guard.holds(content):
            raise FetchError(f"{name} is not sent: a key of yours stands in it")
        return await self._on_the_wire(slot.wire, name, content, order.provider)

    async def _address(self, fingerprint: str, *, is_repeat: bool) -> Secret:
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
        await self._floor.write(ledger.readdressed, fingerprint, status.video_url)
        return status.video_url

    def _last_frame(self, fingerprint: str, provider: str) -> tuple[str, bytes]:
        """Return the frame as large as it is, in the best form of which the provider takes so many bytes."""
        entry = self._floor.shop.ledger.entry(fingerprint)
        if entry is None or entry.clip is None:
            raise FetchError("the clip whose last frame it uses is not there")
        with TemporaryDirectory(prefix="kling-spec-") as folder:
            most = _most_of_a_picture(provider)
            try:
                picture = last_frame_within(self._floor.shop.store.path(entry.clip), Path(folder), most)
                content = picture.read_bytes()
            except (MediaError, FfmpegError, OSError) as error:
                raise FetchError(f"the last frame cannot be taken: {error}") from None
        if most is not None and len(content) > most:
            size = f"{len(content) / _MEGABYTE:.1f} MB even as JPEG"
            raise FetchError(f"the last frame has {size}; {provider} takes {most / _MEGABYTE:g} MB")
        return f"{entry.clip[:16]}{picture.suffix}", content

    def _file(self, source: LocalFile) -> tuple[str, bytes]:
        """Return the file's name and content, which must be what was planned."""
        shop = self._floor.shop
        path, most = shop.files(source.path), source.facts.bytes if source.facts is not None else _LARGEST
        try:
            with opened(path, shop.root) as file:
                content = file.read(most + 1)
        except (UnfitFile, OSError, ValueError) as error:
            raise FetchError(f"{source.path} cannot be read: {_why(error)}") from None
        if sha256(content).hexdigest() != source.sha256:
            raise FetchError(f"{source.path} has changed since the plan was made; run again")
        if source.facts is not None and source.facts.format:
            path = path.with_suffix(f".{source.facts.format}")  # what it is, whatever its name says
        return path.name, content

    async def _on_the_wire(self, wire: Wire, name: str, content: bytes, provider: str) -> str:
        match wire:
            case Wire.BASE64:
                return b64encode(content).decode()
            case Wire.DATA_URI:
                kind = guess_type(name)[0] or "application/octet-stream"
                return f"data:{kind};base64,{b64encode(content).decode()}"
            case Wire.UPLOAD:
                return await self._uploads.to_provider(name, content, provider)
            case Wire.STORE:
                return await self._uploads.to_store(name, content)
            case Wire.URL_ONLY | Wire.ELEMENT:
                raise FetchError(f"{name} can only be sent by its address")


def _most_of_a_picture(provider: str) -> int | None:
    """Return how many bytes a picture may have there; None where no limit is known."""
    limits = [row.bytes for row in read_profile(provider).media if row.kind == "image" and row.bytes]
    return min(limits, default=None)


def _plain(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
