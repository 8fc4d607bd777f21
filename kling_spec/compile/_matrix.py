"""The matrix: from axes to variants."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from kling_spec.ir import Variant
from kling_spec.spec import Matrix

_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One variant, and the variables that its axis values and patches carry."""

    variant: Variant
    variables: Mapping[str, Any]


def cells(matrix: Matrix | None) -> Iterator[Cell]:
    """Yield the variants in the order of the axes: the product less `exclude`, then what `add` adds."""
    if matrix is None:
        yield Cell(Variant(id="-", values={}), {})
        return
    axes = matrix.axes
    names = tuple(axes)
    slugs = [{_key(value): slug(value) for value in axis} for axis in axes.values()]
    for values in product(*axes.values()):
        cell = dict(zip(names, values, strict=True))
        if not any(matches(cell, excluded) for excluded in matrix.exclude):
            id_ = "-".join([known[_key(value)] for known, value in zip(slugs, values, strict=True)])
            yield _cell(id_, cell, matrix)
    for added in matrix.add:
        cell = {name: added[name] for name in names if name in added}
        yield _cell("-".join(map(slug, cell.values())), cell, matrix)


def _cell(id_: str, cell: dict[str, Any], matrix: Matrix) -> Cell:
    variables: dict[str, Any] = {}
    for name, axis in matrix.axes.items():
        if isinstance(axis, dict):
            variables |= axis.get(cell[name]) or {}
    for patch in matrix.patch:
        if matches(cell, patch.match):
            variables |= patch.set
    return Cell(Variant(id=id_, values=cell), variables)


def count(matrix: Matrix | None) -> int:
    """Return how many variants there are at the most."""
    total = 1
    for axis in matrix.axes.values() if matrix else ():
        total *= len(axis)
    return total + (len(matrix.add) if matrix else 0)


def slug(value: Any) -> str:
    """Return an axis value as a part of a file name: `16:9` becomes `16x9`."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _UNSAFE.sub("-", text.replace(":", "x")).strip("-.") or "_"


def matches(cell: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether the cell has all the wanted values."""
    return all(name in cell and _key(cell[name]) == _key(value) for name, value in wanted.items())


def _key(value: Any) -> tuple[type, Any]:
    """Return what makes two axis values the same: `1`, `true` and `"1"` are three."""
    return (type(value), value)
