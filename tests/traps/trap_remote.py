"""A server in the place of a provider, and the short way to send it what a spec asks for."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loopback import Handler, Loopback

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


class Remote(Loopback):
    """What it was sent, and the short way to run against it; `answer` says what each request gets."""

    def __init__(self, answer: Callable[[Call], Answer]) -> None:
        super().__init__(_Handler)
        self.answer = answer
        self.calls: list[Call] = []

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


class _Handler(Handler):
    owner: Remote

    def reply(self) -> None:
        names = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, names, self.content())
        self.owner.calls.append(call)
        said = self.owner.answer(call)
        if said is None:
            return self.hang_up()
        return self.send(said[0], json.dumps(said[1]).encode(), [("Content-Type", "application/json")])
