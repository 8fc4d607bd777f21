"""What one generation asks of a provider, every default resolved and every name looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kling_spec.diagnostics import Origin
from kling_spec.ir._media import Media
from kling_spec.ir._text import Text


class Resolution(StrEnum):
    """The picture's size class."""

    P720 = "720p"
    P1080 = "1080p"
    K4 = "4k"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One shot of a storyboard; `duration` in whole seconds."""

    prompt: Text
    duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One generation. Tasks that ask alike but for their words share one of these.

    A field that is None, empty or False asks nothing, but for `sound`, `keep_sound` and
    `resolution`, which are always said so that a spec costs the same everywhere.
    """

    model: str
    """The spec's name of a model: `v3-omni` or `o1`."""
    prompt: Text = field(default_factory=Text)
    negative_prompt: Text = field(default_factory=Text)
    storyboard: tuple[Beat, ...] = ()
    auto_storyboard: bool = False
    """The model cuts `prompt` into shots itself."""
    resolution: Resolution = Resolution.P1080
    aspect_ratio: str | None = None
    """`16:9`, `9:16` or `1:1`; None where a frame or an edited video decides it."""
    duration: int | None = None
    """Whole seconds; None where an edited video decides it."""
    sound: bool = False
    first_frame: Media | None = None
    last_frame: Media | None = None
    images: tuple[Media, ...] = ()
    """Reference images, in the order of their first mention, frames not included."""
    elements: tuple[Media, ...] = ()
    reference_video: Media | None = None
    """Motion and camera reference, also the source of a next or previous shot."""
    edit: Media | None = None
    """The video that is changed; the result has its length."""
    keep_sound: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    """`provider_options` of the provider that the task goes to."""
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False, repr=False)
    """Where a person asked for each field, by its name; the shot itself under `""`."""

    def __hash__(self) -> int:
        """Identity is enough: the compiler makes equal asks once."""
        return id(self)

    @property
    def video(self) -> Media | None:
        """The one video that goes in, whatever for."""
        return self.edit or self.reference_video

    def origin(self, ask: str) -> Origin:
        """Return where `ask` was written, or else where the shot stands."""
        return self.origins.get(ask) or self.origins[""]


ASKS = (
    "prompt",
    "negative_prompt",
    "storyboard",
    "auto_storyboard",
    "resolution",
    "aspect_ratio",
    "duration",
    "sound",
    "first_frame",
    "last_frame",
    "images",
    "elements",
    "reference_video",
    "edit",
    "keep_sound",
)
"""Every field of an ask for which a provider must have a rule."""
