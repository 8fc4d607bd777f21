"""Looks on at the run of another process, by what it writes into the ledger. Sends and changes nothing."""

import asyncio
import threading
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from kling_spec.cut import CutReport
from kling_spec.ledger import Entry, Happened, Ledger, State, Store
from kling_spec.plan import Order, Plan
from kling_spec.runner import Event, Kind, Outcome, RunLocked, holder, start
from kling_spec.session._journal import BEGAN, ENDED, FILM
from kling_spec.session._run import FilmMade, Finished, Job, Watch

_PACE = 0.25
"""Seconds between two looks."""
_KINDS = {
    "intended": Kind.SUBMITTED,
    "retried": Kind.SUBMITTED,
    "accepted": Kind.ACCEPTED,
    "adopted": Kind.ACCEPTED,
    "running": Kind.RUNNING,
    "succeeded": Kind.SUCCEEDED,
    "stored": Kind.STORED,
    "failed": Kind.FAILED,
    "refused": Kind.REFUSED,
    "unsent": Kind.WAITING,
    "unknown": Kind.WAITING,
    "remarked": Kind.WAITING,
}
"""What the ledger's steps are in a run; whether a task stays unknown shows at its end only."""


def follow(plan: Plan, state: Path, watch: Watch) -> Job:
    """Follow the run that goes on in the state folder until it ends, and return at once.

    `watch` hears what that run's own would, from its beginning. `stop` ends the following and leaves the
    run alone. Where nothing goes on, what comes of it is how things stand. Raises RunLocked, when it is
    waited for, where the run is of another spec.
    """

    async def work(stop: threading.Event) -> Finished:
        with Ledger.open(state / "ledger.sqlite") as ledger:
            return await _Follower(plan, state, ledger, watch).until_end(stop)

    return Job(plan, start(work, "kling-spec watch"))


class _Follower:
    def __init__(self, plan: Plan, state: Path, ledger: Ledger, watch: Watch) -> None:
        self._plan = plan
        self._state = state
        self._ledger = ledger
        self._watch = watch
        self._orders = {order.fingerprint: order for order in plan.orders}
        self._store = Store(state / "clips")
        self._films: list[FilmMade] = []
        self._outcome = Outcome()
        self._seen = 0
        self._has_ended = False

    async def until_end(self, stop: threading.Event) -> Finished:
        who = holder(self._state)
        self._seen = self._beginning(is_going=who is not None)
        is_held = who is not None
        while not self._has_ended and not stop.is_set():
            is_held = is_held and holder(self._state) is not None
            for happened in self._ledger.since(self._seen):
                self._seen = happened.number
                self._hear(happened)
            if not is_held:
                break
            await asyncio.sleep(_PACE)
        if who is not None and not self._has_ended and not stop.is_set():
            self._outcome.stopped = f"{who}, which ran it, ended without a word; run it again to go on"
            told = {made.film.output for made in self._films}
            left = (film for film in self._plan.films if film.output not in told)
            self._films += [FilmMade(film=film, report=None) for film in left]
        return self._finished(is_over=not stop.is_set())

    def _beginning(self, *, is_going: bool) -> int:
        """Return the number of the event before the run began that goes on."""
        runs = [happened for happened in self._ledger.since(0) if happened.kind in (BEGAN, ENDED)]
        if is_going and runs and runs[-1].kind == BEGAN:
            return runs[-1].number - 1
        return runs[-1].number if runs else 0

    # -- what it hears --

    def _hear(self, happened: Happened) -> None:
        match happened.kind:
            case kind if kind == BEGAN:
                self._begun(happened)
            case kind if kind == ENDED:
                self._has_ended = True
                detail = happened.detail
                self._outcome.stopped = detail.get("stopped") or detail.get("error") or ""
            case kind if kind == FILM:
                self._film(happened)
            case _ if (order := self._orders.get(happened.fingerprint)) is not None:
                self._step(happened, order)

    def _begun(self, happened: Happened) -> None:
        """Tell what was there before."""
        if (spec := happened.detail.get("spec")) != self._plan.spec:
            raise RunLocked(
                f"what goes on here is a run of '{spec}', not of '{self._plan.spec}'; wait for it"
            )
        for entry in self._entries().values():
            if self._is_stored(entry) and entry.updated <= happened.at:
                self._tell(happened, self._orders[entry.fingerprint], Kind.REUSED, clip=entry.clip)

    def _film(self, happened: Happened) -> None:
        films = {film.output: film for film in self._plan.films}
        film, detail = films.get(happened.detail.get("output", "")), happened.detail
        if film is None:
            return
        waits_for = tuple(detail.get("waits_for", ()))
        made = FilmMade(film=film, report=_report(detail.get("report")), waits_for=waits_for)
        self._films.append(made)
        self._watch(made)

    def _step(self, happened: Happened, order: Order) -> None:
        detail, kind = happened.detail, _KINDS.get(happened.kind)
        if kind is None:
            return
        if kind is Kind.ACCEPTED and happened.kind == "accepted":
            self._outcome.accepted(order.cost)
        amount, currency = detail.get("estimate"), detail.get("estimate_currency", "")
        if kind is Kind.SUCCEEDED:
            amount, currency = detail.get("cost"), detail.get("cost_currency", "")
        message = detail.get("message", "") or (detail.get("job", "") if kind is Kind.ACCEPTED else "")
        known = None if amount is None else Decimal(amount)
        self._tell(
            happened, order, kind, message=message, amount=known, currency=currency, clip=detail.get("clip")
        )

    def _tell(  # noqa: PLR0913 - the fields of an event
        self,
        happened: Happened,
        order: Order,
        kind: Kind,
        *,
        message: str = "",
        amount: Decimal | None = None,
        currency: str = "",
        clip: str | None = None,
    ) -> None:
        self._watch(
            Event(
                kind=kind,
                tasks=order.tasks,
                fingerprint=order.fingerprint,
                at=happened.at,
                message=message,
                amount=amount,
                currency=currency,
                clip=clip,
            )
        )

    # -- what came of it --

    def _finished(self, *, is_over: bool) -> Finished:
        entries, outcome = self._entries(), self._outcome
        for fingerprint, order in self._orders.items():
            entry = entries.get(fingerprint)
            group, words = self._end_of(entry)
            group[fingerprint] = words
            if group is outcome.unknown and is_over and entry is not None:
                last = Happened(
                    number=self._seen, at=entry.updated, kind="", fingerprint=fingerprint, detail={}
                )
                self._tell(last, order, Kind.UNKNOWN, message=words)
        clips = {
            task: self._store.path(clip)
            for fingerprint, clip in outcome.stored.items()
            for task in self._orders[fingerprint].tasks
        }
        return Finished(outcome=outcome, films=tuple(self._films), clips=clips)

    def _end_of(self, entry: Entry | None) -> tuple[dict[str, str], str]:
        """Return the group of the outcome in which a payload stands now, and why."""
        outcome = self._outcome
        match entry.state if entry is not None else None:
            case State.STORED if entry is not None and self._is_stored(entry):
                return outcome.stored, entry.clip or ""
            case State.UNKNOWN if entry is not None:
                return outcome.unknown, entry.message
            case State.FAILED | State.REFUSED | State.ABANDONED if entry is not None and not self._is_unsent(
                entry
            ):
                return outcome.failed, entry.message or entry.state.value
            case None:
                return outcome.unfinished, "not sent"
            case state:
                return outcome.unfinished, f"{state} when it was looked at last"

    def _is_unsent(self, entry: Entry) -> bool:
        """Whether it was put off, and not refused for good."""
        return bool(self._ledger.events(entry.fingerprint)[-1]["kind"] == "unsent")

    def _is_stored(self, entry: Entry) -> bool:
        return entry.state is State.STORED and self._store.has(entry.clip or "")

    def _entries(self) -> Mapping[str, Entry]:
        return self._ledger.many(self._orders)


def _report(told: object) -> CutReport | None:
    """Return the report of a film that was made; None for one that was not, or that cannot be read."""
    if not isinstance(told, dict):
        return None
    try:
        return CutReport.from_json(told)
    except (KeyError, TypeError, ValueError):
        return None
