"""What is known of a run at any moment: the model behind its table, without a look."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from threading import Lock

from kling_spec.plan import Plan, Row
from kling_spec.runner import Event, Kind
from kling_spec.session import FilmMade, Finished

UNFINISHED = "not finished"
DONE = frozenset({Kind.STORED.value, Kind.REUSED.value})
TROUBLE = frozenset({Kind.FAILED.value, Kind.REFUSED.value, Kind.UNKNOWN.value, UNFINISHED})
_UNDER_WAY = frozenset(kind.value for kind in Kind) - DONE - TROUBLE


class _Place(IntEnum):
    """Where a row stands when not all of them fit on the page."""

    TROUBLE = 0
    UNDER_WAY = 1
    TO_COME = 2
    DONE = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One task and how it stands."""

    row: Row
    state: str
    """What happened last, or before that the plan's action."""
    message: str
    clip: str | None
    """The digest of its clip, once that is there."""


@dataclass(slots=True)
class _Standing:
    state: str
    message: str = ""
    clip: str | None = None


class Board:
    """How every task of a plan stands. Told by the run's thread, and read from any."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.version = 0
        """Counts what was heard, so that a page is drawn only when there is something new."""
        self._lock = Lock()
        self._standing = {row.task: _Standing(row.action.value) for row in plan.rows}
        self._spent: dict[str, Decimal] = {}
        self._films: list[FilmMade] = []

    # -- what happens --

    def hear(self, happening: Event | FilmMade) -> None:
        """Take in one step."""
        with self._lock:
            self.version += 1
            if isinstance(happening, FilmMade):
                self._films.append(happening)
                return
            for task in happening.tasks:
                standing = self._standing[task]
                standing.state, standing.message = happening.kind.value, happening.message
                standing.clip = happening.clip or standing.clip
            if happening.kind is Kind.ACCEPTED and happening.amount is not None:
                spent = self._spent.get(happening.currency, Decimal(0))
                self._spent[happening.currency] = spent + happening.amount

    def end(self, finished: Finished) -> None:
        """Take in what came of the run as a whole; it has the last word."""
        outcome = finished.outcome
        with self._lock:
            self.version += 1
            self._spent, self._films = dict(outcome.spent), list(finished.films)
            for order in self.plan.orders:
                if order.fingerprint in outcome.unfinished:
                    why = outcome.unfinished[order.fingerprint]
                    for task in order.tasks:
                        self._standing[task].state, self._standing[task].message = UNFINISHED, why

    # -- how it stands --

    @property
    def spent(self) -> dict[str, Decimal]:
        """What the run has committed to, by estimate and currency."""
        with self._lock:
            return dict(self._spent)

    @property
    def films(self) -> tuple[FilmMade, ...]:
        """The films so far."""
        with self._lock:
            return tuple(self._films)

    def counts(self) -> Counter[str]:
        """Return how many tasks are in each state."""
        with self._lock:
            return Counter(standing.state for standing in self._standing.values())

    def clips(self) -> dict[str, str]:
        """Return the digest of each clip that is there, by its task."""
        with self._lock:
            return {task: standing.clip for task, standing in self._standing.items() if standing.clip}

    def lines(self, most: int) -> list[Line]:
        """Return at most that many tasks in the plan's order, trouble and movement first if not all fit."""
        with self._lock:
            rows: Iterable[Row] = self.plan.rows
            if len(self.plan.rows) > most:
                rows = sorted(rows, key=lambda row: _place(self._standing[row.task].state))[:most]
            return [self._line(row) for row in rows]

    def still_to_send(self) -> dict[str, Decimal]:
        """Return what the orders that were not sent yet would cost, by currency."""
        spent = self.spent
        left = {
            currency: amount - spent.get(currency, Decimal(0)) for currency, amount in self.plan.total.items()
        }
        return {currency: amount for currency, amount in left.items() if amount > 0}

    def _line(self, row: Row) -> Line:
        standing = self._standing[row.task]
        return Line(row, standing.state, standing.message, standing.clip)


def _place(state: str) -> _Place:
    if state in TROUBLE:
        return _Place.TROUBLE
    if state in DONE:
        return _Place.DONE
    return _Place.UNDER_WAY if state in _UNDER_WAY else _Place.TO_COME
