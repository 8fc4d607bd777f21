"""Templates: each can be read, and names only what is there."""

from collections.abc import Iterator

from kling_spec.compile._context import Context, Path
from kling_spec.compile._problem import UNREADABLE, TemplateProblem
from kling_spec.compile._strings import conditions, strings
from kling_spec.compile._templates import Pattern
from kling_spec.diagnostics import Diagnostic, did_you_mean


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield templates that cannot be read, and names that nothing has."""
    for path, source in strings(context.spec):
        yield from _check(context, path, source, is_condition=False)
    for path, source in conditions(context.spec):
        yield from _check(context, path, source, is_condition=True)


def _check(context: Context, path: Path, source: str, *, is_condition: bool) -> Iterator[Diagnostic]:
    try:
        pattern = context.templates.read_condition(source) if is_condition else context.templates.read(source)
    except TemplateProblem as problem:
        yield unreadable(context, path, problem, source)
        return
    yield from _undefined(context, path, pattern)


def unreadable(context: Context, path: Path, problem: TemplateProblem, source: str) -> Diagnostic:
    """Return the finding for a template that cannot be read."""
    is_broken = problem.code == UNREADABLE
    help_ = (
        "write '{{ name }}' for a value and '{% if … %} … {% endif %}' for a choice"
        if "{" in source
        else "write a condition such as 'market == \"us\"'"
    )
    return Diagnostic(
        code=problem.code,
        message=("this template cannot be read: " if is_broken else "") + _lower(problem.message),
        origin=context.document.line_in_text(path, problem.line),
        help=problem.help or help_,
    )


def _undefined(context: Context, path: Path, pattern: Pattern) -> Iterator[Diagnostic]:
    for name in sorted(pattern.own - context.names.in_templates):
        if context.templates.is_builtin(name):
            continue
        yield Diagnostic(
            code="KS303",
            message=f"'{name}' is not defined",
            origin=context.document.locate_in_text(path, name),
            help=did_you_mean(name, context.names.in_templates),
        )


def _lower(text: str) -> str:
    first = text.strip().rstrip(".").split("\n")[0]
    return first[:1].lower() + first[1:]
