"""Kling's element library, which serves both of its standards: create, query by either id, list."""

import time
from typing import Any

from kling_spec.sandbox import kling_elements_rules as rules
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Stage
from kling_spec.sandbox._kling_account import is_taken
from kling_spec.sandbox._kling_key import authorize
from kling_spec.sandbox._kling_words import (
    CODES,
    body_of,
    envelope,
    error,
    milliseconds,
    refusal,
    taken,
    troubled,
)
from kling_spec.sandbox._library import Element
from kling_spec.sandbox._pictures import content, is_url
from kling_spec.sandbox._shape import first
from kling_spec.sandbox._switches import FAIL, Trouble, digest_of
from kling_spec.sandbox._watched import CHANGES, Watched
from kling_spec.sandbox._wire import Answer, Call, RefusedError

_STATUS = {
    Stage.QUEUED: "submitted",
    Stage.RUNNING: "processing",
    Stage.SUCCEEDED: "succeed",
    Stage.FAILED: "failed",
}


class KlingElements:
    """Plays the general paths of api-singapore.klingai.com; its requests count as those of kling."""

    name = "kling"
    paths: tuple[str, ...] = ("/v1/general",)
    _elements = "/v1/general/advanced-custom-elements"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        path = call.path.rstrip("/")
        if path != self._elements and not path.startswith(f"{self._elements}/"):
            raise RefusedError(error(404, 1203, "The requested resource does not exist"))
        one = path.removeprefix(self._elements).removeprefix("/")
        match call.method, one:
            case "POST", "":
                self._admit(call, "element")
                return self._make(call)
            case "GET", "":
                self._admit(call, "list")
                return self._list(call)
            case "GET", _:
                self._admit(call, "poll")
                element = self._desk.library.find(one)
                if element is None:
                    raise RefusedError(error(404, 1203, "The task does not exist"))
                return envelope(self._task(element))
            case _:
                raise RefusedError(error(404, 1202, f"The method {call.method} is not valid here"))

    def refusal(self, _: Call, trouble: Trouble) -> Answer:
        """Return Kling's answer to a submit that gets into trouble."""
        return troubled(trouble)

    def trouble(self, status: int, message: str) -> Answer:
        """Return Kling's error body."""
        return error(status, CODES.get(status, 1200), message)

    def _admit(self, call: Call, kind: str) -> None:
        self._desk.book.count(self.name, kind)
        authorize(call, takes_tokens=True)

    def _make(self, call: Call) -> Answer:
        body = body_of(call)
        fault = first(rules.faults(body, self._desk.known))
        if fault is not None:
            raise RefusedError(refusal(fault))
        words = body["element_description"]
        digest = digest_of("element", body, without=("external_task_id",))
        if trouble := self._desk.switches.trouble(words, digest):
            raise RefusedError(troubled(trouble))
        client_id = body.get("external_task_id") or None
        if is_taken(self._desk, client_id):
            raise RefusedError(taken())
        element = self._desk.library.make(
            client_id=client_id,
            kind="images" if body["reference_type"] == "image_refer" else "video",
            created=time.time(),
            must_fail=FAIL in words,
            asked=self._with_addresses(body),
        )
        if element is None:
            raise RefusedError(taken())
        task = self._task(element)
        kept = ("task_id", "task_info", "created_at", "updated_at")
        return envelope({"task_status": "submitted", **{key: task[key] for key in kept}})

    def _list(self, call: Call) -> Answer:
        try:
            page, size = call.number("pageNum", 1, 1, 1000), call.number("pageSize", 30, 1, 500)
        except ValueError as wrong:
            raise RefusedError(error(400, 1201, str(wrong))) from None
        elements = self._desk.library.all()[(page - 1) * size : page * size]
        return envelope([self._task(element) for element in elements])

    def watched(self, element: Element) -> Watched | None:
        """Return what is told of the making of an element; None where nobody asked to be told."""
        url = element.asked.get("callback_url")
        if not url:
            return None
        return Watched(
            provider=self.name,
            job=element.task_id,
            url=url,
            subject=f"element {element.asked['element_name']}",
            stage=lambda: element.stage(time.time()),
            bodies=lambda stage: [self._task(element, stage)],
            words=_STATUS,
            changes=CHANGES,
        )

    def _task(self, element: Element, stage: Stage | None = None) -> dict[str, Any]:
        stage = stage or element.stage(time.time())
        over = stage.is_over
        task: dict[str, Any] = {
            "task_id": element.task_id,
            "task_status": _STATUS[stage],
            "task_status_msg": "The element could not be made" if stage is Stage.FAILED else "",
            "task_info": {"external_task_id": element.client_id or ""},
            "created_at": milliseconds(element.created),
            "updated_at": milliseconds(element.due if over else element.created),
        }
        if over:
            task["final_unit_deduction"] = "0"
        if stage is Stage.SUCCEEDED:
            task["task_result"] = {"elements": [self._shown(element)]}
        return task

    def _shown(self, element: Element) -> dict[str, Any]:
        asked = element.asked
        voice = asked.get("element_voice_id")
        return {
            "element_id": element.number,
            "element_name": asked["element_name"],
            "element_description": asked["element_description"],
            "reference_type": asked["reference_type"],
            "element_image_list": asked.get("element_image_list", {}),
            "element_video_list": asked.get("element_video_list", {}),
            "element_voice_info": {"voice_id": voice} if voice else {},
            "tag_list": asked.get("tag_list", []),
            "owned_by": "1000000",
            "status": "succeed",
        }

    def _with_addresses(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return a body whose images are all addresses, as Kling shows them afterwards."""
        if "element_image_list" not in body:
            return body
        given = body["element_image_list"]
        others = [{"image_url": self._address(image["image_url"])} for image in given["refer_images"]]
        images = {"frontal_image": self._address(given["frontal_image"]), "refer_images": others}
        return {**body, "element_image_list": images}

    def _address(self, value: str) -> str:
        if is_url(value):
            return value
        return f"{self._desk.url}{self._desk.uploads.keep('element.png', content(value) or b'')}"
