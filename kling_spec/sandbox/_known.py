"""What this very server holds of the media that a body names; all else is taken on trust."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from kling_spec.sandbox._frame import Footage

ElementKind = Literal["images", "video"]


def _nothing(_: Any) -> None:
    return None


def _never(_: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Four questions that rules may ask; none of them is ever an error."""

    footage: Callable[[str], Footage | None] = _nothing
    """The measures of a video that was made or uploaded here, by its address."""
    picture: Callable[[str], bytes | None] = _nothing
    """The bytes of an image that was uploaded here, by its address."""
    element: Callable[[str], ElementKind | None] = _nothing
    """What an element was made of here, by its id."""
    holds: Callable[[str], bool] = _never
    """Whether an address is that of a clip or an upload of this server."""


NOTHING = Known()
"""For rules that are asked about a body alone."""
