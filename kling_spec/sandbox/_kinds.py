"""What a call is for, which faults go by: its kind, the jobs that it names, the models that it orders."""

import hashlib
from dataclasses import dataclass
from typing import Any

from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Job
from kling_spec.sandbox._mishaps import subject_of
from kling_spec.sandbox._omni import O1
from kling_spec.sandbox._switches import digest_of
from kling_spec.sandbox._wire import Call

_READ = ("GET", "HEAD")
_RUNWARE = {
    "videoInference": "submit",
    "getResponse": "poll",
    "getTaskDetails": "poll",
    "mediaStorage": "upload",
    "imageUpload": "upload",
}
_PATHS = {
    "kling": (
        ("/v1/videos/omni-video", "list", "poll", "submit"),
        ("/v1/general/advanced-custom-elements", "list", "poll", "element"),
    ),
    "kling-2026": (("/tasks", "poll", "", "list"), ("/omni-video", "other", "other", "submit")),
    "hiapi": (("/v1/tasks", "list", "poll", "submit"),),
    "apimodels": (
        ("/api/v1/video/generations", "poll", "", "submit"),
        ("/api/v1/files", "other", "", "upload"),
    ),
}
"""Where each provider lives; what is read there, and below it; what is sent there."""
_IDS = ("external_task_id", "taskUUID", "callback_url", "callback", "webhookURL", "options")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What one call is for."""

    provider: str | None
    """None for what the house itself serves."""
    kind: str
    """submit, element, upload, poll, list, clip or other."""
    subject: str
    """What tells it from calls for something else, in every rehearsal alike."""
    jobs: tuple[Job, ...] = ()
    """The jobs that it names; of a clip the one that it is of."""
    models: tuple[str, ...] = ()
    """The models of what it orders, once for each job."""


def purpose_of(provider: str | None, call: Call, desk: Desk) -> Purpose:
    """Return what a call is for; a call that nobody can make sense of is like any other."""
    path = call.path.rstrip("/")
    if provider is None:
        return _of_house(call, path, desk)
    body = _body(call)
    kind = _kind(provider, call.method, path, body)
    if kind == "submit":
        models = tuple(_models(provider, path, body))
        return Purpose(provider=provider, kind=kind, subject=_order(provider, call, body), models=models)
    jobs = tuple(_named(provider, call, path, body, desk)) if kind == "poll" else ()
    subject = subject_of(jobs[0].order) if jobs else f"{provider} {kind}"
    if kind in {"element", "upload"}:
        subject = _order(provider, call, body)
    return Purpose(provider=provider, kind=kind, subject=subject, jobs=jobs)


def _of_house(call: Call, path: str, desk: Desk) -> Purpose:
    folder, _, name = path.removeprefix("/").partition("/")
    if folder == "clips":
        job = desk.job_of_clip(name.removesuffix(".mp4"))
        jobs = () if job is None else (job,)
        subject = "clip" if job is None else f"clip of {subject_of(job.order)}"
        return Purpose(provider=None, kind="clip", subject=subject, jobs=jobs)
    kind = "upload" if folder == "files" and call.method == "PUT" else "other"
    return Purpose(provider=None, kind=kind, subject=path)


def _kind(provider: str, method: str, path: str, body: Any) -> str:
    if provider == "runware":
        kinds = [_RUNWARE.get(str(task.get("taskType"))) for task in _tasks(body)]
        return next(filter(None, kinds), "other")
    is_read = method in _READ
    for start, alone, one, sent in _PATHS[provider]:
        if path == start:
            return alone if is_read else sent
        if one and path.startswith(f"{start}/"):
            return one if is_read else sent
    return "other"


def _models(provider: str, path: str, body: Any) -> list[str]:
    match provider:
        case "kling-2026":
            return [path.rpartition("/")[2]]
        case "runware":
            orders = [task for task in _tasks(body) if task.get("taskType") == "videoInference"]
            return [str(task.get("model", "")) for task in orders]
    named = body if isinstance(body, dict) else {}
    return [str(named.get("model_name", O1) if provider == "kling" else named.get("model", ""))]


def _named(provider: str, call: Call, path: str, body: Any, desk: Desk) -> list[Job]:
    match provider:
        case "runware":
            names = [str(task.get("taskUUID", "")) for task in _tasks(body)]
        case "kling-2026":
            asked = call.query.get("task_ids") or call.query.get("external_task_ids", "")
            names = [name.strip() for name in asked.split(",")]
        case "apimodels":
            names = [call.query.get("task_id", "")]
        case _:
            names = [path.rpartition("/")[2]]
    return [job for name in names if (job := desk.job(provider, name)) is not None]


def _order(provider: str, call: Call, body: Any) -> str:
    if call.task:
        return call.task
    order = next(iter(_tasks(body)), {}) if provider == "runware" else body
    if isinstance(order, dict):
        return digest_of(provider, order, without=_IDS)
    return hashlib.sha256(call.body).hexdigest()


def _tasks(body: Any) -> list[dict[str, Any]]:
    """Return the tasks of a Runware array, without the one that carries the key."""
    listed = body if isinstance(body, list) else []
    tasks = [task for task in listed if isinstance(task, dict)]
    return [task for task in tasks if task.get("taskType") != "authentication"]


def _body(call: Call) -> Any:
    if call.body[:1] not in (b"{", b"["):
        return None
    try:
        return call.json()
    except ValueError:
        return None
