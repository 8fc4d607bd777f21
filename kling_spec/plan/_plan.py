"""Tasks against the ledger: what a run would send, reuse, wait for and spend."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Any

from kling_spec.ir import Film, Output
from kling_spec.ledger import Entry, State
from kling_spec.plan._asked import Asked, Asking
from kling_spec.plan._bill import Bill
from kling_spec.plan._change import Change, Since, Where
from kling_spec.plan._compiled import CompiledVariant
from kling_spec.plan._order import Order
from kling_spec.providers import Cost, Lowered, Lowering, Slot

GIVEN_UP = "given up by a decision: never sent again by itself; 'kling-spec ledger resubmit' lets it be"


class Action(StrEnum):
    """What a run does about a task."""

    CREATE = "create"
    REUSE = "reuse"
    """The clip is there, or another task of this plan makes it."""
    WAIT = "wait"
    """It was sent before; the run waits for it and pays nothing."""
    UNKNOWN = "unknown"
    """Nobody can tell whether it was sent: a person decides first, or decided to give it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One task of a plan."""

    lowered: Lowered
    action: Action
    reason: str
    cost: Cost
    """What this run would pay for it: nothing unless it is created."""
    is_given_up: bool = False
    """Whether a person gave it up: a run does nothing about it, whatever its fate."""

    since: Since | None = field(default=None, compare=False, repr=False)
    """Where the task was asked in another way before: what has changed."""

    @property
    def word(self) -> str:
        """What happens to the task, in a word or two."""
        return "given up" if self.is_given_up else self.action.value

    @property
    def is_changed(self) -> bool:
        """Whether it is to be made anew since it asks something else than what was sent last."""
        return self.since is not None

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it asks in another way than what was sent last; nothing where nobody kept that."""
        return self.since.changes if self.since is not None else ()

    @property
    def task(self) -> str:
        """The task's id."""
        return self.lowered.task.id

    def to_json(self) -> dict[str, Any]:
        """Return the row as `plan --format json` prints it."""
        task = self.lowered.task
        return {
            "task": task.id,
            "action": self.action.value,
            "reason": self.reason,
            "given_up": self.is_given_up,
            "shot": task.shot,
            "take": task.take,
            "variant": dict(task.variant.values),
            "model": self.lowered.pattern.model_id,
            "seconds": task.ask.duration,
            "resolution": task.ask.resolution.value,
            "depends_on": list(task.depends_on),
            "fingerprint": self.lowered.fingerprint,
            "cost": self.cost.to_json(),
            "changes": [change.to_json() for change in self.changes],
        }


def bill_of(rows: Iterable[Row]) -> Bill:
    """Return what a run would pay for the rows."""
    return Bill.of(row.cost for row in rows if row.action is Action.CREATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one run of one spec would do."""

    spec: str
    provider: str
    rows: tuple[Row, ...]
    orders: tuple[Order, ...]
    """What the runner is given: each distinct payload once."""
    films: tuple[Film, ...]
    variants: int

    @property
    def total(self) -> Mapping[str, Decimal]:
        """What the run would pay, by currency; what has no price is not in it."""
        return self.bill.total

    @property
    def unknown_prices(self) -> int:
        """How many of the tasks to be created have no known price."""
        return self.bill.unknown_prices

    @property
    def bill(self) -> Bill:
        """What the run would pay."""
        return bill_of(self.rows)

    def count(self, action: Action) -> int:
        """Return how many rows have that action."""
        return sum(row.action is action for row in self.rows)

    @property
    def has_work(self) -> bool:
        """Whether a run would send anything, wait for it, or find out what became of it."""
        return any(row.action is not Action.REUSE and not row.is_given_up for row in self.rows)

    @property
    def given_up(self) -> int:
        """How many tasks a person gave up; their action is `unknown`."""
        return sum(row.is_given_up for row in self.rows)

    @property
    def plan_id(self) -> str:
        """A short digest of everything that the plan decides."""
        digest = sha256(f"{self.spec}\n{self.provider}\n".encode())
        for row in self.rows:
            digest.update(f"{row.task} {row.lowered.fingerprint} {row.word} {row.cost.amount}\n".encode())
        return digest.hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Return the plan as `plan --format json` prints it."""
        return {
            "spec": self.spec,
            "provider": self.provider,
            "tasks": [row.to_json() for row in self.rows],
            **self.bill.to_json(),
            "variants": self.variants,
            "films": [film.output for film in self.films],
            "plan_id": self.plan_id,
        }


Sent = Mapping[str, tuple[str, str]]
"""For the ids of tasks: the fingerprint of what was sent for each last, and what it asked as JSON."""


def make_plan(  # noqa: PLR0913 - the tasks, and everything that they are held against
    variants: Iterable[CompiledVariant],
    lowering: Lowering,
    asking: Asking,
    *,
    spec: str,
    entries: Callable[[Iterable[str]], Mapping[str, Entry]],
    sent: Sent,
    has_clip: Callable[[str], bool],
    shots: frozenset[str] = frozenset(),
) -> Plan:
    """Return the plan for the variants; `shots` limits it to these and to what they depend on.

    `entries` looks fingerprints up in the ledger; `sent` is what was sent last for tasks that the ledger
    does not know as they are; `has_clip` says whether a clip is in the store.
    """
    compiled = list(variants)
    rows: list[Row] = []
    orders: dict[str, Order] = {}
    asked: dict[str, dict[str, Callable[[], Asked]]] = {}
    for variant in compiled:
        chosen = _chosen(variant.tasks, shots)
        known = entries([lowered.fingerprint for lowered in chosen])
        for lowered in chosen:
            now = partial(asking.asked, lowered, variant.cell, variant.fingerprints)
            asked.setdefault(lowered.fingerprint, {})[lowered.task.id] = now
            row = _row(lowered, orders, known.get(lowered.fingerprint), has_clip)
            if row.reason == "new" and row.task in sent:
                where = Where(asking, lowered.task.ask, variant.cell)
                before = partial(Asked.from_json, sent[row.task][1])
                row = replace(row, reason="changed", since=Since(before, now, where))
            rows.append(row)
            _order(orders, row, variant, lowering, known.get(lowered.fingerprint), spec, asked)
    films = [] if shots else [film for variant in compiled for film in variant.films]
    return Plan(
        spec=spec,
        provider=lowering.provider.name,
        rows=tuple(rows),
        orders=tuple(orders.values()),
        films=tuple(films),
        variants=len(compiled),
    )


def _chosen(tasks: list[Lowered], shots: frozenset[str]) -> list[Lowered]:
    if not shots:
        return tasks
    wanted: set[str] = set()
    for lowered in reversed(tasks):
        if lowered.task.shot in shots or lowered.task.id in wanted:
            wanted.update((lowered.task.id, *lowered.task.depends_on))
    return [lowered for lowered in tasks if lowered.task.id in wanted]


_AGAIN = {State.FAILED, State.REFUSED, State.REOPENED}


def _row(
    lowered: Lowered, orders: Mapping[str, Order], entry: Entry | None, has_clip: Callable[[str], bool]
) -> Row:
    twin = orders.get(lowered.fingerprint)
    if twin is not None:
        reason = f"the same payload as {twin.tasks[0]}"
        return Row(lowered=lowered, action=Action.REUSE, reason=reason, cost=_nothing(lowered, "paid once"))
    if entry is None or entry.state in _AGAIN:
        reason = "new" if entry is None else f"attempt {entry.attempt} {entry.state}"
        return Row(lowered=lowered, action=Action.CREATE, reason=reason, cost=lowered.pattern.cost)
    if entry.state is State.STORED and entry.clip is not None and has_clip(entry.clip):
        reason = "the clip is there"
        return Row(
            lowered=lowered, action=Action.REUSE, reason=reason, cost=_nothing(lowered, "already paid")
        )
    if entry.state in (State.SENDING, State.UNKNOWN, State.ABANDONED):
        is_given_up = entry.state is State.ABANDONED
        return Row(
            lowered=lowered,
            action=Action.UNKNOWN,
            reason=GIVEN_UP if is_given_up else entry.message or "nobody can tell whether it was sent",
            cost=_nothing(lowered, "may be paid already"),
            is_given_up=is_given_up,
        )
    reason = "to be downloaded" if entry.state in (State.STORED, State.SUCCEEDED) else f"sent as {entry.job}"
    return Row(lowered=lowered, action=Action.WAIT, reason=reason, cost=_nothing(lowered, "already paid"))


def _nothing(lowered: Lowered, why: str) -> Cost:
    return Cost(amount=Decimal(0), currency=lowered.pattern.cost.currency, basis=why)


def _order(  # noqa: PLR0913 - a row, and everything that surrounds it
    orders: dict[str, Order],
    row: Row,
    variant: CompiledVariant,
    lowering: Lowering,
    entry: Entry | None,
    spec: str,
    asked: Mapping[str, Mapping[str, Callable[[], Asked]]],
) -> None:
    """Add the row to the order for its payload, or a new order for it."""
    lowered = row.lowered
    twin = orders.get(lowered.fingerprint)
    if twin is not None:
        orders[lowered.fingerprint] = replace(twin, tasks=(*twin.tasks, lowered.task.id))
        return
    is_again = entry is None or entry.state in _AGAIN
    attempt = (entry.attempt if entry is not None else 0) + is_again
    client_id = lowering.client_id(lowered, attempt) if entry is None or is_again else entry.client_id
    pattern, words = lowered.pattern, lowered.task.words

    def render(fill: Callable[[Slot], Any], token: str) -> str:
        return pattern.body.text(words, fill, client_id, token)

    def told() -> dict[str, str]:
        return {task: ask().to_json() for task, ask in asked[lowered.fingerprint].items()}

    outputs = [slot.source.task for slot in pattern.body.slots if isinstance(slot.source, Output)]
    orders[lowered.fingerprint] = Order(
        fingerprint=lowered.fingerprint,
        tasks=(lowered.task.id,),
        spec=spec,
        provider=lowering.provider.name,
        model=pattern.model_id,
        path=pattern.path,
        attempt=attempt,
        client_id=client_id,
        slots=pattern.body.slots,
        needs={task: variant.fingerprints[task] for task in outputs},
        seconds=lowered.task.ask.duration,
        cost=pattern.cost,
        render=render,
        asked=told,
    )
