"""The variants: axes, and what is dropped from, added to and changed in their product."""

from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, Tag

from kling_spec.spec._base import Part

Scalar = str | int | float | bool

Cell = dict[str, Scalar]
"""A value for some axes."""


def _kind_of_axis(value: Any) -> str:
    return "named" if isinstance(value, dict) else "plain"


Axis = Annotated[
    Annotated[list[Scalar], Field(min_length=1), Tag("plain")]
    | Annotated[dict[str, dict[str, Any] | None], Field(min_length=1), Tag("named")],
    Discriminator(_kind_of_axis),
]
"""The values of an axis: plain ones in a list, or named ones that carry variables."""


class Patch(Part):
    """Variables for the cells that match."""

    match: Cell
    """The axis values that a cell must have."""
    set: dict[str, Any]
    """The variables that those cells get."""


class Matrix(Part):
    """The axes by their names; their product is the variants."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)
    __pydantic_extra__: dict[str, Axis]

    exclude: list[Cell] = Field(default_factory=list)
    """Cells that are dropped: every one that has these values."""
    add: list[Cell] = Field(default_factory=list)
    """Cells that the product lacks; each names every axis."""
    patch: list[Patch] = Field(default_factory=list)
    """Variables for matching cells; later ones win."""

    @property
    def axes(self) -> dict[str, Axis]:
        """The axes, in the order in which they are written."""
        return dict(self.__pydantic_extra__)
