"""Runware's one endpoint: an array of tasks in, data and errors out."""

from typing import Any
from uuid import UUID

from kling_spec.sandbox import runware_rules as rules
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Clip, Job, Order, Stage
from kling_spec.sandbox._limits import REQUEST
from kling_spec.sandbox._runware_media import Storage
from kling_spec.sandbox._runware_shapes import MODELS
from kling_spec.sandbox._runware_words import TaskError, refusal, task_error, troubled
from kling_spec.sandbox._schema import schema_faults
from kling_spec.sandbox._shape import first
from kling_spec.sandbox._switches import Trouble, digest_of
from kling_spec.sandbox._touch import touched
from kling_spec.sandbox._watched import Watched, watched_job
from kling_spec.sandbox._wire import Answer, Call, RefusedError

_SERVER_CODES = {
    401: "invalidApiKey",
    404: "endpointNotFound",
    429: "rateLimitExceeded",
    500: "serverError",
    503: "providerUnavailable",
}
_MOST_TASKS = 100
_WITH_FILES = {"authentication", "mediaStorage", "imageUpload"}


class Runware:
    """Plays api.runware.ai."""

    name = "runware"
    paths: tuple[str, ...] = ("/v1",)

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = Storage(desk)

    def answer(self, call: Call) -> Answer:
        """Answer one call: what worked stands in data, what did not in errors."""
        if call.path.rstrip("/") != "/v1":
            raise RefusedError(self.trouble(404, f"there is nothing at {call.path[:100]}"))
        if call.method != "POST":
            raise RefusedError(self.trouble(405, f"{call.method} is not allowed here"))
        tasks = self._tasks(call)
        data: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        status = 200
        for task in tasks:
            try:
                data.extend(self._do(call, task))
            except TaskError as error:
                errors.append(error.error)
                status = max(status, error.status)
        if not errors:
            return Answer(body={"data": data})
        return Answer(status=200 if data else status, body={"data": data, "errors": errors})

    def refusal(self, call: Call, trouble: Trouble) -> Answer:
        """Return Runware's answer to tasks that all get into trouble."""
        tasks = [task for task in self._parsed(call) if task.get("taskType") != "authentication"]
        errors = [troubled(trouble, task) for task in tasks or [{}]]
        return Answer(status=errors[0].status, body={"data": [], "errors": [error.error for error in errors]})

    def trouble(self, status: int, message: str) -> Answer:
        """Return Runware's error body."""
        code = _SERVER_CODES.get(status, "invalidRequest")
        return Answer(status=status, body={"errors": [task_error(code, message)]})

    def _parsed(self, call: Call) -> list[dict[str, Any]]:
        try:
            tasks = call.json()
        except ValueError:
            return []
        return [task for task in tasks if isinstance(task, dict)] if isinstance(tasks, list) else []

    def _tasks(self, call: Call) -> list[dict[str, Any]]:
        try:
            tasks = call.json()
        except ValueError as error:
            self._desk.book.count(self.name, "other")
            self._check_size(call, [])
            raise RefusedError(self.trouble(400, f"the body is not JSON: {error}")) from None
        listed = tasks if isinstance(tasks, list) else [tasks]
        self._count(listed)
        self._check_size(call, listed)
        if not (call.bearer or _carries_a_key(listed)):
            raise RefusedError(self.trouble(401, "an API key is needed"))
        if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
            raise RefusedError(self.trouble(400, "the body must be an array of task objects"))
        if not 1 <= len(tasks) <= _MOST_TASKS:
            raise RefusedError(self.trouble(400, f"the array must hold 1 to {_MOST_TASKS} tasks"))
        return tasks

    def _check_size(self, call: Call, tasks: list[Any]) -> None:
        """Refuse a body that only an upload may be as large as."""
        kinds = {task.get("taskType") if isinstance(task, dict) else None for task in tasks}
        if len(call.body) > REQUEST and (not kinds or kinds - _WITH_FILES):
            raise RefusedError(self.trouble(413, "the body is larger than 64 MB"))

    def _count(self, tasks: list[Any]) -> None:
        kinds = {
            "videoInference": "submit",
            "getResponse": "poll",
            "getTaskDetails": "poll",
            "mediaStorage": "upload",
            "imageUpload": "upload",
        }
        for task in tasks:
            kind = task.get("taskType") if isinstance(task, dict) else None
            if kind != "authentication":
                self._desk.book.count(self.name, kinds.get(str(kind), "other"))

    def _do(self, call: Call, task: dict[str, Any]) -> list[dict[str, Any]]:
        match task.get("taskType"):
            case "authentication":
                return [{"taskType": "authentication", "connectionSessionUUID": "sandbox"}]
            case "videoInference":
                return [self._submit(call, task)]
            case "getResponse":
                return self._results(self._known(task))
            case "getTaskDetails":
                return [self._details(self._known(task))]
            case "mediaStorage":
                return [self._storage.store(task)]
            case "imageUpload":
                return [self._storage.store_image(task)]
            case _:
                error = task_error("invalidTaskType", "taskType is not one of this sandbox", task, "taskType")
                raise TaskError(400, error)

    def _submit(self, call: Call, task: dict[str, Any]) -> dict[str, Any]:
        self._check(task)
        kling = rules.settings(task)
        shots = kling.get("multiPrompt", ())
        told = [f"{place + 1}. {shot['prompt']} ({shot['duration']} s)" for place, shot in enumerate(shots)]
        prompt = task.get("positivePrompt") or "\n".join(told)
        digest = digest_of(self.name, task, without=("taskUUID",))
        if trouble := self._desk.switches.trouble(prompt, digest):
            raise troubled(trouble, task)
        job = self._desk.accept(self._order(call, task, prompt), task["taskUUID"])
        if job is None:
            message = "a task with this taskUUID has been sent before"
            raise TaskError(400, task_error("conflictTaskUUID", message, task, "taskUUID"))
        self._storage.remember(task)
        return {"taskType": "videoInference", "taskUUID": job.id}

    def _check(self, task: dict[str, Any]) -> None:
        fault = first(rules.faults(task, self._storage))
        if fault is None:
            fault = first(schema_faults(self.name, task))
        if fault is not None:
            raise refusal(fault, task)

    def _order(self, call: Call, task: dict[str, Any], prompt: str) -> Order:
        kling, inputs = rules.settings(task), task.get("inputs", {})
        model, frame = MODELS[task["model"]], rules.frames(task).get("first")
        has_video = "video" in inputs or "referenceVideos" in inputs
        # O1's page prices a task with reference images alone like one with a video.
        dear = has_video or (model.is_o1 and "referenceImages" in inputs)
        return Order(
            provider=self.name,
            model=task["model"],
            prompt=prompt,
            body=task,
            client_id=task["taskUUID"],
            task=call.task,
            account=call.account,
            seconds=task.get("duration", 5),
            tier=model.tier,
            size=(task["width"], task["height"]) if "width" in task else None,
            sound=kling.get("sound", False),
            keeps_sound=kling.get("keepOriginalSound", False),
            first_frame=self._storage.address(frame) if frame else None,
            edited=self._storage.address(inputs["video"]) if "video" in inputs else None,
            rate="video" if dear else "sound" if kling.get("sound") else "plain",
            results=task.get("numberResults", 1),
        )

    def _known(self, task: dict[str, Any]) -> Job:
        name = task.get("taskUUID")
        job = self._desk.job(self.name, name) if isinstance(name, str) else None
        if job is None:
            raise TaskError(404, task_error("taskNotFound", "no task has this taskUUID", task, "taskUUID"))
        return job

    def _results(self, job: Job) -> list[dict[str, Any]]:
        head = {"taskType": "videoInference", "taskUUID": job.id}
        stage = self._desk.stage(job)
        if stage is Stage.FAILED:
            message = job.trouble() or "the provider refused the content"
            error = task_error("invalidProviderContent", message, head)
            raise TaskError(200, {**error, "status": "error"})
        if stage is not Stage.SUCCEEDED:
            return [{**head, "status": "processing"}]
        return [{**head, "status": "success", **self._video(job, clip)} for clip in job.clips]

    def watched(self, job: Job) -> Watched | None:
        """Return what is told of a job: its end, each result by itself as a poll would answer."""
        url = job.order.body.get("webhookURL")
        return watched_job(
            self.name, self._desk, job, url,
            bodies=lambda _: self._notices(job),
            words={Stage.SUCCEEDED: "success", Stage.FAILED: "error"},
        )  # fmt: skip

    def _notices(self, job: Job) -> list[Any]:
        try:
            results = self._results(job)
        except TaskError as error:
            return [{"errors": [error.error]}]
        return [{"data": [touched(self._desk.mishaps, job, result)]} for result in results]

    def _video(self, job: Job, clip: Clip) -> dict[str, Any]:
        video: dict[str, Any] = {
            "videoUUID": str(UUID(clip.id)),
            "videoURL": self._desk.clip_url(clip),
            "seed": clip.scene.seed,
        }
        if job.order.body.get("safety", {}).get("checkContent"):
            video["NSFWContent"] = False
        amount = job.charge.amount
        if job.order.body.get("includeCost") and amount is not None:
            video["cost"] = float(amount / job.order.results)
        return video

    def _details(self, job: Job) -> dict[str, Any]:
        details = {"taskType": "getTaskDetails", "taskUUID": job.id, "request": job.order.body}
        if self._desk.stage(job) is Stage.FAILED:
            return {**details, "response": {}}
        return {**details, "response": {"data": self._results(job)}}


def _carries_a_key(tasks: list[Any]) -> bool:
    first_task = tasks[0] if tasks else None
    if not isinstance(first_task, dict) or first_task.get("taskType") != "authentication":
        return False
    key = first_task.get("apiKey")
    return isinstance(key, str) and bool(key.strip())
