"""HiAPI's unified task API: create with replays, query, list."""

import secrets
from typing import Any

from kling_spec.sandbox import hiapi_rules as rules
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Job, Order, Stage
from kling_spec.sandbox._schema import schema_faults
from kling_spec.sandbox._shape import first
from kling_spec.sandbox._switches import REFUSE, digest_of
from kling_spec.sandbox._wire import Answer, Call, RefusedError

_STATUS = {
    Stage.QUEUED: "queued",
    Stage.RUNNING: "handling",
    Stage.STORING: "archiving",
    Stage.SUCCEEDED: "success",
    Stage.FAILED: "fail",
}
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WEEK = 7 * 24 * 3600
_CODES = {401: "UNAUTHORIZED", 404: "TASK_NOT_FOUND", 429: "RATE_LIMITED", 500: "INTERNAL_ERROR"}


class HiApi:
    """Plays api.hiapi.ai."""

    name = "hiapi"
    paths: tuple[str, ...] = ("/v1/tasks",)

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        one = call.path.removeprefix("/v1/tasks").strip("/")
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
                raise RefusedError(_error(405, f"{call.method} is not allowed here"))

    def trouble(self, status: int, message: str) -> Answer:
        """Return HiAPI's error body."""
        return _error(status, message)

    def _authorize(self, call: Call) -> None:
        if not call.bearer:
            raise RefusedError(_error(401, "a Bearer key is needed"))

    def _submit(self, call: Call) -> Answer:
        try:
            body = call.json()
        except ValueError as error:
            raise RefusedError(_error(400, f"the body is not JSON: {error}")) from None
        key = call.headers.get("idempotency-key") or None
        if key is not None and len(key.encode()) > 255:
            raise RefusedError(_error(400, "Idempotency-Key is longer than 255 bytes"))
        if key is not None and (known := self._desk.job(self.name, key)) is not None:
            return self._replay(known, body)
        fault = first(rules.faults(body)) or first(schema_faults(self.name, body))
        if fault is not None:
            raise RefusedError(_error(400, f"{fault.field} {fault.message}"))
        job = self._desk.accept(self._order(call, body, key), f"tk-hiapi-{_letters(26)}")
        if job is None:  # the same key won the race on another connection
            known = self._desk.job(self.name, key or "")
            return self._replay(known, body) if known else _error(409, "try again")
        return _envelope({"taskId": job.id})

    def _order(self, call: Call, body: dict[str, Any], key: str | None) -> Order:
        given = body["input"]
        prompt = given.get("prompt", "")
        if REFUSE in prompt:
            raise RefusedError(_error(400, "the prompt was refused by the content policy", "TASK_FAILED"))
        if self._desk.switches.is_busy(prompt, digest_of(self.name, body)):
            answer = _error(429, "too many requests")
            raise RefusedError(Answer(status=429, body=answer.body, headers={"Retry-After": "1"}))
        return Order(
            provider=self.name,
            model=body["model"],
            prompt=prompt,
            body=body,
            client_id=key,
            task=call.task,
            seconds=given.get("duration", 5),
            tier=given.get("resolution", "1080p").lower(),
            ratio=given.get("aspect_ratio"),
            sound=given.get("sound", False),
            first_frame=next(iter(given.get("image_urls", ())), None),
        )

    def _replay(self, job: Job, body: Any) -> Answer:
        if not isinstance(body, dict) or digest_of(self.name, body) != job.digest:
            message = "the Idempotency-Key was used with another body"
            raise RefusedError(_error(422, message, "IDEMPOTENCY_KEY_MISMATCH"))
        answer = _envelope({"taskId": job.id})
        return Answer(body=answer.body, headers={"Idempotent-Replay": "true"})

    def _query(self, name: str) -> Answer:
        job = self._desk.job(self.name, name)
        if job is None or job.id != name:
            raise RefusedError(_error(404, "there is no such task"))
        return _envelope(self._task(job))

    def _list(self, call: Call) -> Answer:
        try:
            page, size = call.number("page", 1, 1, 10**6), call.number("size", 20, 1, 100)
        except ValueError as error:
            raise RefusedError(_error(400, str(error))) from None
        jobs = self._desk.jobs(self.name)
        tasks = [self._task(job) for job in jobs[(page - 1) * size : page * size]]
        return _envelope({"tasks": tasks, "page": page, "size": size, "total": len(jobs)})

    def _task(self, job: Job) -> dict[str, Any]:
        stage = self._desk.stage(job)
        over = stage in {Stage.SUCCEEDED, Stage.FAILED}
        completed = int(self._desk.finished(job)) if over else 0
        task: dict[str, Any] = {
            "taskId": job.id,
            "model": job.order.model,
            "status": _STATUS[stage],
            "storage": job.order.body.get("storage", "temp"),
            "created": int(job.created),
            "completed": completed,
            "output": [],
        }
        if stage is Stage.SUCCEEDED:
            expires = completed + _WEEK
            task["output"] = [
                {"url": self._desk.clip_url(clip), "type": "video", "expireAt": expires} for clip in job.clips
            ]
        if stage is Stage.FAILED:
            message = job.trouble() or "the upstream model refused the content"
            task["error"] = {"code": "TASK_FAILED", "message": message}
        return task


def _envelope(data: Any) -> Answer:
    return Answer(body={"code": 200, "message": "success", "data": data})


def _error(status: int, message: str, error_code: str = "") -> Answer:
    word = error_code or _CODES.get(status, "INVALID_REQUEST")
    return Answer(status=status, body={"code": status, "message": message, "data": None, "error_code": word})


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
