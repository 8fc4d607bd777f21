"""The pages that show a run: live while it goes on, and a record in their place from then on."""

import atexit
import contextvars
import threading
from collections.abc import Callable
from functools import partial

from kling_spec.notebook._html import block, line, words
from kling_spec.notebook._page import Bundle, Page
from kling_spec.notebook._plain import Plain
from kling_spec.notebook._surface import Subject, Surface, ways

_LEFT = "The kernel has ended. Run the cell again to go on: what was sent is not paid for again."


class Live:
    """Shows one run in any number of cells."""

    def __init__(self, run: Subject) -> None:
        self._run = run
        self._lock = threading.RLock()
        self._surface: Surface | None = None
        self._pages: list[Page] = []
        self._painter: threading.Thread | None = None
        self._is_kept = False
        """Whether the pages hold, beside a board that goes on living, the record of the run's end."""

    def show(self) -> None:
        """Show the run in the cell that is running."""
        with self._lock:
            if self._run.is_done and self._surface is None:
                Page(self._bundle())
                return
            if self._surface is None:
                self._surface = _surface(self._run, self._replace)
                atexit.register(self._leave)
            self._surface.draw()
            self._pages.append(Page({**self._bundle(), **self._surface.bundle}))
        self.follow()

    def follow(self) -> None:
        """Keep the pages up to date from a thread of their own, so that drawing never slows the run down."""
        with self._lock:
            if self._surface is None or self._painter is not None:
                return
            context = contextvars.copy_context()  # what it draws belongs to the cell that began it
            paint: Callable[[], None] = partial(context.run, self._paint, self._surface)
            self._painter = threading.Thread(target=paint, name="kling-spec board", daemon=True)
            self._painter.start()

    def settle(self) -> None:
        """Put the record in the place of the live board, once nobody can do anything with that any more.

        The painter does so, and whoever waits does so again: without a page, as in nbconvert, only
        what comes from the running cell is heard.
        """
        with self._lock:
            self._end()
            self._keep()
            if self._surface is None and self._pages:
                self._replace(self._bundle())
                self._pages = []

    # -- how --

    def _leave(self) -> None:
        """Leave a record where a live board would outlive its kernel."""
        with self._lock:
            if self._surface is None:
                return
            record = self._bundle()
            record["text/plain"] += f"\n{_LEFT}"
            record["text/html"] += block(line(words(_LEFT, "bold")))
            self._replace(record)
            self._surface, self._pages = None, []

    def _end(self) -> None:
        if self._surface is None or not self._is_over(self._surface):
            return
        self._replace(self._bundle())
        self._surface.close()
        self._surface, self._painter = None, None
        atexit.unregister(self._leave)

    def _keep(self) -> None:
        """Put the record beside a board that outlives its run, for those who read the file without a kernel."""
        if self._surface is not None and self._run.is_done and not self._is_kept:
            self._replace({**self._bundle(), **self._surface.bundle})
        self._is_kept = self._run.is_done

    def _bundle(self) -> Bundle:
        return {"text/plain": self._run.text(), "text/html": self._run.html()}

    def _replace(self, bundle: Bundle) -> None:
        for page in self._pages:
            page.replace(bundle)

    def _is_over(self, surface: Surface) -> bool:
        return self._run.is_done and not surface.stays

    def _paint(self, surface: Surface) -> None:
        while self._surface is surface and not self._is_over(surface):
            with self._lock:
                surface.draw()
                self._keep()
            surface.rest()
        with self._lock:
            self._end()


def _surface(run: Subject, replace: Callable[[Bundle], None]) -> Surface:
    """Return the richest way to show a run that is possible here."""
    way = next(iter(ways()), "html")
    if way == "live":
        from kling_spec.notebook._front import Front

        return Front(run)
    if way == "controls":
        from kling_spec.notebook._controls import Controls

        return Controls(run)
    return Plain(run, replace)
