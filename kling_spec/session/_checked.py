"""One spec, read and checked: what needs neither ledger nor network."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from kling_spec import plan
from kling_spec.compile import Program
from kling_spec.diagnostics import Diagnostic, Origin, Severity, SpecError, did_you_mean
from kling_spec.ir import LocalFile
from kling_spec.plan import Compiler, LineWriter, cell
from kling_spec.providers import Lowering, Profile, is_provider, provider, provider_names, read_profile
from kling_spec.session._environment import Environment
from kling_spec.session._past import Past
from kling_spec.session._prices import age_of, today_of
from kling_spec.session._project import Project, read_project
from kling_spec.session._revision import Changes, Revision, revised
from kling_spec.session._selection import Selection
from kling_spec.session._settings import Settings, read_settings
from kling_spec.source import Document
from kling_spec.spec import Spec

_AUTO = "auto"


class Checked:
    """One spec. Making one reads and checks it; `SpecError` draws everything that is wrong.

    With `text` that is the spec, and `path` only says its name and where its paths start.
    `variables` are laid over the spec's `vars`, `provider` over its provider. With `sandbox`, plans and
    runs are rehearsals: they have a ledger of their own and send to the local stand-in. A spec that is
    `before` with another text is called as that is, and its local files are not looked at again.
    """

    def __init__(  # noqa: PLR0913 - everything that may be said of a spec from outside
        self,
        path: str | Path,
        *,
        text: str | None = None,
        variables: Mapping[str, Any] | None = None,
        provider: str | None = None,
        sandbox: bool = False,
        environment: Mapping[str, str] | None = None,
        before: "Checked | None" = None,
        past: Past | None = None,
    ) -> None:
        self._given: dict[str, Any] = {"provider": provider, "sandbox": sandbox, "environment": environment}
        self._variables = dict(variables or {})
        self.is_file: bool = text is None or (before is not None and before.is_file)
        """Whether the spec stands in a file of its own, and not in a cell."""
        self.path = Path(path)
        self.is_rehearsal = sandbox
        environment = Environment(os.environ if environment is None else environment)
        home = past.home if past is not None else self.path.absolute().parent
        settings = read_settings(home, environment)
        self.settings: Settings = settings.harmless() if sandbox else settings
        shown = before.project.shown if before is not None else ""
        self.project: Project = read_project(
            self.path, variables, text, shown, past.shown if past is not None else None
        )
        self.files: dict[str, LocalFile | None] = dict(before.files) if before is not None else {}
        """Every local file that an asset names, by its path as written; None where there is none."""
        self.notes: tuple[Diagnostic, ...] = ()
        """Warnings and notes of the newest check, plan or compilation."""
        self._asked_for = self._candidates(provider)
        self._provider_name = self._asked_for[0]
        self._program = self._checked()
        if self._is_open:
            self._provider_name = self._chosen_provider()
            self._program = self._program_for(self._provider_name)
        self.notes += tuple(self._old_prices())

    # -- what it is --

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self.project.name

    @property
    def spec(self) -> Spec:
        """What a person wrote, checked."""
        if self.project.spec is None:
            raise TypeError("a session without a spec is never made")
        return self.project.spec

    @property
    def provider_name(self) -> str:
        """Who makes the clips."""
        return self._provider_name

    @cached_property
    def profile(self) -> Profile:
        """The provider's facts, with this account's own rates."""
        return self._profile_of(self._provider_name)

    @property
    def state(self) -> Path:
        """Where the ledger and the clips lie; a rehearsal has its own. Raises Untrusted where nobody agreed."""
        self.settings.demands.insist("state")
        return self.settings.state / "sandbox" if self.is_rehearsal else self.settings.state

    @property
    def output(self) -> Path:
        """Where films go; a rehearsal has its own folder. Raises Untrusted where nobody agreed."""
        self.settings.demands.insist("output")
        return self.settings.output / "sandbox" if self.is_rehearsal else self.settings.output

    def lines_of(self, file: str) -> list[str]:
        """Return the lines of a file that was read, for drawing findings."""
        return self.project.lines_of(file)

    def variables(self) -> dict[str, Any]:
        """Return the spec's variables and their values."""
        return dict(self.spec.vars)

    # -- verbs --

    def check(self, selection: Selection | None = None) -> tuple[Diagnostic, ...]:
        """Compile everything and send nothing; return warnings and notes. Raises SpecError."""
        chosen = self.chosen_of(selection)
        compiler = self.compiler()
        for _ in compiler.variants(chosen.filter):
            pass
        return self.sound(compiler.found)

    def compile(self, selection: Selection | None = None) -> Iterator[str]:
        """Yield each task as one line of JSON. Raises SpecError behind the last one if anything is wrong."""
        chosen = self.chosen_of(selection)
        compiler = self.compiler()
        writer = LineWriter(compiler.lowering, self.settings.base_url(self._provider_name, self.profile))
        for variant in compiler.variants(chosen.filter, films=False):
            values = cell(variant.variant.values)
            for lowered in variant.tasks:
                if not chosen.shots or lowered.task.shot in chosen.shots:
                    yield writer.line(lowered, values)
        self.sound(compiler.found)

    def revision(self, changes: Changes, *, behind: str = "") -> Revision:
        """Return the spec's file with these values. Raises SpecError where they cannot be written into it."""
        return revised(self.project, changes, behind)

    def revised(self, revision: Revision) -> Self:
        """Return the spec as it would be with that text. Raises SpecError where it is wrong then.

        Variables that were laid over those which the revision changes give way to them.
        """
        kept = {name: value for name, value in self._variables.items() if name not in revision.names}
        return type(self)(self.path, text=revision.after, variables=kept, before=self, **self._given)

    def offers(self) -> "tuple[plan.Offer, ...]":
        """Return what every provider makes of the whole spec, and what it costs there."""
        return tuple(self._offer(name) for name in provider_names())

    # -- how --

    def compiler(self) -> Compiler:
        return Compiler(self._program, self._lowering(self._provider_name))

    def _lowering(self, name: str) -> Lowering:
        return Lowering(
            provider(name),
            self._profile_of(name),
            settings=self.settings.of(name).own,
            has_store=self.settings.file_store is not None,
        )

    def _profile_of(self, name: str) -> Profile:
        return self.settings.priced(name, read_profile(name))

    def _offer(self, name: str) -> "plan.Offer":
        return plan.make_offer(self._program_for(name), self._lowering(name))

    def chosen_of(self, selection: Selection | None) -> Selection:
        chosen = selection or Selection()
        if found := chosen.check(self.spec):
            raise SpecError(found, self.lines_of)
        return chosen

    def _candidates(self, named: str | None) -> Sequence[str]:
        """Return the providers among which the choice is, the first that are to be tried first."""
        spec = self.project.spec
        written = named or (spec.provider if spec is not None else "kling")
        names = [written] if isinstance(written, str) else written
        self._is_open = names == [_AUTO] or len(names) > 1
        return (provider_names() if names == [_AUTO] else names) or ["kling"]

    def _provider_origin(self) -> Origin:
        document = self.project.document
        return document.locate(("provider",)) if document is not None else Origin(self.project.shown)

    def _old_prices(self) -> list[Diagnostic]:
        today = today_of(self.settings.environment)
        return age_of(self.profile, self._provider_name, today, self._provider_origin())

    def _chosen_provider(self) -> str:
        """Return the provider that is taken, and note why. Raises SpecError where none can do it all."""
        from kling_spec.session._choice import choose, none_can, why_chosen

        is_auto = list(self._asked_for) == list(provider_names())
        origin = self._provider_origin()
        taken, offers = choose(map(self._offer, self._asked_for), cheapest=is_auto)
        if taken is None:
            raise SpecError(none_can(offers, origin), self.lines_of)
        self.notes = (why_chosen(taken, offers, origin, cheapest=is_auto),)
        return taken.provider

    def _checked(self) -> Program:
        """Return the program of a spec that is sound, or raise everything that is wrong with it."""
        project = self.project
        found = list(project.found)
        if project.document is None or project.spec is None:
            raise SpecError(sorted_by_place(found), self.lines_of)
        found += self._unknown_providers(project.document)
        self.files = project.files(self.files)
        program = self._program_for(self._provider_name)
        found += program.check()
        self.sound(found)
        return program

    def _program_for(self, name: str) -> Program:
        if self.project.document is None:
            raise TypeError("a spec that could not be read has no program")
        return Program(
            self.project.document,
            self.spec,
            name=self.name,
            provider=name,
            files=self.files,
            read_template=self.project.read_template,
        )

    def _unknown_providers(self, document: Document) -> Iterator[Diagnostic]:
        written = self.spec.provider if isinstance(self.spec.provider, list) else [self.spec.provider]
        named = {name: document.locate(("provider",)) for name in written if written != [_AUTO]}
        for name in self._asked_for:
            named.setdefault(name, Origin(f"--provider {name}"))
        places: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [
            (("shots", name), shot.provider_options) for name, shot in self.spec.shots.items()
        ]
        if self.spec.defaults is not None:
            places.append((("defaults",), self.spec.defaults.provider_options))
        options = [
            (name, document.locate((*path, "provider_options", name), key=True))
            for path, o in places
            for name in o
        ]
        for name, origin in (*named.items(), *options):
            if not is_provider(name):
                message = f"no provider is called '{name}'"
                help_ = did_you_mean(name, provider_names())
                yield Diagnostic(code="KS400", message=message, origin=origin, help=help_)

    def sound(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Return warnings and notes, or raise where there is an error among the findings."""
        whole = sorted_by_place(dict.fromkeys(found))
        if any(finding.is_error for finding in whole):
            raise SpecError(
                [finding for finding in whole if finding.severity is not Severity.NOTE], self.lines_of
            )
        self.notes = tuple(sorted_by_place(dict.fromkeys((*self.notes, *whole))))
        return self.notes


def sorted_by_place(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(
        found, key=lambda finding: (finding.origin.file, finding.origin.line, finding.origin.column)
    )
