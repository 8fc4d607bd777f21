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
    plain: tuple[tuple[str, str], ...] | None
    """Words and the name behind them (or none), where the source is nothing but names between words.

    Such a template needs no engine: joining is what rendering would do, at a tenth of the time.
    """
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
            known = self._patterns[source] = Pattern(source, reads, _only_expression(tree, source), _plain(tree))
        return known

    def read_condition(self, source: str) -> Pattern:
        """Return a bare expression, as `when` holds one. Raises TemplateSyntaxError."""
        wrapped = self.read("{{ " + source + " }}")
        if wrapped.expression is None:
            raise TemplateSyntaxError("this is not one expression", 1)
        return wrapped

    def text(self, pattern: Pattern, names: Mapping[str, Any]) -> str:
        """Return the rendered text. Raises TemplateProblem, and whatever an expression raises."""
        if pattern.plain is not None:
            try:
                return "".join([words + str(names[name]) if name else words for words, name in pattern.plain])
            except KeyError:
                pass  # the engine says better what is missing
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


def _plain(tree: nodes.Template) -> tuple[tuple[str, str], ...] | None:
    """Return the words and names of a template that holds nothing else, or None."""
    if not all(isinstance(part, nodes.Output) for part in tree.body):
        return None
    pieces: list[tuple[str, str]] = []
    words = ""
    for part in (child for output in tree.body for child in output.iter_child_nodes()):
        if isinstance(part, nodes.TemplateData):
            words += part.data
        elif isinstance(part, nodes.Name):
            pieces.append((words, part.name))
            words = ""
        else:
            return None
    return (*pieces, (words, "")) if words else tuple(pieces)
