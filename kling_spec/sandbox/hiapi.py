"""HiAPI: tasks created with replays, queried and listed, and its public price list."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from kling_spec.sandbox import hiapi_rules as rules
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._hiapi_prices import catalogue
from kling_spec.sandbox._hiapi_words import envelope, error, troubled
from kling_spec.sandbox._job import Job, Order, Stage
from kling_spec.sandbox._post import is_here
from kling_spec.sandbox._schema import schema_faults
from kling_spec.sandbox._shape import first
from kling_spec.sandbox._switches import PROCESSING, Trouble, digest_of
from kling_spec.sandbox._touch import touched
from kling_spec.sandbox._watched import Watched, watched_job
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


class HiApi:
    """Plays api.hiapi.ai."""

    name = "hiapi"
    paths: tuple[str, ...] = ("/v1/tasks", "/api/pricing")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._held: set[str] = set()

    def answer(self, call: Call) -> Answer:
        """Answer one call."""
        if call.path.startswith("/api/"):
            return self._prices(call)
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
                raise RefusedError(error(405, f"{call.method} is not allowed here"))

    def refusal(self, _: Call, trouble: Trouble) -> Answer:
        """Return HiAPI's answer to a submit that gets into trouble."""
        return troubled(trouble)

    def trouble(self, status: int, message: str) -> Answer:
        """Return HiAPI's error body."""
        return error(status, message)

    def _authorize(self, call: Call) -> None:
        if not call.bearer:
            raise RefusedError(error(401, "a Bearer key is needed"))

    def _prices(self, call: Call) -> Answer:
        """Answer with the price list, which needs no key."""
        self._desk.book.count(self.name, "prices")
        if call.path.rstrip("/") != "/api/pricing":
            raise RefusedError(error(404, "there is nothing here", "NOT_FOUND"))
        if call.method != "GET":
            raise RefusedError(error(405, f"{call.method} is not allowed here"))
        return Answer(body=catalogue())

    def _submit(self, call: Call) -> Answer:
        try:
            body = call.json()
        except ValueError as wrong:
            raise RefusedError(error(400, f"the body is not JSON: {wrong}")) from None
        key = call.headers.get("idempotency-key") or None
        if key is None:
            return self._create(call, body, None)
        if len(key.encode()) > 255:
            raise RefusedError(error(400, "Idempotency-Key is longer than 255 bytes"))
        with self._hold(key):
            known = self._desk.job(self.name, key)
            answer = self._create(call, body, key) if known is None else self._replay(known, body)
            self._check_progress(body, key)
            return answer

    @contextmanager
    def _hold(self, key: str) -> Iterator[None]:
        """Keep a key to one request at a time."""
        with self._lock:
            is_free = key not in self._held
            self._held.add(key)
        if not is_free:
            raise RefusedError(_processing())
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(key)

    def _check_progress(self, body: Any, key: str) -> None:
        prompt = body["input"].get("prompt", "")
        if PROCESSING in prompt and self._desk.switches.is_early(PROCESSING, key):
            raise RefusedError(_processing())

    def _create(self, call: Call, body: Any, key: str | None) -> Answer:
        fault = first(rules.faults(body, self._desk.known)) or first(schema_faults(self.name, _outside(body)))
        if fault is not None:
            raise RefusedError(error(400, f"{fault.field} {fault.message}"))
        job = self._desk.accept(self._order(call, body, key), f"tk-hiapi-{_letters(26)}")
        if job is None:
            raise RefusedError(_processing())
        return envelope({"taskId": job.id})

    def _order(self, call: Call, body: dict[str, Any], key: str | None) -> Order:
        given = body["input"]
        prompt = given.get("prompt", "")
        if trouble := self._desk.switches.trouble(prompt, digest_of(self.name, body)):
            raise RefusedError(troubled(trouble))
        tier, sound = given.get("resolution", "1080p").lower(), given.get("sound", False)
        return Order(
            provider=self.name,
            model=body["model"],
            prompt=prompt,
            body=body,
            client_id=key,
            task=call.task,
            account=call.account,
            seconds=given.get("duration", 5),
            tier=tier,
            ratio=given.get("aspect_ratio"),
            sound=sound,
            first_frame=next(iter(given.get("image_urls", ())), None),
            rate=f"{tier} sound" if sound else tier,
        )

    def _replay(self, job: Job, body: Any) -> Answer:
        if not isinstance(body, dict) or digest_of(self.name, body) != job.digest:
            raise RefusedError(error(422, "the Idempotency-Key was used with another body"))
        answer = envelope({"taskId": job.id})
        return Answer(body=answer.body, headers={"Idempotent-Replay": "true"})

    def _query(self, name: str) -> Answer:
        job = self._desk.job(self.name, name)
        if job is None or job.id != name:
            raise RefusedError(error(404, "there is no such task"))
        return envelope(self._task(job))

    def _list(self, call: Call) -> Answer:
        try:
            page, size = call.number("page", 1, 1, 10**6), call.number("size", 20, 1, 100)
        except ValueError as wrong:
            raise RefusedError(error(400, str(wrong))) from None
        jobs = self._desk.jobs(self.name)
        tasks = [self._task(job) for job in jobs[(page - 1) * size : page * size]]
        return envelope({"tasks": tasks, "page": page, "size": size, "total": len(jobs)})

    def watched(self, job: Job) -> Watched | None:
        """Return what is told of a job: its end, as the bare task."""
        url = (job.order.body.get("callback") or {}).get("url")
        return watched_job(
            self.name, self._desk, job, url,
            bodies=lambda stage: [touched(self._desk.mishaps, job, self._task(job, stage))],
            words=_STATUS,
        )  # fmt: skip

    def _task(self, job: Job, stage: Stage | None = None) -> dict[str, Any]:
        stage = stage or self._desk.stage(job)
        over = stage.is_over
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


def _outside(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as it would be sent to HiAPI itself, which calls back by https only."""
    callback = body.get("callback")
    if callback is None or not is_here(callback["url"]):
        return body
    return {**body, "callback": {**callback, "url": "https://example.com/"}}


def _processing() -> Answer:
    return error(409, "the first request with this Idempotency-Key is still being worked on")


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
