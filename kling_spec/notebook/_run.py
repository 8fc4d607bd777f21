"""A run in a notebook: a live board at once, the work in the background."""

import asyncio
from collections.abc import Generator
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

from IPython.display import display

from kling_spec.notebook._board import Board
from kling_spec.notebook._film_view import FilmView, FilmViews
from kling_spec.notebook._plan_view import PlanView
from kling_spec.plan import Plan, total
from kling_spec.runner import Event, Outcome
from kling_spec.session import FilmMade, Finished, Job, Session

_BETWEEN = 0.4
"""Seconds between two updates of the page at the least."""
_WIDGET = "application/vnd.jupyter.widget-view+json"


class Run:
    """A run of a plan. A rehearsal starts at once; a paid one when it is confirmed.

    `await run` and `run.wait()` both wait for its end; an interrupt of either only stops waiting.
    """

    def __init__(self, session: Session, plan: Plan, *, concurrency: int | None) -> None:
        self.plan = PlanView(plan, session.notes, is_rehearsal=session.is_rehearsal)
        self.board = Board(plan, session.state / "clips", session.is_rehearsal)
        self._session = session
        self._concurrency = concurrency
        self._job: Job | None = None
        self._page: Any = None
        self._controls: Any = None
        self._handle: Any = None
        self._drawn = 0.0

    # -- what it does --

    def confirm(self) -> "Run":
        """Start it: from here on it may cost what its plan says. Starting twice is starting once."""
        if self._job is None:
            self._job = self._session.begin(self.plan.plan, self._hear, concurrency=self._concurrency)
            self._draw(is_last=False)
        return self

    def stop(self) -> None:
        """Send nothing more; what is under way stays in the ledger, and the next run takes it up."""
        if self._job is not None:
            self._job.stop()

    def wait(self, seconds: float | None = None) -> "Run":
        """Wait for the end. Raises TimeoutError; an interrupt only stops the waiting."""
        try:
            self._started().wait(seconds)
        except KeyboardInterrupt:
            self._detached()
            return self
        self._draw(is_last=True)
        return self

    def __await__(self) -> Generator[Any, None, "Run"]:
        """Wait for the end without holding the kernel."""
        return self._awaited().__await__()

    async def _awaited(self) -> "Run":
        job = self._started()
        try:
            while not job.is_done:  # noqa: ASYNC110 - the end comes from another thread
                await asyncio.sleep(0.1)
        except (asyncio.CancelledError, KeyboardInterrupt):
            self._detached()
            return self
        return self.wait()

    def _started(self) -> Job:
        if self._job is None:
            cost = total(self.plan.total, self.plan.unknown_prices)
            raise RuntimeError(
                f"this run would cost {cost} and was not confirmed; call confirm(), or run(yes=True)"
            )
        return self._job

    def _detached(self) -> None:
        print("stopped waiting; the run goes on. run.wait() waits again, run.stop() sends nothing more")  # noqa: T201

    # -- what came of it --

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._job is not None and self._job.is_done

    @property
    def finished(self) -> Finished:
        """Everything that came of it; waits for the end."""
        return self._started().wait()

    @property
    def outcome(self) -> Outcome:
        """How each payload ended."""
        return self.finished.outcome

    @property
    def clips(self) -> dict[str, Path]:
        """The clip of each task that has one."""
        return dict(self.finished.clips)

    @property
    def films(self) -> FilmViews:
        """The films, which play in the output."""
        return FilmViews(FilmView(made) for made in self.finished.films)

    @property
    def cost(self) -> dict[str, Decimal]:
        """What it has committed to so far, by estimate and currency."""
        return dict(self.board.spent)

    # -- how it looks --

    def __repr__(self) -> str:
        """Return the board, or the plan while it is not confirmed, as plain text."""
        return self.board.text() if self._job is not None else repr(self.plan)

    def _repr_html_(self) -> str:
        return self.board.html() if self._job is not None else self.plan._repr_html_()

    def _ipython_display_(self) -> None:
        """Show the live board; a saved notebook keeps its last state as a table."""
        from ipywidgets import HTML, Button, HBox, VBox

        if self.is_done:
            display(self._record(), raw=True)
            return
        self._page = HTML(self._repr_html_())
        stop = Button(description="Stop", tooltip="send nothing more; what is under way is kept")
        stop.on_click(lambda _: self.stop())
        start = Button(
            description=f"Spend {total(self.plan.total, self.plan.unknown_prices)}", button_style="warning"
        )
        start.on_click(lambda _: self.confirm())
        self._controls = HBox([stop] if self._job is not None else [start])
        whole = VBox([self._page, self._controls])
        view = {"version_major": 2, "version_minor": 0, "model_id": whole.model_id}
        self._handle = display({**self._record(), _WIDGET: view}, raw=True, display_id=True)

    def _record(self) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _hear(self, happening: Event | FilmMade) -> None:
        self.board.hear(happening)
        if self._page is not None and monotonic() - self._drawn > _BETWEEN:
            self._draw(is_last=False)

    def _draw(self, *, is_last: bool) -> None:
        """Bring the page up to date; at the end the live board gives way to a record that needs no kernel."""
        self._drawn = monotonic()
        if self._page is not None:
            self._page.value = self._repr_html_()
        if is_last and self._handle is not None:
            self._handle.update(self._record(), raw=True)
            self._handle = None
