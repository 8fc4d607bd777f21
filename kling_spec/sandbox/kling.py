"""Kling's legacy omni endpoint: create, query by either id, list."""

import secrets
from typing import Any

from kling_spec.sandbox import kling_rules as rules
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Job, Order, Stage
from kling_spec.sandbox._schema import schema_faults
from kling_spec.sandbox._shape import Fault, first
from kling_spec.sandbox._switches import REFUSE, digest_of
from kling_spec.sandbox._wire import Answer, Call, RefusedError

_STATUS = {
    Stage.QUEUED: "submitted",
    Stage.RUNNING: "processing",
    Stage.STORING: "processing",
    Stage.SUCCEEDED: "succeed",
    Stage.FAILED: "failed",
}
_TIERS = {"std": "720p", "pro": "1080p", "4k": "4k"}
_CODES = {400: 1200, 401: 1000, 404: 1202, 405: 1202, 411: 1200, 413: 1200, 500: 5000}


class Kling:
    """Plays api-singapore.klingai.com as its legacy page describes it."""

    name = "kling"
    paths: tuple[str, ...] = ("/v1/videos",)
    _omni = "/v1/videos/omni-video"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        path = call.path.rstrip("/")
        if path != self._omni and not path.startswith(f"{self._omni}/"):
            raise RefusedError(_error(404, 1203, "The requested resource does not exist"))
        one = path.removeprefix(self._omni).removeprefix("/")
        match call.method, one:
            case "POST", "":
                self._desk.book.count(self.name, "submit")
                self._authorize(call)
                return self._submit(call)
            case "GET", "":
                self._desk.book.count(self.name, "list")
                self._authorize(call)
                return self._list(call)
            case "GET", _:
                self._desk.book.count(self.name, "poll")
                self._authorize(call)
                return self._query(one)
            case _:
                raise RefusedError(_error(404, 1202, f"The method {call.method} is not valid here"))

    def trouble(self, status: int, message: str) -> Answer:
        """Return Kling's error body."""
        return _error(status, _CODES.get(status, 1200), message)

    def _authorize(self, call: Call) -> None:
        if call.bearer is None:
            raise RefusedError(_error(401, 1001, "Authorization is empty"))
        if not call.bearer:
            raise RefusedError(_error(401, 1000, "Authentication failed, a Bearer token is needed"))

    def _submit(self, call: Call) -> Answer:
        try:
            body = call.json()
        except ValueError as error:
            raise RefusedError(_error(400, 1200, f"The body is not JSON: {error}")) from None
        self._check(body)
        omni = rules.read(body)
        digest = digest_of(self.name, body, without=("external_task_id",))
        if REFUSE in omni.words:
            raise RefusedError(_error(400, 1301, "The prompt triggers the content safety policy"))
        if self._desk.switches.is_busy(omni.words, digest):
            raise RefusedError(_busy())
        kind = "video" if omni.video else "sound" if omni.sound else ""
        order = Order(
            provider=self.name,
            model=omni.model,
            prompt=omni.words,
            body=body,
            client_id=body.get("external_task_id") or None,
            task=call.task,
            seconds=omni.seconds,
            tier=_TIERS[omni.mode],
            ratio=body.get("aspect_ratio"),
            sound=omni.sound,
            keeps_sound=omni.keeps_sound,
            first_frame=omni.frame("first_frame"),
            edited=omni.video["video_url"] if omni.video and omni.edits else None,
            rate=f"{omni.mode} {kind}".strip(),
        )
        job = self._desk.accept(order, str(secrets.randbelow(9 * 10**17) + 10**17))
        if job is None:
            raise RefusedError(_error(400, 1201, "external_task_id has been used before by this account"))
        data = {
            "task_id": job.id,
            "task_info": {"external_task_id": order.client_id or ""},
            "task_status": "submitted",
            "created_at": _milliseconds(job.created),
            "updated_at": _milliseconds(job.created),
        }
        return _envelope(data)

    def _check(self, body: Any) -> None:
        if not rules.knows_model(body):
            raise RefusedError(_error(404, 1203, "model_name: the model does not exist"))
        fault = first(rules.faults(body, self._desk.footage)) or first(schema_faults(self.name, body))
        if fault is not None:
            raise RefusedError(_refusal(fault))

    def _query(self, name: str) -> Answer:
        job = self._desk.job(self.name, name)
        if job is None:
            raise RefusedError(_error(404, 1203, "The task does not exist"))
        return _envelope(self._task(job))

    def _list(self, call: Call) -> Answer:
        try:
            page, size = call.number("pageNum", 1, 1, 1000), call.number("pageSize", 30, 1, 500)
        except ValueError as error:
            raise RefusedError(_error(400, 1201, str(error))) from None
        jobs = self._desk.jobs(self.name)[(page - 1) * size : page * size]
        return _envelope([self._task(job) for job in jobs])

    def _task(self, job: Job) -> dict[str, Any]:
        stage = self._desk.stage(job)
        over = stage in {Stage.SUCCEEDED, Stage.FAILED}
        updated = self._desk.finished(job) if over else job.created
        watermark = job.order.body.get("watermark_info", {}).get("enabled", False)
        task: dict[str, Any] = {
            "task_id": job.id,
            "task_status": _STATUS[stage],
            "task_status_msg": "",
            "task_info": {"external_task_id": job.order.client_id or ""},
            "watermark_info": {"enabled": watermark},
            "created_at": _milliseconds(job.created),
            "updated_at": _milliseconds(updated),
        }
        if stage is Stage.FAILED:
            task["task_status_msg"] = job.trouble() or "Failure to pass the risk control system"
        if stage is Stage.SUCCEEDED:
            task["task_result"] = {"videos": [self._video(job, watermark=watermark)]}
        if over and job.charge.units is not None:
            task["final_unit_deduction"] = f"{job.charge.units:f}"
        return task

    def _video(self, job: Job, *, watermark: bool) -> dict[str, Any]:
        clip = job.clips[0]
        url = self._desk.clip_url(clip)
        video = {"id": clip.id, "url": url, "duration": f"{clip.scene.seconds:g}"}
        return {**video, "watermark_url": url} if watermark else video


def _envelope(data: Any) -> Answer:
    return Answer(body={"code": 0, "message": "SUCCEED", "request_id": secrets.token_hex(16), "data": data})


def _error(status: int, code: int, message: str) -> Answer:
    return Answer(status=status, body={"code": code, "message": message, "request_id": secrets.token_hex(16)})


def _refusal(fault: Fault) -> Answer:
    return _error(400, 1201, f"{fault.field} {fault.message}")


def _busy() -> Answer:
    return _error(429, 1303, "Parallel tasks exceed the limit of the resource pack")


def _milliseconds(time: float) -> int:
    return int(time * 1000)
