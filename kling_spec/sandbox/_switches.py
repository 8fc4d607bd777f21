"""Words in a prompt with which a rehearsal asks for trouble."""

import hashlib
import json
from collections import Counter
from enum import StrEnum
from threading import Lock
from typing import Any

FAIL = "[sandbox:fail]"
"""The job is accepted and ends as failed."""
CASH = "[sandbox:cash]"
"""The bill is in money instead of the units of a resource pack, where a provider knows both."""
PROCESSING = "[sandbox:processing]"
"""The job is accepted, and its key is told to be in the works still, two times."""
_TIMES = 2


class Trouble(StrEnum):
    """What a prompt can ask for in the place of an accepted job; the value is the word in the prompt."""

    REFUSED = "[sandbox:refuse]"
    """The content policy does not let it through."""
    BROKE = "[sandbox:broke]"
    """The account has nothing left to pay with."""
    BUSY = "[sandbox:busy]"
    """Too much at once, two times, and then accepted."""
    DOWN = "[sandbox:down]"
    """Out of service, two times, and then accepted."""


_PASSING = (Trouble.BUSY, Trouble.DOWN)


class Switches:
    """Remembers how often a body was told of trouble that passes; a restart forgets it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._told: Counter[tuple[str, str]] = Counter()

    def trouble(self, prompt: str, digest: str) -> Trouble | None:
        """Return the trouble that a body is to get into, and count it; None when it is to be accepted."""
        for trouble in Trouble:
            if trouble in prompt and (trouble not in _PASSING or self.is_early(trouble, digest)):
                return trouble
        return None

    def is_early(self, word: str, digest: str) -> bool:
        """Whether this is one of the first two times, and count it."""
        with self._lock:
            self._told[word, digest] += 1
            return self._told[word, digest] <= _TIMES


def digest_of(provider: str, body: Any, *, without: tuple[str, ...] = ()) -> str:
    """Return a name for a body that does not depend on the order of its keys."""
    kept = {key: value for key, value in body.items() if key not in without}
    text = json.dumps([provider, kept], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
