"""What templates see in each variant."""

from collections.abc import Mapping
from typing import Any

from kling_spec.compile._context import Context, Path
from kling_spec.compile._matrix import Cell
from kling_spec.compile._problem import NOT_OFFERED
from kling_spec.compile._render import Named, Renderer, RenderError, has_template, in_cell, reads_of
from kling_spec.compile._strings import conditions, strings
from kling_spec.compile._work import LARGEST_VALUE, size_of


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
        self._templated = frozenset(key for key, value in spec.vars.items() if has_template(value))
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
            carried = {key for key, value in cell.variables.items() if has_template(value)}
            templated = (templated - cell.variables.keys()) | carried
        if templated:
            self._render_variables(names, set(templated), variant.id, cell)
        if "vars" in self._said:
            names["vars"] = {key: names[key] for key in self._context.names.variables if key in names}
        return names

    def _render_variables(self, names: dict[str, Any], waiting: set[str], cell_id: str, cell: Cell) -> None:
        """Render the variables that are templates, each after those that it reads."""
        blocked = waiting | {"vars"}
        needs = {key: reads_of(self._context, [names[key]]) & blocked for key in waiting}
        left = {key: len(read) for key, read in needs.items()}
        followers: dict[str, list[str]] = {}
        for key in sorted(needs):
            for read in needs[key]:
                followers.setdefault(read, []).append(key)
        ready = [key for key in sorted(left, reverse=True) if not left[key]]
        while ready:
            key = ready.pop()
            del left[key]
            path: Path = ("matrix",) if key in cell.variables else ("vars", key)
            names[key] = self._rendered(names[key], path, names, cell_id)
            for follower in followers.get(key, ()):
                left[follower] -= 1
                if not left[follower]:
                    ready.append(follower)
        if left:
            key = min(left)
            where: Path = ("vars", key)
            shown = ", ".join(sorted(left)[:12]) + (" …" if len(left) > 12 else "")
            message = f"the variables {shown} wait for each other"
            help_ = "let one of them be a plain value"
            raise RenderError(self._context.report("KS309", message, where, key=True, help=help_))

    def _rendered(self, value: Any, path: Path, names: dict[str, Any], cell: str) -> Any:
        """Return a variable's value; what grows from variable to variable has an end."""
        rendered = self._render.value(value, path, names, cell)
        if size_of(rendered) > LARGEST_VALUE:
            message = f"this variable becomes too large{in_cell(cell)}"
            help_ = "make lists and texts shorter"
            raise RenderError(self._context.report(NOT_OFFERED, message, path, help=help_))
        return rendered


def _said(context: Context) -> frozenset[str]:
    """Return every name that some template of the spec looks up; a default output reads the variant."""
    sources = [source for _, source in strings(context.spec)]
    said = set(reads_of(context, sources))
    for _, condition in conditions(context.spec):
        said |= context.templates.read_condition(condition).reads
    return frozenset(said)
