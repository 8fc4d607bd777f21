"""Check bodies for Kling's older standard, POST /v1/videos/omni-video."""

from collections.abc import Iterator

from .legacy import O1, SHARED_RULES, V3, Request, Rule, shared_fields
from .links import Media, link
from .shape import Check, one_of, record

PATH = "/v1/videos/omni-video"


def shape(model: str) -> Check:
    modes = ("std", "pro") if model == O1 else ("std", "pro", "4k")  # 1.13.2
    fields: dict[str, Check] = {
        "model_name": one_of(O1, V3),
        "mode": one_of(*modes),
        "callback_url": link(empty=True),
    }
    return record({}, fields | shared_fields(model))


def prompt_given(request: Request) -> Iterator[str]:  # S3
    if not request.customized and not request.prompt.strip():
        yield "prompt must not be empty"


def prompt_heard(request: Request) -> Iterator[str]:  # 1.4
    if request.customized and request.prompt:
        yield "prompt is not read beside customized shots"


def aspect_given(request: Request) -> Iterator[str]:  # 1.13.11: beside a feature video not demanded
    free = "first_frame" in request.frames or request.videos
    if not free and "aspect_ratio" not in request.body:
        yield "aspect_ratio is needed without a first frame and without a video"


def aspect_not_given(request: Request) -> Iterator[str]:  # the page's third question
    if "aspect_ratio" not in request.body:
        return
    if request.edits:
        yield "aspect_ratio is not supported when a video is edited"
    if request.frames == ["first_frame"]:
        yield "aspect_ratio is not supported with a first frame alone"


def edit_has_no_duration(request: Request) -> Iterator[str]:  # the page's first question
    if request.edits and "duration" in request.body:
        yield "duration cannot be given when a video is edited"


def o1_is_silent(request: Request) -> Iterator[str]:  # 1.13.9
    if request.model == O1 and request.body.get("sound") == "on":
        yield "kling-video-o1 has no sound"


def o1_first_frame_duration(request: Request) -> Iterator[str]:  # 1.6
    alone = request.frames == ["first_frame"] and len(request.images) == 1
    alone = alone and not request.elements and not request.videos
    if request.model == O1 and alone and request.seconds not in {5, 10}:
        yield f"kling-video-o1 with a first frame alone lasts 5 or 10 s, not {request.seconds} s"


RULES: tuple[Rule, ...] = (
    *SHARED_RULES,
    prompt_given,
    prompt_heard,
    aspect_given,
    aspect_not_given,
    edit_has_no_duration,
    o1_is_silent,
    o1_first_frame_duration,
)


def faults(path: str, body: object, media: Media) -> list[str]:
    if path.removesuffix("/") != PATH:
        return [f"the path is {PATH}, not {path}"]
    named = body.get("model_name") if isinstance(body, dict) else None
    model = V3 if named == V3 else O1  # the default is O1
    wrong = list(shape(model)(body, "body"))
    if wrong or not isinstance(body, dict):
        return wrong
    request = Request(body, model, media)
    return [fault for rule in RULES for fault in rule(request)]
