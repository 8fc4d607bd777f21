"""What Runware refuses in a videoInference task for the Kling omni models, read from its model pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kling_spec.sandbox._omni import reference_faults
from kling_spec.sandbox._pictures import content, is_data_uri, is_url, picture_faults
from kling_spec.sandbox._shape import Fault, Shape, fields, flag, number, rows, text, whole, word

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_ANY_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

SIZES = {
    "720p": ((1280, 720), (720, 1280), (960, 960)),
    "1080p": ((1920, 1080), (1080, 1920), (1440, 1440)),
    "4k": ((3840, 2160), (2160, 3840), (2880, 2880)),
}


@dataclass(frozen=True, slots=True)
class Model:
    """What one of Runware's Kling omni models makes."""

    tier: str
    is_o1: bool = False


MODELS = {
    "klingai:kling-video@o3-standard": Model("720p"),
    "klingai:kling-video@o3-pro": Model("1080p"),
    "klingai:kling-video@o3-4k": Model("4k"),
    "klingai:kling@o1-standard": Model("720p", is_o1=True),
    "klingai:kling@o1": Model("1080p", is_o1=True),
}


def _frame(value: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, str):
        yield from _IMAGE(value, path)
    else:
        yield from fields({"image": _IMAGE}, {"frame": _position})(value, path)


def _position(value: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, bool) or value not in ("first", "last", 0, -1):
        yield Fault(path, "must be one of first, last, 0, -1")


def _uuid4(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, str) or not UUID4.fullmatch(value):
        yield Fault(path, "must be a UUID of version 4")


def _image(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(path, "must be a string")
    elif not is_url(value) and not _ANY_UUID.fullmatch(value):
        formats = ("JPEG", "PNG", "WEBP")
        yield from picture_faults(path, content(value), formats=formats, megabytes=50, kling_sides=False)


def _film(value: Any, path: str) -> Iterator[Fault]:
    is_text = isinstance(value, str)
    if not is_text or is_data_uri(value) or not (is_url(value) or _ANY_UUID.fullmatch(value)):
        yield Fault(path, "must be a URL or a UUID")


_IMAGE: Shape = _image
_POSITIONS = {"first": "first", "last": "last", 0: "first", -1: "last"}
_ELEMENT = fields(
    {"id": text(shortest=1)},
    {
        "description": text(),
        "frontalImage": _IMAGE,
        "images": rows(_IMAGE, least=1, most=3),
        "videos": rows(_film, least=1, most=1),
        "voices": rows(text(shortest=1), least=1, most=1),
        "tags": rows(text(shortest=1), least=1),
    },
)
_SHOT = fields({"prompt": text(shortest=1, longest=512), "duration": number(1)})
_SHAPE = fields(
    {"taskType": word("videoInference"), "taskUUID": _uuid4, "model": word(*MODELS)},
    {
        "outputType": word("URL"),
        "outputFormat": word("MP4", "WEBM", "MOV"),
        "outputQuality": whole(20, 99),
        "webhookURL": text(shortest=1),
        "deliveryMethod": word("async"),
        "uploadEndpoint": text(shortest=1),
        "safety": fields({}, {"checkContent": flag, "mode": word("none", "fast", "full")}),
        "ttl": whole(60),
        "includeCost": flag,
        "numberResults": whole(1, 4),
        "positivePrompt": text(shortest=2, longest=2500),
        "width": whole(1),
        "height": whole(1),
        "resolution": word(*SIZES),
        "duration": whole(3, 15),
        "inputs": fields(
            {},
            {
                "referenceImages": rows(_IMAGE, least=1, most=7),
                "frameImages": rows(_frame, least=1, most=2),
                "video": _film,
                "referenceVideos": rows(_film, least=1, most=1),
                "elements": rows(_ELEMENT, least=1, most=3),
            },
        ),
        "providerSettings": fields(
            {},
            {
                "klingai": fields(
                    {},
                    {"keepOriginalSound": flag, "multiPrompt": rows(_SHOT, least=1, most=6), "sound": flag},
                )
            },
        ),
    },
)


def settings(task: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a task that is Kling's own."""
    klingai: dict[str, Any] = task.get("providerSettings", {}).get("klingai", {})
    return klingai


def frames(task: dict[str, Any]) -> dict[str, str]:
    """Return the frames by position; plain strings are first and last in this order."""
    found: dict[str, str] = {}
    for item, place in zip(task.get("inputs", {}).get("frameImages", ()), ("first", "last"), strict=False):
        position, image = (
            (item.get("frame", place), item["image"]) if isinstance(item, dict) else (place, item)
        )
        found[_POSITIONS[position]] = image
    return found


def faults(task: Any) -> Iterator[Fault]:
    """Yield what is wrong with one task of the array."""
    wrong = list(_SHAPE(task, ""))
    yield from wrong
    if wrong:
        return
    model, inputs = MODELS[task["model"]], task.get("inputs", {})
    yield from _prompts(task, model, inputs)
    yield from _frames(task, model, inputs)
    yield from _size(task, model, inputs)
    yield from _video(task, inputs)
    yield from _elements(inputs)
    if model.is_o1:
        yield from _o1(task, inputs)


def _prompts(task: dict[str, Any], model: Model, inputs: dict[str, Any]) -> Iterator[Fault]:
    shots = settings(task).get("multiPrompt")
    if shots and "positivePrompt" in task:
        yield Fault(
            "positivePrompt", "and providerSettings.klingai.multiPrompt exclude each other", "conflict"
        )
    elif not shots and "positivePrompt" not in task:
        yield Fault("positivePrompt", "is required without providerSettings.klingai.multiPrompt", "missing")
    if shots and model.is_o1:
        yield Fault("providerSettings.klingai.multiPrompt", "is not supported by this model", "unknown")
    elif shots:
        total, duration = sum(shot["duration"] for shot in shots), task.get("duration", 5)
        if total != duration:
            yield Fault("providerSettings.klingai.multiPrompt", f"lasts {total} s, duration is {duration} s")
    there = {
        "image": len(inputs.get("referenceImages", ())) + len(inputs.get("frameImages", ())),
        "element": len(inputs.get("elements", ())),
        "video": int("video" in inputs) + len(inputs.get("referenceVideos", ())),
    }
    yield from reference_faults("positivePrompt", task.get("positivePrompt", ""), there)
    for place, shot in enumerate(shots or ()):
        field = f"providerSettings.klingai.multiPrompt[{place}].prompt"
        yield from reference_faults(field, shot["prompt"], there)


def _frames(task: dict[str, Any], model: Model, inputs: dict[str, Any]) -> Iterator[Fault]:
    given = inputs.get("frameImages", ())
    found = frames(task)
    if len(found) < len(given):
        yield Fault("inputs.frameImages", "has two images for one position", "conflict")
    if given and "first" not in found:
        yield Fault("inputs.frameImages", "has a last frame without a first one", "conflict")
    if given and model.is_o1 and "referenceImages" in inputs:
        yield Fault("inputs.frameImages", "and inputs.referenceImages exclude each other", "conflict")


def _size(task: dict[str, Any], model: Model, inputs: dict[str, Any]) -> Iterator[Fault]:
    if ("width" in task) != ("height" in task):
        missing = "height" if "width" in task else "width"
        yield Fault(missing, "is required, width and height go together", "missing")
        return
    sized = "width" in task
    if sized and (task["width"], task["height"]) not in SIZES[model.tier]:
        allowed = ", ".join(f"{width}x{height}" for width, height in SIZES[model.tier])
        yield Fault("width", f"and height must be one of {allowed}")
    deciders = ["frameImages", "video", *(["referenceImages"] if model.is_o1 else [])]
    decided = [name for name in deciders if name in inputs]
    if sized and decided:
        yield Fault("width", f"and height cannot be sent together with inputs.{decided[0]}", "conflict")
    if "resolution" in task:
        yield from _resolution(task["resolution"], model, inputs, sized=sized)
    elif not sized and not decided and not (model.is_o1 and "referenceVideos" in inputs):
        yield Fault("width", "and height are required for this input", "missing")


def _resolution(value: str, model: Model, inputs: dict[str, Any], *, sized: bool) -> Iterator[Fault]:
    if model.is_o1:
        yield Fault("resolution", "is not supported by this model", "unknown")
    elif value != model.tier:
        yield Fault("resolution", f"must be {model.tier}")
    elif model.tier == "1080p" and "video" not in inputs:
        yield Fault("resolution", "can only be sent together with inputs.video", "conflict")
    elif not inputs:
        yield Fault("resolution", "can only be sent together with input media", "conflict")
    elif sized:
        yield Fault("resolution", "cannot be sent together with width and height", "conflict")


def _video(task: dict[str, Any], inputs: dict[str, Any]) -> Iterator[Fault]:
    kling = settings(task)
    if "video" not in inputs and "referenceVideos" not in inputs:
        if "keepOriginalSound" in kling:
            field = "providerSettings.klingai.keepOriginalSound"
            yield Fault(field, "can only be sent together with a video", "conflict")
        return
    if "video" in inputs:
        for name in ("referenceVideos", "frameImages", "elements"):
            if name in inputs:
                yield Fault(f"inputs.{name}", "cannot be sent together with inputs.video", "conflict")
        if "duration" in task:
            yield Fault("duration", "cannot be sent together with inputs.video", "conflict")
    for name in ("sound", "multiPrompt"):
        if kling.get(name):
            field = f"providerSettings.klingai.{name}"
            yield Fault(field, "cannot be sent together with a video", "conflict")
    if len(inputs.get("referenceImages", ())) + len(inputs.get("elements", ())) > 4:
        yield Fault("inputs.referenceImages", "takes at most 4 beside a video", "conflict")


def _elements(inputs: dict[str, Any]) -> Iterator[Fault]:
    elements = inputs.get("elements", ())
    if len(elements) + len(inputs.get("referenceImages", ())) > 7:
        yield Fault("inputs.referenceImages", "and inputs.elements hold at most 7 together", "conflict")
    for place, element in enumerate(elements):
        field = f"inputs.elements[{place}]"
        if "images" in element and "frontalImage" not in element:
            yield Fault(f"{field}.frontalImage", "is required beside images", "missing")
        if "videos" in element and ("images" in element or "voices" in element):
            yield Fault(f"{field}.videos", "cannot be sent together with images or voices", "conflict")
        elif "voices" in element and "images" not in element and "frontalImage" not in element:
            yield Fault(f"{field}.voices", "can only be sent together with images", "conflict")


def _o1(task: dict[str, Any], inputs: dict[str, Any]) -> Iterator[Fault]:
    if "elements" in inputs:
        yield Fault("inputs.elements", "is not supported by this model", "unknown")
    if "sound" in settings(task):
        yield Fault("providerSettings.klingai.sound", "is not supported by this model", "unknown")
    seconds = task.get("duration", 5)
    if seconds > 10:
        yield Fault("duration", "must be between 3 and 10 for this model")
    elif "frameImages" in inputs and seconds not in {5, 10}:
        yield Fault("duration", "must be 5 or 10 with frame images")
