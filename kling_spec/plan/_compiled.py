"""Tasks in a provider's words, one variant after the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kling_spec.compile import Cell, Program
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Film, Task, Variant
from kling_spec.plan._asked import Asking
from kling_spec.providers import Lowered, Lowering, Pattern

Wanted = Callable[[Cell], bool]
"""Which variants are asked for."""


@dataclass(slots=True)
class CompiledVariant:
    """One variant: its lowered tasks, each behind what it depends on, and its films."""

    variant: Variant
    tasks: list[Lowered]
    films: list[Film]
    fingerprints: dict[str, str]
    """The fingerprint of each task, by its id without the variant."""
    cell: Cell
    """The variant, with the variables that it brings."""


class Compiler:
    """Compiles one spec for one provider as a stream; `found` collects each finding once.

    What is wrong in many variants is said of the first, with how many more there are.
    """

    def __init__(self, program: Program, lowering: Lowering) -> None:
        self.lowering = lowering
        self._program = program
        self._expander = program.expander()
        self._films = program.film_maker()
        self._found: dict[tuple[str, ...], list[Diagnostic]] = {}
        self.firsts: dict[int, tuple[Task, Pattern]] = {}
        """The first task of each pattern, by the pattern's identity."""
        self.misfits: dict[int, tuple[Task, Pattern]] = {}
        """The first task of each pattern whose texts do not fit."""

    def variants(self, wanted: Wanted | None = None, *, films: bool = True) -> Iterator[CompiledVariant]:
        """Yield the wanted variants (all of them when nothing is said), compiled."""
        for cell in self._program.cells():
            if wanted is None or wanted(cell):
                yield self._compiled(cell, films=films)

    @property
    def found(self) -> list[Diagnostic]:
        """What is wrong so far."""
        return [
            *self._expander.found,
            *(found for group in self._found.values() for found in group),
            *self._films.found,
        ]

    def asking(self) -> Asking:
        """Return what puts the tasks back into the spec's words."""
        return Asking(self._program.sources(), self.lowering.provider.name)

    def _compiled(self, cell: Cell, *, films: bool) -> CompiledVariant:
        expansion = self._expander.expand(cell)
        skip = len(expansion.variant.id) + 1
        fingerprints: dict[str, str] = {}
        lowered: list[Lowered] = []
        for task in expansion.tasks:
            pattern = self.lowering.pattern(task.ask)
            is_first, fits = id(pattern) not in self.firsts, pattern.fits(task.words)
            if is_first:
                self.firsts[id(pattern)] = task, pattern
            if not fits:
                self.misfits.setdefault(id(pattern), (task, pattern))
            if is_first or not fits:
                self._keep(self.lowering.findings(task, pattern, first=is_first))
            if pattern.is_refused:
                fingerprints[task.id[skip:]] = ""
                continue
            done = self.lowering.lower(task, pattern, lambda name: fingerprints.get(name, ""))
            fingerprints[task.id[skip:]] = done.fingerprint
            lowered.append(done)
        made = self._films.films(expansion) if films else []
        return CompiledVariant(expansion.variant, lowered, made, fingerprints, cell)

    def _keep(self, findings: Iterable[Diagnostic]) -> None:
        for finding in findings:
            key = (finding.code, str(finding.origin), finding.message.split(" (variant ")[0])
            self._found.setdefault(key, [finding])
