"""What a machine needs: asks, tasks and timelines, strict and normal, every name looked up."""

from kling_spec.ir._ask import ASKS, Ask, Beat, Resolution
from kling_spec.ir._media import (
    ElementId,
    ElementParts,
    FileFacts,
    Link,
    LocalFile,
    Media,
    MediaKind,
    Output,
    OutputPart,
    Source,
)
from kling_spec.ir._task import Task, Variant
from kling_spec.ir._text import Hole, Mention, Text
from kling_spec.ir._timeline import AssetClip, Clip, Film, ShotClip, Soundtrack, Transition, TransitionKind

__all__ = [
    "ASKS",
    "Ask",
    "AssetClip",
    "Beat",
    "Clip",
    "ElementId",
    "ElementParts",
    "FileFacts",
    "Film",
    "Hole",
    "Link",
    "LocalFile",
    "Media",
    "MediaKind",
    "Mention",
    "Output",
    "OutputPart",
    "Resolution",
    "ShotClip",
    "Soundtrack",
    "Source",
    "Task",
    "Text",
    "Transition",
    "TransitionKind",
    "Variant",
]
