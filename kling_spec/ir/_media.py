"""Pictures, videos and elements that a task points to."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal


class MediaKind(StrEnum):
    """What a reference is, which decides on which list of a payload it stands."""

    IMAGE = "image"
    VIDEO = "video"
    ELEMENT = "element"
    AUDIO = "audio"
    """A recording of an element's voice; no prompt names one."""


class OutputPart(StrEnum):
    """Which part of another task's clip is used."""

    VIDEO = "video_url"
    LAST_FRAME = "last_frame"


@dataclass(frozen=True, slots=True)
class Link:
    """A file that the provider fetches itself."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What the bytes of a picture or a video say of it, whatever its name is."""

    format: str
    """Such as `png`, `jpeg`, `webp`, `mp4` or `mov`; empty where it is nothing that can be read."""
    bytes: int
    width: int = 0
    height: int = 0
    """Pixels, as seen: turned, where the file says so."""
    seconds: Decimal | None = None
    rate: Decimal | None = None
    """Frames in a second; None for a picture."""
    problem: str = ""
    """Why it cannot be read."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the project; `path` is as written in the spec, `sha256` is of its bytes."""

    path: str
    sha256: str
    facts: FileFacts | None = field(default=None, compare=False)
    """None where nobody has looked."""


@dataclass(frozen=True, slots=True)
class Output:
    """The clip of another task of the same variant; `task` is its id without the variant (`arrive@2`)."""

    task: str
    part: OutputPart = OutputPart.VIDEO


@dataclass(frozen=True, slots=True)
class ElementId:
    """An element of the provider's library."""

    id: int | str
    made_from: Literal["images", "video"] = "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementParts:
    """An element that is made on its first use, from pictures or from one video."""

    frontal: "Link | LocalFile | None" = None
    images: "tuple[Link | LocalFile, ...]" = ()
    video: "Link | LocalFile | None" = None
    voice: "Link | LocalFile | None" = None
    """How it speaks; only beside pictures."""
    tags: tuple[str, ...] = ()
    """What kind of thing it is, such as `character`."""


Source = Link | LocalFile | Output | ElementId | ElementParts


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One picture, video or element, by the name that the spec gives it."""

    name: str
    kind: MediaKind
    source: Source
    description: str = ""
    seconds: Decimal | None = None
    """How long a video is, where that is known before the run."""
