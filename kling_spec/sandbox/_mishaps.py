"""The faults of one sandbox: which are asked for, and when they strike.

A fault strikes by a number that is drawn from the seed, from what it would strike, and from how often that
came up before. So the same rehearsal meets the same trouble, in whatever order its calls come in.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from threading import RLock

from kling_spec.sandbox._job import Job, Order
from kling_spec.sandbox._mishap import Mishap
from kling_spec.sandbox._switches import digest_of

_SPAN = 2**64


class Mishaps:
    """Decides, and counts what struck; safe to use from many threads."""

    def __init__(self, asked: Iterable[Mishap], *, seed: int, note: Callable[[str], None]) -> None:
        self._asked = tuple(asked)
        self._seed = seed
        self._note = note
        self._lock = RLock()
        self._drawn: Counter[tuple[str, str]] = Counter()
        self._struck: Counter[tuple[str, str]] = Counter()
        self._marks: dict[tuple[str, str], bool] = {}

    def __bool__(self) -> bool:
        return bool(self._asked)

    def strikes(self, name: str, subject: str, kind: str | None = None) -> Mishap | None:
        """Draw for a call, or for anything else that happens once, and return the fault that strikes it."""
        found = self.drawn(name, subject, kind)
        if found is not None:
            self._note(name)
        return found

    def drawn(self, name: str, subject: str, kind: str | None = None) -> Mishap | None:
        """Draw as `strikes` does, and leave it to the caller to `note` what comes of it."""
        for mishap in self._of(name):
            if (kind is None or kind in mishap.kinds) and self._hits(mishap, subject):
                return mishap
        return None

    def marks(self, name: str, job: Job) -> Mishap | None:
        """Return the fault that a job has for good; it is drawn when it is first asked for."""
        for mishap in self._of(name):
            key = (mishap.text, job.id)
            with self._lock:
                if key not in self._marks:
                    self._marks[key] = self._draw(mishap, subject_of(job.order)) < mishap.chance
                if self._marks[key]:
                    return mishap
        return None

    def note(self, name: str) -> None:
        """Write in the book that a fault has struck."""
        self._note(name)

    def hits(self, name: str, job: Job) -> bool:
        """Whether a fault that marks a job strikes once more, and write that in the book."""
        mishap = self.marks(name, job)
        if mishap is None or self._is_worn(mishap, job.id):
            return False
        self._note(name)
        return True

    def is_stuck(self, job: Job) -> bool:
        """Whether a job is one that never ends; the book says so once."""
        mishap = self.marks("stuck", job)
        if mishap is not None and not self._is_worn(replace(mishap, times=1), job.id):
            self._note("stuck")
        return mishap is not None

    def factor(self, order: Order) -> Decimal:
        """Return how many times the list price an order is billed at."""
        mishap = self.strikes("double-bill", subject_of(order))
        return Decimal(1) if mishap is None else Decimal(f"{mishap.value:g}")

    def _of(self, name: str) -> tuple[Mishap, ...]:
        return tuple(mishap for mishap in self._asked if mishap.name == name)

    def _hits(self, mishap: Mishap, subject: str) -> bool:
        return self._draw(mishap, subject) < mishap.chance and not self._is_worn(mishap, subject)

    def _is_worn(self, mishap: Mishap, subject: str) -> bool:
        """Whether a fault has struck something as often as it may, and count that it wants to."""
        with self._lock:
            self._struck[mishap.text, subject] += 1
            return mishap.times is not None and self._struck[mishap.text, subject] > mishap.times

    def _draw(self, mishap: Mishap, subject: str) -> float:
        """Return a number from 0 to below 1."""
        with self._lock:
            self._drawn[mishap.text, subject] += 1
            number = self._drawn[mishap.text, subject]
        words = f"{self._seed}\n{mishap.text}\n{subject}\n{number}"
        digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") / _SPAN


def subject_of(order: Order) -> str:
    """Return what tells an order from others in every rehearsal alike."""
    ids = ("external_task_id", "taskUUID", "callback_url", "callback", "webhookURL", "options")
    return order.task or digest_of(order.provider, order.body, without=ids)
