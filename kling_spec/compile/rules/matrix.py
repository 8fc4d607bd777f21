"""The matrix: what is dropped, added and changed must be there."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from kling_spec.compile._context import Context, Path
from kling_spec.compile._matrix import cells, count, matches, slug
from kling_spec.diagnostics import Diagnostic, did_you_mean
from kling_spec.spec import Matrix

_MOST = 1_000_000
"""Variants, and tasks of all variants together."""
_MOST_MATCHES = 5_000_000
"""How often a cell is held against a line of `exclude`, `add` and `patch`."""


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield what is wrong with the matrix."""
    matrix = context.spec.matrix
    yield from _tasks(context)
    if matrix is None:
        return
    if not matrix.axes:
        help_ = "write 'ratio: [\"16:9\", \"9:16\"]' below it, or remove 'matrix'"
        yield context.report("KS320", "the matrix has no axis", ("matrix",), key=True, help=help_)
        return
    yield from _axes(context, matrix)
    found = list(_words(context, matrix))
    yield from found
    lines = len(matrix.exclude) + len(matrix.add) + len(matrix.patch)
    message = ""
    if count(matrix) > _MOST:
        message = f"the matrix has {count(matrix):,} variants; at most {_MOST:,} are compiled"
    elif count(matrix) * lines > _MOST_MATCHES:
        message = f"the matrix has {count(matrix):,} variants and {lines:,} lines that change them, too many at once"
    if message:
        help_ = "drop values, or split the campaign"
        yield context.report("KS320", message, ("matrix",), key=True, help=help_)
    elif not found:
        yield from _effects(context, matrix)


def _tasks(context: Context) -> Iterator[Diagnostic]:
    """Yield a finding where all variants together have too many tasks; nothing is expanded to count them."""
    variants = count(context.spec.matrix)
    each = sum(_at_most(shot.keys.takes) + len(shot.keys.extend) for shot in context.shots.values())
    if variants <= _MOST < variants * each:
        message = f"the spec has {variants * each:,} tasks; at most {_MOST:,} are compiled"
        help_ = "take fewer takes, shots or variants, or split the campaign"
        yield context.report("KS320", message, ("shots",), key=True, help=help_)


def _at_most(takes: Any) -> int:
    return takes if isinstance(takes, int) else 1


def _axes(context: Context, matrix: Matrix) -> Iterator[Diagnostic]:
    for name, axis in matrix.axes.items():
        seen: dict[str, Any] = {}
        for number, value in enumerate(axis):
            path: Path = ("matrix", name, str(value) if isinstance(axis, dict) else number)
            if slug(value) in seen:
                message = f"axis '{name}' has two values with the id '{slug(value)}'"
                yield context.report(
                    "KS320", message, path, key=isinstance(axis, dict), help="remove or rename one"
                )
            seen[slug(value)] = value


def _words(context: Context, matrix: Matrix) -> Iterator[Diagnostic]:
    """Yield axes and values that the matrix does not have."""
    parts = [
        *((("exclude", n), cell) for n, cell in enumerate(matrix.exclude)),
        *((("add", n), cell) for n, cell in enumerate(matrix.add)),
        *((("patch", n, "match"), patch.match) for n, patch in enumerate(matrix.patch)),
    ]
    for where, cell in parts:
        path = ("matrix", *where)
        for name, value in cell.items():
            axis = matrix.axes.get(name)
            if axis is None:
                help_ = did_you_mean(name, matrix.axes)
                yield context.report(
                    "KS321", f"no axis is called '{name}'", (*path, name), key=True, help=help_
                )
            elif where[0] != "add" and not any(matches({name: known}, {name: value}) for known in axis):
                help_ = did_you_mean(str(value), map(str, axis))
                message = f"axis '{name}' has no value '{value}'"
                yield context.report("KS321", message, (*path, name), help=help_)
            elif where[0] == "add" and isinstance(axis, dict) and value not in axis:
                help_ = f"add '{value}: {{}}' to the axis; its values carry variables"
                yield context.report(
                    "KS321", f"axis '{name}' has no value '{value}'", (*path, name), help=help_
                )
        missing = [name for name in matrix.axes if name not in cell]
        if where[0] == "add" and missing:
            message = f"this added cell does not say its {' and '.join(missing)}"
            yield context.report("KS321", message, path, help="name a value for every axis")
        if where[0] != "add" and not cell:
            message = f"this {where[0]} names no axis, so it would match every cell"
            yield context.report("KS321", message, path, help="name the values that a cell must have")


def _effects(context: Context, matrix: Matrix) -> Iterator[Diagnostic]:
    """Yield what matches nothing, and cells that are there twice."""
    if not (matrix.exclude or matrix.add or matrix.patch):
        return
    plain = matrix.model_copy(update={"exclude": [], "add": [], "patch": []})
    product = [cell.variant.values for cell in islice(cells(plain), _MOST)]
    for number, cell in enumerate(matrix.exclude):
        if not any(matches(values, cell) for values in product):
            help_ = "an earlier line may drop it already; remove this one"
            yield context.report(
                "KS322", "this exclude matches no cell", ("matrix", "exclude", number), help=help_
            )
    left = [values for values in product if not any(matches(values, cell) for cell in matrix.exclude)]
    for number, cell in enumerate(matrix.add):
        if any(matches(values, cell) for values in left):
            message = "this added cell is there already"
            yield context.report("KS322", message, ("matrix", "add", number), help="remove it")
        left.append(cell)
    for number, patch in enumerate(matrix.patch):
        if not any(matches(values, patch.match) for values in left):
            message = "this patch matches no cell that is left"
            yield context.report("KS322", message, ("matrix", "patch", number, "match"), help="remove it")
    if not left:
        message = "the matrix drops every one of its cells"
        yield context.report("KS322", message, ("matrix", "exclude"), key=True, help="keep one cell at least")
