"""One connection: bytes out, and bytes in as they come."""

import asyncio
import ssl
from ipaddress import ip_address
from typing import cast

import httpx

_AHEAD = 256 * 1024
"""Bytes that lie here unread before the other side has to wait."""
_NEXT_ADDRESS = 0.25
"""Seconds after which the next address of a host is tried beside the one before, as RFC 8305 has it."""


class Line(asyncio.Protocol):
    """The bytes of one connection; what came before it broke can still be read.

    Raises what a client of httpx raises.
    """

    def __init__(self, limits: httpx.Timeout) -> None:
        self._limits = limits
        self._transport: asyncio.Transport
        self._received = bytearray()
        self._is_over = False
        self._error: Exception | None = None
        self._readable, self._writable = asyncio.Event(), asyncio.Event()
        self._writable.set()

    async def write(self, data: bytes) -> None:
        """Send bytes. That the other side takes no more of them is no error: it may have answered already."""
        self._transport.write(data)
        if self._writable.is_set():
            return
        try:
            async with asyncio.timeout(self._limits.write):
                await self._writable.wait()
        except TimeoutError:
            raise httpx.WriteTimeout("not sent in time") from None

    async def read(self) -> bytes:
        """Wait for bytes and return all that came; at the end there are none."""
        try:
            async with asyncio.timeout(self._limits.read):
                await self._readable.wait()
        except TimeoutError:
            raise httpx.ReadTimeout("nothing came in time") from None
        if not self._received and self._error is not None:
            raise httpx.ReadError(str(self._error))
        data = bytes(self._received)
        self._received.clear()
        if not self._is_over:
            self._readable.clear()
            self._transport.resume_reading()
        return data

    def close(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    # -- what the event loop calls --

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._readable.set()
        if len(self._received) > _AHEAD:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Keep on writing to who will send no more, which TLS does not allow."""
        self._is_over = True
        self._readable.set()
        return self._transport.get_extra_info("sslcontext") is None

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over, self._error = True, exc
        self._readable.set()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()


async def connected(url: httpx.URL, trust: ssl.SSLContext, limits: httpx.Timeout) -> Line:
    """Return a new connection to the host. ConnectError and ConnectTimeout say that there is none."""
    if url.scheme not in ("http", "https"):
        raise httpx.UnsupportedProtocol("an address begins with http:// or https://")
    host, is_private = url.raw_host.decode("ascii"), url.scheme == "https"
    try:
        async with asyncio.timeout(limits.connect):
            _, line = await asyncio.get_running_loop().create_connection(
                lambda: Line(limits),
                host,
                url.port or (443 if is_private else 80),
                ssl=trust if is_private else None,
                happy_eyeballs_delay=None if _is_address(host) else _NEXT_ADDRESS,
            )
    except TimeoutError:
        raise httpx.ConnectTimeout("no connection in time") from None
    except OSError as error:
        raise httpx.ConnectError(str(error)) from None
    return line


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
