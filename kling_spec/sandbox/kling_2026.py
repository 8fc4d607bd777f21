"""Kling's second standard: the model in the path, contents, settings and options in the body."""

import secrets
from typing import Any

from kling_spec.sandbox import kling_2026_rules as rules
from kling_spec.sandbox._contents import Contents
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Job, Order
from kling_spec.sandbox._kling_account import is_taken
from kling_spec.sandbox._kling_key import authorize
from kling_spec.sandbox._kling_tasks import STATUS, SearchError, page_of, task_of
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


class Kling2026:
    """Plays the omni paths and the shared task paths of api-singapore.klingai.com."""

    name = "kling-2026"
    paths: tuple[str, ...] = ("/omni-video", "/tasks")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        path = call.path.rstrip("/")
        match call.method, path:
            case "GET", "/tasks":
                self._admit(call, "poll")
                return self._query(call)
            case "POST", "/tasks":
                self._admit(call, "list")
                return self._list(call)
            case "POST", _ if path.startswith("/omni-video/"):
                self._admit(call, "submit")
                return self._submit(call, path.removeprefix("/omni-video/"))
            case _, "/tasks":
                raise RefusedError(error(404, 1202, f"The method {call.method} is not valid here"))
            case _ if path.removeprefix("/omni-video/") in rules.MODELS:
                raise RefusedError(error(404, 1202, f"The method {call.method} is not valid here"))
            case _:
                raise RefusedError(error(404, 1203, "The requested resource does not exist"))

    def refusal(self, _: Call, trouble: Trouble) -> Answer:
        """Return Kling's answer to a submit that gets into trouble."""
        return troubled(trouble)

    def trouble(self, status: int, message: str) -> Answer:
        """Return Kling's error body."""
        return error(status, CODES.get(status, 1200), message)

    def watched(self, job: Job) -> Watched | None:
        """Return what is told of a job: of every change, in the shape of a query, without its envelope."""
        url = job.order.body.get("options", {}).get("callback_url")
        return watched_job(
            self.name, self._desk, job, url,
            bodies=lambda stage: [touched(self._desk.mishaps, job, task_of(self._desk, job, stage))],
            words=STATUS,
            changes=CHANGES,
        )  # fmt: skip

    def _admit(self, call: Call, kind: str) -> None:
        self._desk.book.count(self.name, kind)
        authorize(call, takes_tokens=False)

    def _submit(self, call: Call, model: str) -> Answer:
        if model not in rules.MODELS:
            raise RefusedError(error(404, 1203, "The model does not exist"))
        body = body_of(call)
        fault = first(rules.faults(body, self._desk.known, model=model))
        fault = fault or first(schema_faults(self.name, body))
        if fault is not None:
            raise RefusedError(refusal(fault))
        asked = Contents.read(body, model=model)
        digest = digest_of(f"{self.name}/{model}", body, without=("options",))
        if trouble := self._desk.switches.trouble(asked.prompt, digest):
            raise RefusedError(troubled(trouble))
        if is_taken(self._desk, asked.external_id):
            raise RefusedError(taken())
        job = self._desk.accept(self._order(call, body, asked), str(secrets.randbelow(9 * 10**17) + 10**17))
        if job is None:
            raise RefusedError(taken())
        created = milliseconds(job.created)
        return envelope(
            {
                "id": job.id,
                "status": "submitted",
                "create_time": created,
                "update_time": created,
                "external_id": asked.external_id or "",
            }
        )

    def _order(self, call: Call, body: Any, asked: Contents) -> Order:
        kind = "video" if asked.video else "sound" if asked.audio == "native" else ""
        return Order(
            provider=self.name,
            model=asked.model,
            prompt=asked.prompt,
            body=body,
            client_id=asked.external_id,
            task=call.task,
            account=call.account,
            seconds=asked.seconds,
            tier=asked.resolution,
            ratio=asked.ratio,
            sound=asked.audio == "native",
            keeps_sound=asked.audio == "original",
            first_frame=asked.url("first_frame"),
            edited=asked.url("base_video"),
            rate=f"{asked.resolution} {kind}".strip(),
        )

    def _query(self, call: Call) -> Answer:
        ours, theirs = call.query.get("external_task_ids", ""), call.query.get("task_ids", "")
        if ours and theirs:
            raise RefusedError(error(400, 1201, "task_ids and external_task_ids exclude each other"))
        if not ours and not theirs:
            raise RefusedError(error(400, 1201, "task_ids or external_task_ids is required"))
        found: dict[str, Job] = {}
        for name in filter(None, (part.strip() for part in (ours or theirs).split(","))):
            job = self._desk.job(self.name, name)
            if job is not None and name == (job.order.client_id if ours else job.id):
                found[job.id] = job
        return envelope([task_of(self._desk, job) for job in found.values()])

    def _list(self, call: Call) -> Answer:
        try:
            return envelope(page_of(self._desk, body_of(call), self._desk.jobs(self.name)))
        except SearchError as wrong:
            raise RefusedError(error(400, 1201, str(wrong))) from None
