"""Downloads: to a name of their own, checked, and only then into the store."""

import asyncio
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from time import monotonic

import httpx

from kling_spec.media import CancelledError, FfmpegError, MediaError, verify
from kling_spec.runner._floor import Floor

_LARGEST = 2 * 1024**3
_TIMEOUT = httpx.Timeout(connect=15, read=60, write=60, pool=None)
_GRACE, _SLOWEST = 60.0, 4096
"""After so many seconds a download must have come at so many bytes a second."""
_TOLERANCE = 0.5


class FetchError(Exception):
    """A file could not be fetched, or is not what it should be."""


async def fetch(floor: Floor, address: str, seconds: int | None, *, is_last: bool) -> tuple[str, str]:
    """Download a clip into the store; return its digest, and what is odd about it. Raises FetchError.

    `seconds` is how long it should be, or None where its input decided that. A whole clip of
    another length is paid for like any: the last try keeps it, and says so.
    """
    store, partial = floor.shop.store, None
    try:
        partial = store.partial(token_hex(12))
        if await floor.until_stop(_download(floor.http, address, partial)) is None:
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
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"the download broke off ({type(error).__name__})") from None
    except OSError as error:
        raise FetchError(f"the clip cannot be kept: {error.strerror or error}") from None
    finally:
        if partial is not None:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


async def _download(http: httpx.AsyncClient, address: str, partial: Path) -> int:
    """Return how many bytes came."""
    size, start = 0, monotonic()
    async with http.stream("GET", address, timeout=_TIMEOUT, follow_redirects=True) as reply:
        if reply.status_code != 200:
            raise FetchError(f"the provider answered {reply.status_code} for the clip")
        with partial.open("wb") as file:
            async for chunk in reply.aiter_raw():
                size += len(chunk)
                if size > _LARGEST:
                    raise FetchError("the clip is larger than 2 GiB")
                if (passed := monotonic() - start) > _GRACE and size < passed * _SLOWEST:
                    raise FetchError("the download is too slow")
                file.write(chunk)
    return size
