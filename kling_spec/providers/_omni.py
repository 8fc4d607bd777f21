"""Kling's omni body of the first standard, which Kling reads and some pass on to it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from kling_spec.ir import Ask, ElementId, Media, Resolution, Text
from kling_spec.providers._contract import Fragment, Unsaid
from kling_spec.providers._words import with_negative

MODES = MappingProxyType({Resolution.P720: "std", Resolution.P1080: "pro", Resolution.K4: "4k"})


def mark(media: Media, number: int, _ask: Ask) -> str:
    """Return how a prompt refers to the n-th image, element or video."""
    return f"<<<{media.kind.value}_{number}>>>"


def shape(ask: Ask) -> Mapping[str, Any]:
    """Return the aspect ratio that is sent where nothing was asked and nothing else decides it.

    The page demands one without a first frame and a video, and names no default.
    """
    decided = ask.aspect_ratio or ask.first_frame or ask.video
    return {} if decided else {"aspect_ratio": "16:9"}


def beats(ask: Ask) -> list[Mapping[str, Any]]:
    """Return the shots of a storyboard; what is to be avoided is said in each of them."""
    return [
        {
            "index": index,
            "prompt": with_negative(beat.prompt, ask.negative_prompt),
            "duration": str(beat.duration),
        }
        for index, beat in enumerate(ask.storyboard, 1)
    ]


def element_id(media: Media) -> int | str | Media:
    """Return the element's number in the library, or the element itself where it is to be made first.

    An id that is no number is a finding of the limits.
    """
    if not isinstance(media.source, ElementId):
        return media
    text = str(media.source.id)
    return int(text) if text.isascii() and text.isdecimal() else text


def _prompt(ask: Ask) -> Mapping[str, Any] | Unsaid:
    if ask.storyboard:
        return Unsaid("the shots of the storyboard speak alone, so say it in each of them")
    return {"prompt": with_negative(ask.prompt, ask.negative_prompt)}


def _negative(ask: Ask) -> Mapping[str, Any]:
    """Say it where nothing else is said; else it stands with the prompt or in the storyboard."""
    if ask.prompt or ask.storyboard:
        return {}
    return {"prompt": with_negative(Text(), ask.negative_prompt)}


def _aspect_ratio(ask: Ask) -> Mapping[str, Any] | Unsaid:
    if ask.edit:
        return Unsaid("the film takes the shape of the edited video")
    if ask.first_frame:
        return Unsaid("the film takes the shape of its first frame")
    return {"aspect_ratio": ask.aspect_ratio}


def _duration(ask: Ask) -> Mapping[str, Any] | Unsaid:
    if ask.edit:
        return Unsaid("the film gets the length of the edited video")
    return {"duration": str(ask.duration)}


def _video(media: Media | None, kind: str, ask: Ask) -> Mapping[str, Any]:
    keep = "yes" if ask.keep_sound else "no"
    return {"video_list": [{"video_url": media, "refer_type": kind, "keep_original_sound": keep}]}


def _keep_sound(ask: Ask) -> Mapping[str, Any] | Unsaid:
    return {} if ask.video else Unsaid("no video goes in whose sound could be kept")


def _elements(ask: Ask) -> Mapping[str, Any]:
    return {"element_list": [{"element_id": element_id(media)} for media in ask.elements]}


OMNI: Mapping[str, Fragment] = MappingProxyType(
    {
        "prompt": _prompt,
        "negative_prompt": _negative,
        "resolution": lambda ask: {"mode": MODES[ask.resolution]},
        "aspect_ratio": _aspect_ratio,
        "duration": _duration,
        "sound": lambda ask: {"sound": "on" if ask.sound else "off"},
        "first_frame": lambda ask: {"image_list": [{"image_url": ask.first_frame, "type": "first_frame"}]},
        "last_frame": lambda ask: {"image_list": [{"image_url": ask.last_frame, "type": "end_frame"}]},
        # a reference image carries no type at all: even an empty one is refused (changelog, 2026-03-11)
        "images": lambda ask: {"image_list": [{"image_url": image} for image in ask.images]},
        "elements": _elements,
        "reference_video": lambda ask: _video(ask.reference_video, "feature", ask),
        "edit": lambda ask: _video(ask.edit, "base", ask),
        "keep_sound": _keep_sound,
    }
)
"""Rules for every ask but storyboards, for tables of which this is a part."""

EMULATES: Mapping[str, str] = MappingProxyType(
    {"negative_prompt": "written behind the prompt, as what to avoid"}
)
"""What has no field in this body and is said all the same."""
