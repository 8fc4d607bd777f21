"""Downloads: to a name of their own, checked, and only then into the store."""

import asyncio
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import httpx

from kling_spec.ledger import Store
from kling_spec.media import MediaError, verify

_LARGEST = 2 * 1024**3
_TIMEOUT = httpx.Timeout(connect=15, read=60, write=60, pool=None)


class FetchError(Exception):
    """A file could not be fetched, or is not what it should be."""


async def fetch(http: httpx.AsyncClient, address: str, store: Store, seconds: int | None) -> str:
    """Download a clip into the store and return its digest. Raises FetchError.

    `seconds` is how long it should be, or None where its input decided that.
    """
    partial = store.partial(token_hex(12))
    try:
        await _download(http, address, partial)
        await asyncio.to_thread(verify, partial, seconds)
        return await asyncio.to_thread(store.adopt, partial)
    except MediaError as error:
        raise FetchError(f"the download is no sound clip: {error}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"the download broke off ({type(error).__name__})") from None
    except OSError as error:
        raise FetchError(f"the clip cannot be kept: {error.strerror}") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


async def _download(http: httpx.AsyncClient, address: str, partial: Path) -> None:
    size = 0
    async with http.stream("GET", address, timeout=_TIMEOUT, follow_redirects=True) as reply:
        if reply.status_code != 200:
            raise FetchError(f"the provider answered {reply.status_code} for the clip")
        with partial.open("wb") as file:
            async for chunk in reply.aiter_raw():
                size += len(chunk)
                if size > _LARGEST:
                    raise FetchError("the clip is larger than 2 GiB")
                file.write(chunk)
    promised = reply.headers.get("content-length")
    if promised is not None and int(promised) != size:
        raise FetchError(f"{size:,} of {int(promised):,} bytes came")
