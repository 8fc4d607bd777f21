"""A server in the place of a provider, and the short way to send it what a spec asks for."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from kling_spec.session import Finished, Session

KEY = "k-trap-7c1e"


@dataclass(frozen=True)
class Call:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content or b"null")


Answer = tuple[int, Any] | None
"""A status and a body; None hangs up without a word."""


@dataclass
class Remote:
    """Where it is reached, and what it was sent."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)

    def posts(self, path: str) -> list[Call]:
        """Return what was posted to the path."""
        return [call for call in self.calls if (call.method, call.path) == ("POST", path)]

    def run(self, text: str, provider: str, folder: Path) -> Finished:
        """Run the spec of that text in the folder, against this server."""
        (folder / "spec.yaml").write_text(text)
        (folder / "kling-spec.toml").write_text(f"[providers.{provider}]\ndoubt_seconds = 0.3\n")
        prefix = provider.partition("-")[0].upper()
        environment = {
            f"{prefix}_BASE_URL": self.url,
            f"{prefix}_API_KEY": KEY,
            "KLING_SPEC_STATE": str(folder / "state"),
        }
        session = Session(folder / "spec.yaml", provider=provider, environment=environment)
        return session.begin(session.plan(), cuts=False).wait(60)


@contextmanager
def remote(answer: Callable[[Call], Answer]) -> Iterator[Remote]:
    """Serve until the block ends; `answer` says what each request gets."""
    made = Remote()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            names = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, self.path, names, self.rfile.read(length))
            made.calls.append(call)
            said = answer(call)
            if said is None:
                self.close_connection = True
                return
            content = json.dumps(said[1]).encode()
            self.send_response(said[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve  # noqa: N815 - the names are those of the library

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
