"""What each ask of a task was written as, and which variables it is made of: where a change comes from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from kling_spec.compile._context import Context, Path
from kling_spec.compile._matrix import Cell, matches
from kling_spec.compile._origins import Origins
from kling_spec.compile._render import RenderError, reads_of
from kling_spec.compile._scope import Scope
from kling_spec.diagnostics import Origin
from kling_spec.ir import Ask

_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One value as a person wrote it, before any template was rendered."""

    digest: str
    """The same for the same text."""
    reads: tuple[str, ...]
    """The variables and axes that it is made of, those behind other variables included."""


class Sources:
    """Tells what values of one spec were made of; each is looked into once."""

    def __init__(self, context: Context, scope: Scope) -> None:
        self._context = context
        self._scope = scope
        self._variables = context.names.variables
        self._axes = frozenset(context.names.axes)
        self._known: dict[Path, Source] = {}
        self._definitions: dict[str, frozenset[str]] = {}

    def source(self, ask: Ask, key: str) -> Source | None:
        """Return what was written for the key of an ask, or None where a default of the language counts."""
        path = ask.origins.path(key) if isinstance(ask.origins, Origins) else None
        if not path or path[0] not in self._context.document.value:
            return None
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._read(path)
        return known

    def behind(self, name: str) -> frozenset[str]:
        """Return the variables and axes that a variable is made of, directly."""
        known = self._definitions.get(name)
        if known is None:
            known = self._definitions[name] = self._names_in([raw for _, raw in self._written(name)])
        return known

    def values(self, cell: Cell) -> Mapping[str, Any]:
        """Return what templates see in the variant; nothing where that cannot be rendered."""
        try:
            return self._scope.names(cell)
        except RenderError:
            return {}

    def place(self, name: str, cell: Cell) -> Origin:
        """Return where a variable, or an axis, gets its value in the variant."""
        path: Path = ("matrix", name) if name in self._axes else ("vars", name)
        for path_of_value, _ in self._written(name, cell):
            path = path_of_value
        return self._context.document.locate(path)

    def _read(self, path: Path) -> Source:
        value: Any = self._context.document.value
        for step in path:
            value = value if isinstance(value, str) else value[step]  # a shot may be its prompt alone
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
        reads = set[str]()
        waiting = self._names_in([value])
        while waiting:
            reads |= waiting
            waiting = frozenset(name for one in waiting for name in self.behind(one)) - reads
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
        return Source(digest=digest, reads=tuple(sorted(reads)))

    def _names_in(self, values: list[Any]) -> frozenset[str]:
        """Return the variables and axes that templates in the values look up."""
        reads = reads_of(self._context, values)
        names = reads & (self._variables | self._axes)
        if "vars" in reads:
            names |= self._variables
        return names | self._axes if "variant" in reads else names

    def _written(self, name: str, cell: Cell | None = None) -> Iterator[tuple[Path, Any]]:
        """Yield where a variable is written (for one variant), what counts last."""
        spec = self._context.spec
        if name in spec.vars:
            yield ("vars", name), spec.vars[name]
        if spec.matrix is None:
            return
        for axis, values in spec.matrix.axes.items():
            for value, carried in values.items() if isinstance(values, dict) else ():
                is_meant = cell is None or str(cell.variant.values.get(axis)) == value
                if is_meant and carried and name in carried:
                    yield ("matrix", axis, value, name), carried[name]
        for number, patch in enumerate(spec.matrix.patch):
            if name in patch.set and (cell is None or matches(cell.variant.values, patch.match)):
                yield ("matrix", "patch", number, "set", name), patch.set[name]
