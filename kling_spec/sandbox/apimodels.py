"""APIModels' omni endpoint: create and query, the upload of files, the list of models."""

import json
import secrets
from dataclasses import replace
from typing import Any

from kling_spec.sandbox import apimodels_rules as rules
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Job, Order, Stage
from kling_spec.sandbox._media_types import media_type
from kling_spec.sandbox._omni import Omni
from kling_spec.sandbox._schema import schema_faults
from kling_spec.sandbox._shape import first
from kling_spec.sandbox._switches import Trouble, digest_of
from kling_spec.sandbox._touch import touched
from kling_spec.sandbox._uploads import read_multipart
from kling_spec.sandbox._watched import Watched, watched_job
from kling_spec.sandbox._wire import Answer, Call, RefusedError

_STATE = {
    Stage.QUEUED: "pending",
    Stage.RUNNING: "processing",
    Stage.STORING: "processing",
    Stage.SUCCEEDED: "completed",
    Stage.FAILED: "failed",
}
_TROUBLES = {
    Trouble.REFUSED: (400, "Content policy violation"),
    Trouble.BROKE: (402, "Payment Required - Insufficient credits"),
    Trouble.BUSY: (429, "Too Many Requests"),
    Trouble.DOWN: (500, "Internal Server Error"),
}
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


class ApiModels:
    """Plays apimodels.app."""

    name = "apimodels"
    paths: tuple[str, ...] = ("/api",)

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        match call.method, call.path.rstrip("/"):
            case "POST", "/api/v1/video/generations":
                self._desk.book.count(self.name, "submit")
                self._authorize(call)
                return self._submit(call)
            case "GET", "/api/v1/video/generations":
                self._desk.book.count(self.name, "poll")
                self._authorize(call)
                return self._query(call)
            case "POST", "/api/v1/files":
                self._desk.book.count(self.name, "upload")
                self._authorize(call)
                return self._upload(call)
            case "GET", "/api/v1/models":
                self._desk.book.count(self.name, "models")
                self._authorize(call)
                return _envelope([{"id": name, "object": "model", "type": "video"} for name in rules.MODELS])
            case _, "/api/v1/video/generations" | "/api/v1/files" | "/api/v1/models":
                raise RefusedError(_error(405, f"{call.method} is not allowed here"))
            case _:
                raise RefusedError(_error(404, "Not Found"))

    def refusal(self, _: Call, trouble: Trouble) -> Answer:
        """Return APIModels' answer to a submit that gets into trouble."""
        return _error(*_TROUBLES[trouble])

    def trouble(self, status: int, message: str) -> Answer:
        """Return APIModels' error body."""
        return _error(status, message)

    def _authorize(self, call: Call) -> None:
        if not call.bearer:
            raise RefusedError(_error(401, "Unauthorized - Invalid API key"))

    def _submit(self, call: Call) -> Answer:
        try:
            body = call.json()
        except ValueError as error:
            raise RefusedError(_error(400, f"the body is not JSON: {error}")) from None
        fault = first(rules.faults(body, self._desk.known)) or first(schema_faults(self.name, body))
        if fault is not None:
            raise RefusedError(_error(400, f"{fault.field} {fault.message}"))
        omni = rules.read(body)
        if trouble := self._desk.switches.trouble(omni.words, digest_of(self.name, body)):
            raise RefusedError(_error(*_TROUBLES[trouble]))
        job = self._desk.accept(self._order(call, body, omni), f"cl{_letters(23)}")
        if job is None:
            raise RefusedError(_error(500, "Internal Server Error"))
        return _envelope(self._head(job, "pending"))

    def _order(self, call: Call, body: dict[str, Any], omni: Omni) -> Order:
        extra = "sound" if omni.sound else "keep" if omni.keeps_sound else ""
        order = omni.order(self.name, call, body)
        return replace(order, rate=f"{omni.mode} {extra}".strip(), failures_are_free=True)

    def _query(self, call: Call) -> Answer:
        name = call.query.get("task_id", "")
        if not name:
            raise RefusedError(_error(400, "task_id is required"))
        job = self._desk.job(self.name, name)
        if job is None:
            raise RefusedError(_error(404, "Not Found - Task ID not found"))
        return _envelope(self._task(job, self._desk.stage(job)))

    def watched(self, job: Job) -> Watched | None:
        """Return what is told of a job: its end, with the order and the result as JSON in strings."""
        url = job.order.body.get("callback_url")
        return watched_job(
            self.name, self._desk, job, url,
            bodies=lambda stage: [self._notice(job, stage)],
            words=_STATE,
        )  # fmt: skip

    def _notice(self, job: Job, stage: Stage) -> dict[str, Any]:
        task = touched(self._desk.mishaps, job, self._task(job, stage))
        result = {"resultUrls": task.pop("resultUrls", None), "videoDuration": job.clips[0].scene.seconds}
        data = {
            "failCode": None,
            "failMsg": None,
            **task,
            "param": json.dumps(job.order.body),
            "resultJson": json.dumps(result) if stage is Stage.SUCCEEDED else None,
            "costTime": task["completeTime"] - task["createTime"],
        }
        return {"code": 200, "msg": "success", "data": data}

    def _task(self, job: Job, stage: Stage) -> dict[str, Any]:
        data = self._head(job, _STATE[stage])
        data["createTime"] = int(job.created * 1000)
        if stage in {Stage.SUCCEEDED, Stage.FAILED}:
            data["completeTime"] = int(self._desk.finished(job) * 1000)
        if stage is Stage.SUCCEEDED:
            data["resultUrls"] = [self._desk.clip_url(clip) for clip in job.clips]
        if stage is Stage.FAILED:
            data["failMsg"] = job.trouble() or "Content policy violation"
        return data

    def _upload(self, call: Call) -> Answer:
        found = read_multipart(call.headers.get("content-type", ""), call.body, "file")
        if found is None or not found[1]:
            raise RefusedError(_error(400, "file is required, as a field of a multipart form"))
        name, data = found
        found_type = media_type(data)
        path = self._desk.uploads.keep(f"file{found_type.suffix}" if found_type else name, data)
        return _envelope({"publicUrl": f"{self._desk.url}{path}"})

    def _head(self, job: Job, state: str) -> dict[str, Any]:
        return {"taskId": job.id, "state": state, "model": f"kling-video/{job.order.model}"}


def _envelope(data: Any) -> Answer:
    return Answer(body={"code": 200, "msg": "success", "data": data})


def _error(status: int, message: str) -> Answer:
    return Answer(status=status, body={"code": status, "msg": message})


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
