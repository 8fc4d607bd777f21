"""A gateway in front of the sandbox: notes every request, and may lose the answer to one."""

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass
class Gateway:
    """Passes requests on; where `loses` says so, the caller hears nothing of the answer."""

    behind: str
    loses: Callable[[str, str], bool] = lambda _method, _path: False
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Method, path and body of every request."""
    lost: list[bytes] = field(default_factory=list)
    """The answers that nobody heard."""
    server: Any = None

    def count(self, method: str, path: str) -> int:
        return sum(one == method and where.startswith(path) for one, where, _ in self.seen)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.gateway = self
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    gateway: Gateway

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: hanging up is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        gateway = self.server.gateway
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        gateway.seen.append((self.command, self.path, body))
        behind = http.client.HTTPConnection(urlsplit(gateway.behind).netloc, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        behind.request(self.command, self.path, body, headers)
        answer = behind.getresponse()
        data = answer.read()
        behind.close()
        if gateway.loses(self.command, self.path):
            gateway.lost.append(data)
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(answer.status)
        for name in ("Content-Type", "Content-Range", "Accept-Ranges"):
            if value := answer.getheader(name):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = _pass_on  # noqa: N815 - the parent looks for these names
