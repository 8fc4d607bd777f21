"""Cuts: films made of clips."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from kling_spec.spec._base import Part, Shorthand, Templated, Truth

Seconds = Annotated[Decimal, Field(ge=0, le=86_400, decimal_places=6)]


class TransitionSpec(Part):
    """How an entry is entered from the one before it."""

    type: Literal["crossfade", "dip_to_black", "dip_to_white", "wipe"]
    duration: Annotated[Decimal, Field(gt=0, le=3600, decimal_places=6)] = Decimal("0.5")
    """Seconds."""


class EntryKeys(Part):
    """One entry of a timeline: a shot, or an asset."""

    shot: str | None = None
    """The shot, with its extensions behind it."""
    asset: str | None = None
    """An image, which stands for `duration`, or a video of your own."""
    duration: Annotated[Decimal, Field(gt=0, le=3600, decimal_places=6)] | None = None
    """How many seconds an image stands."""
    trim: Annotated[list[Seconds], Field(min_length=2, max_length=2)] | None = None
    """From and to, in seconds into the clip."""
    transition: TransitionSpec | None = None
    """How it is entered; a hard cut when left out."""


Entry = Annotated[EntryKeys, Shorthand("shot")]


class Audio(Part):
    """What is heard besides the clips' own sound."""

    music: str | None = None
    """An audio asset that plays below the whole film."""
    music_gain: Annotated[Decimal, Field(ge=-60, le=20, decimal_places=6)] = Decimal(0)
    """Decibels."""
    duck: Truth = False
    """Whether the music gives way to the clips' own sound."""
    loudness: Annotated[Decimal, Field(ge=-40, le=-5, decimal_places=6)] | None = None
    """Target in LUFS."""


class Cut(Part):
    """One film of each variant."""

    timeline: Annotated[list[Entry], Field(min_length=1)]
    """What is seen, in order."""
    audio: Audio | None = None
    """Music and levels."""
    output: Annotated[str, Templated()] | None = None
    """The file's name below the output folder; `{{ name }}-{{ variant.id }}-CUT.mp4` when left out."""
