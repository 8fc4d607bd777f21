"""Named inputs: pictures, videos, sounds and elements."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from kling_spec.spec._base import Part


class ElementPictures(Part):
    """An element that is made on its first use."""

    frontal: str | None = None
    """The picture that shows it from the front: a path or an https address."""
    images: list[str] = Field(default_factory=list, max_length=3)
    """One to three further pictures of it."""
    video: str | None = None
    """A video of it, instead of pictures."""
    voice: str | None = None
    """A recording of its voice, beside pictures: a path or an https address."""
    tags: list[str] = Field(default_factory=list)
    """What it is, such as `character`, `animal` or `item`."""


def _kind_of_element(value: Any) -> str:
    return "pictures" if isinstance(value, dict) else "word" if isinstance(value, str) else "id"


Element = Annotated[
    Annotated[int, Field(strict=True), Tag("id")]
    | Annotated[str, Tag("word")]
    | Annotated[ElementPictures, Tag("pictures")],
    Discriminator(_kind_of_element),
]


class Asset(Part):
    """One input, of exactly one kind: `image`, `video`, `audio`, `element`, `font` or `captions`."""

    image: str | None = None
    """A path relative to the spec, or an https address."""
    video: str | None = None
    """A path relative to the spec, or an https address."""
    audio: str | None = None
    """A path relative to the spec, or an https address."""
    element: Element | None = None
    """An id from the provider's element library, or the pictures that it is made of."""
    font: str | None = None
    """A TrueType or OpenType file for titles and burnt captions, by its path relative to the spec."""
    captions: str | None = None
    """An SRT or WebVTT file, by its path relative to the spec."""
    made_from: Literal["images", "video"] = Field("images", alias="from")
    """What a library element was made from: `images`, or `video` for a video character."""
    description: str | None = None
    """What it shows, for elements that are made and for readers."""
    duration: Annotated[Decimal, Field(gt=0, le=3600, decimal_places=6)] | None = None
    """How many seconds a video lasts; an edit of it is billed by this."""
