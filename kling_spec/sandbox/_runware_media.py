"""Runware's storage: media taken in and given out by UUID, elements that tasks have made."""

from collections.abc import Iterator
from threading import Lock
from typing import Any
from uuid import UUID

from kling_spec.sandbox import runware_media_rules as rules
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._frame import Footage
from kling_spec.sandbox._known import Known
from kling_spec.sandbox._media_types import media_type
from kling_spec.sandbox._pictures import content, is_url
from kling_spec.sandbox._runware_words import TaskError, refusal, task_error
from kling_spec.sandbox._shape import Fault, first
from kling_spec.sandbox._shelf import MediaKind


class Storage:
    """Keeps media among the uploads, under their UUIDs; safe to use from many threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._elements: set[str] | None = None

    @property
    def known(self) -> Known:
        """What the server holds, whoever it was that brought it there."""
        return self._desk.known

    def store(self, task: dict[str, Any]) -> dict[str, Any]:
        """Take in, or give up, what a mediaStorage task says. Raises TaskError."""
        _check(rules.storage_faults(task), task)
        head = {"taskType": task["taskType"], "taskUUID": task["taskUUID"]}
        if task["operation"] == "delete":
            if not self._desk.uploads.drop(_hex(task["mediaUUID"])):
                message = "no media has this mediaUUID"
                raise TaskError(404, task_error("mediaNotFound", message, task, "mediaUUID"))
            return {**head, "mediaUUID": task["mediaUUID"]}
        uuid, url = self._take(task, "media", task["media"])
        return {**head, "mediaUUID": uuid, "mediaURL": url}

    def store_image(self, task: dict[str, Any]) -> dict[str, Any]:
        """Take in what an imageUpload task says. Raises TaskError."""
        _check(rules.image_faults(task), task)
        uuid, url = self._take(task, "image", task["image"])
        return {
            "taskType": task["taskType"],
            "taskUUID": task["taskUUID"],
            "imageUUID": uuid,
            "imageURL": url,
        }

    def address(self, value: str) -> str:
        """Return where a medium is found that a task names by its UUID; any other value as it is."""
        name = self._desk.uploads.named(_hex(value))
        if name is not None and name.endswith(".url"):
            return (self._desk.uploads.read(name) or b"").decode()
        if name is not None:
            return f"{self._desk.url}/files/{name}"
        return f"{self._desk.url}/clips/{_hex(value)}.mp4" if self._is_clip(value) else value

    def kind(self, uuid: str) -> MediaKind | None:
        """Return what a UUID stands for; None for one that nobody has stored."""
        name = self._desk.uploads.named(_hex(uuid))
        if name is None:
            return "video" if self._is_clip(uuid) else None
        if name.endswith(".url"):
            return "link"
        found = media_type(self._desk.uploads.read(name) or b"")
        return None if found is None else found.kind

    def picture(self, uuid_or_address: str) -> bytes | None:
        """Return the bytes of an image that is kept here."""
        return self._desk.picture(self.address(uuid_or_address))

    def footage(self, uuid_or_address: str) -> Footage | None:
        """Return the measures of a video that is kept here."""
        return self._desk.footage(self.address(uuid_or_address))

    def has_element(self, name: str) -> bool:
        """Whether an accepted task has made an element of this id."""
        with self._lock:
            return name in self._known_elements()

    def remember(self, task: dict[str, Any]) -> None:
        """Note the elements that an accepted task makes."""
        with self._lock:
            self._known_elements().update(_made_by(task))

    def _known_elements(self) -> set[str]:
        if self._elements is None:
            jobs = self._desk.jobs("runware")
            self._elements = {name for job in jobs for name in _made_by(job.order.body)}
        return self._elements

    def _is_clip(self, value: str) -> bool:
        return bool(_hex(value)) and self._desk.holds(f"{self._desk.url}/clips/{_hex(value)}.mp4")

    def _take(self, task: dict[str, Any], field: str, value: str) -> tuple[str, str]:
        data = self.picture(value) if is_url(value) else content(value)
        if is_url(value) and data is None:
            path = self._desk.uploads.keep("link.url", value.encode())
            return _uuid(path), value
        found = media_type(data or b"")
        if found is None or (field == "image" and found.kind != "image"):
            raise refusal(Fault(field, "holds no media that can be opened"), task)
        path = self._desk.uploads.keep(f"media{found.suffix}", data or b"")
        return _uuid(path), f"{self._desk.url}{path}"


def _made_by(task: dict[str, Any]) -> Iterator[str]:
    for element in task.get("inputs", {}).get("elements", ()):
        if rules.makes(element):
            yield element["id"]


def _check(faults: Iterator[Fault], task: dict[str, Any]) -> None:
    fault = first(faults)
    if fault is not None:
        raise refusal(fault, task)


def _hex(value: str) -> str:
    """Return a UUID without its dashes; empty for what is none."""
    return value.replace("-", "").lower() if rules.ANY_UUID.fullmatch(value) else ""


def _uuid(path: str) -> str:
    return str(UUID(path.rpartition("/")[2].partition(".")[0]))
