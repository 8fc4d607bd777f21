"""The template engine; the only user of jinja2, and imported only for templates that are more than names."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kling_spec.compile._problem import TemplateProblem


class Engine:
    """Jinja2, sandboxed and strict. `read` gives the text of a template file, or None."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined,
            loader=FunctionLoader(read),
            autoescape=False,
            keep_trailing_newline=True,
        )
        self._texts: dict[str, Any] = {}
        self._expressions: dict[str, Any] = {}

    @property
    def builtins(self) -> frozenset[str]:
        """The names that templates see without being told."""
        return frozenset(self._environment.globals)

    def parse(self, source: str) -> tuple[frozenset[str], str | None]:
        """Return the names that a template looks up, and its expression where it is exactly one.

        Raises TemplateProblem.
        """
        try:
            tree = self._environment.parse(source)
            return frozenset(find_undeclared_variables(tree)), _only_expression(tree, source)
        except TemplateError as error:
            raise TemplateProblem(str(error.message or error), getattr(error, "lineno", None) or 1) from error

    def text(self, source: str, names: Mapping[str, Any]) -> str:
        """Return the rendered text. Raises whatever an expression raises."""
        template = self._texts.get(source)
        if template is None:
            template = self._texts[source] = self._environment.from_string(source)
        rendered: str = template.render(names)
        return rendered

    def value(self, expression: str, names: Mapping[str, Any]) -> Any:
        """Return the value of an expression, with its type. Raises whatever it raises."""
        compiled = self._expressions.get(expression)
        if compiled is None:
            compiled = self._environment.compile_expression(expression, undefined_to_none=False)
            self._expressions[expression] = compiled
        value = compiled(names)
        if isinstance(value, StrictUndefined):
            str(value)  # raises what rendering it would raise
        return value


def _only_expression(tree: nodes.Template, source: str) -> str | None:
    """Return the expression of a template that is exactly one `{{ … }}`, or None."""
    if len(tree.body) == 1 and isinstance(tree.body[0], nodes.Output):
        children = tree.body[0].nodes
        bare = source.strip()
        if len(children) == 1 and not isinstance(children[0], nodes.TemplateData) and bare.endswith("}}"):
            return bare[2:-2].strip().strip("-+").strip()
    return None
