"""The matrix: from axes to variants."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import Any

from kling_spec.ir import Variant
from kling_spec.source import spelled
from kling_spec.spec import Axis, Matrix

_UNSAFE = re.compile(r"[^\w.+-]+")


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
    names = tuple(matrix.axes)
    for points in product(*(_points(axis) for axis in matrix.axes.values())):
        values, slugs, carried = zip(*points, strict=True)
        cell = dict(zip(names, values, strict=True))
        if not any(matches(cell, excluded) for excluded in matrix.exclude):
            yield _cell("-".join(slugs), cell, carried, matrix)
    for added in matrix.add:
        cell = {name: added[name] for name in names if name in added}
        carried = tuple(
            (axis.get(str(cell.get(name))) or {}) if isinstance(axis, dict) else {}
            for name, axis in matrix.axes.items()
        )
        yield _cell("-".join(map(slug, cell.values())), cell, carried, matrix)


def _points(axis: Axis) -> list[tuple[Any, str, Mapping[str, Any]]]:
    """Return each value of an axis with its part of the variant's id and the variables that it carries."""
    if isinstance(axis, dict):
        return [(value, slug(value), carried or {}) for value, carried in axis.items()]
    return [(value, slug(value), {}) for value in axis]


def _cell(id_: str, cell: dict[str, Any], carried: tuple[Mapping[str, Any], ...], matrix: Matrix) -> Cell:
    variables: dict[str, Any] = {}
    for lent in carried:
        if lent:
            variables |= lent
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


def slug(value: Any, longest: int = 64) -> str:
    """Return an axis value as a part of a file name: `16:9` becomes `16x9`, a long one is cut and numbered."""
    text = spelled(value)
    name = _UNSAFE.sub("-", text.replace(":", "x")).strip("-.") or "_"
    if 4 * len(name) <= longest or len(name.encode()) <= longest:
        return name
    return f"{name.encode()[: longest - 9].decode(errors='ignore')}-{sha256(text.encode()).hexdigest()[:8]}"


def matches(cell: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether the cell has all the wanted values."""
    return all(name in cell and _key(cell[name]) == _key(value) for name, value in wanted.items())


def _key(value: Any) -> tuple[type, Any]:
    """Return what makes two axis values the same: `1`, `true` and `"1"` are three."""
    return (type(value), value)
