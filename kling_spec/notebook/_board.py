"""What is known of a run at any moment: the model behind its table, without a look."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from threading import Lock

from kling_spec.notebook._states import DONE, TAKEN_BACK, TROUBLE, UNDER_WAY, UNFINISHED
from kling_spec.plan import Action, Bill, Plan, Row
from kling_spec.runner import Event, Kind
from kling_spec.session import FilmMade, Finished


class _Place(IntEnum):
    """Where a row stands when not all of them fit on the page."""

    TROUBLE = 0
    UNDER_WAY = 1
    TO_COME = 2
    DONE = 3


@dataclass(slots=True)
class Standing:
    """How one task stands."""

    row: Row
    state: str
    """What happened last, or before that the plan's action."""
    message: str = ""
    clip: str | None = None
    """The digest of its clip, once that is there."""
    since: datetime | None = None
    """When the provider took it, while that works on it."""


class Board:
    """How every task of a plan stands. Told by the run's thread, and read from any."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._lock = Lock()
        self._standings = [Standing(row, row.word) for row in plan.rows]
        self._numbers = {row.task: number for number, row in enumerate(plan.rows)}
        self._tasks = {order.fingerprint: order.tasks for order in plan.orders}
        self._moved: list[int] = []
        self._version = 0
        self._bill = self._before = Bill()
        self._films: list[FilmMade] = []
        self._taken_back: set[str] = set()

    # -- what happens --

    def hear(self, happening: Event | FilmMade) -> None:
        """Take in one step."""
        with self._lock:
            if isinstance(happening, FilmMade):
                self._films.append(happening)
                self._version += 1
                return
            kind = happening.kind
            for task in happening.tasks:
                if kind is Kind.WAITING and task in self._taken_back:
                    continue
                standing = self._move(task, kind.value, happening.message)
                standing.clip = happening.clip or standing.clip
                if kind is Kind.ACCEPTED or (kind is Kind.RUNNING and standing.since is None):
                    standing.since = happening.at
            if kind is Kind.ACCEPTED and happening.currency:
                one = Bill()
                one.add(happening.amount, happening.currency)
                self._bill = self._bill + one

    def end(self, finished: Finished) -> None:
        """Take in what came of the run as a whole; it has the last word."""
        outcome = finished.outcome
        with self._lock:
            self._bill, self._films = self._before + outcome.bill, list(finished.films)
            self._version += 1
            for order in self.plan.orders:
                why = outcome.unfinished.get(order.fingerprint)
                for task in order.tasks if why is not None else ():
                    if task not in self._taken_back:
                        self._move(task, UNFINISHED, why or "")

    def take_back(self, tasks: Iterable[str] = ()) -> list[str]:
        """Take back tasks that are still to be sent, by default all of them; return which."""
        with self._lock:
            named = set(tasks)
            taken = [
                standing.row.task
                for standing in self._standings
                if standing.state == Action.CREATE.value and (not named or standing.row.task in named)
            ]
            self._taken_back.update(taken)
            for task in taken:
                self._move(task, TAKEN_BACK, "")
            return taken

    def decide(self, task: str, state: str, message: str) -> None:
        """Take in what a person decided of a task."""
        with self._lock:
            self._move(task, state, message)

    def begin_again(self, plan: Plan, tasks: Iterable[str]) -> None:
        """Take in that these tasks are tried again, after a new plan of the same tasks."""
        with self._lock:
            self.plan, self._before, self._films = plan, self._bill, []
            self._tasks = {order.fingerprint: order.tasks for order in plan.orders}
            self._taken_back.difference_update(tasks)
            again = set(tasks)
            for number, row in enumerate(plan.rows):
                self._standings[number].row = row
                if row.task in again:
                    self._move(row.task, row.word, "").since = None

    # -- how it stands --

    def wants(self, fingerprint: str) -> bool:
        """Whether the payload may be sent: not all of its tasks were taken back."""
        with self._lock:
            return not self._taken_back.issuperset(self._tasks[fingerprint])

    @property
    def version(self) -> int:
        """Grows with all that happens, so that a page is drawn only when there is something new."""
        return self._version

    @property
    def bill(self) -> Bill:
        """What the run has committed to, by estimate."""
        return self._bill

    @property
    def films(self) -> tuple[FilmMade, ...]:
        """The films so far."""
        with self._lock:
            return tuple(self._films)

    def counts(self) -> Counter[str]:
        """Return how many tasks are in each state."""
        with self._lock:
            return Counter(standing.state for standing in self._standings)

    def clips(self) -> dict[str, str]:
        """Return the digest of each clip that is there, by its task."""
        with self._lock:
            return {one.row.task: one.clip for one in self._standings if one.clip}

    def clip_of(self, task: str) -> str | None:
        """Return the digest of a task's clip, once it is there."""
        number = self._numbers.get(task)
        return None if number is None else self._standings[number].clip

    def tasks(self, states: Iterable[str]) -> list[str]:
        """Return the tasks that are in one of these states."""
        wanted = frozenset(states)
        with self._lock:
            return [standing.row.task for standing in self._standings if standing.state in wanted]

    def standing(self, number: int) -> Standing:
        """Return how the task of that number in the plan stands."""
        return self._standings[number]

    def moved(self, since: int) -> tuple[list[int], int]:
        """Return the numbers of all tasks that moved after `since`, and what to name the next time."""
        with self._lock:
            return sorted(set(self._moved[since:])), len(self._moved)

    def lines(self, most: int) -> list[Standing]:
        """Return at most that many tasks in the plan's order, trouble and movement first if not all fit."""
        with self._lock:
            rows: Iterable[Standing] = self._standings
            if len(self._standings) > most:
                rows = sorted(rows, key=lambda standing: _place(standing.state))[:most]
            return list(rows)

    def still_to_send(self) -> dict[str, Decimal]:
        """Return what the orders that were not sent yet would cost, by currency."""
        left = (self.plan.bill + self._before).total
        for currency, amount in self.bill.total.items():
            left[currency] = left.get(currency, Decimal(0)) - amount
        return {currency: amount for currency, amount in left.items() if amount > 0}

    def _move(self, task: str, state: str, message: str) -> Standing:
        number = self._numbers[task]
        standing = self._standings[number]
        standing.state, standing.message = state, message
        self._moved.append(number)
        self._version += 1
        return standing


def _place(state: str) -> _Place:
    if state in TROUBLE:
        return _Place.TROUBLE
    if state in DONE:
        return _Place.DONE
    return _Place.UNDER_WAY if state in UNDER_WAY else _Place.TO_COME
