"""Submits go out on a connection each, and whatever breaks says whether anything may have left."""

import asyncio
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from kling_spec.runner._line import Line
from kling_spec.runner._once import Once

_PAIR = Path(__file__).parent / "loopback.pem"
"""A key and its certificate for 127.0.0.1, which nobody trusts but these tests."""
_TIMEOUT = httpx.Timeout(30, pool=None)
_OK = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\n{}"

Play = Callable[[socket.socket], None]


@contextmanager
def _server(play: Play) -> Iterator[tuple[str, list[bytes]]]:
    """Give the address of a server that plays on each connection once a request came, and the requests."""
    seen: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    seen.append(_request(connection))
                    play(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def _request(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b'{"a": 1}'):
        data += connection.recv(65536)
    return data


def _says(*parts: bytes) -> Play:
    return lambda connection: connection.sendall(b"".join(parts))


def _breaks(*parts: bytes) -> Play:
    def play(connection: socket.socket) -> None:
        connection.sendall(b"".join(parts))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return play


def _sent(url: str, *, trust: ssl.SSLContext | None = None) -> tuple[int, bytes]:
    """Send a submit and return the status and the body of its reply."""

    async def sent() -> tuple[int, bytes]:
        once = Once(trust or ssl.create_default_context(), _TIMEOUT)
        request = once.build_request("POST", url, headers={"X-Mine": "yes"}, content=b'{"a": 1}')
        reply = await once.send(request)
        try:
            return reply.status_code, await reply.aread()
        finally:
            await reply.aclose()

    return asyncio.run(sent())


def test_each_request_has_its_own_connection_and_nothing_is_kept_between_them() -> None:
    with _server(_says(_OK)) as (url, seen):
        answers = [_sent(f"{url}/v1/videos"), _sent(f"{url}/v1/videos")]

    assert answers == [(200, b"{}")] * 2
    assert len(seen) == 2
    for request in seen:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        assert head.startswith(b"POST /v1/videos HTTP/1.1\r\n")
        assert {b"x-mine: yes", b"connection: close", b"content-length: 8"} <= set(lines)
        assert not [line for line in lines if line.startswith(b"cookie")]
        assert body == b'{"a": 1}'


@pytest.mark.parametrize(
    ("reply", "status", "body"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\n" + _OK, 200, b"{}"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, b"{}"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, b"until the end"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}"), 200, b"{}"),
        (b"HTTP/1.1 307 Moved\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n", 307, b""),
        (b"HTTP/1.0 503 Busy\r\n\r\nno", 503, b"no"),
    ],
    ids=["continue", "chunked", "until the end", "packed", "moved", "old"],
)
def test_replies_are_read_as_they_are_framed_and_followed_nowhere(
    reply: bytes, status: int, body: bytes
) -> None:
    with _server(_says(reply)) as (url, seen):
        answer = _sent(url)

    assert answer == (status, body)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("play", "error"),
    [
        (_says(b""), httpx.RemoteProtocolError),
        (_says(b"no http at all\r\n\r\n"), httpx.RemoteProtocolError),
        (_says(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), httpx.RemoteProtocolError),
        (_says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), httpx.RemoteProtocolError),
        (_says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"), httpx.RemoteProtocolError),
        (_breaks(b""), httpx.ReadError),
    ],
    ids=["nothing", "nonsense", "another protocol", "endless head", "half a body", "broken"],
)
def test_what_breaks_after_the_request_left_is_never_an_error_of_the_connecting(
    play: Play, error: type[Exception]
) -> None:
    with _server(play) as (url, seen), pytest.raises(error):
        _sent(url)

    assert len(seen) == 1


def test_where_nobody_listens_there_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(httpx.ConnectError):
        _sent(f"http://127.0.0.1:{port}")
    with pytest.raises(httpx.UnsupportedProtocol):
        _sent(f"ftp://127.0.0.1:{port}")


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with _server(_says(_OK)) as (url, seen), _server(_says(_OK)) as (proxy, asked):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy)

        assert _sent(url) == (200, b"{}")

    assert (len(seen), len(asked)) == (1, 0)


def test_over_tls_only_who_is_trusted_hears_the_request() -> None:
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(_PAIR)
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        for _ in range(2):
            with suppress(OSError), secure.wrap_socket(listener.accept()[0], server_side=True) as connection:
                heard.append(_request(connection))
                connection.sendall(_OK)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(httpx.ConnectError):
            _sent(url)
        answer = _sent(url, trust=ssl.create_default_context(cafile=str(_PAIR)))
        thread.join()

    assert answer == (200, b"{}")
    assert len(heard) == 1


def test_who_sends_without_end_waits_until_it_is_read() -> None:
    whole = 64 * 2**20

    async def taken() -> tuple[int, int]:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)  # noqa: FBT003 - the name is Python's
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: Line(_TIMEOUT), sock=ours)
        with closing(theirs):
            offered = await _offered(theirs, whole)
            read = len(await line.read())
            line.close()
        return offered, read

    async def _offered(theirs: socket.socket, most: int) -> int:
        offered = refused = 0
        while offered < most and refused < 100:
            try:
                offered += theirs.send(bytes(65536))
                refused = 0
            except BlockingIOError:
                refused += 1
            await asyncio.sleep(0)
        return offered

    offered, read = asyncio.run(taken())

    assert 0 < read <= offered < whole
