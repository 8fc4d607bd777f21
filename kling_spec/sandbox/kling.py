"""Kling's legacy omni endpoint: create, query by either id, list."""

import secrets
from dataclasses import replace
from typing import Any

from kling_spec.sandbox import kling_rules as rules
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Job, Stage
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
from kling_spec.sandbox._schema import schema_faults
from kling_spec.sandbox._shape import first
from kling_spec.sandbox._switches import Trouble, digest_of
from kling_spec.sandbox._touch import touched
from kling_spec.sandbox._watched import CHANGES, Watched, watched_job
from kling_spec.sandbox._wire import Answer, Call, RefusedError

_STATUS = {
    Stage.QUEUED: "submitted",
    Stage.RUNNING: "processing",
    Stage.STORING: "processing",
    Stage.SUCCEEDED: "succeed",
    Stage.FAILED: "failed",
}


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
            raise RefusedError(error(404, 1203, "The requested resource does not exist"))
        one = path.removeprefix(self._omni).removeprefix("/")
        match call.method, one:
            case "POST", "":
                self._desk.book.count(self.name, "submit")
                authorize(call, takes_tokens=True)
                return self._submit(call)
            case "GET", "":
                self._desk.book.count(self.name, "list")
                authorize(call, takes_tokens=True)
                return self._list(call)
            case "GET", _:
                self._desk.book.count(self.name, "poll")
                authorize(call, takes_tokens=True)
                return self._query(one)
            case _:
                raise RefusedError(error(404, 1202, f"The method {call.method} is not valid here"))

    def refusal(self, _: Call, trouble: Trouble) -> Answer:
        """Return Kling's answer to a submit that gets into trouble."""
        return troubled(trouble)

    def trouble(self, status: int, message: str) -> Answer:
        """Return Kling's error body."""
        return error(status, CODES.get(status, 1200), message)

    def _submit(self, call: Call) -> Answer:
        body = body_of(call)
        self._check(body)
        omni = rules.read(body)
        digest = digest_of(self.name, body, without=("external_task_id",))
        if trouble := self._desk.switches.trouble(omni.words, digest):
            raise RefusedError(troubled(trouble))
        kind = "video" if omni.video else "sound" if omni.sound else ""
        order = replace(
            omni.order(self.name, call, body),
            client_id=body.get("external_task_id") or None,
            rate=f"{omni.mode} {kind}".strip(),
        )
        if is_taken(self._desk, order.client_id):
            raise RefusedError(taken())
        job = self._desk.accept(order, str(secrets.randbelow(9 * 10**17) + 10**17))
        if job is None:
            raise RefusedError(taken())
        data = {
            "task_id": job.id,
            "task_info": {"external_task_id": order.client_id or ""},
            "task_status": "submitted",
            "created_at": milliseconds(job.created),
            "updated_at": milliseconds(job.created),
        }
        return envelope(data)

    def _check(self, body: Any) -> None:
        if not rules.knows_model(body):
            raise RefusedError(error(404, 1203, "model_name: the model does not exist"))
        fault = first(rules.faults(body, self._desk.known)) or first(schema_faults(self.name, body))
        if fault is not None:
            raise RefusedError(refusal(fault))

    def _query(self, name: str) -> Answer:
        job = self._desk.job(self.name, name)
        if job is None:
            raise RefusedError(error(404, 1203, "The task does not exist"))
        return envelope(self._task(job))

    def _list(self, call: Call) -> Answer:
        try:
            page, size = call.number("pageNum", 1, 1, 1000), call.number("pageSize", 30, 1, 500)
        except ValueError as wrong:
            raise RefusedError(error(400, 1201, str(wrong))) from None
        jobs = self._desk.jobs(self.name)[(page - 1) * size : page * size]
        return envelope([self._task(job) for job in jobs])

    def watched(self, job: Job) -> Watched | None:
        """Return what is told of a job: of every change, in the shape of a query, without its envelope."""
        url = job.order.body.get("callback_url")
        return watched_job(
            self.name, self._desk, job, url,
            bodies=lambda stage: [touched(self._desk.mishaps, job, self._task(job, stage))],
            words=_STATUS,
            changes=CHANGES,
        )  # fmt: skip

    def _task(self, job: Job, stage: Stage | None = None) -> dict[str, Any]:
        stage = stage or self._desk.stage(job)
        over = stage.is_over
        updated = self._desk.finished(job) if over else job.created
        watermark = job.order.body.get("watermark_info", {}).get("enabled", False)
        task: dict[str, Any] = {
            "task_id": job.id,
            "task_status": _STATUS[stage],
            "task_status_msg": "",
            "task_info": {"external_task_id": job.order.client_id or ""},
            "watermark_info": {"enabled": watermark},
            "created_at": milliseconds(job.created),
            "updated_at": milliseconds(updated),
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
