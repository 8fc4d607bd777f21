"""What Kling's legacy omni endpoint refuses, read from its page and its changelog."""

from collections.abc import Iterator
from typing import Any

from kling_spec.sandbox._films import kling_film_faults
from kling_spec.sandbox._known import NOTHING, Known
from kling_spec.sandbox._omni import FILMS, O1, SHAPES, V3, Omni, omni_faults
from kling_spec.sandbox._pictures import kling_picture_faults
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


def faults(body: Any, known: Known = NOTHING) -> Iterator[Fault]:
    """Yield what is wrong with a body; combinations are only looked at when every shape is right."""
    wrong = list(_SHAPE(body, ""))
    yield from wrong
    if wrong:
        return
    omni = read(body)
    yield from _prompt(omni)
    yield from omni_faults(omni, known)
    if omni.mode == "4k" and omni.model != V3:
        yield Fault("mode", f"4k is offered by {V3} only", "conflict")
    if omni.model == O1 and omni.sound:
        yield Fault("sound", f"is not offered by {O1}", "conflict")
    if not (omni.frame("first_frame") or omni.video or "aspect_ratio" in body):
        yield Fault("aspect_ratio", "is required without a first frame and a video", "missing")
    for place, image in enumerate(omni.images):
        field = f"image_list[{place}].image_url"
        yield from kling_picture_faults(field, image["image_url"], known, megabytes=10)
    if omni.video:
        limit = FILMS.get(omni.model, FILMS[V3])
        yield from kling_film_faults("video_list[0].video_url", omni.video["video_url"], known, limit)


def _prompt(omni: Omni) -> Iterator[Fault]:
    told_by_shots = omni.multi_shot and omni.shot_type == "customize"
    if not told_by_shots and not omni.prompt.strip():
        yield Fault("prompt", "must not be empty", "missing")
