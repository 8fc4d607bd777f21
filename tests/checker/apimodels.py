"""Check bodies for APIModels, POST /api/v1/video/generations."""

from collections.abc import Iterator

from .legacy import O1, SHARED_RULES, V3, Request, Rule, shared_fields
from .links import Media, link
from .shape import Check, one_of, record

PATH = "/api/v1/video/generations"


def shape(model: str) -> Check:
    fields: dict[str, Check] = {
        "mode": one_of("std", "pro"),  # 4.2: 4k is not offered
        "callback_url": link(secure=True),
    }
    return record({"model": one_of(O1, V3)}, fields | shared_fields(model))


def something_given(request: Request) -> Iterator[str]:  # 4.2, 4.5.6
    if not (request.prompt.strip() or request.images or request.videos):
        yield "one of prompt, image_list and video_list is needed"


RULES: tuple[Rule, ...] = (*SHARED_RULES, something_given)


def faults(path: str, body: object, media: Media) -> list[str]:
    if path != PATH:
        return [f"the path is {PATH}, not {path}"]
    model = O1 if isinstance(body, dict) and body.get("model") == O1 else V3
    wrong = list(shape(model)(body, "body"))
    if wrong or not isinstance(body, dict):
        return wrong
    request = Request(body, model, media)
    return [fault for rule in RULES for fault in rule(request)]
