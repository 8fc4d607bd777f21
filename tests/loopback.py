"""A server on loopback for whoever stands in a provider's place in a test."""

import http.client
import socket
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import urlsplit


class Loopback:
    """Serves while it is open. Its handler finds it as `self.owner`."""

    def __init__(self, handler: type["Handler"]) -> None:
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.owner = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    owner: Any

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: hanging up is part of the play."""


class Handler(BaseHTTPRequestHandler):
    """One connection, with the words that the stand-ins need."""

    protocol_version = "HTTP/1.1"
    server: _Server

    @property
    def owner(self) -> Any:
        return self.server.owner

    def log_message(self, *_: object) -> None:
        pass

    def reply(self) -> None:
        """Answer one request, or hang up."""
        raise NotImplementedError

    def _take(self) -> None:
        self.reply()

    do_GET = do_POST = do_PUT = _take  # noqa: N815 - the parent looks for these names

    def content(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def ask(self, behind: str, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        """Return what the server behind this one says to the request, and the content of it."""
        connection = http.client.HTTPConnection(urlsplit(behind).netloc, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        try:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def send(self, status: int, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
