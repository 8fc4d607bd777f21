"""Every provider in the same few words, over plain http.client: submit, poll, list, fetch."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

PROVIDERS = ("kling", "kling-2026", "hiapi", "runware", "apimodels")
DONE = {
    "kling": "succeed",
    "kling-2026": "succeeded",
    "hiapi": "success",
    "runware": "success",
    "apimodels": "completed",
}
_SUBMITS = {
    "kling": "/v1/videos/omni-video",
    "kling-2026": "/omni-video/kling-3.0-omni",
    "hiapi": "/v1/tasks",
    "runware": "/v1",
    "apimodels": "/api/v1/video/generations",
}
FOX = "a fox"


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)


class Told(NamedTuple):
    """A task as a poll tells of it."""

    status: str | None
    """The provider's word; None where the task is not found."""
    urls: list[str]
    cost: Any


class Caller:
    """Talks to one sandbox, each time over a connection of its own."""

    def __init__(self, sandbox, key="key"):
        self.sandbox = sandbox
        self.key = key

    def ask(self, method, path, body=None, timeout=20, **headers):
        connection = HTTPConnection(urlsplit(self.sandbox.url).netloc, timeout=timeout)
        data = None if body is None else json.dumps(body).encode()
        try:
            with_key = {"Authorization": f"Bearer {self.key}", **headers}
            connection.request(method, path, body=data, headers=with_key)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, names, answer.read())
        finally:
            connection.close()

    def breaks(self, *words, **more):
        """Ask, and return what the broken connection raises; None where an answer came."""
        try:
            self.ask(*words, **more)
        except (HTTPException, ConnectionError) as error:
            return error
        return None

    def order(self, provider, prompt=FOX, ours=None, callback=None):
        """Return path and body of an order; `ours` is the caller's own id of it."""
        body: Any
        match provider:
            case "kling":
                body = {
                    "model_name": "kling-v3-omni",
                    "prompt": prompt,
                    "mode": "std",
                    "aspect_ratio": "1:1",
                    "duration": "3",
                }
                body |= {"external_task_id": ours} if ours else {}
                body |= {"callback_url": callback} if callback else {}
            case "kling-2026":
                settings = {"aspect_ratio": "1:1", "duration": 3}
                body = {"contents": [{"type": "prompt", "text": prompt}], "settings": settings}
                options = {"external_task_id": ours} if ours else {}
                body["options"] = options | ({"callback_url": callback} if callback else {})
            case "hiapi":
                given = {"prompt": prompt, "duration": 3, "resolution": "720p", "aspect_ratio": "1:1"}
                body = {"model": "kling-3.0-omni/text-to-video", "input": given}
                body |= {"callback": {"url": callback, "when": "final"}} if callback else {}
            case "runware":
                body = {
                    "taskType": "videoInference",
                    "taskUUID": ours or str(uuid4()),
                    "model": "klingai:kling-video@o3-standard",
                    "positivePrompt": prompt,
                    "includeCost": True,
                    "width": 960,
                    "height": 960,
                    "duration": 3,
                }
                body |= {"webhookURL": callback} if callback else {}
                body = [body]
            case _:
                body = {
                    "model": "kling-v3-omni",
                    "prompt": prompt,
                    "aspect_ratio": "1:1",
                    "duration": "3",
                }
                body |= {"callback_url": callback} if callback else {}
        return _SUBMITS[provider], body

    def submit(self, provider, prompt=FOX, task="-/fox", **more):
        path, body = self.order(provider, prompt, **more)
        return self.ask("POST", path, body, **{"X-Kling-Spec-Task": task})

    def job(self, provider, prompt=FOX, **more):
        """Submit, and return the provider's id of the job."""
        answer = self.submit(provider, prompt, **more)
        assert answer.status == 200, answer
        data = answer.json["data"]
        match provider:
            case "kling":
                return data["task_id"]
            case "kling-2026":
                return data["id"]
            case "runware":
                return data[0]["taskUUID"]
        return data["taskId"]

    def query(self, provider, job):
        match provider:
            case "kling" | "hiapi":
                return self.ask("GET", f"{_SUBMITS[provider]}/{job}")
            case "kling-2026":
                return self.ask("GET", f"/tasks?task_ids={job}")
            case "runware":
                return self.ask("POST", "/v1", [{"taskType": "getResponse", "taskUUID": job}])
        return self.ask("GET", f"{_SUBMITS[provider]}?task_id={job}")

    def poll(self, provider, job) -> Told:
        answer = self.query(provider, job)
        body = answer.json
        match provider:
            case "kling":
                task = body.get("data")
                videos = (task or {}).get("task_result", {}).get("videos", [])
                told = task and (task["task_status"], videos, task.get("final_unit_deduction"))
            case "kling-2026":
                task = next(iter(body["data"]), None)
                told = task and (task["status"], task["outputs"], task["billing"])
            case "hiapi":
                task = body["data"]
                told = task and (task["status"], task["output"], None)
            case "runware":
                task = next(iter(body["data"]), None)
                told = task and (
                    task["status"],
                    [{"url": task["videoURL"]}] if "videoURL" in task else [],
                    task.get("cost"),
                )
            case _:
                task = body.get("data")
                told = task and (task["state"], [{"url": url} for url in task.get("resultUrls", ())], None)
        if not told:
            return Told(None, [], None)
        status, outputs, cost = told
        return Told(status, [output["url"] for output in outputs if output.get("url")], cost)

    def clip(self, url, **more):
        return self.ask("GET", urlsplit(url).path, **more)

    def book(self):
        return self.ask("GET", "/book").json

    def fired(self):
        return self.book()["faults"]

    def charges(self):
        return len(self.book()["charges"])
