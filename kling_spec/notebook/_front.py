"""The live board: an anywidget that holds every row in the page, and is told what moves."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from anywidget import AnyWidget

from kling_spec.diagnostics import printable
from kling_spec.notebook._feed import Feed, Message
from kling_spec.notebook._page import LARGEST, Bundle, part, widget_bundle
from kling_spec.notebook._stills import thumb
from kling_spec.notebook._surface import Subject, question
from kling_spec.notebook._view import heading

PACE = 0.25
"""Seconds between two messages about rows at the least."""
_BEAT, _AFTER = 3.0, 1.0
"""Seconds between two signs of life, and from the last change to the next one, by which a page notices a loss."""
_UNHEARD = (0.3, 1.0, 2.0, 4.0)
"""Seconds between snapshots that nobody asked for: a page cannot ask while a cell runs."""
_MOST_THUMBS = 40
_OF_TASKS = frozenset({"cancel", "adopt", "resubmit", "abandon"})
"""What is done to tasks that are named, and never to all of them."""


class _Widget(AnyWidget):  # type: ignore[misc]
    """What the page loads."""

    _esm = part("board.js")
    _css = part("board.css")


class Front:
    """One run for all pages that show it. Two models, however many tasks there are."""

    def __init__(self, run: Subject) -> None:
        self._run = run
        self._began = datetime.now(UTC)
        self._feed = Feed(run.board, self._began, run.usual_seconds)
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        self._head: Message = {}
        self._headed: tuple[int, str] | None = None
        """What the head was made of, so that it is made anew only when that has moved."""
        self._asked: dict[str, Callable[[], object]] = {}
        self._asked_at = 0
        self._is_heard, self._unheard = False, 0
        self._next_beat = self._next_look = 0.0
        self._widget = _Widget()
        self._widget.on_msg(lambda _, content, __: self._inbox.put(content))

    @property
    def bundle(self) -> Bundle:
        """The board as a page knows it."""
        return widget_bundle(self._widget)

    @property
    def stays(self) -> bool:
        """Whether a page is there, and somebody may still try something again in it."""
        return self._is_heard and self._run.can_go_on

    def draw(self) -> None:
        """Tell the page what moved, at most as often as the pace allows."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + PACE
            self._tell_changes()
        if now >= self._next_beat:
            self._beat(now)

    def rest(self) -> None:
        """Wait for what the page says, and at most until the next look."""
        try:
            message = self._inbox.get(timeout=max(0.0, self._next_look - time.monotonic()))
        except Empty:
            return
        self._heed(message)

    def close(self) -> None:
        """End it; what a notebook would save of it is emptied first."""
        self._widget._esm = self._widget._css = ""  # noqa: SLF001 - the traits that anywidget documents
        self._widget.close()

    # -- to the page --

    def _tell_changes(self) -> None:
        if changes := self._feed.changes():
            self._send(changes)
            if self._is_heard:
                self._next_beat = time.monotonic() + _AFTER
        made_of = self._run.board.version, _phase(self._run)
        if made_of == self._headed:
            return
        self._headed, head = made_of, self._heading()
        if head != self._head:
            self._head = head
            self._send({"type": "head", **head})

    def _beat(self, now: float) -> None:
        if self._is_heard:
            self._send(self._feed.beat())
            self._next_beat = now + _BEAT
            return
        self._send_all()
        self._next_beat = now + _UNHEARD[min(self._unheard, len(_UNHEARD) - 1)]
        self._unheard += 1

    def _send_all(self) -> None:
        now = (datetime.now(UTC) - self._began).total_seconds()
        self._head = self._heading()
        self._send({**self._feed.snapshot(), "now": now, "head": self._head})

    def _heading(self) -> Message:
        run, plan = self._run, self._run.plan
        record = run.record() if run.is_begun else None
        return {
            "spec": plan.plan.spec,
            "heading": heading(plan.plan.provider, is_rehearsal=plan.is_rehearsal),
            "line": record.progress(clock=False) if record else "Nothing is sent before you confirm it.",
            "problem": printable(record.problem, keep="\n") if record else "",
            "answer": [printable(told) for told in record.answer()] if record and run.is_done else [],
            "films": [printable(film.text()) for film in record.films] if record else [],
            "phase": _phase(run),
            "offer": "" if run.is_begun else question(plan),
        }

    def _send(self, message: Message, buffers: list[bytes] | None = None) -> None:
        self._widget.send(message, buffers)

    # -- from the page --

    def _heed(self, said: Any) -> None:
        """Do what the page asks for; nobody else would hear what goes wrong, so the page is told."""
        message: Message = said if isinstance(said, dict) else {}
        does: Mapping[str, Callable[[Message], None]] = {
            "hello": self._greet, "thumbs": self._thumbs, "clip": self._clip, "act": self._act,
        }  # fmt: skip
        try:
            does[str(message.get("type"))](message)
        except Exception as error:  # noqa: BLE001 - as above
            told = str(error) or type(error).__name__
            self._send({"type": "done", "id": message.get("id"), "wrong": told})
        self._next_look = 0.0

    def _greet(self, _: Message) -> None:
        self._is_heard = True
        self._send_all()
        self._next_beat = time.monotonic() + _BEAT

    def _thumbs(self, message: Message) -> None:
        pictures = {}
        for number in list(message["rows"])[:_MOST_THUMBS]:
            clip = self._run.clip_of(self._task(number))
            if clip is not None and (picture := thumb(clip)):
                pictures[number] = picture
        self._send({"type": "thumbs", "rows": list(pictures)}, list(pictures.values()))

    def _clip(self, message: Message) -> None:
        clip = self._run.clip_of(self._task(message["row"]))
        if clip is None:
            raise FileNotFoundError("the clip is not there yet")
        if clip.stat().st_size > LARGEST:
            raise ValueError(f"this clip is too large to be shown here; it lies at {clip}")
        self._send({"type": "clip", "row": message["row"]}, [clip.read_bytes()])

    def _act(self, message: Message) -> None:
        tasks = [self._task(number) for number in message.get("rows", ())]
        told = self._do(str(message["does"]), tasks, message)
        self._send({"type": "done", "id": message.get("id"), **told})

    def _do(self, does: str, tasks: list[str], message: Message) -> Message:
        run = self._run
        if does in _OF_TASKS and not tasks:
            raise ValueError("no task is named")
        match does:
            case "confirm":
                run.confirm()
            case "stop":
                run.stop()
            case "cancel":
                run.cancel(*tasks)
            case "retry":
                retrial = run.retrial(*tasks)
                return self._ask(retrial.words(), lambda: run.retry(*tasks, yes=True))
            case "adopt":
                run.adopt(tasks[0], str(message["job"]))
            case "resubmit":
                run.resubmit(tasks[0])
            case "abandon":
                words = "Give it up? What it may have cost stays counted."
                return self._ask(words, lambda: run.abandon(tasks[0]))
            case "yes":
                self._answer(self._asked.pop(str(message["nonce"]), None))
            case _:
                raise ValueError(f"this board cannot '{does}'")
        return {}

    def _ask(self, words: str, then: Callable[[], object]) -> Message:
        """Return a question; its nonce is good for one answer, however often that comes."""
        nonce = uuid4().hex
        self._asked, self._asked_at = {nonce: then}, self._run.board.version
        return {"ask": words, "nonce": nonce}

    def _answer(self, then: Callable[[], object] | None) -> None:
        """Do what was asked, unless that was answered before, or is not what it was any more."""
        if then is None:
            return
        if self._run.board.version != self._asked_at:
            raise ValueError("the run has moved since this was asked; ask once more")
        then()

    def _task(self, number: Any) -> str:
        if type(number) is not int or not 0 <= number < len(self._run.board.plan.rows):
            raise ValueError("this board has no such row")
        return self._run.board.standing(number).row.task


def _phase(run: Subject) -> str:
    if not run.is_begun:
        return "asking"
    if run.is_done:
        return "done"
    return "stopping" if run.is_stopping else "running"
