"""Callbacks on their way: one after the other, each again until it is taken."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Thread

from kling_spec.sandbox._book import Notice
from kling_spec.sandbox._post import is_here, post

_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before the next tries; from the page of APIModels. The others say nothing of theirs."""
_LATER = 30.0
_LONGEST = 1800.0
"""For so long it is tried again every half minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One callback, to be made so many times."""

    notice: Notice
    body: bytes
    headers: Callable[[], dict[str, str]]
    """Made anew for each try, as a signature holds for a while only."""
    times: int = 1
    began: float = 0.0


class Lane(Thread):
    """A thread that makes calls in the order in which they are due."""

    def __init__(self, note: Callable[[Notice], None]) -> None:
        super().__init__(name="sandbox-lane", daemon=True)
        self._note = note
        self._changed = Condition()
        self._waiting: list[tuple[float, int, Delivery]] = []
        self._number = count()
        self._is_over = False

    def put(self, delivery: Delivery, pause: float = 0.0) -> None:
        """Take a callback that is due after so many seconds."""
        with self._changed:
            heappush(self._waiting, (time.monotonic() + pause, next(self._number), delivery))
            self._changed.notify()

    def close(self) -> None:
        """Make no more calls; one that is being made is not waited for."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def run(self) -> None:
        """Make the calls, until the lane is closed."""
        while (delivery := self._next()) is not None:
            self._try(delivery)

    def _next(self) -> Delivery | None:
        with self._changed:
            while not self._is_over:
                left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if left is not None and left <= 0:
                    return heappop(self._waiting)[2]
                self._changed.wait(left)
        return None

    def _try(self, delivery: Delivery) -> None:
        notice = delivery.notice
        if not is_here(notice.url):
            self._told(replace(notice, outcome="not contacted", said="not on this machine"))
            return
        said = post(notice.url, delivery.body, delivery.headers())
        is_taken = isinstance(said, int) and 200 <= said < 300
        notice = replace(notice, tries=notice.tries + 1, said=str(said))
        if is_taken and delivery.times > 1:
            self.put(replace(delivery, notice=notice, times=delivery.times - 1))
        elif is_taken:
            notice = replace(notice, outcome="delivered")
        elif (pause := _pause(notice.tries, time.monotonic() - delivery.began)) is not None:
            self.put(replace(delivery, notice=notice), pause)
        else:
            notice = replace(notice, outcome="given up")
        self._told(notice)

    def _told(self, notice: Notice) -> None:
        if not self._is_over:
            self._note(notice)


def _pause(tries: int, passed: float) -> float | None:
    if tries <= len(_PAUSES):
        return _PAUSES[tries - 1]
    return _LATER if passed < _LONGEST else None
