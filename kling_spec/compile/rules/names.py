"""Names: none is taken twice, none is a word that templates already know."""

import re
from collections.abc import Iterator

from kling_spec.compile._context import Context, Path
from kling_spec.compile._names import RESERVED
from kling_spec.diagnostics import Diagnostic

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WORDS = frozenset(
    {"true", "false", "none", "and", "or", "not", "in", "is", "if", "else", "for", "loop", "self"}
)
_BUILTINS = frozenset({"range", "dict", "lipsum", "cycler", "joiner", "namespace"})


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield what is wrong with the names of variables, axes, assets and shots."""
    first: dict[str, str] = {}
    for name, kind, path in _declared(context):
        if kind in ("axis", "variable") and not _NAME.fullmatch(name):
            help_ = "begin with a small letter, then small letters, digits and '_'"
            yield context.report("KS302", f"'{name}' is no name", path, key=True, help=help_)
        elif name in RESERVED | _WORDS | _BUILTINS:
            message = f"{kind} '{name}' has a name that templates use for something else"
            yield context.report("KS302", message, path, key=True, help="choose another name")
        elif name in first and not (kind == first[name] == "variable"):
            message = f"{kind} '{name}' has the name of {_article(first[name])}"
            yield context.report("KS301", message, path, key=True, help="give one of them another name")
        first.setdefault(name, kind)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _declared(context: Context) -> Iterator[tuple[str, str, Path]]:
    spec = context.spec
    yield from ((name, "variable", ("vars", name)) for name in spec.vars)
    if spec.matrix is not None:
        for axis, values in spec.matrix.axes.items():
            yield axis, "axis", ("matrix", axis)
            if isinstance(values, dict):
                for value, carried in values.items():
                    yield from ((name, "variable", ("matrix", axis, value, name)) for name in carried or {})
        for number, patch in enumerate(spec.matrix.patch):
            yield from ((name, "variable", ("matrix", "patch", number, "set", name)) for name in patch.set)
    yield from ((name, "asset", ("assets", name)) for name in spec.assets)
    yield from ((name, "shot", ("shots", name)) for name in spec.shots)
