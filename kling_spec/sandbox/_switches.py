"""Words in a prompt with which a rehearsal asks for trouble."""

import hashlib
import json
from collections import Counter
from threading import Lock
from typing import Any

FAIL = "[sandbox:fail]"
"""The job is accepted and ends as failed."""
REFUSE = "[sandbox:refuse]"
"""The body is refused by the content policy."""
BUSY = "[sandbox:busy]"
"""The body is refused as too much at once, two times, and then accepted."""
CASH = "[sandbox:cash]"
"""The bill is in money instead of the units of a resource pack, where a provider knows both."""
_TIMES_BUSY = 2


class Switches:
    """Remembers how often a body was told that the provider is busy; a restart forgets it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._told: Counter[str] = Counter()

    def is_busy(self, prompt: str, digest: str) -> bool:
        """Whether this body is to be refused as too much at once, and count it."""
        if BUSY not in prompt:
            return False
        with self._lock:
            self._told[digest] += 1
            return self._told[digest] <= _TIMES_BUSY


def digest_of(provider: str, body: Any, *, without: tuple[str, ...] = ()) -> str:
    """Return a name for a body that does not depend on the order of its keys."""
    kept = {key: value for key, value in body.items() if key not in without}
    text = json.dumps([provider, kept], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
