"""The server that hears callbacks. It answers everything that is none with the same 404."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from kling_spec.ir import Secret
from kling_spec.ledger import FINAL, Entry, Ledger, LedgerError, State
from kling_spec.providers import is_provider, provider

_LARGEST = 1024 * 1024
_LONGEST_PATH = 200
_AFTERWARDS = timedelta(hours=1)
"""How long a secret opens anything after its task has ended."""
_REFRESH = 1.0
"""Seconds after which an unknown secret is looked for anew: a run may have sent something since."""
_OVER = (*FINAL, State.STORED, State.ABANDONED)


class Receiver:
    """Serves on loopback until it is closed; what is heard is in the ledger before it is acknowledged.

    `token_of` gives the secret of a submit from our own id of it, `secrets` the signing secrets by
    provider: where there is one, what is not signed by it is not heard.
    """

    def __init__(
        self,
        ledger: Ledger,
        token_of: Callable[[str], Secret],
        *,
        secrets: Mapping[str, Secret] | None = None,
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ledger = ledger
        self._token_of = token_of
        self._secrets = dict(secrets or {})
        self._clock = clock
        self._known: dict[str, Entry] = {}
        self._lock = threading.Lock()
        self._fresh_at = 0.0
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.receiver = self

    @property
    def url(self) -> str:
        """Where it listens; the public address that leads here is the setting `callback_url`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="callbacks", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def hear(self, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Keep what the body hints at, and return whether the path and the signature are ours.

        Nothing of it is believed: the run looks at the job itself.
        """
        entry = self._entry(path.rpartition("/")[2])
        if entry is None or not is_provider(entry.provider):
            return False
        callbacks = provider(entry.provider).callbacks
        secret = self._secrets.get(entry.provider)
        if secret and callbacks is not None and callbacks.is_signed is not None:
            lowered = {name.lower(): value for name, value in headers.items()}
            if not callbacks.is_signed(lowered, body, secret.reveal(), self._clock()):
                return False
        told = callbacks.read(_parsed(body)) if callbacks is not None else None
        job, state = (told[0][:200], told[1].state.value) if told is not None else ("", "")
        self._ledger.hint(entry.fingerprint, job, state)
        return True

    def _entry(self, token: str) -> Entry | None:
        """Return the payload whose secret this is; secrets are compared by their hash."""
        if len(token) != 64:
            return None
        key = sha256(token.encode()).hexdigest()
        with self._lock:
            now = time.monotonic()
            if key not in self._known and now - self._fresh_at >= _REFRESH:
                self._fresh_at = now
                self._known = {
                    sha256(self._token_of(entry.client_id).reveal().encode()).hexdigest(): entry
                    for entry in self._ledger.entries()
                }
            entry = self._known.get(key)
        if entry is None:
            return None
        newest = self._ledger.entry(entry.fingerprint) or entry
        is_over = newest.state in _OVER and self._clock() - newest.updated > _AFTERWARDS
        return None if is_over else newest


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a connection that broke off go without a word."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "kling-spec"
    sys_version = ""
    timeout = 20
    server: _Server

    def do_POST(self) -> None:
        """Hear one callback."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal() or int(length) > _LARGEST:
            self._answer(404)
            return
        body = self.rfile.read(int(length))
        if len(self.path) > _LONGEST_PATH:
            self._answer(404)
            return
        try:
            is_ours = self.server.receiver.hear(self.path, dict(self.headers.items()), body)
        except LedgerError:
            self._answer(503)  # not kept, so it must come again
            return
        self._answer(204 if is_ours else 404)

    def _answer(self, status: int) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def _refuse(self) -> None:
        self._answer(404)

    do_GET = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = _refuse  # noqa: N815 - as above

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Say nothing: a path holds a secret."""
