"""A gateway before the sandbox that signs the addresses of clips, and repeats what it is told in its errors."""

import http.client
import json
import re
from collections import deque

from loopback import Handler, Loopback

SIGNATURE = "s-canary-1c77e0b2"
_JSON = [("Content-Type", "application/json")]
_CLIP = re.compile(rb"(http://[^\"]+\.mp4)")


class Telltale(Loopback):
    """Signs with SIGNATURE. What `repeats` says of a method answers so often with a status and an echo."""

    def __init__(self, behind: str, repeats: dict[str, list[int]] | None = None) -> None:
        super().__init__(_Handler)
        self.behind = behind
        self.repeats = {method: deque(statuses) for method, statuses in (repeats or {}).items()}
        self.signed = self.echoed = 0


class _Handler(Handler):
    owner: Telltale

    def reply(self) -> None:
        telltale, body = self.owner, self.content()
        waiting = telltale.repeats.get(self.command)
        if waiting and not self.path.endswith(".mp4") and "signature" not in self.path:
            return self._repeat(waiting.popleft())
        try:
            answer, data = self.ask(telltale.behind, body)
        except (OSError, http.client.HTTPException):
            return self.hang_up()
        if b"{" in data[:2] or b"[" in data[:2]:
            data, signed = _CLIP.subn(rb"\1?signature=" + SIGNATURE.encode(), data)
            telltale.signed += signed
        return self.send(answer.status, data, _JSON)

    def _repeat(self, status: int) -> None:
        """Answer with everything that a provider knows of the caller, in a field of each dialect and as a page."""
        self.owner.echoed += 1
        told = (
            f"refused {self.headers.get('Authorization')}, "
            f"see https://cdn.example.com/clip.mp4?signature={SIGNATURE} ."
        )
        words = {"message": told, "error": told, "msg": told, "error_code": "BAD", "code": status}
        self.send(status, json.dumps({**words, "errors": [words]}).encode(), _JSON)
