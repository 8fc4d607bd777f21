"""What Runware refuses of media: in the tasks that store them, and where a task names or carries them."""

import re
from collections.abc import Iterator
from typing import Any

from kling_spec.sandbox._films import FilmLimit, film_faults
from kling_spec.sandbox._links import KLING_FILMS, KLING_IMAGES, link_faults
from kling_spec.sandbox._pictures import content, is_data_uri, is_url, picture_faults
from kling_spec.sandbox._shape import Fault, Shape, fields, text, word
from kling_spec.sandbox._shelf import Shelf

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
ANY_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FORMATS = ("JPEG", "PNG", "WEBP")
_IMAGES = KLING_IMAGES | {".webp"}
_FILMS = KLING_FILMS | {".webm"}
_FILM = FilmLimit(longest=15.5, sides=(700, 4553))


def uuid4(value: Any, path: str) -> Iterator[Fault]:
    """Demand a UUID of version 4."""
    if not isinstance(value, str) or not UUID4.fullmatch(value):
        yield Fault(path, "must be a UUID of version 4")


def image(value: Any, path: str) -> Iterator[Fault]:
    """Demand a UUID, a URL, a data URI or base64 that holds an image."""
    if not isinstance(value, str):
        yield Fault(path, "must be a string")
    elif not is_url(value) and not ANY_UUID.fullmatch(value):
        yield from picture_faults(path, content(value), formats=_FORMATS, megabytes=50)


def film(value: Any, path: str) -> Iterator[Fault]:
    """Demand a UUID or a URL."""
    is_text = isinstance(value, str)
    if not is_text or is_data_uri(value) or not (is_url(value) or ANY_UUID.fullmatch(value)):
        yield Fault(path, "must be a URL or a UUID")


def sound(value: Any, path: str) -> Iterator[Fault]:
    """Demand a UUID, a URL, a data URI or base64."""
    if not isinstance(value, str) or not value:
        yield Fault(path, "must be a UUID, a URL, a data URI or base64")


_UPLOAD: Shape = fields(
    {
        "taskType": word("mediaStorage"),
        "taskUUID": uuid4,
        "operation": word("upload"),
        "media": text(shortest=1),
    }
)
_DELETE: Shape = fields(
    {"taskType": word("mediaStorage"), "taskUUID": uuid4, "operation": word("delete"), "mediaUUID": uuid4}
)
_IMAGE_UPLOAD: Shape = fields({"taskType": word("imageUpload"), "taskUUID": uuid4, "image": text(shortest=1)})


def storage_faults(task: Any) -> Iterator[Fault]:
    """Yield what is wrong with a mediaStorage task."""
    operation = task.get("operation")
    if operation not in ("upload", "delete"):
        missing = "operation" not in task
        yield Fault("operation", "must be one of upload, delete", "missing" if missing else "value")
        return
    yield from (_UPLOAD if operation == "upload" else _DELETE)(task, "")


def image_faults(task: Any) -> Iterator[Fault]:
    """Yield what is wrong with an imageUpload task."""
    yield from _IMAGE_UPLOAD(task, "")


def makes(element: dict[str, Any]) -> bool:
    """Whether an element comes with what it is to be made of."""
    return "frontalImage" in element or "videos" in element


def shelf_faults(inputs: dict[str, Any], shelf: Shelf) -> Iterator[Fault]:
    """Yield what a task names and the account does not have, and what is wrong with what it has."""
    for field, value in _images(inputs):
        yield from _named(field, value, "image", shelf)
        if is_url(value):
            yield from link_faults(field, value, shelf.known, endings=_IMAGES)
        data = shelf.picture(value)
        if data is not None:
            yield from picture_faults(field, data, formats=_FORMATS, megabytes=50)
    for field, value in _films(inputs):
        yield from _named(field, value, "video", shelf)
        if is_url(value):
            yield from link_faults(field, value, shelf.known, endings=_FILMS)
        yield from film_faults(field, shelf.footage(value), _FILM)
    for place, element in enumerate(inputs.get("elements", ())):
        for kind, name in (("video", "videos"), ("audio", "voices")):
            for number, value in enumerate(element.get(name, ())):
                yield from _named(f"inputs.elements[{place}].{name}[{number}]", value, kind, shelf)
        if not makes(element) and not shelf.has_element(element["id"]):
            yield Fault(f"inputs.elements[{place}].id", "names an element that was never made")


def _named(field: str, value: str, kind: str, shelf: Shelf) -> Iterator[Fault]:
    if not ANY_UUID.fullmatch(value):
        return
    found = shelf.kind(value)
    if found is None:
        yield Fault(field, "names media that were never stored")
    elif found not in {kind, "link"}:
        yield Fault(field, f"names media that hold {found}, {kind} is needed")


def _images(inputs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for place, value in enumerate(inputs.get("referenceImages", ())):
        yield f"inputs.referenceImages[{place}]", value
    for place, item in enumerate(inputs.get("frameImages", ())):
        yield f"inputs.frameImages[{place}]", item["image"] if isinstance(item, dict) else item
    for place, element in enumerate(inputs.get("elements", ())):
        field = f"inputs.elements[{place}]"
        if "frontalImage" in element:
            yield f"{field}.frontalImage", element["frontalImage"]
        for number, value in enumerate(element.get("images", ())):
            yield f"{field}.images[{number}]", value


def _films(inputs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "video" in inputs:
        yield "inputs.video", inputs["video"]
    for place, value in enumerate(inputs.get("referenceVideos", ())):
        yield f"inputs.referenceVideos[{place}]", value
