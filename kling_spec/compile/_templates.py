"""Jinja2 templates of a spec: read once, compiled when first needed; the only user of jinja2."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.environment import TemplateExpression
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

TemplateProblem = TemplateError
"""What goes wrong while a template is read or rendered, besides what its expressions raise."""


@dataclass(slots=True)
class _Compiled:
    """What stands behind a template once it is needed."""

    text: Template | None = None
    expression: TemplateExpression | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """One distinct template source."""

    source: str
    reads: frozenset[str]
    """The names that rendering may look up."""
    expression: str | None
    """The expression of a source that is exactly one `{{ … }}`; such a value keeps its type."""
    compiled: _Compiled = field(default_factory=_Compiled, compare=False, repr=False)


class Templates:
    """All templates of one spec. `read` gives the text of a template file below the spec's folder, or None."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, loader=FunctionLoader(read), autoescape=False, keep_trailing_newline=True
        )
        self._patterns: dict[str, Pattern] = {}

    @cached_property
    def builtins(self) -> frozenset[str]:
        """The names that templates see without being told: Jinja's own functions."""
        return frozenset(self._environment.globals)

    def read(self, source: str) -> Pattern:
        """Return the template; each distinct source is read once. Raises TemplateSyntaxError."""
        known = self._patterns.get(source)
        if known is None:
            tree = self._environment.parse(source)
            reads = frozenset(find_undeclared_variables(tree))
            known = self._patterns[source] = Pattern(source, reads, _only_expression(tree, source))
        return known

    def read_condition(self, source: str) -> Pattern:
        """Return a bare expression, as `when` holds one. Raises TemplateSyntaxError."""
        wrapped = self.read("{{ " + source + " }}")
        if wrapped.expression is None:
            raise TemplateSyntaxError("this is not one expression", 1)
        return wrapped

    def text(self, pattern: Pattern, names: Mapping[str, Any]) -> str:
        """Return the rendered text. Raises TemplateProblem, and whatever an expression raises."""
        template = pattern.compiled.text
        if template is None:
            template = pattern.compiled.text = self._environment.from_string(pattern.source)
        return template.render(names)

    def value(self, pattern: Pattern, names: Mapping[str, Any]) -> Any:
        """Return the value of a pattern that is one expression, with its type; else its text."""
        if pattern.expression is None:
            return self.text(pattern, names)
        expression = pattern.compiled.expression
        if expression is None:
            expression = self._environment.compile_expression(pattern.expression, undefined_to_none=False)
            pattern.compiled.expression = expression
        value = expression(names)
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
