"""What APIModels refuses: its own few rules, and those of the omni endpoint that it forwards to."""

from collections.abc import Iterator
from typing import Any

from kling_spec.sandbox._films import kling_film_faults
from kling_spec.sandbox._known import NOTHING, Known
from kling_spec.sandbox._omni import FILMS, O1, SHAPES, V3, Omni, omni_faults
from kling_spec.sandbox._pictures import is_url, kling_picture_faults
from kling_spec.sandbox._shape import Fault, fields, word

MODELS = (O1, V3)
_PASSED_ON = {
    key: shape for key, shape in SHAPES.items() if key not in {"external_task_id", "watermark_info"}
}
_SHAPE = fields({"model": word(*MODELS)}, {**_PASSED_ON, "mode": word("std", "pro")})


def read(body: dict[str, Any]) -> Omni:
    """Return the view of a body that has no faults; its mode is std unless the body says otherwise."""
    return Omni.read(body, model=body["model"], mode=body.get("mode", "std"))


def faults(body: Any, known: Known = NOTHING) -> Iterator[Fault]:
    """Yield what is wrong with a body."""
    wrong = list(_SHAPE(body, ""))
    yield from wrong
    if wrong:
        return
    omni = read(body)
    if not (omni.words.strip() or omni.images or omni.video):
        yield Fault("prompt", "is required without image_list and video_list", "missing")
    yield from omni_faults(omni, known)
    if omni.sound and omni.keeps_sound:
        yield Fault("sound", "and keep_original_sound exclude each other", "conflict")
    for place, image in enumerate(omni.images):
        field = f"image_list[{place}].image_url"
        if is_url(image["image_url"]):
            yield from kling_picture_faults(field, image["image_url"], known, megabytes=10)
        else:
            yield Fault(field, "must be a URL; upload the file first")
    if omni.video:
        address = omni.video["video_url"]
        yield from kling_film_faults("video_list[0].video_url", address, known, FILMS[omni.model])
