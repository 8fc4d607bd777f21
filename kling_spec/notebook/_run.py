"""A run in a notebook: a live board at once, the work in the background."""

import asyncio
import os
import threading
import time
from collections.abc import Generator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.ledger import Store
from kling_spec.notebook._board import Board
from kling_spec.notebook._errors import NotReady
from kling_spec.notebook._film_view import FilmViews
from kling_spec.notebook._html import block, line, words
from kling_spec.notebook._live import Live
from kling_spec.notebook._page import current_cell
from kling_spec.notebook._plan_view import PlanView
from kling_spec.notebook._record import Record
from kling_spec.notebook._retrial import Retrial
from kling_spec.notebook._states import GIVEN_UP, TAKEN_BACK, TROUBLE
from kling_spec.notebook._stills import Stills
from kling_spec.notebook._view import Shown
from kling_spec.plan import Action, Plan, bill_words, total
from kling_spec.runner import Kind, Outcome
from kling_spec.session import Finished, Job, PlanChanged, Selection, Session

_UNCONFIRMED = "Nothing is sent yet: run.confirm() sends it."
_AGAIN = TROUBLE | {TAKEN_BACK, Action.CREATE.value, Kind.WAITING.value}
"""States in which, at the end of a run, there is something to be tried again."""


class Run(Shown):
    """A run of a plan. A rehearsal starts at once; a paid one when it is confirmed.

    `await run` and `run.wait()` both wait for its end; an interrupt of either stops the waiting only.
    """

    def __init__(
        self,
        session: Session,
        plan: Plan,
        selection: Selection,
        concurrency: int | None,
        max_cost: Decimal | None = None,
    ) -> None:
        self.plan = PlanView(plan, session.notes, is_rehearsal=session.is_rehearsal)
        self.selection = selection
        self._session, self._concurrency, self._max_cost = session, concurrency, max_cost
        self.board = Board(plan)
        self._stills = Stills()
        self._lock = threading.RLock()
        self._job: Job | None = None
        self._began = self._took = 0.0
        self.is_stopping = False
        self._finished: Finished | None = None
        self._problem = ""
        self._follows = ""
        self._live = Live(self)

    # -- what it does --

    def confirm(self) -> "Run":
        """Start it: from here on it may cost what its plan says. Confirming twice is confirming once.

        Raises PlanChanged where the plan is not what was shown any more, and NoCredentials.
        """
        with self._lock:
            if self._job is None:
                now = self._session.plan(self.selection)
                if now.plan_id != self.plan.plan.plan_id:
                    raise PlanChanged([_changed(now)], self._session.lines_of)
                self._start(self.plan.plan)
        self._live.follow()
        return self

    def begin(self) -> None:
        """Start it without another look at the plan; for a plan that was made just now."""
        with self._lock:
            self._start(self.plan.plan)
        self._live.follow()

    def follow(self, who: str) -> None:
        """Show the run of another process, which sends by itself; stopping ends the following alone."""
        with self._lock:
            self._follows = who
            self._start(self.plan.plan)
        self._live.follow()

    def stop(self) -> None:
        """Send nothing more, and end soon; the next run takes up what is under way.

        Of a run that goes on in another process it ends the following alone; 'kling-spec stop' ends that.
        """
        if self._job is None:
            return
        self.is_stopping = True
        if self._follows == f"process {os.getpid()}":
            self._session.ask_to_stop()  # begun by this kernel, before the spec was loaded again
        else:
            self._job.stop()

    def cancel(self, *tasks: str) -> list[str]:
        """Take back what was not sent yet, by default all of it, and return the tasks that it hit.

        What was sent is paid for: it goes on, and its clip comes. Raises NotReady for a run that another
        process sends.
        """
        if self._follows:
            raise NotReady(f"{self._follows} sends by itself; 'kling-spec stop' ends that")
        return self.board.take_back(tasks)

    def retrial(self, *tasks: str) -> Retrial:
        """Return what trying these tasks again would send, by default all that did not come to an end.

        Raises NotReady while the run goes on, and where there is nothing to try again.
        """
        if not self.is_done:
            raise NotReady("the run goes on; what did not work can be tried again at its end")
        self._settle()
        could = self.board.tasks(_AGAIN)
        if wrong := next((task for task in tasks if task not in could), None):
            raise NotReady(f"there is nothing to try again of {wrong}")
        if not could:
            raise NotReady("there is nothing to try again: every task came to its end")
        return Retrial.of(self._session.plan(self.selection), tasks or could)

    def retry(self, *tasks: str, yes: bool = False) -> "Run":
        """Try tasks again, by default all that did not come to an end; what is paid for needs `yes`.

        Raises NotReady as `retrial` does, and with the amount where that was not agreed to.
        """
        with self._lock:
            retrial = self.retrial(*tasks)
            if retrial.is_paid and not (yes or self._session.is_rehearsal):
                raise NotReady(f"nothing was sent: this would cost {retrial.cost}; retry(yes=True) sends it")
            self.plan = PlanView(retrial.whole, self._session.notes, is_rehearsal=self._session.is_rehearsal)
            self._finished, self._problem, self._took, self.is_stopping = None, "", 0.0, False
            self.board.begin_again(retrial.whole, retrial.tasks)
            self._start(retrial.plan)
        self._live.follow()
        return self

    def adopt(self, task: str, job: str) -> None:
        """Decide that the provider has an unknown task, under that id; `retry()` then waits for it.

        Raises NotReady while the run goes on, and LedgerError where the task needs no decision.
        """
        self._decide("adopt", task, Kind.WAITING.value, f"adopted as {job}", job)

    def resubmit(self, task: str) -> None:
        """Decide that the provider does not have an unknown task; `retry()` then sends it. Raises as `adopt`."""
        self._decide("resubmit", task, Action.CREATE.value, "to be sent again")

    def abandon(self, task: str) -> None:
        """Give an unknown task up; what it may have cost stays counted. Raises as `adopt`."""
        self._decide("abandon", task, GIVEN_UP, "")

    def wait(self, seconds: float | None = None) -> "Run":
        """Wait for the end. Raises TimeoutError, and what kept the run from going on at all."""
        job = self._begun()
        try:
            job.wait(seconds)
        except KeyboardInterrupt as interrupt:
            self._detach(interrupt)
            raise
        finally:
            if job.is_done:
                self._live.settle()
        return self

    def __await__(self) -> Generator[Any, None, "Run"]:
        """Wait for the end without holding the kernel."""
        return self._awaited().__await__()

    async def _awaited(self) -> "Run":
        job = self._begun()
        try:
            while not job.is_done:  # noqa: ASYNC110 - the end comes from another thread
                await asyncio.sleep(0.1)
        except (asyncio.CancelledError, KeyboardInterrupt) as interrupt:
            self._detach(interrupt)
            raise
        return self.wait()

    # -- what came of it --

    @property
    def is_begun(self) -> bool:
        """Whether it was started."""
        return self._job is not None

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._job is not None and self._job.is_done

    @property
    def is_going(self) -> bool:
        """Whether it was begun and has not ended."""
        return self._job is not None and not self._job.is_done

    @property
    def can_go_on(self) -> bool:
        """Whether it has ended and left something to be tried again, or decided."""
        return self.is_done and not self._follows and bool(self.board.tasks(_AGAIN))

    @property
    def outcome(self) -> Outcome:
        """How each payload ended. Raises NotReady while the run goes on, and what kept it from going on."""
        job = self._begun()
        if not job.is_done:
            raise NotReady("the run goes on; 'await run' or run.wait() waits for its outcome")
        return job.wait().outcome

    @property
    def clips(self) -> dict[str, Path]:
        """The clip of each task that has one by now."""
        self._settle()
        if self._finished is not None:
            return dict(self._finished.clips)
        return {task: self._store.path(clip) for task, clip in self.board.clips().items()}

    @property
    def films(self) -> FilmViews:
        """The films that were made by now, and those that could not be; they play in the output."""
        self._settle()
        return FilmViews.of(self.board.films)

    @property
    def usual_seconds(self) -> Mapping[str, float]:
        """How long a job usually takes, by model."""
        return self._session.usual_seconds(self.plan.plan)

    def clip_of(self, task: str) -> Path | None:
        """Return the clip of a task, once it is there."""
        clip = self.board.clip_of(task)
        return self._store.path(clip) if clip else None

    @property
    def cost(self) -> dict[str, Decimal]:
        """What it has committed to by now, by estimate and currency; tasks without a known price are not in it."""
        self._settle()
        return dict(self.board.bill.total)

    # -- how it looks --

    def text(self) -> str:
        """Return how it stands, as plain text."""
        return self.record().text() if self.is_begun else f"{self.plan.text()}\n{_UNCONFIRMED}"

    def html(self) -> str:
        """Return how it stands, as a table that needs no kernel."""
        if self.is_begun:
            return self.record().html()
        return self.plan.html() + block(line(words(_UNCONFIRMED, "bold")))

    def record(self) -> Record:
        """Return a look at it as it stands now."""
        self._settle()
        going = f"following {self._follows}" if self._follows else "running"
        state = "ended early" if self._problem else "stopping" if self.is_stopping else going
        return Record(
            board=self.board,
            is_rehearsal=self._session.is_rehearsal,
            state=state,
            seconds=self._took or time.monotonic() - self._began,
            outcome=self._finished.outcome if self._finished is not None else None,
            problem=self._problem,
            still=lambda clip: self._stills.of(self._store.path(clip)),
        )

    def show(self) -> None:
        """Show it in the cell that is running: live, and as a record in the same place from its end on."""
        self._shown_in = current_cell()
        self._live.show()

    # -- how --

    @property
    def _store(self) -> Store:
        return Store(self._session.state / "clips")

    def _start(self, plan: Plan) -> None:
        if self._follows:
            self._job = self._session.follow(plan, self.board.hear)
        else:
            self._job = self._session.begin(
                plan,
                self.board.hear,
                concurrency=self._concurrency,
                max_cost=self._max_cost,
                wants=self.board.wants,
            )
        self._began = time.monotonic()

    def _decide(self, verb: str, task: str, state: str, message: str, job: str | None = None) -> None:
        if not self.is_done:
            raise NotReady("the run goes on, and may find out by itself; decide at its end")
        self._settle()
        order = next((order for order in self.plan.plan.orders if task in order.tasks), None)
        if order is None:
            raise NotReady(f"this run has no task '{task}'")
        self._session.decide(verb, order.fingerprint, job)
        for one in order.tasks:
            self.board.decide(one, state, message)

    def _begun(self) -> Job:
        if self._job is None:
            cost = bill_words(self.plan.plan.bill)
            raise NotReady(
                f"nothing was sent: this run would cost {cost}; run.confirm() or run(yes=True) sends it"
            )
        return self._job

    def _settle(self) -> None:
        """Take in what came of the run, once it has ended."""
        with self._lock:
            if not self.is_done or self._finished is not None or self._problem or self._job is None:
                return
            self._took = time.monotonic() - self._began
            try:
                self._finished = self._job.wait()
            except Exception as error:  # noqa: BLE001 - it is shown here, and raised by `wait`
                self._problem = str(error) or type(error).__name__
            else:
                self.board.end(self._finished)

    def _detach(self, interrupt: BaseException) -> None:
        """Say what an interrupt did not stop."""
        if self.is_done:
            return
        left = (
            ""
            if self._session.is_rehearsal
            else f", and up to {total(self.board.still_to_send())} is still to be sent"
        )
        print(  # noqa: T201 - to the person who interrupted
            f"Stopped waiting. The run goes on{left}: run.wait() waits again, run.stop() sends nothing more."
        )
        vars(interrupt)["_render_traceback_"] = lambda: [type(interrupt).__name__]


def _changed(plan: Plan) -> Diagnostic:
    cost = bill_words(plan.bill)
    return Diagnostic(
        code="KS504",
        message=f"the plan has changed since it was shown; it would cost {cost} now",
        origin=Origin("run.confirm()"),
        help="run the cell again, and look at the plan anew",
    )
