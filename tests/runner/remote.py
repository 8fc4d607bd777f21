"""A remote of the tests: speaks three wire formats, and misbehaves where it is told to."""

import json
import threading
import time
from collections import deque
from typing import Any, Self
from urllib.parse import urlsplit

from loopback import Handler, Loopback

Does = str | tuple[int, bytes]
"""What is done about one request: `ok`, `close` (taken, and hung up), `drop` (hung up), `slow`, `held` (by
its gate), `running`, `fail`, `lost`, `short` or `moved` (a clip); or a status and a body."""


class Remote(Loopback):
    """Counts what it took by the caller's own id; `script` says what is done about the next requests."""

    def __init__(self, wire: str, clip: bytes = b"", *, default: str = "ok") -> None:
        super().__init__(_Handler)
        self.wire = wire
        self.clip = clip
        self.default = default
        self.script: dict[str, deque[Does]] = {}
        self.taken: dict[str, str] = {}
        """The job by the client's id: what is paid for."""
        self.bodies: list[tuple[str, bytes]] = []
        """The client's id and the body of every submit."""
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.lock = threading.Lock()
        self.gate = threading.Event()
        """What a `held` submit waits for before it is taken."""

    def will(self, kind: str, *does: Does) -> Self:
        self.script[kind] = deque(does)
        return self

    def count(self, kind: str) -> int:
        return sum(seen == kind for seen, _, _ in self.seen)

    def next(self, kind: str) -> Does:
        with self.lock:
            waiting = self.script.get(kind)
            return waiting.popleft() if waiting else (self.default if kind == "poll" else "ok")

    def take(self, client_id: str) -> tuple[str, bool]:
        with self.lock:
            is_new = client_id not in self.taken
            job = client_id if self.wire == "runware" else f"job-{len(self.taken) + 1}"
            return self.taken.setdefault(client_id, job), is_new


class _Handler(Handler):
    owner: Remote

    def reply(self) -> None:
        if self.command == "POST":
            return self._asked(self.content())
        path = urlsplit(self.path).path
        return self._clip() if path.startswith("/clips/") else self._look(path.rpartition("/")[2])

    def _asked(self, body: bytes) -> None:
        remote = self.owner
        if remote.wire == "runware":
            task = json.loads(body)[0]
            if task["taskType"] == "getResponse":
                return self._look(task["taskUUID"])
            return self._submit(task["taskUUID"], body)
        if remote.wire == "hiapi":
            return self._submit(self.headers["Idempotency-Key"], body)
        return self._submit(json.loads(body)["external_task_id"], body)

    def _submit(self, client_id: str, body: bytes) -> None:
        remote = self.owner
        self._note("submit", client_id)
        remote.bodies.append((client_id, body))
        match remote.next("submit"):
            case "drop":
                return self.hang_up()
            case "close":
                remote.take(client_id)
                return self.hang_up()
            case "slow":
                time.sleep(1.5)
            case "held":
                remote.gate.wait(20)
            case (status, text):
                return self.send(int(status), text)
            case _:
                pass
        job, is_new = remote.take(client_id)
        if not is_new and remote.wire == "kling":
            return self._json({"code": 1201, "message": "external_task_id has been used"}, 400)
        if not is_new and remote.wire == "runware":
            error = {"code": "conflictTaskUUID", "message": "sent before", "taskUUID": job}
            return self._json({"errors": [error]}, 400)
        answers = {
            "kling": {"code": 0, "data": {"task_id": job}},
            "hiapi": {"code": 200, "data": {"taskId": job}},
            "runware": {"data": [{"taskType": "videoInference", "taskUUID": job}]},
        }
        return self._json(answers[remote.wire])

    def _look(self, name: str) -> None:
        remote = self.owner
        is_find = name in remote.taken and remote.wire == "kling"
        is_find = is_find or (remote.wire == "kling" and name.startswith("ks-"))
        self._note("find" if is_find else "poll", name)
        does = remote.next("find" if is_find else "poll")
        match does:
            case "drop" | "close":
                return self.hang_up()
            case "slow":
                time.sleep(5)
            case (status, text):
                return self.send(int(status), text)
            case _:
                pass
        job = remote.taken.get(name, name)
        if job not in remote.taken.values() or does == "lost":
            return self._json(_lost(remote.wire, name), 404)
        return self._json(_status(remote.wire, job, str(does), f"{remote.url}/clips/{job}.mp4"))

    def _clip(self) -> None:
        remote = self.owner
        self._note("fetch", self.path)
        match remote.next("fetch"):
            case "drop" | "close":
                return self.hang_up()
            case "moved":
                self.send_response(302)
                self.send_header("Location", f"{self.path}?signature=abc")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            case "short":
                self.send_response(200)
                self.send_header("Content-Length", str(len(remote.clip)))
                self.end_headers()
                self.wfile.write(remote.clip[: len(remote.clip) // 2])
                return self.hang_up()
            case "slow":
                self.send_response(200)
                self.send_header("Content-Length", str(len(remote.clip)))
                self.end_headers()
                self.wfile.write(remote.clip[:1000])
                self.wfile.flush()
                time.sleep(5)
                return self.hang_up()
            case (status, text):
                return self.send(int(status), text)
            case _:
                return self.send(200, remote.clip)

    def _note(self, kind: str, what: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.owner.seen.append((kind, what, headers))

    def _json(self, value: Any, status: int = 200) -> None:
        self.send(status, json.dumps(value).encode())


def _lost(wire: str, name: str) -> Any:
    return {
        "kling": {"code": 1203, "message": "the task does not exist"},
        "hiapi": {"code": 404, "message": "there is no such task"},
        "runware": {"errors": [{"code": "taskNotFound", "message": "no such task", "taskUUID": name}]},
    }[wire]


def _status(wire: str, job: str, does: str, url: str) -> Any:
    number = {"ok": 2, "fail": 1}.get(does, 0)
    if wire == "kling":
        result = {"videos": [{"url": url, "duration": "3"}]} if number == 2 else {}
        task = {
            "task_id": job,
            "task_status": ("processing", "failed", "succeed")[number],
            "task_status_msg": "the content was refused" if number == 1 else "",
            "task_result": result,
        }
        return {"code": 0, "data": task}
    if wire == "hiapi":
        output = [{"url": url, "type": "video"}] if number == 2 else []
        task = {"taskId": job, "status": ("handling", "fail", "success")[number], "output": output}
        return {"code": 200, "data": task}
    row = {"taskUUID": job, "status": ("processing", "error", "success")[number]}
    return {"data": [{**row, "videoURL": url, "cost": 0.25} if number == 2 else row]}
