"""A run in the background: orders to clips, clips to films, and what is known of it at any moment."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from uuid import uuid4

from kling_spec.cut import STORE_LIMIT, CutReport, FileOf, Provenance, render
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Film, Secret, ShotEntry
from kling_spec.ledger import Ledger, Store
from kling_spec.media import CancelledError, Ffmpeg
from kling_spec.plan import Plan
from kling_spec.providers import provider as back_end
from kling_spec.runner import (
    Account,
    Event,
    FileStore,
    Handle,
    Outcome,
    RunLock,
    Workshop,
    is_asked_to_stop,
    run,
    start,
)
from kling_spec.sandbox import Sandbox
from kling_spec.session._caps import Caps
from kling_spec.session._copies import Copies
from kling_spec.session._journal import Journal
from kling_spec.session._leftovers import cutting
from kling_spec.session._provenance import provenance_of
from kling_spec.session._token import token_maker

_REHEARSAL_POLL, _REHEARSAL_DOUBT = 0.25, 3.0
_HEED = 0.5
"""Seconds between two looks for the wish to stop of another process."""
SANDBOX_SECONDS = 1.0
"""How long a job takes in a rehearsal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmMade:
    """A film of a run: its report, or why it could not be made."""

    film: Film
    report: CutReport | None
    found: tuple[Diagnostic, ...] = ()
    waits_for: tuple[str, ...] = ()
    """The tasks whose clips are missing."""


Happening = Event | FilmMade
Watch = Callable[[Happening], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What came of a run."""

    outcome: Outcome
    films: tuple[FilmMade, ...]
    clips: Mapping[str, Path]
    """The clip of each task that has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Where a run finds and leaves things."""

    state: Path
    output: Path
    folder: Path
    """Of the spec: paths of assets start here."""
    root: Path
    """The project: no file above it is read."""
    secrets: tuple[Secret, ...] = ()
    """What must never leave, whichever account is used."""
    ffmpeg: Ffmpeg
    file_store: FileStore | None = None
    """Where local files are put that a provider takes by address only."""
    hears: bool = False
    """Whether callbacks may come."""
    caps: Caps = field(default_factory=Caps)
    """What may be committed at most."""
    kept_bytes: int = STORE_LIMIT
    """Of encoded segments and sounds, for the next cut."""
    provenance: Provenance = field(default_factory=Provenance)
    """What made the clips."""
    thoroughly: bool = False
    """Whether every picture of a film is looked at once it is made."""
    faults: tuple[str, ...] = ()
    """What goes wrong in a rehearsal, as the sandbox takes it."""
    fault_seed: int = 0
    wants: Callable[[str], bool] = lambda _: True
    """Whether a payload may still be sent, by its fingerprint."""

    @contextmanager
    def cutting(self) -> Iterator[FileOf]:
        """Give what finds files of the project for films, while nobody sweeps what is made for them."""
        work = self.state / "work"
        with cutting(work, self.output), Copies(work, self.folder, self.root) as copies:
            yield copies.of


class Job:
    """A run under way. Its thread goes on whatever the caller does; `stop` lets it end soon."""

    def __init__(self, plan: Plan, handle: Handle[Finished]) -> None:
        self.plan = plan
        self._handle = handle

    @property
    def is_done(self) -> bool:
        """Whether the run has ended."""
        return self._handle.is_done

    def stop(self) -> None:
        """Send nothing more and end soon; what is under way is kept in the ledger."""
        self._handle.stop.set()

    def wait(self, seconds: float | None = None) -> Finished:
        """Return what came of the run. Raises TimeoutError, or what the run raised."""
        return self._handle.wait(seconds)


def begin(plan: Plan, studio: Studio, account: Account | None, watch: Watch, *, cuts: bool) -> Job:
    """Start a run; without an account it is a rehearsal in a sandbox of its own.

    Raises SandboxError for a fault that is none.
    """
    server = Sandbox(
        seconds=SANDBOX_SECONDS,
        folder=studio.state / "server",
        faults=studio.faults,
        fault_seed=studio.fault_seed,
    )

    async def inside(ledger: Ledger, hear: Watch, stop: threading.Event) -> Finished:
        if account is not None:
            return await _run(plan, studio, account, ledger, hear, stop, cuts=cuts)
        with server as sandbox:
            rehearsal = rehearsal_account(plan.provider, sandbox.url)
            store = FileStore(put=f"{sandbox.url}/files/{{name}}", get=f"{sandbox.url}/files/{{name}}")
            return await _run(
                plan, replace(studio, file_store=store), rehearsal, ledger, hear, stop, cuts=cuts
            )

    async def work(stop: threading.Event) -> Finished:
        with (
            RunLock(studio.state),
            _heeding(studio.state, stop),
            Ledger.open(studio.state / "ledger.sqlite") as ledger,
            Journal(ledger, plan.spec) as journal,
        ):
            finished = await inside(ledger, _both(journal, watch), stop)
            journal.stopped = finished.outcome.stopped
            return finished

    return Job(plan, start(work))


@contextmanager
def _heeding(state: Path, stop: threading.Event) -> Iterator[None]:
    """Meanwhile pass on the wish to stop of another process."""

    async def heed() -> None:
        while not stop.is_set():
            await asyncio.sleep(_HEED)
            if is_asked_to_stop(state):
                stop.set()

    listener = asyncio.get_running_loop().create_task(heed())
    try:
        yield
    finally:
        listener.cancel()


def _both(journal: Journal, watch: Watch) -> Watch:
    """Return what lets both know of a happening; the steps of payloads are in the ledger anyway."""

    def hear(happening: Happening) -> None:
        if isinstance(happening, FilmMade):
            report = happening.report.to_json() if happening.report is not None else None
            journal.film(happening.film.output, report, happening.waits_for)
        watch(happening)

    return hear


def rehearsal_account(provider: str, url: str) -> Account:
    """Return an account at the sandbox; any key will do there."""
    keys = {name: Secret("sandbox", name) for name in back_end(provider).credentials[0]}
    return Account(
        provider=provider,
        base_url=url,
        credentials=keys,
        concurrency=4,
        poll_seconds=_REHEARSAL_POLL,
        doubt_seconds=_REHEARSAL_DOUBT,
        is_sandbox=True,
    )


async def _run(  # noqa: PLR0913 - a run, and everything that it works with
    plan: Plan,
    studio: Studio,
    account: Account,
    ledger: Ledger,
    watch: Watch,
    stop: threading.Event,
    *,
    cuts: bool,
) -> Finished:
    ledger.claim()
    store = Store(studio.state / "clips")
    store.sweep()
    run_id = uuid4().hex
    workshop = Workshop(
        accounts={plan.provider: account},
        ledger=ledger,
        store=store,
        files=lambda path: studio.folder / path,
        root=studio.root,
        secrets=studio.secrets,
        on_event=watch,
        ffmpeg=studio.ffmpeg,
        file_store=studio.file_store,
        token_of=token_maker(studio.state),
        hears=studio.hears,
        run=run_id,
        limits=studio.caps.limits(run_id, plan.spec, datetime.now(UTC)),
        wants=studio.wants,
    )
    outcome = await run(plan.orders, workshop, stop)
    clips = {
        task: store.path(outcome.stored[order.fingerprint])
        for order in plan.orders
        if order.fingerprint in outcome.stored
        for task in order.tasks
    }
    if not (cuts and plan.films):
        return Finished(outcome=outcome, films=(), clips=clips)
    known = ledger.many([order.fingerprint for order in plan.orders])
    provenance = provenance_of(plan, known, is_rehearsal=account.is_sandbox)
    studio = replace(studio, provenance=provenance, thoroughly=True)
    films = await _cut(plan.films, clips, studio, watch, stop)
    return Finished(outcome=outcome, films=films, clips=clips)


async def _cut(
    wanted: Iterable[Film], clips: Mapping[str, Path], studio: Studio, watch: Watch, stop: threading.Event
) -> tuple[FilmMade, ...]:
    """Return the films that were made until the wish to stop."""
    films: list[FilmMade] = []
    with studio.cutting() as file_of, suppress(CancelledError):
        for film in wanted:
            if stop.is_set():
                break
            made = await asyncio.to_thread(make_film, film, clips, studio, file_of, stop)
            films.append(made)
            watch(made)
    return tuple(films)


def make_film(
    film: Film,
    clips: Mapping[str, Path],
    studio: Studio,
    file_of: FileOf,
    cancel: threading.Event | None = None,
) -> FilmMade:
    """Make one film of the clips that are there. Raises CancelledError when `cancel` is set."""
    missing = tuple(task for task in film_tasks(film) if task not in clips)
    if missing:
        return FilmMade(film=film, report=None, waits_for=missing)
    report, found = render(
        film,
        clips.__getitem__,
        file_of,
        studio.output / film.output,
        ffmpeg=studio.ffmpeg,
        work=studio.state / "work",
        provenance=studio.provenance,
        papers=studio.output / "reports" / PurePath(film.output).with_suffix(""),
        thoroughly=studio.thoroughly,
        store_limit=studio.kept_bytes,
        cancel=cancel,
    )
    return FilmMade(film=film, report=report, found=found)


def film_tasks(film: Film) -> tuple[str, ...]:
    """Return the tasks whose clips the film shows, each once."""
    return tuple(dict.fromkeys(entry.task for entry in film.entries if isinstance(entry, ShotEntry)))
