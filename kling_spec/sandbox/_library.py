"""The elements that were made on this server: what of, when they are ready, under which number."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from kling_spec.sandbox._job import Stage
from kling_spec.sandbox._journal import Journal
from kling_spec.sandbox._known import ElementKind

_QUEUED_SHARE = 0.15
_LOWEST = 2**53
_HIGHEST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element and the task that made it."""

    task_id: str
    client_id: str | None
    number: int
    """The element's own id: one that no floating point number can hold."""
    kind: ElementKind
    created: float
    """Seconds since the epoch."""
    due: float
    must_fail: bool
    asked: Mapping[str, Any]
    """The body as it came, with an address in the place of each image that came as bytes."""

    def stage(self, time: float) -> Stage:
        """Return how far the making has come."""
        if time < self.created + (self.due - self.created) * _QUEUED_SHARE:
            return Stage.QUEUED
        if time < self.due:
            return Stage.RUNNING
        return Stage.FAILED if self.must_fail else Stage.SUCCEEDED


class Library:
    """Keeps elements in a journal; safe to use from many threads."""

    def __init__(self, journal: Journal, *, seconds: float) -> None:
        self._journal = journal
        self._seconds = seconds
        self._lock = Lock()
        self._elements: list[Element] = []
        self.on_element: Callable[[Element], None] = lambda _: None
        """Hears of every element that is ordered or restored."""

    def restore(self) -> None:
        """Take up the elements of earlier sandboxes in the folder."""
        with self._lock:
            self._elements.extend(self._journal.read(lambda record: Element(**record)))
            for element in self._elements:
                self.on_element(element)

    def make(
        self,
        *,
        client_id: str | None,
        kind: ElementKind,
        created: float,
        must_fail: bool,
        asked: Mapping[str, Any],
    ) -> Element | None:
        """Enter a new element; None when its client id is taken already."""
        with self._lock:
            if client_id and any(client_id == element.client_id for element in self._elements):
                return None
            element = Element(
                task_id=str(secrets.randbelow(9 * 10**17) + 10**17),
                client_id=client_id,
                number=_number(),
                kind=kind,
                created=created,
                due=created + self._seconds,
                must_fail=must_fail,
                asked=asked,
            )
            self._journal.append(asdict(element))
            self._elements.append(element)
            self.on_element(element)
            return element

    def find(self, name: str) -> Element | None:
        """Return an element by the id of its task or by the caller's own id."""
        with self._lock:
            found = [element for element in self._elements if name in {element.task_id, element.client_id}]
        return found[0] if found else None

    def all(self) -> list[Element]:
        """Return the elements, newest first."""
        with self._lock:
            return self._elements[::-1]

    def kind(self, number: str) -> ElementKind | None:
        """Return what an element was made of; None for one that was not made here."""
        with self._lock:
            kinds = [element.kind for element in self._elements if str(element.number) == number]
        return kinds[0] if kinds else None

    def close(self) -> None:
        """Take no more elements."""
        self._journal.close()


def _number() -> int:
    """Return a number that a client would spoil by taking it for a floating point one."""
    while True:
        number = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST)
        if int(float(number)) != number:
            return number
