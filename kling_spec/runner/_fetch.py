"""Downloads: to a name of their own, checked, and only then into the store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import token_hex
from time import monotonic
from urllib.parse import urljoin

import httpx

from kling_spec.ir import Secret
from kling_spec.media import CancelledError, FfmpegError, MediaError, verify
from kling_spec.plan import Order
from kling_spec.runner._address import BadAddress, checked
from kling_spec.runner._floor import Floor

_LARGEST = 2 * 1024**3
_TIMEOUT = httpx.Timeout(connect=15, read=60, write=60, pool=None)
_GRACE, _SLOWEST = 60.0, 4096
"""After so many seconds a download must have come at so many bytes a second."""
_LONGEST = 1800.0
"""Seconds for one download, whatever its pace."""
_REDIRECTS = 3
_TOLERANCE = 0.5


class FetchError(Exception):
    """A file could not be fetched, or is not what it should be."""


async def fetch(floor: Floor, order: Order, address: Secret, *, is_last: bool) -> tuple[str, str]:
    """Download a clip into the store; return its digest, and what is odd about it. Raises FetchError.

    A whole clip of another length than was ordered is paid for like any: the last try keeps it, and says so.
    """
    store, partial, seconds = floor.shop.store, None, order.seconds
    trusted = floor.shop.accounts[order.provider].base_url
    try:
        partial = store.partial(token_hex(12))
        if await floor.until_stop(_download(floor.http, address, partial, trusted)) is None:
            raise FetchError("the run was stopped")
        facts = await asyncio.to_thread(verify, partial, ffmpeg=floor.shop.ffmpeg, cancel=floor.stop)
        odd = ""
        if seconds is not None and abs(facts.seconds - seconds) > _TOLERANCE:
            odd = f"the clip is {facts.seconds:.2f} s long; {seconds} s were ordered"
        if odd and not is_last:
            raise FetchError(odd)
        return await asyncio.to_thread(store.adopt, partial), odd
    except MediaError as error:
        raise FetchError(f"the download is no sound clip: {error}") from None
    except FfmpegError as error:
        raise FetchError(f"the download could not be checked: {error}") from None
    except CancelledError:
        raise FetchError("the run was stopped") from None
    except OSError as error:
        raise FetchError(f"the clip cannot be kept: {error.strerror or error}") from None
    finally:
        if partial is not None:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


async def _download(http: httpx.AsyncClient, address: Secret, partial: Path, trusted: str) -> int:
    """Return how many bytes came. Raises FetchError and OSError."""
    try:
        return await _followed(http, address, partial, trusted)
    except (FetchError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, its frames hold a signed address
        problem = type(error).__name__
    raise FetchError(f"the download broke off ({problem})")


async def _followed(http: httpx.AsyncClient, address: Secret, partial: Path, trusted: str) -> int:
    """Return how many bytes came; each redirect is looked at like the address itself."""
    start = monotonic()
    for _ in range(_REDIRECTS + 1):
        async with _opened(http, address, await _ip(address, trusted)) as reply:
            if reply.has_redirect_location:
                address = Secret(urljoin(address.reveal(), reply.headers["Location"]), address.name)
                continue
            if reply.status_code != 200:
                raise FetchError(f"the provider answered {reply.status_code} for the clip")
            return await _written(reply, partial, start)
    raise FetchError("the clip's address leads from one to another")


async def _ip(address: Secret, trusted: str) -> str:
    try:
        return await checked(address.reveal(), trusted=trusted)
    except BadAddress as error:
        raise FetchError(str(error)) from None


@asynccontextmanager
async def _opened(http: httpx.AsyncClient, address: Secret, ip: str) -> AsyncIterator[httpx.Response]:
    """Open the address at the very IP that was looked at, so that its name cannot lead elsewhere meanwhile."""
    url = httpx.URL(address.reveal())
    headers, extensions = {}, {}
    if ip:
        headers, extensions = {"Host": url.netloc.decode()}, {"sni_hostname": url.host}
        url = url.copy_with(host=ip)
    async with http.stream("GET", url, headers=headers, extensions=extensions, timeout=_TIMEOUT) as reply:
        yield reply


async def _written(reply: httpx.Response, partial: Path, start: float) -> int:
    size = 0
    with partial.open("wb") as file:
        async for chunk in reply.aiter_raw():
            size += len(chunk)
            if size > _LARGEST:
                raise FetchError("the clip is larger than 2 GiB")
            if (passed := monotonic() - start) > _GRACE and size < passed * _SLOWEST:
                raise FetchError("the download is too slow")
            if passed > _LONGEST:
                raise FetchError("the download takes longer than half an hour")
            file.write(chunk)
    return size
