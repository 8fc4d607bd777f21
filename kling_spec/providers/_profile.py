"""Reads `profile.toml`: the facts of one provider, each with its source and date."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Case = Literal["plain", "sound", "references", "video", "keep_sound"]


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(_Facts):
    """One row of a price list: what a second costs."""

    model: str
    model_id: str = ""
    """The provider's id, where its models of that name cost differently."""
    resolution: str
    case: Case
    """`sound`: with native audio; `references`: reference images go in, where those have a price of their own;
    `video`: a video goes in; `keep_sound`: and its own sound is kept."""
    amount: Decimal
    currency: str = "USD"
    source: str
    as_of: date | None
    """None for a rate of one's own; published prices have a date."""
    note: str = ""


class Model(_Facts):
    """What one model takes, under the name that specs use for it."""

    name: str
    ids: dict[str, str]
    """The provider's own ids; it chooses the keys (a resolution, a kind of input, or `any`)."""
    resolutions: tuple[str, ...]
    aspect_ratios: tuple[str, ...] = ("16:9", "9:16", "1:1")
    durations: tuple[int, int]
    """Shortest and longest length in whole seconds, both allowed."""
    sound: bool = True
    storyboard: int = 0
    """How many shots a storyboard may hold; 0 where there is none."""
    auto_storyboard: bool = False
    prompt: tuple[int, int] = (1, 2500)
    """Shortest and longest prompt, in characters, after references are written."""
    prompt_advised: int | None = None
    """How long a prompt should be at most, where that is less than it may be."""
    beat: tuple[int, int] = (1, 512)
    """The same for one shot of a storyboard."""
    source: str
    as_of: date


class MediaLimit(_Facts):
    """What the provider takes of one kind of file; what is left out has no limit."""

    kind: Literal["image", "video", "element_image", "element_video"]
    model: str | None = None
    """The model for which this holds; None for all."""
    formats: tuple[str, ...] = ()
    """Among `jpeg`, `png`, `webp`, `mp4`, `mov`."""
    bytes: int | None = None
    """The most that a file may have."""
    sides: tuple[int, ...] = (0,)
    """The least pixels of width and of height, and the most where there is such a limit."""
    area: int | None = None
    """The most pixels of the whole picture."""
    ratio: tuple[Decimal, Decimal] | None = None
    """The least and the most of width divided by height."""
    rate: tuple[int, int] | None = None
    """The least and the most frames in a second."""
    seconds: tuple[Decimal, Decimal] | None = None
    """The shortest and the longest video."""
    seconds_sure: Decimal | None = None
    """The longest on which all documents agree; above it there is a warning."""
    source: str
    as_of: date


class Option(_Facts):
    """A field that only this provider knows; a spec reaches it by `provider_options`."""

    type: Literal["boolean", "integer", "string", "object", "array"]
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[Any, ...] = ()
    fields: dict[str, "Option"] = Field(default_factory=dict)
    """What an object may hold; nothing else passes, at no depth."""
    inside: str = ""
    """The object of the body in which the field stands; empty where it is the body itself."""
    about: str = ""


class Profile(_Facts):
    """Everything that `profile.toml` says."""

    title: str
    page: str
    """The document that decides, by its address."""
    base_url: str
    base_url_setting: str
    retention_days: int | None = None
    """How long results stay fetchable; None where it is not documented."""
    retention_source: str = ""
    poll_seconds: float = 5.0
    upload_days: int | None = None
    """How long an uploaded file can be used; None where it is not documented."""
    unit_price: Decimal | None = None
    """What one of the provider's units costs, for one that counts those in its replies."""
    unit_currency: str = "USD"
    models: tuple[Model, ...] = Field(alias="model")
    prices: tuple[Price, ...] = Field(default=(), alias="price")
    media: tuple[MediaLimit, ...] = ()
    options: dict[str, Option] = Field(default_factory=dict)
    settings_only: tuple[str, ...] = ()
    """Fields of the body that settings decide and a spec never does, such as callbacks."""

    said: dict[str, str] = Field(default_factory=dict)
    """For parameters that are never sent: how a spec gets the same."""

    def model(self, name: str) -> Model | None:
        """Return the model that specs call `name`, or None."""
        return next((model for model in self.models if model.name == name), None)


def folder_of(provider: str) -> Traversable:
    """Return the folder that holds everything about the provider: here, or in the package that registers it.

    Raises KeyError where there is no such provider.
    """
    here = files("kling_spec.providers").joinpath(provider.replace("-", "_"))
    if here.joinpath("profile.toml").is_file():
        return here
    from importlib.metadata import entry_points

    for point in entry_points(group="kling_spec.providers", name=provider):
        return files(point.module)
    raise KeyError(provider)


@cache
def read_profile(provider: str) -> Profile:
    """Return the facts of the provider from its folder. Raises KeyError."""
    text = folder_of(provider).joinpath("profile.toml").read_text(encoding="utf-8")
    return Profile.model_validate(tomllib.loads(text, parse_float=Decimal))
