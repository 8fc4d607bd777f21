"""Rendering with the place of every failure: values keep their type, prompts their references."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kling_spec.compile._context import Context, Path, is_template
from kling_spec.compile._problem import UNREADABLE, TemplateProblem
from kling_spec.diagnostics import Diagnostic
from kling_spec.spec import Part

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")


class Named:
    """What an asset or a shot is inside a template: something that renders as a reference to it."""

    __slots__ = ("id",)

    def __init__(self, id_: str) -> None:
        self.id = id_

    def __str__(self) -> str:
        """Return the mark that `split` finds again."""
        return f"{_OPEN}{self.id}{_CLOSE}"

    __html__ = __str__


class RenderError(Exception):
    """A value could not be rendered; `diagnostic` says where and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def split(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of a rendered text and the names between them; there is one more of the words."""
    if _OPEN not in text:
        return (text,), ()
    pieces = _MARK.split(text)
    return tuple(pieces[::2]), tuple(pieces[1::2])


class Renderer:
    """Renders the templates of one spec for one variant after the other."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._templates = context.templates

    def text(self, source: str, path: Path, names: Mapping[str, Any], cell: str) -> str:
        """Return the rendered text. Raises RenderError."""
        try:
            return self._templates.text(self._templates.read(source), names)
        except Exception as problem:
            raise RenderError(self._failed(problem, path, cell)) from problem

    def condition(self, source: str | bool, path: Path, names: Mapping[str, Any], cell: str) -> bool:  # noqa: FBT001
        """Return whether a `when` holds. Raises RenderError."""
        if isinstance(source, bool):
            return source
        try:
            return bool(self._templates.value(self._templates.read_condition(source), names))
        except Exception as problem:
            raise RenderError(self._failed(problem, path, cell)) from problem

    def value(self, value: Any, path: Path, names: Mapping[str, Any], cell: str) -> Any:
        """Return the value with every template in it rendered; a single expression keeps its type."""
        match value:
            case str():
                return self._string(value, path, names, cell) if is_template(value) else value
            case Part():
                fields = value.model_fields_set
                return {name: self.value(getattr(value, name), (*path, name), names, cell) for name in fields}
            case dict():
                return {key: self.value(item, (*path, key), names, cell) for key, item in value.items()}
            case list():
                return [self.value(item, (*path, number), names, cell) for number, item in enumerate(value)]
            case _:
                return value

    def _string(self, source: str, path: Path, names: Mapping[str, Any], cell: str) -> Any:
        try:
            value = self._templates.value(self._templates.read(source), names)
        except Exception as problem:
            raise RenderError(self._failed(problem, path, cell)) from problem
        return value.id if isinstance(value, Named) else value

    def _failed(self, problem: Exception, path: Path, cell: str) -> Diagnostic:
        where = self._context.document.line_in_text(path, _line_of(problem))
        if isinstance(problem, TemplateProblem) and problem.code != UNREADABLE:
            what = problem.message
            return Diagnostic(
                code=problem.code, message=f"{what}{in_cell(cell)}", origin=where, help=problem.help
            )
        what = (str(problem) or type(problem).__name__).split("\n")[0].rstrip(".")
        if isinstance(problem, RecursionError):
            what = "template files include each other without end"
        return Diagnostic(
            code="KS304",
            message=f"this template cannot be rendered{in_cell(cell)}: {what[:1].lower() + what[1:]}",
            origin=where,
            help="check the names and values that it uses in this variant"
            if cell != "-"
            else "check what it uses",
        )


def in_cell(cell: str) -> str:
    """Return words that name the variant, where there is more than one."""
    return "" if cell == "-" else f" in variant {cell}"


def _line_of(problem: Exception) -> int:
    """Return the line of the template on which rendering failed, counted from 1."""
    trace, line = problem.__traceback__, 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return getattr(problem, "lineno", None) or line


def has_template(value: Any) -> bool:
    """Whether anything in the value must be rendered."""
    match value:
        case Part():
            return any(has_template(getattr(value, name)) for name in value.model_fields_set)
        case dict():
            return any(map(has_template, value.values()))
        case list():
            return any(map(has_template, value))
        case _:
            return is_template(value)


def reads_of(context: Context, values: Sequence[Any]) -> frozenset[str]:
    """Return every name that the templates in `values` may look up."""
    reads: set[str] = set()
    for value in values:
        match value:
            case str():
                if is_template(value):
                    reads |= context.templates.read(value).reads
            case Part():
                reads |= reads_of(context, [getattr(value, name) for name in value.model_fields_set])
            case dict():
                reads |= reads_of(context, list(value.values()))
            case list():
                reads |= reads_of(context, value)
    return frozenset(reads)
