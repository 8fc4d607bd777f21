"""A film as it was asked for: what follows what, in seconds."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from kling_spec.diagnostics import Origin
from kling_spec.ir._media import Link, LocalFile


class TransitionKind(StrEnum):
    """How one clip gives way to the next."""

    CROSSFADE = "crossfade"
    DIP_TO_BLACK = "dip_to_black"
    DIP_TO_WHITE = "dip_to_white"
    WIPE = "wipe"


class Fit(StrEnum):
    """What becomes of a picture whose shape is not the film's."""

    COVER = "cover"
    """It fills the frame, and what stands over is cut off."""
    CONTAIN = "contain"
    """All of it is seen, between black bars."""
    BLUR = "blur"
    """All of it is seen, before a blurred picture of itself that fills the frame."""


class Place(StrEnum):
    """Where in the frame something stands; the margin to the edges is a twentieth of the shorter side."""

    TOP_LEFT = "top_left"
    TOP = "top"
    TOP_RIGHT = "top_right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom_right"


class Codec(StrEnum):
    """How the picture of a film is written."""

    H264 = "h264"
    HEVC = "hevc"
    VP9 = "vp9"
    PRORES = "prores"


class Container(StrEnum):
    """What kind of file a film is."""

    MP4 = "mp4"
    MOV = "mov"
    WEBM = "webm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One of the files that a cut is delivered as."""

    name: str = ""
    """Empty where a cut has no `formats`."""
    width: int | None = None
    height: int | None = None
    """Both or neither; None leaves them to `ratio` and the first clip."""
    ratio: tuple[int, int] | None = None
    rate: Decimal | None = None
    """Frames in a second; None for that of the clips."""
    codec: Codec = Codec.H264
    container: Container = Container.MP4
    fit: Fit | None = None
    """For every entry that does not say it itself; None leaves it to the cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How an entry is entered from the one before it."""

    kind: TransitionKind
    seconds: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What lies over the picture: words, or a picture with its own transparency."""

    text: str = ""
    image: Link | LocalFile | None = None
    name: str = ""
    """The asset, where it is a picture."""
    start: Decimal = Decimal(0)
    end: Decimal | None = None
    """Seconds into the film, or into the entry that it belongs to; None for the end of either."""
    place: Place = Place.CENTER
    size: Decimal = Decimal("0.06")
    """Of letters, as a part of the frame's height; of a picture, its width as a part of the frame's."""
    color: str = "#ffffff"
    """Of letters."""
    font: Link | LocalFile | None = None
    opacity: Decimal = Decimal(1)
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """What all entries have: how they are entered, and what is read and laid over them."""

    transition: Transition | None = None
    caption: str = ""
    layers: tuple[Layer, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played(_Placed):
    """What entries of a file have: which stretch of it is shown, and how it is seen and heard."""

    start: Decimal | None = None
    end: Decimal | None = None
    """Seconds into the file; None for its very end."""
    speed: Decimal = Decimal(1)
    fit: Fit | None = None
    is_join_trimmed: bool = False
    """Whether a suggested trim at its join to the entry before is applied."""
    gain: Decimal = Decimal(0)
    is_mute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotEntry(_Played):
    """A stretch of what a task made; `task` is the whole id."""

    task: str
    is_continued: bool = False
    """Whether it goes on where the entry before it ended: an extension or a next shot of that one."""
    opens_on_last_frame: bool = False
    """Whether it was made from the picture on which the entry before it ends, as its own first frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetEntry(_Played):
    """A still, which stands for `seconds`, or a stretch of a video of the project's own."""

    name: str
    kind: str
    """`image` or `video`."""
    source: Link | LocalFile
    seconds: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapEntry(_Placed):
    """Nothing but a colour, in silence, for `seconds`."""

    seconds: Decimal
    color: str = "#000000"


Entry = ShotEntry | AssetEntry | GapEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundtrack:
    """What is heard besides the clips' own sound, and how loud all of it is."""

    music: Link | LocalFile | None = None
    music_gain: Decimal = Decimal(0)
    """Decibels."""
    music_fade_in: Decimal = Decimal(0)
    music_fade_out: Decimal = Decimal("1.5")
    """Seconds."""
    duck: bool = False
    """Whether the music gives way to voice and clips."""
    voice: Link | LocalFile | None = None
    voice_start: Decimal = Decimal(0)
    """Seconds into the film."""
    voice_gain: Decimal = Decimal(0)
    clips_gain: Decimal = Decimal(0)
    is_clips_mute: bool = False
    loudness: Decimal | None = None
    """Target in LUFS; None leaves the level as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """What is read: from a file, or from the captions of the entries."""

    file: Link | LocalFile | None = None
    """SRT or WebVTT, timed on the film; None for the entries' own captions."""
    is_burnt: bool = False
    """Whether the words are part of the picture as well."""
    font: Link | LocalFile | None = None
    size: Decimal = Decimal("0.045")
    """Of burnt letters, as a part of the frame's height."""
    language: str = ""
    """BCP 47, such as `en` or `pt-BR`."""
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One delivery of one cut of one variant."""

    cut: str
    variant: str
    output: str
    """File name below the output folder."""
    entries: tuple[Entry, ...]
    fit: Fit = Fit.CONTAIN
    layers: tuple[Layer, ...] = ()
    captions: Captions | None = None
    sound: Soundtrack = field(default_factory=Soundtrack)
    delivery: Delivery = field(default_factory=Delivery)
    origin: Origin
