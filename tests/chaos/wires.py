"""Five wire formats, each told from the provider's side and written from its documents alone."""

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

_SHOT = re.compile(r"heron-([a-z]+)")
PROVIDERS = ("kling", "kling-2026", "hiapi", "runware", "apimodels")
KEY_OF = {
    "kling": "KLING_API_KEY",
    "kling-2026": "KLING_API_KEY",
    "hiapi": "HIAPI_API_KEY",
    "runware": "RUNWARE_API_KEY",
    "apimodels": "APIMODELS_API_KEY",
}
URL_OF = {name: key.replace("API_KEY", "BASE_URL") for name, key in KEY_OF.items()}


@dataclass
class Call:
    """One request: what it is for, as far as its first lines tell, and what it holds."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    query: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.path)
        self.path = unquote(parts.path)
        self.query = {name: values[-1] for name, values in parse_qs(parts.query).items()}

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def shot(self) -> str:
        """The shot that is asked for, by its prompt: no id of the caller's is believed."""
        found = _SHOT.search(self.body.decode(errors="replace"))
        return found.group(1) if found else ""

    @property
    def digest(self) -> str:
        return sha256(self.body).hexdigest()


@dataclass
class Sight:
    """What may be seen of a task at this moment: its stage (0, 1, or 2 once it is made) and its clip."""

    job: str
    client: str
    stage: int
    url: str
    words: str = ""
    """A word for the state that no document lists, in place of the usual one."""


@dataclass
class Said:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class Desk(Protocol):
    """What a wire asks of the book."""

    def take(self, call: Call, client: str) -> tuple[str, bool]:
        """Charge for the task and return its job, and whether the client's id is new."""

    def known(self, client: str) -> str | None: ...

    def body_of(self, job: str) -> str: ...

    def see(self, name: str) -> Sight | None:
        """Show a task by its job or the client's id."""

    def all(self) -> list[Sight]: ...

    def keep(self, content: bytes) -> str:
        """Keep an uploaded file and return its address."""


class Wire:
    """A provider's manners: what a request is for, and how it is answered."""

    def stage(self, call: Call) -> str:
        """Return `submit`, `look` or `file`."""
        return "submit" if call.method == "POST" else "look"

    def submit(self, call: Call, desk: Desk) -> Said:
        raise NotImplementedError

    def look(self, call: Call, desk: Desk) -> Said:
        raise NotImplementedError

    def file(self, call: Call, desk: Desk) -> Said:
        raise NotImplementedError

    def hook(self, call: Call) -> str:
        """Return where the submit asks to be called back, or nothing."""
        return call.json.get("callback_url", "")

    def told(self, sight: Sight) -> Any:
        """Return what is sent there."""
        return self._task(sight)

    def _task(self, sight: Sight) -> Any:
        raise NotImplementedError

    def busy(self, number: int) -> Said:
        """Refuse for now, in one of several ways."""
        raise NotImplementedError

    def error(self, status: int, message: str) -> Any:
        return {"code": status, "message": message}


class Kling(Wire):
    """The first standard. An id that was used before is taken again, silently: nobody has proved otherwise."""

    words = ("submitted", "processing", "succeed")

    def submit(self, call: Call, desk: Desk) -> Said:
        job, _ = desk.take(call, call.json["external_task_id"])
        return Said(200, {"code": 0, "message": "SUCCEED", "data": {"task_id": job}})

    def look(self, call: Call, desk: Desk) -> Said:
        name = call.path.rpartition("/omni-video")[2].strip("/")
        if not name:
            size, page = int(call.query["pageSize"]), int(call.query["pageNum"])
            seen = [self._task(sight) for sight in desk.all()]
            return Said(200, {"code": 0, "data": seen[::-1][(page - 1) * size : page * size]})
        sight = desk.see(name)
        if sight is None:
            return Said(404, {"code": 1203, "message": "the resource does not exist"})
        return Said(200, {"code": 0, "data": self._task(sight)})

    def _task(self, sight: Sight) -> Any:
        made = [{"id": "1", "url": sight.url, "duration": "3.0"}] if sight.stage == 2 else []
        return {
            "task_id": sight.job,
            "task_status": sight.words or self.words[sight.stage],
            "task_info": {"external_task_id": sight.client},
            "task_result": {"videos": made},
        }

    def busy(self, number: int) -> Said:
        code = (1302, 1303, 429)[number % 3]
        return Said(429, {"code": code, "message": "too much at once"} if code != 429 else "slow down")


class Kling2026(Kling):
    """The second standard: tasks are looked up by lists of ids."""

    def submit(self, call: Call, desk: Desk) -> Said:
        job, _ = desk.take(call, call.json["options"]["external_task_id"])
        return Said(200, {"code": 0, "message": "", "data": {"id": job, "status": "submitted"}})

    def hook(self, call: Call) -> str:
        return call.json["options"].get("callback_url", "")

    def look(self, call: Call, desk: Desk) -> Said:
        wanted = call.query.get("task_ids") or call.query.get("external_task_ids") or ""
        seen = [sight for name in wanted.split(",") if (sight := desk.see(name)) is not None]
        return Said(200, {"code": 0, "data": [self._task(sight) for sight in seen]})

    def _task(self, sight: Sight) -> Any:
        made = [{"type": "video", "url": sight.url, "duration": "3"}] if sight.stage == 2 else []
        word = sight.words or ("submitted", "processing", "succeeded")[sight.stage]
        return {"id": sight.job, "external_id": sight.client, "status": word, "outputs": made}


class HiApi(Wire):
    """Keeps an `Idempotency-Key`, and says when it repeats an answer."""

    def submit(self, call: Call, desk: Desk) -> Said:
        client = call.headers.get("idempotency-key", "")
        known = desk.known(client) if client else None
        if known is not None and desk.body_of(known) != call.digest:
            return Said(
                422, {"code": 422, "error_code": "IDEMPOTENCY_KEY_MISMATCH", "message": "not the same"}
            )
        job, is_new = (known, False) if known else desk.take(call, client)
        headers = {} if is_new else {"Idempotent-Replay": "true"}
        return Said(200, {"code": 200, "message": "success", "data": {"taskId": job}}, headers)

    def look(self, call: Call, desk: Desk) -> Said:
        name = call.path.rpartition("/v1/tasks")[2].strip("/")
        if not name:
            size, page = int(call.query["size"]), int(call.query["page"])
            seen = [self._task(sight) for sight in desk.all()][::-1]
            return Said(200, {"code": 200, "data": {"items": seen[(page - 1) * size : page * size]}})
        sight = desk.see(name)
        if sight is None:
            return Said(404, {"code": 404, "message": "task not found"})
        return Said(200, {"code": 200, "data": self._task(sight)})

    def hook(self, call: Call) -> str:
        return call.json.get("callback", {}).get("url", "")

    def _task(self, sight: Sight) -> Any:
        made = [{"url": sight.url, "type": "video"}] if sight.stage == 2 else []
        word = sight.words or ("queued", "handling", "success")[sight.stage]
        return {"taskId": sight.job, "status": word, "output": made}

    def busy(self, number: int) -> Said:
        if number % 3 == 0:
            return Said(409, {"code": 409, "error_code": "IDEMPOTENCY_KEY_PROCESSING", "message": "wait"})
        return Said(429, {"code": 429, "message": "rate limit"})


class Runware(Wire):
    """Takes lists of tasks; the caller's UUID is the job, and a known one is a conflict."""

    def stage(self, call: Call) -> str:
        kinds = {task["taskType"] for task in call.json}
        return {"getResponse": "look", "mediaStorage": "file"}.get(kinds.pop(), "submit")

    def submit(self, call: Call, desk: Desk) -> Said:
        (task,) = call.json
        job, is_new = task["taskUUID"], desk.known(task["taskUUID"]) is None
        if not is_new:
            error = {"code": "conflictTaskUUID", "message": "was sent before", "taskUUID": job}
            return Said(400, {"errors": [error]})
        desk.take(call, job)
        return Said(200, {"data": [{"taskType": "videoInference", "taskUUID": job}]})

    def look(self, call: Call, desk: Desk) -> Said:
        seen = [sight for task in call.json if (sight := desk.see(task["taskUUID"])) is not None]
        return Said(200, {"data": [self._task(sight) for sight in seen]})

    def hook(self, call: Call) -> str:
        return call.json[0].get("webhookURL", "")

    def told(self, sight: Sight) -> Any:
        return {"data": [self._task(sight)]}

    def _task(self, sight: Sight) -> Any:
        word = sight.words or ("pending", "processing", "success")[sight.stage]
        row = {"taskType": "videoInference", "taskUUID": sight.job, "status": word}
        return {**row, "videoURL": sight.url, "cost": 0.3} if sight.stage == 2 else row

    def file(self, call: Call, desk: Desk) -> Said:
        (task,) = call.json
        desk.keep(task["media"].encode())
        return Said(200, {"data": [{"taskUUID": task["taskUUID"], "mediaUUID": task["taskUUID"]}]})

    def busy(self, number: int) -> Said:
        return Said((429, 400)[number % 2], self.error(429, "too much at once", "rateLimitExceeded"))

    def error(self, status: int, message: str, code: str = "internalError") -> Any:
        return {"errors": [{"code": code, "message": f"{message} ({status})"}]}


class ApiModels(Wire):
    """Passes on to others, and offers no way to look a task up but by the job."""

    def stage(self, call: Call) -> str:
        return "file" if call.path.endswith("/files") else super().stage(call)

    def submit(self, call: Call, desk: Desk) -> Said:
        job, _ = desk.take(call, "")
        return Said(200, {"code": 200, "msg": "success", "data": {"taskId": job}})

    def look(self, call: Call, desk: Desk) -> Said:
        sight = desk.see(call.query.get("task_id", ""))
        if sight is None:
            return Said(404, {"code": 404, "msg": "no such task"})
        return Said(200, {"code": 200, "data": self._task(sight)})

    def told(self, sight: Sight) -> Any:
        task = self._task(sight)
        result = json.dumps({"resultUrls": task.pop("resultUrls", [])})
        return {"code": 200, "data": {**task, "resultJson": result}}

    def _task(self, sight: Sight) -> Any:
        word = sight.words or ("pending", "processing", "completed")[sight.stage]
        made = {"resultUrls": [sight.url]} if sight.stage == 2 else {}
        return {"taskId": sight.job, "state": word, **made}

    def file(self, call: Call, desk: Desk) -> Said:
        return Said(200, {"code": 200, "data": {"publicUrl": desk.keep(call.body)}})

    def busy(self, number: int) -> Said:
        return Said(429, {"code": 429, "msg": f"rate limit {number}"})

    def error(self, status: int, message: str) -> Any:
        return {"code": status, "msg": message}


WIRES: dict[str, Wire] = {
    "kling": Kling(),
    "kling-2026": Kling2026(),
    "hiapi": HiApi(),
    "runware": Runware(),
    "apimodels": ApiModels(),
}
