"""What templates see in each variant."""

from collections.abc import Mapping
from typing import Any

from kling_spec.compile._context import Context, Path
from kling_spec.compile._matrix import Cell
from kling_spec.compile._render import Named, Renderer, RenderError, reads_of
from kling_spec.compile._strings import conditions, strings


def key_of(reads: tuple[str, ...], names: Mapping[str, Any]) -> Any:
    """Return what tells apart the values of the names that were read: `1`, `true` and `"1"` are three."""
    try:
        key = tuple([v if type(v := names.get(name)) is str else (type(v), v) for name in reads])
        hash(key)
    except TypeError:
        return repr([names.get(name) for name in reads])
    return key


class Scope:
    """The names of one spec, and their values in each variant."""

    def __init__(self, context: Context, name: str) -> None:
        self._context = context
        self._render = Renderer(context)
        spec = context.spec
        assets = {key: Named(key) for key in spec.assets}
        shots = {key: Named(key) for key in spec.shots}
        self._fixed = {**spec.vars, **assets, **shots, "assets": assets, "shots": shots, "name": name}
        self._templated = frozenset(key for key, value in spec.vars.items() if reads_of(context, [value]))
        self._said = _said(context)
        self.varying = context.names.variables | frozenset(context.names.axes) | {"variant", "vars"}
        """The names whose values differ between variants, or may."""

    def covers_all_axes(self, reads: frozenset[str]) -> bool:
        """Whether a text that reads these names differs in every variant, as far as can be told cheaply."""
        return "variant" in reads or "vars" in reads or reads.issuperset(self._context.names.axes)

    def names(self, cell: Cell) -> dict[str, Any]:
        """Return what templates see in the variant. Raises RenderError."""
        variant = cell.variant
        names = {**self._fixed, **variant.values, **cell.variables}
        if "variant" in self._said:
            names["variant"] = {"id": variant.id, **variant.values}
        templated = self._templated
        if cell.variables:
            carried = {key for key, value in cell.variables.items() if reads_of(self._context, [value])}
            templated = (templated - cell.variables.keys()) | carried
        if templated:
            self._render_variables(names, set(templated), variant.id, cell)
        if "vars" in self._said:
            names["vars"] = {key: names[key] for key in self._context.names.variables if key in names}
        return names

    def _render_variables(self, names: dict[str, Any], waiting: set[str], cell_id: str, cell: Cell) -> None:
        """Render the variables that are templates, each after those that it reads."""
        while waiting:
            ready = sorted(
                key for key in waiting if not reads_of(self._context, [names[key]]) & (waiting | {"vars"})
            )
            if not ready:
                key = min(waiting)
                where: Path = ("vars", key)
                message = f"the variables {', '.join(sorted(waiting))} wait for each other"
                help_ = "let one of them be a plain value"
                raise RenderError(self._context.report("KS309", message, where, key=True, help=help_))
            for key in ready:
                path: Path = ("matrix",) if key in cell.variables else ("vars", key)
                names[key] = self._render.value(names[key], path, names, cell_id)
            waiting.difference_update(ready)


def _said(context: Context) -> frozenset[str]:
    """Return every name that some template of the spec looks up; a default output reads the variant."""
    sources = [source for _, source in strings(context.spec)]
    said = set(reads_of(context, sources))
    for _, condition in conditions(context.spec):
        said |= context.templates.read_condition(condition).reads
    return frozenset(said)
