"""Tasks as Kling's second standard shows them, one at a time or page by page behind a cursor."""

import base64
import binascii
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from kling_spec.sandbox._contents import Contents
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Job, Stage
from kling_spec.sandbox._kling_words import milliseconds
from kling_spec.sandbox._shape import Fault, Shape, fields, first, rows, text, whole, word
from kling_spec.sandbox._switches import CASH

STATUS = {
    Stage.QUEUED: "submitted",
    Stage.RUNNING: "processing",
    Stage.STORING: "processing",
    Stage.SUCCEEDED: "succeeded",
    Stage.FAILED: "failed",
}
_MONTH = 30 * 24 * 3600 * 1000
_VALUES = {
    "status": ("submitted", "processing", "succeeded", "failed"),
    "product_type": ("video", "image", "try_on"),
}


class SearchError(Exception):
    """The body of a search is not right; the message names the field."""


def task_of(desk: Desk, job: Job, stage: Stage | None = None) -> dict[str, Any]:
    """Return a task with what has come of it so far, or by a stage, and what it cost."""
    stage = stage or desk.stage(job)
    over = stage.is_over
    failure = job.trouble() or "Failure to pass the risk control system"
    return {
        "id": job.id,
        "status": STATUS[stage],
        "message": failure if stage is Stage.FAILED else "",
        "create_time": milliseconds(job.created),
        "update_time": milliseconds(desk.finished(job) if over else job.created),
        "external_id": job.order.client_id or "",
        "outputs": [_output(desk, job)] if stage is Stage.SUCCEEDED else [],
        "billing": [_bill(job)] if over else [],
    }


def page_of(desk: Desk, body: Any, jobs: Sequence[Job]) -> dict[str, Any]:
    """Return one page of the tasks, newest first; raises SearchError where the body is not right."""
    wrong = first(_SEARCH(body, ""))
    if wrong is not None:
        raise SearchError(f"{wrong.field} {wrong.message}")
    start, end, after = _window(body)
    ids = [job.id for job in jobs]
    behind = jobs[ids.index(after) + 1 :] if after in ids else jobs
    wanted = {entry["key"]: entry["values"] for entry in body.get("filters", ())}
    limit = body.get("limit", 100)
    tasks: list[dict[str, Any]] = []
    for job in behind:
        if len(tasks) > limit:
            break
        if start <= milliseconds(job.created) <= end and "video" in wanted.get("product_type", ("video",)):
            task = task_of(desk, job)
            if task["status"] in wanted.get("status", _VALUES["status"]):
                tasks.append(task)
    page, has_more = tasks[:limit], len(tasks) > limit
    cursor = _cursor(start, end, page[-1]["id"]) if has_more else ""
    return {"result": page, "count": len(page), "next_cursor": cursor, "has_more": has_more}


def _output(desk: Desk, job: Job) -> dict[str, Any]:
    clip, asked = job.clips[0], Contents.read(job.order.body, model=job.order.model)
    url = desk.clip_url(clip)
    video = {"type": "video", "id": clip.id, "url": url, "watermark_url": url if asked.watermark else ""}
    return {**video, "duration": f"{clip.scene.seconds:g}"}


def _bill(job: Job) -> dict[str, str]:
    """Return what was taken: units of a resource pack, or money where the prompt asks for that."""
    charge = job.charge
    if CASH in job.order.prompt:
        amount = f"{charge.amount or 0:f}"
        cash = {"charge_type": "cash", "cash_type": "balance", "amount": amount}
        return {**cash, "currency": charge.currency, "list_price": amount}
    return {"charge_type": "unit", "amount": f"{charge.units or 0:f}", "package_type": "video"}


def _time(value: Any, path: str) -> Iterator[Fault]:
    is_time = isinstance(value, str) and value.isascii() and (value.isdigit() or not value)
    if not is_time or len(value) > 15:
        yield Fault(path, "must be a time in milliseconds, written as a string")


def _filter(value: Any, path: str) -> Iterator[Fault]:
    key = value.get("key") if isinstance(value, dict) else None
    values = _VALUES.get(key, ()) if isinstance(key, str) else ()
    yield from fields({"key": word(*_VALUES), "values": rows(word(*values), least=1)})(value, path)


_SEARCH: Shape = fields(
    {},
    {
        "start_time": _time,
        "end_time": _time,
        "cursor": text(),
        "limit": whole(1, 500),
        "filters": rows(_filter),
    },
)


def _window(body: dict[str, Any]) -> tuple[int, int, str]:
    """Return start, end and the last task of the page before; a cursor carries all three."""
    if body.get("cursor"):
        try:
            start, end, after = json.loads(base64.urlsafe_b64decode(body["cursor"]))
            return int(start), int(end), str(after)
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise SearchError("cursor is none that was given out") from None
    end = int(body.get("end_time") or milliseconds(time.time()))
    start = int(body.get("start_time") or end - _MONTH)
    if start >= end:
        raise SearchError("start_time must be earlier than end_time")
    return start, end, ""


def _cursor(start: int, end: int, after: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, end, after]).encode()).decode()
