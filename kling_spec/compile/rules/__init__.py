"""Checks across fields that need no rendering, one a file."""

from collections.abc import Callable, Iterator

from kling_spec.compile._context import Context
from kling_spec.compile.rules import (
    assets,
    cuts,
    cycles,
    matrix,
    names,
    placeholders,
    references,
    shots,
    templates,
    unused,
)
from kling_spec.diagnostics import Diagnostic

RULES: tuple[Callable[[Context], Iterator[Diagnostic]], ...] = (
    names.check,
    assets.check,
    matrix.check,
    templates.check,
    placeholders.check,
    references.check,
    shots.check,
    cycles.check,
    cuts.check,
    unused.check,
)
"""All of them, in the order in which a reader meets what they speak of."""
