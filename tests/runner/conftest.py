"""Specs, and the short way from one to what came of its run."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kling_spec.ir import Secret
from kling_spec.ledger import Ledger, Limit, Store, run_scope
from kling_spec.media import render_clip
from kling_spec.plan import Plan
from kling_spec.runner import Account, Event, Outcome, Workshop, run
from kling_spec.sandbox import Sandbox
from kling_spec.session import Session

KEYS = {
    "kling": {"KLING_API_KEY": "k-canary-5f1d9e72"},
    "kling-2026": {"KLING_API_KEY": "k-canary-5f1d9e72"},
    "hiapi": {"HIAPI_API_KEY": "k-canary-5f1d9e72"},
    "runware": {"RUNWARE_API_KEY": "k-canary-5f1d9e72"},
    "apimodels": {"APIMODELS_API_KEY": "k-canary-5f1d9e72"},
}
HEAD = """
kling_spec: 1
name: foxes
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
"""


@dataclass
class Bench:
    """A folder with a spec, and everything that runs of it leave behind."""

    folder: Path
    provider: str
    url: str = ""
    is_sandbox: bool = False
    poll_seconds: float = 0.05
    doubt_seconds: float = 0.06
    concurrency: int = 4
    keys: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    limit: Decimal | None = None
    """What each run may commit to."""
    more: dict[str, Any] = field(default_factory=dict)
    """Further fields of the workshop."""
    loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    """What the run lives in."""

    def write(self, shots: str, head: str = HEAD) -> None:
        (self.folder / "spec.yaml").write_text(f"{head}{shots}")

    def plan(self) -> Plan:
        environment = {"KLING_SPEC_STATE": str(self.state), **self.keys}
        session = Session(self.folder / "spec.yaml", provider=self.provider, environment=environment)
        return session.plan()

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def account(self) -> Account:
        return Account(
            provider=self.provider,
            base_url=self.url,
            credentials={n: Secret(key, n) for n, key in (self.keys or KEYS[self.provider]).items()},
            concurrency=self.concurrency,
            poll_seconds=self.poll_seconds,
            doubt_seconds=self.doubt_seconds,
            is_sandbox=self.is_sandbox,
        )

    @property
    def store(self) -> Store:
        return Store(self.state / "clips")

    def ledger(self) -> Ledger:
        return Ledger.open(self.state / "ledger.sqlite")

    def entries(self) -> dict[str, Any]:
        with self.ledger() as ledger:
            return {entry.task: entry for entry in ledger.entries()}

    def states(self) -> dict[str, str]:
        return {task: entry.state.value for task, entry in self.entries().items()}

    def run(self, stop: threading.Event | None = None, plan: Plan | None = None) -> Outcome:
        """Plan and run, as a new process would; the events of this run alone are kept."""
        plan, self.events = plan or self.plan(), []
        name = uuid4().hex
        with self.ledger() as ledger:
            workshop = Workshop(
                accounts={self.provider: self.account},
                ledger=ledger,
                store=self.store,
                files=lambda path: self.folder / path,
                run=name,
                limits=self.limits_of(name),
                **({"on_event": self.events.append} | self.more),
            )
            with asyncio.Runner(loop_factory=self.loop) as runner:
                return runner.run(_run(plan, workshop, stop or threading.Event()))

    def limits_of(self, run: str) -> tuple[Limit, ...]:
        if self.limit is None:
            return ()
        return (Limit(scope=run_scope(run), amount=self.limit, currency="USD", name="the run's limit"),)

    def kinds(self) -> list[str]:
        return [event.kind.value for event in self.events]


async def _run(plan: Plan, workshop: Workshop, stop: threading.Event) -> Outcome:
    outcome = await run(plan.orders, workshop, stop)
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == [], "a task was left pending"
    return outcome


@pytest.fixture
def bench(tmp_path):
    def make(provider: str, url: str, shots: str | None = None, **fields: Any) -> Bench:
        made = Bench(tmp_path, provider, url, **fields)
        made.write(shots or "shots: {fox: {prompt: A fox runs}}")
        return made

    return make


@pytest.fixture(scope="session")
def film(tmp_path_factory):
    """The bytes of a clip of 3 seconds."""
    path = tmp_path_factory.mktemp("clip") / "fox.mp4"
    render_clip(path, seconds=3, width=320, height=180, sound=False, title="fox", lines=(), seed=1)
    return path.read_bytes()


@pytest.fixture
def sandbox(tmp_path):
    with Sandbox(seconds=0.2, folder=tmp_path / "server") as running:
        yield running
