"""The HTTP side: reads calls, writes answers, keeps no opinion of its own."""

import json
import socket
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from kling_spec.sandbox._limits import REQUEST, room_at
from kling_spec.sandbox._sending import Sending
from kling_spec.sandbox._wire import Answer, Call

_DIGITS = 18
_PATIENCE = 4 * REQUEST
_CHUNK = 1024 * 1024


class Answering(Protocol):
    """Who has an answer to every call."""

    def answer(self, call: Call) -> Answer:
        """Answer a call; nothing that a caller sends raises."""
        ...

    def trouble(self, path: str, status: int, message: str) -> Answer:
        """Return the error body of whoever lives at a path."""
        ...

    def draft(self, method: str, path: str) -> Path | None:
        """Return where the body of a call is written to; None for one that is read into memory."""
        ...


class Server(ThreadingHTTPServer):
    """A server on loopback whose open connections can all be ended at once."""

    daemon_threads = True
    request_queue_size = 128

    house: Answering
    """Who answers; set before the first call is served."""

    def __init__(self, port: int, ending: Event) -> None:
        self.ending = ending
        """Set when the sandbox is about to stop: whoever waits goes on at once."""
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
        draft = self.server.house.draft(self.command, path)
        try:
            body = self._body(path, draft)
            if isinstance(body, int):
                self.close_connection = True
                answer = self.server.house.trouble(path, body, self._why(body, path))
            else:
                answer = self.server.house.answer(
                    Call(
                        method=self.command,
                        path=path,
                        query=dict(parse_qsl(address.query, keep_blank_values=True)),
                        headers={name.lower(): value for name, value in self.headers.items()},
                        body=body,
                        file=draft,
                    )
                )
        finally:
            if draft is not None:
                draft.unlink(missing_ok=True)
        self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - the parent looks for these names

    def _body(self, path: str, draft: Path | None) -> bytes | int:
        """Return the body, empty where it went into the draft, or the HTTP status that tells why not."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return 411
        length = self.headers.get("Content-Length", "0" if self.command != "POST" else "")
        if not length:
            return 411
        if not (length.isascii() and length.isdigit() and len(length) <= _DIGITS):
            return 400
        size = int(length)
        if size > room_at(self.command, path).largest:
            self._swallow(size)
            return 413
        if draft is not None:
            return b"" if self._store(draft, size) == size else 400
        body = self.rfile.read(size)
        return body if len(body) == size else 400

    def _why(self, status: int, path: str) -> str:
        if status == 413:
            return f"the body is larger than {room_at(self.command, path).megabytes} MB"
        return "a Content-Length is needed" if status == 411 else "the Content-Length does not fit"

    def _store(self, draft: Path, size: int) -> int:
        """Write the body to a file as it comes, and return how much came."""
        left = size
        with draft.open("wb") as file:
            while left > 0 and (chunk := self.rfile.read(min(_CHUNK, left))):
                file.write(chunk)
                left -= len(chunk)
        return size - left

    def _swallow(self, length: int) -> None:
        """Read on so that the caller gets to see the refusal, within reason."""
        left = min(length, _PATIENCE)
        while left > 0 and (chunk := self.rfile.read(min(_CHUNK, left))):
            left -= len(chunk)

    def _send(self, answer: Answer) -> None:
        if answer.manner.hangs_up:
            self.close_connection = True
            return
        if answer.file is not None:
            self._send_file(answer, answer.file)
            return
        if answer.text is not None:
            data, kind = answer.text.encode(), answer.content_type or "text/plain; charset=utf-8"
        else:
            data, kind = json.dumps(answer.body).encode(), "application/json; charset=utf-8"
        self._head(answer, answer.status, kind, len(data))
        if self.command != "HEAD":
            self._write(Sending.of_bytes(data, answer.manner))

    def _send_file(self, answer: Answer, file: Path) -> None:
        with Sending.of_file(file, answer.manner) as sending:
            if not sending.cut(self.headers.get("Range")):
                extra = {"Content-Range": f"bytes */{sending.size}"}
                self._head(answer, 416, answer.content_type, 0, extra)
                return
            extra = {"Accept-Ranges": "bytes"}
            is_whole = sending.is_whole and "Range" not in self.headers
            if not is_whole:
                extra["Content-Range"] = f"bytes {sending.start}-{sending.end - 1}/{sending.size}"
            self._head(answer, 200 if is_whole else 206, answer.content_type, sending.length, extra)
            if self.command != "HEAD":
                self._write(sending)

    def _write(self, sending: Sending) -> None:
        for chunk in sending.chunks():
            self.wfile.write(chunk)
            if sending.pause:
                self.wfile.flush()
                if self.server.ending.wait(sending.pause):
                    break
        if sending.breaks_off:
            self.close_connection = True

    def _head(
        self, answer: Answer, status: int, kind: str, length: int, extra: dict[str, str] | None = None
    ) -> None:
        self.send_response_only(status)
        headers = {
            "Server": self.version_string(),
            "Date": self.date_time_string(),
            "Content-Type": kind,
            "Content-Length": str(length),
            **answer.headers,
            **(extra or {}),
        }
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Say nothing: the book of charges is the log."""
