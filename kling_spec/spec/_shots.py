"""Shots: what is filmed."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from kling_spec.spec._base import Name, Part, Shorthand, Templated, Truth, Whole

Duration = Annotated[Whole, Field(ge=1, le=60), Templated()]
ResolutionName = Annotated[Literal["720p", "1080p", "4k"], Templated()]
AspectRatio = Annotated[Literal["16:9", "9:16", "1:1"], Templated()]
Flag = Annotated[Truth, Templated()]


class LastFrameOf(Part):
    """The last picture of another shot's clip."""

    last_frame_of: str
    """The shot."""


class StoryboardShot(Part):
    """One shot of a storyboard."""

    prompt: str
    """What is seen."""
    duration: Duration
    """Whole seconds."""


class Extension(Part):
    """A continuation of the shot, or of the extension before it."""

    prompt: str | None = None
    """What happens next; without one the model decides."""
    negative_prompt: str | None = None
    """What must not be seen."""
    duration: Duration | None = None
    """Whole seconds; 5 when left out."""
    resolution: ResolutionName | None = None
    """As for a shot."""
    keep_sound: Flag | None = None
    """Keep the sound of the clip that it continues."""
    provider_options: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """As for a shot."""


def _kind_of_frame(value: Any) -> str:
    return "output" if isinstance(value, dict) else "name"


Frame = Annotated[
    Annotated[str, Tag("name")] | Annotated[LastFrameOf, Tag("output")], Discriminator(_kind_of_frame)
]


def _kind_of_storyboard(value: Any) -> str:
    return "shots" if isinstance(value, list) else "auto"


Storyboard = Annotated[
    Annotated[Literal["auto"], Tag("auto")]
    | Annotated[list[StoryboardShot], Field(min_length=1), Tag("shots")],
    Discriminator(_kind_of_storyboard),
]


class ShotKeys(Part):
    """What a shot may say; `defaults` may say all of it too."""

    prompt: str | None = None
    """What is seen. Assets and shots are named as `{{ name }}`."""
    negative_prompt: str | None = None
    """What must not be seen; folded into the prompt where the provider has no such field."""
    duration: Duration | None = None
    """Whole seconds; 5 when left out."""
    resolution: ResolutionName | None = None
    """The picture's size class; 1080p when left out."""
    aspect_ratio: AspectRatio | None = None
    """16:9 when left out."""
    sound: Flag | None = None
    """Whether the model makes sound; false when left out."""
    first_frame: Frame | None = None
    """An image asset, or `{last_frame_of: SHOT}`."""
    last_frame: Frame | None = None
    """An image asset, or `{last_frame_of: SHOT}`."""
    references: list[str] = Field(default_factory=list)
    """Images and elements that the prompt need not name."""
    next_of: str | None = None
    """Continue from the clip of this shot, or from this video asset."""
    previous_of: str | None = None
    """Film what comes before the clip of this shot, or before this video asset."""
    extend: list[Extension] = Field(default_factory=list)
    """Continuations, each of the one before it."""
    storyboard: Storyboard | None = None
    """Several shots inside one generation, or `auto` to let the model cut the prompt itself."""
    edit: str | None = None
    """Change this video asset, or the clip of this shot; billed by its length."""
    reference_video: str | None = None
    """Take motion and camera from this video asset, or from the clip of this shot."""
    keep_sound: Flag | None = None
    """Keep the sound of the video that goes in."""
    takes: Annotated[Whole, Field(ge=1, le=100), Templated()] | None = None
    """How many alternatives are made; 1 when left out."""
    pick: Annotated[Whole, Field(ge=1, le=100), Templated()] | None = None
    """The take that cuts and other shots use; the first when left out."""
    caption: Annotated[str, Templated()] | None = None
    """What is read in cuts while this shot is seen; no provider is sent it."""
    when: str | Truth | None = None
    """A Jinja expression; where it is false the shot is left out of the variant."""
    provider_options: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """What only one provider knows, by the provider's name."""


Shot = Annotated[ShotKeys, Shorthand("prompt")]
Shots = Annotated[dict[Name, Shot], Field(min_length=1)]
