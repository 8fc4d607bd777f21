"""One spec, loaded: its verbs as methods."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from kling_spec.compile import Program
from kling_spec.diagnostics import Diagnostic, Origin, Severity, SpecError, did_you_mean
from kling_spec.ledger import Entry
from kling_spec.plan import Compiler, Plan
from kling_spec.providers import Lowering, Profile, is_provider, provider, provider_names, read_profile
from kling_spec.session._errors import NoCredentials
from kling_spec.session._project import Project, read_project
from kling_spec.session._selection import Selection
from kling_spec.session._settings import Settings, credentials, read_settings
from kling_spec.source import Document
from kling_spec.spec import Spec


class Session:
    """One spec. Making one reads and checks it; `SpecError` draws everything that is wrong.

    `variables` are laid over the spec's `vars`, `provider` over its provider. With `sandbox`, plans and
    runs are rehearsals: they have a ledger of their own and send to the local stand-in.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        variables: Mapping[str, str] | None = None,
        provider: str | None = None,
        sandbox: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.path = Path(path)
        self.is_rehearsal = sandbox
        self.settings: Settings = read_settings(self.path.absolute().parent, environment)
        self._project: Project = read_project(self.path, variables)
        self.notes: tuple[Diagnostic, ...] = ()
        """Warnings and notes of the newest check, plan or compilation."""
        self._provider_name = provider or self._written_provider()
        self._program = self._checked()

    # -- what it is --

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self._project.name

    @property
    def spec(self) -> Spec:
        """What a person wrote, checked."""
        if self._project.spec is None:
            raise TypeError("a session without a spec is never made")
        return self._project.spec

    @property
    def provider_name(self) -> str:
        """Who makes the clips."""
        return self._provider_name

    @cached_property
    def profile(self) -> Profile:
        """The provider's facts, with this account's own rates."""
        return self.settings.priced(self._provider_name, read_profile(self._provider_name))

    @property
    def state(self) -> Path:
        """Where the ledger and the clips lie; a rehearsal has its own."""
        return self.settings.state / "sandbox" if self.is_rehearsal else self.settings.state

    @property
    def output(self) -> Path:
        """Where films go; a rehearsal has its own folder."""
        return self.settings.output / "sandbox" if self.is_rehearsal else self.settings.output

    def lines_of(self, file: str) -> list[str]:
        """Return the lines of a file that was read, for drawing findings."""
        return self._project.lines_of(file)

    def variables(self) -> dict[str, Any]:
        """Return the spec's variables and their values."""
        return dict(self.spec.vars)

    # -- verbs --

    def check(self, selection: Selection | None = None) -> tuple[Diagnostic, ...]:
        """Compile everything and send nothing; return warnings and notes. Raises SpecError."""
        chosen = self._chosen(selection)
        compiler = self._compiler()
        for _ in compiler.variants(chosen.filter):
            pass
        return self._sound(compiler.found)

    def compile(self, selection: Selection | None = None) -> Iterator[str]:
        """Yield each task as one line of JSON. Raises SpecError behind the last one if anything is wrong."""
        from kling_spec.plan import LineWriter, cell

        chosen = self._chosen(selection)
        compiler = self._compiler()
        writer = LineWriter(compiler.lowering, self.settings.base_url(self._provider_name, self.profile))
        for variant in compiler.variants(chosen.filter, films=False):
            values = cell(variant.variant.values)
            for lowered in variant.tasks:
                if not chosen.shots or lowered.task.shot in chosen.shots:
                    yield writer.line(lowered, values)
        self._sound(compiler.found)

    def plan(self, selection: Selection | None = None) -> Plan:
        """Return what a run would send, reuse and spend, against the ledger. Raises SpecError."""
        from kling_spec.plan import make_plan

        chosen = self._chosen(selection)
        compiler = self._compiler()
        variants = list(compiler.variants(chosen.filter))
        self._sound(compiler.found)
        store = self._store()
        known = self._entries({lowered.fingerprint for variant in variants for lowered in variant.tasks})
        return make_plan(
            variants,
            compiler.lowering,
            spec=self.name,
            entries=lambda fingerprints: {key: known[key] for key in fingerprints if key in known},
            has_clip=store.has,
            shots=chosen.shots,
        )

    def refuse_over_budget(self, plan: Plan, max_cost: Decimal | None) -> None:
        """Raise BudgetRefused where the plan would commit to more than `max_cost` or than the spec's budget."""
        from kling_spec.session._budget import check_budget

        check_budget(plan, self.spec, max_cost, self._project)

    def refuse_changed(self, plan: Plan, saved: Path) -> None:
        """Raise PlanChanged where the plan is not the one that was saved in the file."""
        from kling_spec.session._budget import check_unchanged

        check_unchanged(plan, saved)

    def begin(
        self,
        plan: Plan,
        watch: Callable[[Any], None] = lambda _: None,
        *,
        concurrency: int | None = None,
        cuts: bool = True,
    ) -> "Job":
        """Start the run of a plan in the background, and return it at once.

        `watch` hears each `Event` and each `FilmMade`, in the run's own thread. Raises NoCredentials.
        """
        from kling_spec.session._run import begin

        account = None if self.is_rehearsal else self._account(concurrency)
        return begin(plan, self._studio(), account, watch, cuts=cuts)

    def cut(self, selection: Selection | None = None, cuts: Iterable[str] = ()) -> tuple["FilmMade", ...]:
        """Make the films from clips that are there, and return what came of each."""
        from kling_spec.session._run import film_tasks, make_film

        plan = self.plan(selection)
        store, known = self._store(), self._entries(order.fingerprint for order in plan.orders)
        clips = {
            task: store.path(entry.clip)
            for order in plan.orders
            if (entry := known.get(order.fingerprint)) is not None and entry.clip and store.has(entry.clip)
            for task in order.tasks
        }
        wanted = frozenset(cuts)
        films = [film for film in plan.films if not wanted or film.cut in wanted]
        return tuple(make_film(film, clips, self._studio()) for film in films)

    def entries(self) -> list[Entry]:
        """Return what the ledger knows of this spec."""
        with self._ledger() as ledger:
            return ledger.entries(self.name)

    # -- how --

    def _store(self) -> "Store":
        from kling_spec.ledger import Store

        return Store(self.state / "clips")

    def _studio(self) -> "Studio":
        from kling_spec.media import find_ffmpeg
        from kling_spec.session._run import Studio

        return Studio(
            state=self.state,
            output=self.output,
            folder=self._project.folder,
            ffmpeg=find_ffmpeg(self.settings.ffmpeg),
        )

    def _account(self, concurrency: int | None) -> "Account":
        from kling_spec.runner import Account

        keys = credentials(self.settings, provider(self._provider_name).credentials)
        if keys is None:
            raise NoCredentials([_no_key(self._provider_name)], self.lines_of)
        own = self.settings.of(self._provider_name)
        return Account(
            provider=self._provider_name,
            base_url=self.settings.base_url(self._provider_name, self.profile),
            credentials=keys,
            concurrency=concurrency or own.concurrency,
            poll_seconds=own.poll_seconds or self.profile.poll_seconds,
        )

    def _ledger(self) -> Any:
        from kling_spec.ledger import Ledger

        return Ledger.open(self.state / "ledger.sqlite")

    def _entries(self, fingerprints: Iterable[str]) -> Mapping[str, Entry]:
        if not (self.state / "ledger.sqlite").exists():
            return {}
        with self._ledger() as ledger:
            return ledger.many(list(fingerprints))

    def _compiler(self) -> Compiler:
        return Compiler(self._program, Lowering(provider(self._provider_name), self.profile))

    def _chosen(self, selection: Selection | None) -> Selection:
        chosen = selection or Selection()
        if found := chosen.check(self.spec):
            raise SpecError(found, self.lines_of)
        return chosen

    def _written_provider(self) -> str:
        spec = self._project.spec
        named = spec.provider if spec is not None else "kling"
        return named if isinstance(named, str) else (named[0] if named else "kling")

    def _checked(self) -> Program:
        """Return the program of a spec that is sound, or raise everything that is wrong with it."""
        project = self._project
        found = list(project.found)
        if project.document is None or project.spec is None:
            raise SpecError(_sorted(found), self.lines_of)
        found += self._unknown_providers(project.document)
        program = Program(
            project.document,
            project.spec,
            name=self.name,
            provider=self._provider_name,
            files=project.files(),
            read_template=project.read_template,
        )
        found += program.check()
        self._sound(found)
        return program

    def _unknown_providers(self, document: Document) -> Iterator[Diagnostic]:
        written = self.spec.provider if isinstance(self.spec.provider, list) else [self.spec.provider]
        named = {name: document.locate(("provider",)) for name in written}
        named.setdefault(self._provider_name, Origin(f"--provider {self._provider_name}"))
        places = [(("shots", name), shot.provider_options) for name, shot in self.spec.shots.items()]
        if self.spec.defaults is not None:
            places.append((("defaults",), self.spec.defaults.provider_options))
        options = [
            (name, document.locate((*path, "provider_options", name), key=True)) for path, o in places for name in o
        ]
        for name, origin in (*named.items(), *options):
            if not is_provider(name):
                message = f"no provider is called '{name}'"
                help_ = did_you_mean(name, provider_names())
                yield Diagnostic(code="KS400", message=message, origin=origin, help=help_)

    def _sound(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Return warnings and notes, or raise where there is an error among the findings."""
        whole = _sorted(dict.fromkeys(found))
        if any(finding.is_error for finding in whole):
            raise SpecError([finding for finding in whole if finding.severity is not Severity.NOTE], self.lines_of)
        self.notes = tuple(_sorted(dict.fromkeys((*self.notes, *whole))))
        return self.notes


def _no_key(name: str) -> Diagnostic:
    names = " or ".join(" and ".join(names) for names in provider(name).credentials)
    help_ = f"export {names}, or rehearse with --sandbox"
    return Diagnostic(code="KS505", message=f"no key is set for {name}", origin=Origin(f"provider {name}"), help=help_)


def _sorted(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(found, key=lambda finding: (finding.origin.file, finding.origin.line, finding.origin.column))
