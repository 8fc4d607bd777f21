"""What the omni paths of Kling's second standard refuse, read from their pages of September 2026."""

from collections.abc import Iterator
from typing import Any

from kling_spec.sandbox._aliases import alias_faults
from kling_spec.sandbox._contents import O1, OMNI, Contents
from kling_spec.sandbox._films import FilmLimit, kling_film_faults
from kling_spec.sandbox._kling_2026_counts import count_faults
from kling_spec.sandbox._known import NOTHING, Known
from kling_spec.sandbox._pictures import kling_picture_faults, link
from kling_spec.sandbox._shape import Fault, Shape, fields, flag, rows, text, whole, word
from kling_spec.sandbox._shot_prose import shot_faults

_FILMS = {
    OMNI: FilmLimit(longest=15.5, sides=(700, 4553), area=8_294_400, ratios=(0.4, 2)),
    O1: FilmLimit(longest=10, sides=(700, 2160)),
}
_FRAMES = ("first_frame", "last_frame")
_VIDEOS = ("feature_video", "base_video")


_OPTIONS = fields(
    {},
    {
        "callback_url": link,
        "external_task_id": text(longest=255),
        "watermark_info": fields({}, {"enabled": flag}),
    },
)


def _items(longest_prompt: int) -> dict[str, Shape]:
    name = text(shortest=1)
    media = {kind: fields({"type": word(kind), "url": name}, {"id": name}) for kind in (*_FRAMES, *_VIDEOS)}
    return {
        "prompt": fields({"type": word("prompt"), "text": text(shortest=1, longest=longest_prompt)}),
        **media,
        "refer_image": fields({"type": word("refer_image"), "url": name}, {"id": name}),
        "element": fields({"type": word("element"), "element_id": name, "id": name}),
    }


def _item(shapes: dict[str, Shape]) -> Shape:
    def check(value: Any, path: str) -> Iterator[Fault]:
        kind = value.get("type") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in shapes:
            yield from shapes[kind](value, path)
        elif isinstance(value, dict) and "type" in value:
            yield from word(*shapes)(kind, f"{path}.type")
        else:
            yield from fields({"type": word(*shapes)})(value, path)

    return check


def _body(longest_prompt: int, settings: dict[str, Shape]) -> Shape:
    return fields(
        {"contents": rows(_item(_items(longest_prompt)), least=1)},
        {
            "settings": fields({}, {**settings, "aspect_ratio": word("16:9", "9:16", "1:1")}),
            "options": _OPTIONS,
        },
    )


_SHAPES = {
    OMNI: _body(
        3072,
        {
            "multi_shot": flag,
            "audio": word("native", "original", "off"),
            "resolution": word("720p", "1080p", "4k"),
            "duration": whole(3, 15),
        },
    ),
    O1: _body(
        2500,
        {
            "audio": word("original", "off"),
            "resolution": word("720p", "1080p"),
            "duration": whole(3, 10),
        },
    ),
}
MODELS = tuple(_SHAPES)


def faults(body: Any, known: Known = NOTHING, *, model: str = OMNI) -> Iterator[Fault]:
    """Yield what is wrong with a body; combinations are only looked at when every shape is right."""
    wrong = list(_SHAPES[model](body, ""))
    yield from wrong
    if wrong:
        return
    asked = Contents.read(body, model=model)
    yield from _prompt(asked)
    yield from count_faults(asked, known)
    yield from _frames(asked)
    yield from _video(asked)
    yield from _media(asked, known)


def _prompt(asked: Contents) -> Iterator[Fault]:
    places = [f"{path}.text" for path, item in asked.placed() if item["type"] == "prompt"]
    if len(places) != 1 or not asked.prompt.strip():
        yield Fault("contents", "needs one prompt that says something", "conflict" if places else "missing")
        return
    if asked.multi_shot:
        yield from shot_faults(places[0], asked.prompt, asked.seconds)
    names = {f"{path}.id": item["id"] for path, item in asked.placed() if "id" in item}
    yield from alias_faults(names, places[0], asked.prompt)


def _frames(asked: Contents) -> Iterator[Fault]:
    first, last = asked.of("first_frame"), asked.of("last_frame")
    if len(first) > 1 or len(last) > 1:
        yield Fault("contents", "has more than one frame of a type", "conflict")
    if last and not first:
        yield Fault("contents", "has a last_frame without a first_frame", "conflict")
    if (first or last) and asked.of("base_video"):
        yield Fault("contents", "cannot hold frames while a base_video is edited", "conflict")
    if asked.model != O1:
        return
    if last and asked.of("feature_video"):
        yield Fault("contents", "takes no last_frame beside a feature_video", "conflict")
    if last and asked.of("refer_image", "element"):
        yield Fault("contents", "takes no refer_image and no element beside both frames", "conflict")
    alone = first and not last and not asked.of("refer_image", *_VIDEOS)
    if alone and asked.seconds not in {5, 10}:
        yield Fault("settings.duration", "must be 5 or 10 from a first_frame alone")


def _video(asked: Contents) -> Iterator[Fault]:
    if asked.video is None:
        if asked.audio == "original":
            yield Fault("settings.audio", "cannot be original without a video", "conflict")
        return
    if asked.audio == "native":
        yield Fault("settings.audio", "cannot be native when there is a video", "conflict")
    if asked.of("base_video") and asked.multi_shot:
        yield Fault("settings.multi_shot", "must be false while a base_video is edited", "conflict")
    if asked.of("feature_video") and asked.model != O1 and asked.audio == "original":
        yield Fault("settings.audio", "can only be off beside a feature_video", "conflict")


def _media(asked: Contents, known: Known) -> Iterator[Fault]:
    for path, item in asked.placed():
        field = f"{path}.url"
        if item["type"] in _VIDEOS:
            yield from kling_film_faults(field, item["url"], known, _FILMS[asked.model])
        elif "url" in item:
            yield from kling_picture_faults(field, item["url"], known, megabytes=50)
