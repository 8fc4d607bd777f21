"""One spec and everything that can be done with it: its verbs as methods."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.exchange import Edit, Form, Placing
from kling_spec.ir import Film
from kling_spec.ledger import Entry, Ledger, Store
from kling_spec.media import find_ffmpeg
from kling_spec.plan import Plan, Sent, make_plan
from kling_spec.providers import Lowered, provider
from kling_spec.runner import Account, FileStore, ask_to_stop, holder
from kling_spec.session._attach import follow
from kling_spec.session._book import ledger_in
from kling_spec.session._budget import OPTIONS, Wording, check_budget, check_unchanged
from kling_spec.session._caps import Caps
from kling_spec.session._checked import Checked
from kling_spec.session._errors import NoCredentials
from kling_spec.session._exchange import Bench, HandedOver, Retold, cut_edit, hand_over, retell
from kling_spec.session._provenance import provenance_of
from kling_spec.session._run import SANDBOX_SECONDS, FilmMade, Job, Studio, Watch, begin, make_film
from kling_spec.session._selection import Selection
from kling_spec.session._settings import STORE_TOKEN, credentials

_POLLS_A_JOB = 0.04
"""A poll comes after this part of the usual time of a job."""


class Session(Checked):
    """One spec, with its ledger, its clips and its films."""

    def plan(self, selection: Selection | None = None) -> Plan:
        """Return what a run would send, reuse and spend, against the ledger. Raises SpecError."""
        chosen = self.chosen_of(selection)
        compiler = self.compiler()
        variants = list(compiler.variants(chosen.filter))
        self.sound(compiler.found)
        known, sent = self._known([lowered for variant in variants for lowered in variant.tasks])
        return make_plan(
            variants,
            compiler.lowering,
            compiler.asking(),
            spec=self.name,
            entries=lambda fingerprints: {key: known[key] for key in fingerprints if key in known},
            sent=sent,
            has_clip=self._store().has,
            shots=chosen.shots,
        )

    def refuse_over_budget(self, plan: Plan, max_cost: Decimal | None, wording: Wording = OPTIONS) -> None:
        """Raise BudgetRefused where the plan passes `max_cost`, the spec's budget or a limit of the settings.

        `wording` is how it says what to write instead.
        """
        caps, held = Caps(), {}
        if not self.is_rehearsal:
            caps = self.settings.caps
            scopes = caps.limits("", plan.spec, datetime.now(UTC))
            held = self._held({limit.scope for limit in scopes}, caps.currency)
        check_budget(plan, self.spec, max_cost, self.project, caps=caps, held=held, wording=wording)

    def refuse_changed(self, plan: Plan, saved: Path) -> None:
        """Raise PlanChanged where the plan is not the one that was saved in the file."""
        check_unchanged(plan, saved)

    def begin(  # noqa: PLR0913 - whatever can be said of a run
        self,
        plan: Plan,
        watch: Watch = lambda _: None,
        *,
        concurrency: int | None = None,
        max_cost: Decimal | None = None,
        cuts: bool = True,
        faults: Iterable[str] = (),
        fault_seed: int = 0,
        wants: Callable[[str], bool] = lambda _: True,
    ) -> Job:
        """Start the run of a plan in the background, and return it at once.

        `watch` hears each `Event` and each `FilmMade`, in the run's own thread. What the run commits to
        stays below `max_cost`, the spec's budget and the limits of the settings, whoever else spends at
        the same time. `faults` are what goes wrong in a rehearsal, and `fault_seed` decides where. `wants`
        says of a fingerprint, just before it would be sent, whether it still should be. Raises
        NoCredentials, and SandboxError for a fault that is none.
        """
        account = None if self.is_rehearsal else self._account(concurrency)
        studio = replace(
            self._studio(),
            caps=self._caps(max_cost),
            faults=tuple(faults),
            fault_seed=fault_seed,
            wants=wants,
        )
        return begin(plan, studio, account, watch, cuts=cuts)

    def holder(self) -> str | None:
        """Return who runs in this project now, such as `process 4711`, or None where nobody does."""
        return holder(self.state)

    def ask_to_stop(self) -> None:
        """Ask whoever runs in this project to send nothing more and end soon."""
        ask_to_stop(self.state)

    def follow(self, plan: Plan, watch: Watch = lambda _: None) -> Job:
        """Follow the run of this spec that goes on in another process, and return it at once.

        `watch` hears what that run's own does, but for what only passes by. Nothing is sent, and stopping
        ends the following alone. Where no run goes on, what comes of it is how things stand.
        """
        return follow(plan, self.state, watch)

    def cut(
        self,
        selection: Selection | None = None,
        cuts: Iterable[str] = (),
        edit: Edit | None = None,
        *,
        thoroughly: bool = False,
    ) -> tuple[FilmMade, ...]:
        """Make the films from clips that are there, and return what came of each.

        `thoroughly` has every picture of the films looked at, for what is black or frozen.
        With an edit that is the film which it was written of, as the edit wants it; what it does not say
        stays as the spec says. Raises ExchangeError where the edit does not say of which film it is.
        """
        films, bench = self._on_the_bench(selection, cuts, thoroughly=thoroughly)
        if not films:
            return ()
        if edit is not None:
            return cut_edit(films, bench, edit)
        with bench.studio.cutting() as file_of:
            return tuple(make_film(film, bench.clips, bench.studio, file_of) for film in films)

    def retell(
        self, edit: Edit, selection: Selection | None = None, cuts: Iterable[str] = ()
    ) -> tuple[Retold, ...]:
        """Return what the spec would say to follow the edit. Raises ExchangeError as `cut` does."""
        films, bench = self._on_the_bench(selection, cuts)
        return retell(films, bench, edit, self.project)

    def hand_over(  # noqa: PLR0913 - which films, as what, where to
        self,
        form: Form,
        out: Path | None = None,
        selection: Selection | None = None,
        cuts: Iterable[str] = (),
        *,
        placing: Placing = Placing.LINK,
        overwrite: bool = False,
    ) -> tuple[HandedOver, ...]:
        """Write the films for editors, from clips that are there, and return what came of each.

        `out` is a folder, or the file of a single film; the output folder where it is left out. A file
        that is there and says something else is replaced only with `overwrite`. Raises ExchangeError.
        """
        films, bench = self._on_the_bench(selection, cuts)
        return hand_over(films, bench, form, out, placing, overwrite=overwrite)

    def entries(self) -> list[Entry]:
        """Return what the ledger knows of this spec."""
        with ledger_in(self.state) as ledger:
            return [] if ledger is None else ledger.entries(self.name)

    def clips(self, plan: Plan) -> dict[str, Path]:
        """Return the clip of each task of the plan that has one."""
        return self._clips(plan, self._entries(plan))

    def ratings(self, plan: Plan) -> dict[str, int]:
        """Return the stars of each task of the plan that was given any, from 1 to 5."""
        with ledger_in(self.state) as ledger:
            stars = {} if ledger is None else ledger.ratings(order.fingerprint for order in plan.orders)
        return {
            task: stars[order.fingerprint]
            for order in plan.orders
            if order.fingerprint in stars
            for task in order.tasks
        }

    def rate(self, fingerprint: str, stars: int) -> None:
        """Keep from 1 to 5 stars for a payload's clip, or none with 0. Raises ValueError for others."""
        with self._ledger() as ledger:
            ledger.rate(fingerprint, stars)

    def decide(self, verb: str, fingerprint: str, job: str | None = None) -> None:
        """Carry out what a person decided of an unknown payload. Raises LedgerError as `Ledger.decide` does."""
        with self._ledger() as ledger:
            ledger.decide(verb, fingerprint, job)

    def usual_seconds(self, plan: Plan) -> dict[str, float]:
        """Return how long a job usually takes, by the plan's models: as it was here, or as polls assume."""
        assumed = SANDBOX_SECONDS if self.is_rehearsal else self.profile.poll_seconds / _POLLS_A_JOB
        with ledger_in(self.state) as ledger:
            known = {} if ledger is None else ledger.job_seconds(plan.provider)
        return {order.model: known.get(order.model, assumed) for order in plan.orders}

    # -- how --

    def _on_the_bench(
        self, selection: Selection | None, cuts: Iterable[str], *, thoroughly: bool = False
    ) -> tuple[list[Film], Bench]:
        """Return the films of those cuts, or of all, and what they are made from."""
        plan = self.plan(selection)
        known = self._entries(plan)
        clips = self._clips(plan, known)
        fingerprints = {task: order.fingerprint for order in plan.orders for task in order.tasks}
        seconds = {task: order.seconds for order in plan.orders for task in order.tasks}
        wanted = frozenset(cuts)
        films = [film for film in plan.films if not wanted or film.cut in wanted]
        made = provenance_of(plan, known, is_rehearsal=self.is_rehearsal)
        studio = replace(self._studio(), provenance=made, thoroughly=thoroughly)
        bench = Bench(spec=self.name, studio=studio, clips=clips, fingerprints=fingerprints, seconds=seconds)
        return films, bench

    def _clips(self, plan: Plan, known: Mapping[str, Entry]) -> dict[str, Path]:
        store, clips = self._store(), {}
        for order in plan.orders:
            entry = known.get(order.fingerprint)
            if entry is not None and entry.clip and store.has(entry.clip):
                clips.update(dict.fromkeys(order.tasks, store.path(entry.clip)))
        return clips

    def _store(self) -> Store:
        return Store(self.state / "clips")

    def _studio(self) -> Studio:
        if not self.is_rehearsal:
            self.settings.demands.insist("ffmpeg", "file_store", "output")
        return Studio(
            state=self.state,
            output=self.output,
            folder=self.project.folder,
            root=self.project.root,
            secrets=self.settings.secrets(),
            ffmpeg=find_ffmpeg(self.settings.ffmpeg),
            kept_bytes=self.settings.kept_bytes,
            file_store=self._file_store(),
            hears="callback_url" in self.settings.of(self.provider_name).own,
        )

    def _caps(self, max_cost: Decimal | None) -> Caps:
        """Return what the run may commit to; a budget in another currency is held against the plan only."""
        caps, budget = Caps() if self.is_rehearsal else self.settings.caps, self.spec.budget
        if budget is not None and not caps.is_set:
            caps = replace(caps, currency=budget.currency)
        if budget is not None and budget.currency == caps.currency:
            caps = caps.lowered(budget.max)
        return caps.lowered(max_cost)

    def _held(self, scopes: Iterable[str], currency: str) -> dict[str, Decimal]:
        with ledger_in(self.state) as ledger:
            return {} if ledger is None else {scope: ledger.held(scope, currency) for scope in scopes}

    def _file_store(self) -> FileStore | None:
        named = self.settings.file_store
        if named is None:
            return None
        token = self.settings.environment.secret(STORE_TOKEN)
        return FileStore(put=named.put, get=named.get, days=named.days, token=token)

    def _account(self, concurrency: int | None) -> Account:
        self.settings.demands.insist(
            f"providers.{self.provider_name}", "ffmpeg", "file_store", "state", "output"
        )
        keys = credentials(self.settings, provider(self.provider_name).credentials)
        if keys is None:
            raise NoCredentials([_no_key(self.provider_name)], self.lines_of)
        own = self.settings.of(self.provider_name)
        return Account(
            provider=self.provider_name,
            base_url=self.settings.base_url(self.provider_name, self.profile),
            credentials=keys,
            concurrency=concurrency or own.concurrency,
            poll_seconds=own.poll_seconds or self.profile.poll_seconds,
            doubt_seconds=own.doubt_seconds,
        )

    def _ledger(self) -> Ledger:
        return Ledger.open(self.state / "ledger.sqlite")

    def _known(self, asked: list[Lowered]) -> tuple[Mapping[str, Entry], Sent]:
        """Return what the ledger knows of payloads, and what was sent last for tasks where it knows none."""
        with ledger_in(self.state) as ledger:
            if ledger is None:
                return {}, {}
            known = ledger.many({lowered.fingerprint for lowered in asked})
            new = (lowered.task.id for lowered in asked if lowered.fingerprint not in known)
            return known, ledger.sent(self.name, new)

    def _entries(self, plan: Plan) -> Mapping[str, Entry]:
        with ledger_in(self.state) as ledger:
            return {} if ledger is None else ledger.many(order.fingerprint for order in plan.orders)


def _no_key(name: str) -> Diagnostic:
    names = " or ".join(" and ".join(names) for names in provider(name).credentials)
    help_ = f"export {names}, or rehearse in the sandbox: --sandbox, in a notebook sandbox=True"
    return Diagnostic(
        code="KS505", message=f"no key is set for {name}", origin=Origin(f"provider {name}"), help=help_
    )
