"""The HTTP side: reads calls, writes answers, keeps no opinion of its own."""

import json
import re
import socket
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from kling_spec.sandbox._house import House
from kling_spec.sandbox._wire import Answer, Call

LARGEST_BODY = 64 * 1024 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_LENGTH = re.compile(r"\d{1,18}")
_PATIENCE = 4 * LARGEST_BODY
_CHUNK = 1024 * 1024


class Server(ThreadingHTTPServer):
    """A server on loopback whose open connections can all be ended at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, house: House) -> None:
        self.house = house
        self._open: set[socket.socket] = set()
        self._guard = Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server who we are, as the parent does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection and hand it to a thread."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a connection that broke off go without a word."""

    def hang_up(self) -> None:
        """End every open connection, so that their threads come to an end."""
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "kling-spec-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120
    server: Server

    def _answer(self) -> None:
        address = urlsplit(self.path)
        path = unquote(address.path)
        body = self._body()
        if isinstance(body, int):
            words = {411: "a Content-Length is needed", 413: "the body is larger than 64 MB"}
            self.close_connection = True
            answer = self.server.house.trouble(path, body, words.get(body, "the Content-Length does not fit"))
        else:
            query = dict(parse_qsl(address.query, keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(method=self.command, path=path, query=query, headers=headers, body=body)
            answer = self.server.house.answer(call)
        self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - the parent looks for these names

    def _body(self) -> bytes | int:
        """Return the body, or the HTTP status that tells why it was not read."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return 411
        length = self.headers.get("Content-Length", "0" if self.command != "POST" else "")
        if not length:
            return 411
        if not _LENGTH.fullmatch(length):
            return 400
        if int(length) > LARGEST_BODY:
            self._swallow(int(length))
            return 413
        body = self.rfile.read(int(length))
        return body if len(body) == int(length) else 400

    def _swallow(self, length: int) -> None:
        """Read on so that the caller gets to see the refusal, within reason."""
        left = min(length, _PATIENCE)
        while left > 0 and (chunk := self.rfile.read(min(_CHUNK, left))):
            left -= len(chunk)

    def _send(self, answer: Answer) -> None:
        if answer.file is not None:
            self._send_file(answer, answer.file)
            return
        if answer.text is not None:
            data, kind = answer.text.encode(), "text/plain; charset=utf-8"
        else:
            data, kind = json.dumps(answer.body).encode(), "application/json; charset=utf-8"
        self._head(answer, answer.status, kind, len(data))
        if self.command != "HEAD":
            self.wfile.write(data)

    def _send_file(self, answer: Answer, file: Path) -> None:
        with file.open("rb") as stream:
            size = file.stat().st_size
            stretch = self._stretch(size)
            if stretch is None:
                self._head(answer, 416, answer.content_type, 0, {"Content-Range": f"bytes */{size}"})
                return
            start, end = stretch
            extra = {"Accept-Ranges": "bytes"}
            whole = (start, end) == (0, size) and "Range" not in self.headers
            if not whole:
                extra["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
            self._head(answer, 200 if whole else 206, answer.content_type, end - start, extra)
            stream.seek(start)
            left = 0 if self.command == "HEAD" else end - start
            while left > 0:
                chunk = stream.read(min(_CHUNK, left))
                if not chunk:
                    break
                self.wfile.write(chunk)
                left -= len(chunk)

    def _stretch(self, size: int) -> tuple[int, int] | None:
        """Return start and end of what is asked for, all of it without a range; None when there is none."""
        match = _RANGE.fullmatch(self.headers.get("Range", "bytes=0-").strip())
        if match is None or match.groups() == ("", ""):
            return 0, size
        first, last = match.groups()
        if not first:
            return (max(0, size - int(last)), size) if int(last) else None
        end = min(size, int(last) + 1) if last else size
        return (int(first), end) if int(first) < end else None

    def _head(
        self, answer: Answer, status: int, kind: str, length: int, extra: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(length), **answer.headers, **(extra or {})}
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Say nothing: the book of charges is the log."""
