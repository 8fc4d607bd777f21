"""One request on a connection of its own: how whatever costs money is sent."""

import ssl
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Literal

import h11
import httpx

from kling_spec.runner._line import Line, connected

_USUAL = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": f"python-httpx/{httpx.__version__}",
}
_LONGEST_HEAD = 100 * 1024


class Once:
    """Sends as a client of httpx does, and raises what that raises, but each request on a new connection.

    The connection ends with the reply, so a broken one is never that of an older request. Nothing is
    followed, repeated, or kept from one request to the next, and no proxy is asked. UnsupportedProtocol,
    ConnectError and ConnectTimeout say that no byte of the request left.
    """

    def __init__(self, trust: ssl.SSLContext, limits: httpx.Timeout) -> None:
        self._trust = trust
        self._limits = limits

    def build_request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str],
        content: bytes | None = None,
    ) -> httpx.Request:
        """Return the request as it is sent."""
        return httpx.Request(
            method, _address(url), params=params, headers={**_USUAL, **headers}, content=content
        )

    async def send(self, request: httpx.Request, *, stream: Literal[True] = True) -> httpx.Response:  # noqa: ARG002 - it never does otherwise
        """Send the request and return the reply, whose body comes as it is read; whoever asked has to close it."""
        line = await connected(request.url, self._trust, self._limits)
        talk = _Talk(line)
        try:
            await line.write(talk.asked(request))
            head = await talk.head()
        except BaseException:
            line.close()
            raise
        return httpx.Response(
            head.status_code, headers=head.headers.raw_items(), stream=talk, request=request
        )


@lru_cache
def _address(url: str) -> httpx.URL:
    """Return the address, read once: submits go to a few only."""
    return httpx.URL(url)


class _Talk(httpx.AsyncByteStream):
    """A request and its reply on one connection; iterated over, the body of the reply."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    def asked(self, request: httpx.Request) -> bytes:
        """Return the whole request as it goes over the connection."""
        url, headers = request.url, request.headers.raw
        events = (
            h11.Request(method=request.method, target=url.raw_path, headers=headers),
            h11.Data(data=request.content),
            h11.EndOfMessage(),
        )
        return b"".join(self._http.send(event) or b"" for event in events)

    async def head(self) -> h11.Response:
        """Wait for the head of the reply."""
        while not isinstance(event := await self._next(), h11.Response):
            pass
        return event

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._next(), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        self._line.close()

    async def _next(self) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._line.read())
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from None
        return event
