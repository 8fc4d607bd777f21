"""A spec to tasks and films: names looked up, the matrix expanded, prompts rendered; pure."""

from collections.abc import Callable, Iterator, Mapping

from kling_spec.compile._assets import is_link, is_outside, paths_of
from kling_spec.compile._context import Context
from kling_spec.compile._expand import Expander, Expansion
from kling_spec.compile._films import FilmMaker
from kling_spec.compile._matrix import Cell, cells
from kling_spec.compile._scope import Scope
from kling_spec.compile._sources import Source, Sources
from kling_spec.compile._templates import Templates
from kling_spec.compile.rules import RULES
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import LocalFile
from kling_spec.source import Document
from kling_spec.spec import Spec

__all__ = ["Cell", "Expansion", "Program", "Source", "Sources", "is_link", "is_outside", "paths_of"]

_MOST_ERRORS = 200
"""Errors after which nobody reads on; looking for the name that was meant takes its time."""


class Program:
    """One spec, ready to be expanded.

    `name` is the spec's name, `provider` the name whose `provider_options` count; `files` gives every
    local file that an asset names, by its path as written, and None where there is none;
    `read_template` gives the text of a template file below the spec's folder, or None.
    """

    def __init__(  # noqa: PLR0913 - everything that surrounds a spec
        self,
        document: Document,
        spec: Spec,
        *,
        name: str,
        provider: str,
        files: Mapping[str, LocalFile | None],
        read_template: Callable[[str], str | None],
    ) -> None:
        self._context = Context(document, spec, Templates(read_template), provider, files)
        self._name = name

    def check(self) -> list[Diagnostic]:
        """Return what is wrong across fields, before anything is rendered."""
        found: list[Diagnostic] = []
        errors = 0
        for finding in (finding for rule in RULES for finding in rule(self._context)):
            found.append(finding)
            errors += finding.is_error
            if errors >= _MOST_ERRORS:
                break
        return found

    def cells(self) -> Iterator[Cell]:
        """Yield the variants."""
        return cells(self._context.spec.matrix)

    def expander(self) -> Expander:
        """Return what makes the tasks of each variant. The spec must have passed `check`."""
        return Expander(self._context, Scope(self._context, self._name))

    def sources(self) -> Sources:
        """Return what tells of which line and which variables a value was made."""
        return Sources(self._context, Scope(self._context, self._name))

    def film_maker(self) -> FilmMaker:
        """Return what makes the films of each variant."""
        return FilmMaker(self._context)
