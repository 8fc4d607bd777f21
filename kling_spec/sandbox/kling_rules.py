"""What Kling's legacy omni endpoint refuses, read from its page and its changelog."""

from collections.abc import Callable, Iterator
from typing import Any

from kling_spec.sandbox._frame import Footage
from kling_spec.sandbox._omni import O1, SHAPES, V3, Omni, footage_faults, omni_faults
from kling_spec.sandbox._pictures import content, is_data_uri, is_url, picture_faults
from kling_spec.sandbox._shape import Fault, fields, text, word

_SHAPE = fields({}, {**SHAPES, "model_name": text(), "mode": word("std", "pro", "4k")})
_MODELS = (O1, V3)


def read(body: dict[str, Any]) -> Omni:
    """Return the view of a body that has no faults."""
    return Omni.read(body, model=body.get("model_name", O1), mode=body.get("mode", "pro"))


def knows_model(body: Any) -> bool:
    """Whether the model that the body names exists; none named is O1."""
    name = body.get("model_name", O1) if isinstance(body, dict) else O1
    return not isinstance(name, str) or name in _MODELS


def faults(body: Any, footage: Callable[[str], Footage | None] = lambda _: None) -> Iterator[Fault]:
    """Yield what is wrong with a body; combinations are only looked at when every shape is right."""
    wrong = list(_SHAPE(body, ""))
    yield from wrong
    if wrong:
        return
    omni = read(body)
    yield from _prompt(omni)
    yield from omni_faults(omni)
    if omni.mode == "4k" and omni.model != V3:
        yield Fault("mode", f"4k is offered by {V3} only", "conflict")
    if omni.model == O1 and omni.sound:
        yield Fault("sound", f"is not offered by {O1}", "conflict")
    if not (omni.frame("first_frame") or omni.video or "aspect_ratio" in body):
        yield Fault("aspect_ratio", "is required without a first frame and a video", "missing")
    yield from _images(omni)
    if omni.video and not is_url(omni.video["video_url"]):
        yield Fault("video_list[0].video_url", "must be a URL")
    yield from footage_faults(omni, footage)


def _prompt(omni: Omni) -> Iterator[Fault]:
    told_by_shots = omni.multi_shot and omni.shot_type == "customize"
    if not told_by_shots and not omni.prompt.strip():
        yield Fault("prompt", "must not be empty", "missing")


def _images(omni: Omni) -> Iterator[Fault]:
    for place, image in enumerate(omni.images):
        field, value = f"image_list[{place}].image_url", image["image_url"]
        if is_data_uri(value):
            yield Fault(field, "must be bare base64, without the data: prefix")
        elif not is_url(value):
            yield from picture_faults(field, content(value), formats=("JPEG", "PNG"), megabytes=10)
