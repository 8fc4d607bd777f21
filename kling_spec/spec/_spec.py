"""The whole of a spec."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from kling_spec.spec._assets import Asset
from kling_spec.spec._base import Name, Part
from kling_spec.spec._cuts import Cut
from kling_spec.spec._matrix import Matrix
from kling_spec.spec._shots import ShotKeys, Shots

LANGUAGE_VERSIONS = (1,)
"""The versions of the language that this release knows."""


class Budget(Part):
    """The most that one run may commit to."""

    max: Annotated[Decimal, Field(gt=0, le=1_000_000_000, decimal_places=6)]
    """An amount of money."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    """Three letters, such as USD."""


class Spec(Part):
    """A spec of the language's version 1."""

    kling_spec: int
    """The version of the language: 1."""
    name: str | None = None
    """The campaign's name; the file's name when left out."""
    extends: str | list[str] | None = None
    """Files that lie under this one: mappings merge, everything else replaces."""
    provider: str | list[str] = "kling"
    """Who makes the clips; the first of a list that can."""
    model: str = "v3-omni"
    """`v3-omni` or `o1`."""
    vars: dict[Name, Any] = Field(default_factory=dict)
    """Template variables, of any type."""
    assets: dict[Name, Asset] = Field(default_factory=dict)
    """Named inputs."""
    matrix: Matrix | None = None
    """The axes of the variants."""
    defaults: ShotKeys | None = None
    """Keys for every shot that does not say them itself."""
    shots: Shots
    """What is filmed."""
    cuts: dict[Name, Cut] = Field(default_factory=dict)
    """Films made of the clips."""
    budget: Budget | None = None
    """The most that one run may commit to."""
