"""What Runware refuses in a videoInference task for the Kling omni models, read from its model pages."""

from collections.abc import Iterator
from typing import Any

from kling_spec.sandbox._omni import reference_faults
from kling_spec.sandbox._runware_shapes import MODELS, SIZES, TASK, Model
from kling_spec.sandbox._shape import Fault
from kling_spec.sandbox._shelf import Shelf
from kling_spec.sandbox.runware_media_rules import shelf_faults

_POSITIONS = {"first": "first", "last": "last", 0: "first", -1: "last"}


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


def faults(task: Any, shelf: Shelf | None = None) -> Iterator[Fault]:
    """Yield what is wrong with one task of the array; without a shelf, names are taken on trust."""
    wrong = list(TASK(task, ""))
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
    if shelf is not None:
        yield from shelf_faults(inputs, shelf)


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
        if abs(total - duration) > 1e-6:
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
