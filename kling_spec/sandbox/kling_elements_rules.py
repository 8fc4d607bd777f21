"""What Kling refuses when an element is made, read from its element management page of September 2026."""

from collections.abc import Iterator
from math import isclose
from typing import Any

from kling_spec.sandbox._films import FilmLimit, kling_film_faults
from kling_spec.sandbox._known import NOTHING, Known
from kling_spec.sandbox._pictures import kling_picture_faults, link
from kling_spec.sandbox._shape import Fault, fields, rows, text, word

_TAGS = tuple(f"o_{number}" for number in range(101, 109))
_URL = text(shortest=1)
_FILM = FilmLimit(shortest=3, longest=8, sides=(1080, 1920))
_SHAPE = fields(
    {
        "element_name": text(shortest=1, longest=20),
        "element_description": text(shortest=1, longest=100),
        "reference_type": word("image_refer", "video_refer"),
    },
    {
        "element_image_list": fields(
            {"frontal_image": _URL, "refer_images": rows(fields({"image_url": _URL}), least=1, most=3)}
        ),
        "element_video_list": fields({"refer_videos": rows(fields({"video_url": _URL}), least=1, most=1)}),
        "element_voice_id": text(),
        "tag_list": rows(fields({"tag_id": word(*_TAGS)})),
        "callback_url": link,
        "external_task_id": text(longest=255),
    },
)
_LISTS = {"image_refer": "element_image_list", "video_refer": "element_video_list"}


def faults(body: Any, known: Known = NOTHING) -> Iterator[Fault]:
    """Yield what is wrong with a body."""
    wrong = list(_SHAPE(body, ""))
    yield from wrong
    if wrong:
        return
    needed = _LISTS[body["reference_type"]]
    for name in _LISTS.values():
        if name == needed and name not in body:
            yield Fault(name, f"is required when reference_type is {body['reference_type']}", "missing")
        elif name != needed and name in body:
            yield Fault(name, f"cannot be used when reference_type is {body['reference_type']}", "conflict")
    for field, value in images(body).items():
        yield from kling_picture_faults(field, value, known, megabytes=10)
    for video in body.get("element_video_list", {}).get("refer_videos", ()):
        yield from _video("element_video_list.refer_videos[0].video_url", video["video_url"], known)


def images(body: dict[str, Any]) -> dict[str, str]:
    """Return the images of a body by the path where each one stands."""
    if "element_image_list" not in body:
        return {}
    given = body["element_image_list"]
    others = {
        f"element_image_list.refer_images[{place}].image_url": image["image_url"]
        for place, image in enumerate(given["refer_images"])
    }
    return {"element_image_list.frontal_image": given["frontal_image"], **others}


def _video(field: str, value: str, known: Known) -> Iterator[Fault]:
    yield from kling_film_faults(field, value, known, _FILM)
    film = known.footage(value)
    if film is not None:
        short, long = sorted((film.width, film.height))
        if not isclose(long / short, 16 / 9, rel_tol=0.02):
            yield Fault(field, f"is {film.width}x{film.height}, neither 16:9 nor 9:16")
