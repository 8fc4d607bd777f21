"""The pages that show a run: live while it goes on, and a record in their place from then on."""

import contextvars
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from kling_spec.notebook._board import Board
from kling_spec.notebook._html import block, line, verbatim, words
from kling_spec.notebook._page import Bundle, Page
from kling_spec.notebook._plan_view import PlanView
from kling_spec.notebook._record import Record
from kling_spec.plan import Action, counted, total

_BETWEEN = 0.4
"""Seconds between two updates of a page at the least."""
_PACE = 200_000
"""Bytes a second that a page is sent at the most, in the long run."""


class Subject(Protocol):
    """What is shown: a run."""

    plan: PlanView
    board: Board

    @property
    def is_begun(self) -> bool: ...
    @property
    def is_done(self) -> bool: ...
    @property
    def is_stopping(self) -> bool: ...
    def record(self) -> Record: ...
    def text(self) -> str: ...
    def html(self) -> str: ...
    def confirm(self) -> object: ...
    def stop(self) -> None: ...


class Live:
    """Shows one run in any number of cells."""

    def __init__(self, run: Subject) -> None:
        self._run = run
        self._lock = threading.RLock()
        self._controls: Any = None
        self._pages: list[Page] = []
        self._painter: threading.Thread | None = None

    def show(self) -> None:
        """Show the run in the cell that is running."""
        with self._lock:
            if self._run.is_done:
                Page(self._bundle())
                return
            if self._controls is None:
                from kling_spec.notebook._controls import Controls

                self._controls = Controls(self._press)
            self._draw()
            self._pages.append(Page({**self._bundle(), **self._controls.bundle}))
        self.follow()

    def follow(self) -> None:
        """Keep the pages up to date from a thread of their own, so that drawing never slows the run down."""
        with self._lock:
            if not self._run.is_begun or not self._pages or self._painter is not None:
                return
            context = contextvars.copy_context()  # what it draws belongs to the cell that began it
            paint: Callable[[], None] = partial(context.run, self._paint)
            self._painter = threading.Thread(target=paint, name="kling-spec board", daemon=True)
        self._painter.start()

    def freeze(self) -> None:
        """Put the record in the place of the live board: it needs no kernel, and is what a file should hold.

        The painter does so, and whoever waits does so again: without a page, as in nbconvert, only
        what comes from the running cell is heard.
        """
        with self._lock:
            bundle = self._bundle() if self._pages else {}
            for page in self._pages:
                page.replace(bundle)
            controls, self._controls = self._controls, None
        if controls is not None:
            controls.close()

    # -- how --

    def _bundle(self) -> Bundle:
        return {"text/plain": self._run.text(), "text/html": self._run.html()}

    def _paint(self) -> None:
        seen = -1
        while not self._run.is_done:
            version = self._run.board.version
            size = self._draw(rows=version != seen)
            seen = version
            time.sleep(max(_BETWEEN, size / _PACE))
        self.freeze()

    def _draw(self, *, rows: bool = True) -> int:
        """Bring the live board up to date, and return how much was sent for it."""
        with self._lock:
            if self._controls is None:
                return 0
            self._controls.put_button(on_top=self._run.is_begun)
            return self._draw_run(rows=rows) if self._run.is_begun else self._draw_question()

    def _draw_run(self, *, rows: bool) -> int:
        record, size = self._run.record(), 0
        if rows:
            html = record.html(is_live=True)
            self._controls.show_rows(html)
            size = len(html)
        self._controls.show_line(block(line(words(record.progress(), "bold"))))
        is_open = not self._run.is_stopping
        hint = "send nothing more; what is under way is kept"
        self._controls.offer("Stop" if is_open else "Stopping …", hint, is_open=is_open)
        return size

    def _draw_question(self) -> int:
        plan = self._run.plan
        sent = counted(plan.plan.count(Action.CREATE), "task")
        self._controls.show_rows(plan.html())
        self._controls.show_line(block(line(words("Nothing is sent before you confirm it."))))
        amount = f"Send {sent} for {total(plan.total, plan.unknown_prices)}"
        self._controls.offer(amount, "start the run, which is paid for", is_paid=True)
        return 0

    def _press(self) -> None:
        """Do what the button says; there is nobody to raise to, so what is wrong is shown."""
        if self._run.is_begun:
            self._run.stop()
            return
        try:
            self._run.confirm()
        except Exception as error:  # noqa: BLE001 - as above
            self._controls.show_line(block(verbatim(str(error))))
