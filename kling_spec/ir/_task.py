"""One paid request, before a provider has put it into its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kling_spec.ir._ask import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One cell of the matrix; without a matrix there is one, with the id `-`."""

    id: str
    values: Mapping[str, Any]
    """The value of each axis, by its name."""


@dataclass(slots=True)
class Task:
    """One paid request of one variant.

    Not frozen only because a hundred thousand of them are made in a second; nothing changes one.
    """

    id: str
    """`VARIANT/SHOT`, with `@2` for a second take and `+1` for the first extension."""
    shot: str
    take: int
    variant: Variant
    ask: Ask
    words: tuple[str, ...]
    """What fills the holes of the ask's texts."""
    depends_on: tuple[str, ...]
    """The ids of the tasks whose clips this one uses."""
