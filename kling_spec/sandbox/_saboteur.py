"""Lets the faults strike that a rehearsal asked for: the one place between the house and its callers."""

import copy
import time
from collections import Counter
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from threading import Event, Lock
from typing import Any

from kling_spec.sandbox._clip_mishaps import ClipMishaps
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._dialects import (
    DIALECTS,
    Dialect,
    end_late,
    tasks_in,
    without,
)
from kling_spec.sandbox._house import House
from kling_spec.sandbox._job import Job
from kling_spec.sandbox._kinds import Purpose, purpose_of
from kling_spec.sandbox._switches import Trouble
from kling_spec.sandbox._touch import touched
from kling_spec.sandbox._wire import Answer, Call, Manner

_WORD = "hibernating"
_PAGES = {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout"}
_PROXY = {"html-500": 500, "502": 502, "504": 504}
_OWN = {"json-500": 500, "503": 503}
_LATER = {"Retry-After": "1"}


class Saboteur:
    """Answers as the house does, but for the faults; safe to use from many threads."""

    def __init__(self, house: House, desk: Desk, ending: Event) -> None:
        self._house = house
        self._desk = desk
        self._mishaps = desk.mishaps
        self._ending = ending
        self._clips = ClipMishaps(desk.mishaps, desk.url)
        self._lock = Lock()
        self._gate = Lock()
        self._shown: Counter[str] = Counter()

    def answer(self, call: Call) -> Answer:
        """Answer a call, with whatever strikes it."""
        if not self._mishaps:
            return self._house.answer(call)
        if self._clips.is_followed(call.path):
            return Answer(status=404, text="nobody should have come here\n")
        who = self._house.who(call.path)
        purpose = purpose_of(None if who is None else who.name, call, self._desk)
        if purpose.kind == "other":
            return self._house.answer(call)
        return self._delivered(purpose, self._struck(call, purpose))

    def trouble(self, path: str, status: int, message: str) -> Answer:
        """Return the error body of whoever lives at a path."""
        return self._house.trouble(path, status, message)

    def draft(self, method: str, path: str) -> Path | None:
        """Return where the body of a call is written to."""
        return self._house.draft(method, path)

    # -- before anything is taken --

    def _struck(self, call: Call, purpose: Purpose) -> Answer:
        if self._strikes("drop", purpose):
            return Answer(manner=Manner(hangs_up=True))
        for name, status in _OWN.items():
            if self._strikes(name, purpose):
                return self._house.trouble(call.path, status, _PAGES.get(status, "Service Unavailable"))
        refused = self._refused(call, purpose)
        if refused is not None:
            return refused
        clock = self._mishaps.drawn("clock", purpose.subject, purpose.kind)
        if clock is None:
            return self._within_slots(call, purpose)
        there = time.time() + clock.value
        answer = self._within_slots(replace(call, time=there), purpose)
        if answer.status == 401:
            self._mishaps.note("clock")
        return replace(answer, headers={**answer.headers, "Date": formatdate(there, usegmt=True)})

    def _refused(self, call: Call, purpose: Purpose) -> Answer | None:
        who = self._house.who(call.path)
        if who is None:
            return None
        empty = self._mishaps.drawn("empty", purpose.subject, purpose.kind)
        if empty is not None and len(self._desk.jobs(who.name)) >= empty.value:
            self._mishaps.note("empty")
            return who.refusal(call, Trouble.BROKE)
        if self._strikes("busy", purpose):
            return _later(who.refusal(call, Trouble.BUSY))
        return None

    def _within_slots(self, call: Call, purpose: Purpose) -> Answer:
        slots = self._mishaps.drawn("slots", purpose.subject, purpose.kind)
        who = self._house.who(call.path)
        if slots is None or who is None:
            return self._house.answer(call)
        with self._gate:
            taken = {model: self._desk.in_flight(who.name, call.account, model) for model in purpose.models}
            if all(taken[model] + purpose.models.count(model) <= slots.value for model in taken):
                return self._house.answer(call)
        self._mishaps.note("slots")
        return _later(who.refusal(call, Trouble.BUSY))

    # -- afterwards --

    def _delivered(self, purpose: Purpose, answer: Answer) -> Answer:
        if answer.manner.hangs_up:
            return answer
        if purpose.kind == "clip":
            answer = self._clips.struck(answer, purpose)
        elif purpose.provider is not None and answer.status == 200 and purpose.kind in {"poll", "list"}:
            answer = self._told(DIALECTS[purpose.provider], purpose.provider, answer)
        for name, status in _PROXY.items():
            if self._strikes(name, purpose):
                answer = _page(status)
        slow = self._strikes("slow", purpose)
        if slow is not None:
            self._ending.wait(slow.value)
        if answer.status < 400 and self._strikes("lost-reply", purpose):
            return Answer(manner=Manner(hangs_up=True))
        if self._strikes("truncate", purpose):
            answer = replace(answer, manner=replace(answer.manner, sent=0.5))
        drip = self._strikes("drip", purpose)
        return replace(answer, manner=replace(answer.manner, pause=drip.value)) if drip else answer

    def _told(self, dialect: Dialect, provider: str, answer: Answer) -> Answer:
        """Return what an answer tells of its tasks, changed where a fault has struck one of them."""
        body = copy.deepcopy(answer.body)
        hidden: list[str] = []
        for task in list(tasks_in(dialect, body)):
            job = self._desk.job(provider, str(task[dialect.job]))
            if job is None:
                continue
            self._clips.renew(job)
            if self._hides(job, is_done=task[dialect.status] == dialect.done):
                hidden.append(task[dialect.job])
            elif self._mishaps.hits("unknown-word", job):
                end_late(dialect, task, _WORD)
            else:
                touched(self._mishaps, job, task)
        return without(dialect, replace(answer, body=body), list(dict.fromkeys(hidden)))

    def _hides(self, job: Job, *, is_done: bool) -> bool:
        forget = self._mishaps.marks("forget", job)
        if forget is not None and time.time() < job.created + forget.value:
            return self._mishaps.hits("forget", job)
        if not is_done or self._mishaps.marks("flip-flop", job) is None:
            return False
        with self._lock:
            self._shown[job.id] += 1
            is_odd = self._shown[job.id] % 2 == 1
        return not is_odd and self._mishaps.hits("flip-flop", job)

    def _strikes(self, name: str, purpose: Purpose) -> Any:
        return self._mishaps.strikes(name, purpose.subject, purpose.kind)


def _later(answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, **_LATER})


def _page(status: int) -> Answer:
    title = f"{status} {_PAGES[status]}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><hr>nginx</body></html>\n"
    return Answer(status=status, text=page, content_type="text/html")
