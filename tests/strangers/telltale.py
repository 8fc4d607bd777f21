"""A gateway before the sandbox that signs the addresses of clips, and repeats what it is told in its errors."""

import http.client
import json
import re
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

SIGNATURE = "s-canary-1c77e0b2"
_CLIP = re.compile(rb"(http://[^\"]+\.mp4)")


class Telltale:
    """Signs with SIGNATURE. What `repeats` says of a method answers so often with a status and an echo."""

    def __init__(self, behind: str, repeats: dict[str, list[int]] | None = None) -> None:
        self.behind = behind
        self.repeats = {method: deque(statuses) for method, statuses in (repeats or {}).items()}
        self.signed = self.echoed = 0
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.telltale = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    telltale: Telltale

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        telltale = self.server.telltale
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        waiting = telltale.repeats.get(self.command)
        if waiting and not self.path.endswith(".mp4") and "signature" not in self.path:
            return self._repeat(waiting.popleft())
        behind = http.client.HTTPConnection(urlsplit(telltale.behind).netloc, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        try:
            behind.request(self.command, self.path, body, headers)
            answer = behind.getresponse()
            status, data = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            return self.connection.close()
        finally:
            behind.close()
        if b"{" in data[:2] or b"[" in data[:2]:
            data, signed = _CLIP.subn(rb"\1?signature=" + SIGNATURE.encode(), data)
            telltale.signed += signed
        return self._answer(status, data)

    def _repeat(self, status: int) -> None:
        """Answer with everything that a provider knows of the caller, in a field of each dialect and as a page."""
        self.server.telltale.echoed += 1
        told = (
            f"refused {self.headers.get('Authorization')}, "
            f"see https://cdn.example.com/clip.mp4?signature={SIGNATURE} ."
        )
        words = {"message": told, "error": told, "msg": told, "error_code": "BAD", "code": status}
        self._answer(status, json.dumps({**words, "errors": [words]}).encode())

    def _answer(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = _pass_on  # noqa: N815 - the parent's names
