"""Tells callers by itself what becomes of their jobs; callers on this machine, and nobody else."""

import json
import time
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from threading import Condition, Thread

from kling_spec.sandbox._book import Notice, OpenBook
from kling_spec.sandbox._job import Stage
from kling_spec.sandbox._lane import Delivery, Lane
from kling_spec.sandbox._mishaps import Mishaps
from kling_spec.sandbox._signing import Signer
from kling_spec.sandbox._watched import Watched

_PAUSE = 0.02
_LANES = 4
_GRACE = 1.0
"""Seconds that the threads have to end in."""


@dataclass(slots=True, eq=False)
class _Watch:
    watched: Watched
    is_disorderly: bool
    """Whether the end is to be told first."""
    told: set[Stage] = field(default_factory=set)
    held: list[Delivery] = field(default_factory=list)
    """What is to come after the end."""


class Courier:
    """Watches jobs and calls back, each notice at least once, also after a restart."""

    def __init__(self, book: OpenBook, mishaps: Mishaps, signer: Signer) -> None:
        self._book = book
        self._mishaps = mishaps
        self._signer = signer
        self._changed = Condition()
        self._watches: list[_Watch] = []
        self._is_started = self._is_over = False
        self._thread: Thread | None = None
        self._lanes: list[Lane] = []

    def watch(self, watched: Watched | None) -> None:
        """Tell of a job from now on; of None nobody wants to hear."""
        if watched is None:
            return
        is_disorderly = self._mishaps.drawn("disorder-callback", watched.subject) is not None
        with self._changed:
            self._watches.append(_Watch(watched, is_disorderly))
            self._changed.notify()
            self._begin()

    def start(self) -> None:
        """Send what there is to be sent, and what will be."""
        with self._changed:
            self._is_started = True
            self._begin()

    def close(self) -> None:
        """Send nothing more; what was not taken yet is sent by the next sandbox in the folder."""
        with self._changed:
            self._is_over = True
            self._changed.notify()
        for lane in self._lanes:
            lane.close()
        deadline = time.monotonic() + _GRACE
        for thread in (self._thread, *self._lanes):
            if thread is not None:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _begin(self) -> None:
        """Start the threads when there is something to do for them."""
        if self._thread is not None or not (self._is_started and self._watches) or self._is_over:
            return
        self._lanes = [Lane(self._book.tell) for _ in range(_LANES)]
        self._thread = Thread(target=self._run, name="sandbox-courier", daemon=True)
        for thread in (*self._lanes, self._thread):
            thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(_PAUSE if self._watches else None)
                if self._is_over:
                    return
                watches = list(self._watches)
            over = [watch for watch in watches if self._look(watch)]
            with self._changed:
                self._watches = [watch for watch in self._watches if watch not in over]

    def _look(self, watch: _Watch) -> bool:
        """Tell what has changed, and return whether the job is over."""
        watched, now = watch.watched, watch.watched.stage()
        passed = watched.changes if now is not Stage.QUEUED else watched.changes[:1]
        for stage in (*passed, *([now] if now.is_over else [])):
            if stage not in watch.told:
                watch.told.add(stage)
                self._tell(watch, stage)
        return now.is_over

    def _tell(self, watch: _Watch, stage: Stage) -> None:
        watched = watch.watched
        deliveries = [
            delivery
            for place, body in enumerate(watched.bodies(stage))
            if (delivery := self._delivery(watched, stage, place, json.dumps(body).encode())) is not None
        ]
        if watch.is_disorderly and not stage.is_over:
            watch.held.extend(deliveries)
            return
        if watch.is_disorderly and len(deliveries) + len(watch.held) > 1:
            self._mishaps.note("disorder-callback")
        late = watch.held[::-1]
        lane = self._lanes[int(sha256(watched.job.encode()).hexdigest(), 16) % _LANES]
        for delivery in (*(deliveries[::-1] if watch.is_disorderly else deliveries), *late):
            lane.put(delivery)
        watch.held.clear()

    def _delivery(self, watched: Watched, stage: Stage, place: int, body: bytes) -> Delivery | None:
        """Return one callback; None for one that was made before, or that a fault has lost."""
        name = sha256(f"{watched.provider} {watched.job} {stage} {place}".encode()).hexdigest()[:32]
        if self._book.is_told(name):
            return None
        notice = Notice(
            id=name,
            provider=watched.provider,
            job=watched.job,
            status=watched.words[stage],
            url=watched.url,
        )
        subject = f"{watched.subject} {stage} {place}"
        if self._mishaps.strikes("lost-callback", subject):
            self._book.tell(notice.lost())
            return None
        twice = self._mishaps.strikes("duplicate-callback", subject) is not None
        return Delivery(
            notice=notice,
            body=body,
            headers=partial(_headers, self._signer, watched.provider, name, body),
            times=2 if twice else 1,
            began=time.monotonic(),
        )


def _headers(signer: Signer, provider: str, name: str, body: bytes) -> dict[str, str]:
    signed = signer.headers(provider, name, body, int(time.time()))
    return {"Content-Type": "application/json", "User-Agent": "kling-spec-sandbox", **signed}
