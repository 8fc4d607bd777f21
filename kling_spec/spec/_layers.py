"""Titles and logos that lie over a film."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from kling_spec.spec._base import Part, Templated

Seconds = Annotated[Decimal, Field(ge=0, le=86_400, decimal_places=6)]


class Layer(Part):
    """What lies over the picture: a text or an image asset."""

    text: Annotated[str, Templated()] | None = None
    """Words; a newline begins a new line."""
    image: Annotated[str, Templated()] | None = None
    """An image asset; where it is transparent, the film shows through."""
    start: Seconds = Decimal(0)
    """Second at which it appears."""
    end: Seconds | None = None
    """Second at which it is gone; the end of the film or entry when left out."""
    position: Literal[
        "top_left", "top", "top_right", "left", "center", "right", "bottom_left", "bottom", "bottom_right"
    ] = "center"
    """Where in the frame."""
    size: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)] | None = None
    """Letters: a part of the frame's height, 0.06 when left out; an image: of the frame's width, 0.2."""
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#ffffff"
    """Of letters: `#rrggbb`."""
    font: str | None = None
    """A font asset; the font that comes with the tool when left out."""
    opacity: Annotated[Decimal, Field(gt=0, le=1, decimal_places=6)] = Decimal(1)
    """1 is solid."""
