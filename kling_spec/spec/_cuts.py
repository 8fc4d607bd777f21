"""Cuts: films made of clips."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from kling_spec.spec._base import Name, Part, Shorthand, Templated, Truth
from kling_spec.spec._layers import Layer, Seconds

FitName = Literal["cover", "contain", "blur"]
Gain = Annotated[Decimal, Field(ge=-60, le=20, decimal_places=6)]
Text = Annotated[str, Templated()]


class TransitionSpec(Part):
    """How an entry is entered from the one before it."""

    type: Literal["crossfade", "dip_to_black", "dip_to_white", "wipe"]
    """How the one gives way to the other."""
    duration: Annotated[Decimal, Field(gt=0, le=3600, decimal_places=6)] = Decimal("0.5")
    """Seconds."""


class EntryKeys(Part):
    """One entry of a timeline: a shot, an asset, or a gap."""

    shot: str | None = None
    """The shot, with its extensions behind it."""
    asset: str | None = None
    """An image, which stands for `duration`, or a video of your own."""
    gap: Annotated[Decimal, Field(gt=0, le=3600, decimal_places=6)] | None = None
    """Seconds of nothing but `color`."""
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    """Of a gap: `#rrggbb`; black when left out."""
    duration: Annotated[Decimal, Field(gt=0, le=3600, decimal_places=6)] | None = None
    """How many seconds an image stands."""
    trim: Annotated[list[Seconds], Field(min_length=2, max_length=2)] | None = None
    """From and to, in seconds into the clip."""
    speed: Annotated[Decimal, Field(ge=Decimal("0.1"), le=20, decimal_places=6)] = Decimal(1)
    """2 plays twice as fast, 0.5 half as fast; the pitch of the sound stays."""
    fit: FitName | None = None
    """What becomes of a picture whose shape is not the film's; as the cut says when left out."""
    transition: TransitionSpec | None = None
    """How it is entered; a hard cut when left out."""
    join: Literal["auto", "as_is"] = "as_is"
    """`auto` applies the trim that is suggested where the entry goes on from the one before."""
    gain: Gain = Decimal(0)
    """Decibels of the clip's own sound."""
    mute: Truth = False
    """Whether the clip's own sound is left out."""
    caption: Text | None = None
    """What is read meanwhile; the shot's own caption when left out."""
    overlays: list[Layer] = Field(default_factory=list)
    """What lies over this entry; their times count from its first frame."""


Entry = Annotated[EntryKeys, Shorthand("shot")]


class Audio(Part):
    """What is heard besides the clips' own sound, and how loud all of it is."""

    music: Text | None = None
    """An audio asset that plays below the whole film, again from its start where it is too short."""
    music_gain: Gain = Decimal(0)
    """Decibels."""
    music_fade: Annotated[list[Seconds], Field(min_length=2, max_length=2)] | None = None
    """Seconds of its fade in and of its fade out; [0, 1.5] when left out."""
    duck: Truth = False
    """Whether the music gives way to the voice and to the clips' own sound."""
    voice: Text | None = None
    """An audio asset that speaks over the film."""
    voice_from: Seconds = Decimal(0)
    """Second of the film at which the voice begins."""
    voice_gain: Gain = Decimal(0)
    """Decibels."""
    clips_gain: Gain = Decimal(0)
    """Decibels of the clips' own sound."""
    mute_clips: Truth = False
    """Whether the clips' own sound is left out."""
    loudness: Annotated[Decimal, Field(ge=-40, le=-5, decimal_places=6)] | Literal["as_is"] | None = None
    """Target in LUFS; -14 when left out and there is music, `as_is` for no change."""


class Captions(Part):
    """What is read."""

    file: Text | None = None
    """A captions asset, timed on the film; the shots' own captions when left out."""
    burn: Truth = False
    """Whether the words are part of the picture as well."""
    font: str | None = None
    """A font asset for burnt captions."""
    size: Annotated[Decimal, Field(ge=Decimal("0.01"), le=Decimal("0.3"), decimal_places=6)] = Decimal(
        "0.045"
    )
    """Height of burnt letters as a part of the frame's height."""
    language: Annotated[str, Templated()] | None = None
    """BCP 47, such as `en` or `pt-BR`."""


def _kind_of_captions(value: Any) -> str:
    return "on" if isinstance(value, bool) else "keys"


class Format(Part):
    """One delivery of a cut."""

    ratio: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}:[1-9][0-9]{0,2}$")] | None = None
    """Width to height; the shorter side stays that of the first clip."""
    size: Annotated[str, Field(pattern=r"^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$")] | None = None
    """Width x height in pixels, both even."""
    rate: Annotated[Decimal, Field(ge=1, le=120, decimal_places=6)] | None = None
    """Frames in a second; as the cut says when left out."""
    codec: Literal["h264", "hevc", "vp9", "prores"] | None = None
    """h264, or vp9 in a webm and prores in a mov, when left out."""
    container: Literal["mp4", "mov", "webm"] | None = None
    """mp4 when left out, or what the codec wants."""
    fit: FitName | None = None
    """For entries that do not say it themselves; `cover` when left out."""


class Cut(Part):
    """One film of each variant, in one or several deliveries."""

    timeline: Annotated[list[Entry], Field(min_length=1)]
    """What is seen, in order."""
    fit: FitName = "contain"
    """What becomes of pictures whose shape is not the film's."""
    rate: Annotated[Decimal, Field(ge=1, le=120, decimal_places=6)] | None = None
    """Frames in a second; that of the clips, or 24 where they differ, when left out."""
    overlays: list[Layer] = Field(default_factory=list)
    """Titles and logos; their times count from the film's first frame."""
    captions: (
        Annotated[
            Annotated[Truth, Tag("on")] | Annotated[Annotated[Captions, Shorthand("file")], Tag("keys")],
            Discriminator(_kind_of_captions),
        ]
        | None
    ) = None
    """`true` for the shots' captions beside the film, or where they come from and how they look."""
    audio: Audio | None = None
    """Music, voice and levels."""
    formats: dict[Name, Format] = Field(default_factory=dict)
    """Deliveries by name, which stands in each file's name; one as the clips are when left out."""
    output: Text | None = None
    """The file's name below the output folder; `{{ name }}-{{ variant.id }}-CUT.mp4` when left out."""
