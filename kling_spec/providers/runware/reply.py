"""Reads what Runware answers; whatever it is, nothing here raises.

One answer may hold results and errors side by side; only those that name our task count.
"""

from collections.abc import Sequence
from typing import Any

from kling_spec.providers._answer import NO_ADDRESS, Said, answered, by_word, is_fine, unread
from kling_spec.providers._contract import Accepted, Answer, JobState, Page, Refusal, Reply, Status, Unclear
from kling_spec.providers._json import address, amount, dig, message, rows, signed, word

_STATES = {
    "pending": JobState.RUNNING,
    "processing": JobState.RUNNING,
    "success": JobState.SUCCEEDED,
    "error": JobState.FAILED,
}
_KNOWN_ID = "conflictTaskUUID"
_PATTERNS = (
    ("ratelimit", Refusal.RETRY),
    ("apikey", Refusal.STOP),
    ("unauthorized", Refusal.STOP),
    ("credits", Refusal.STOP),
    ("quota", Refusal.STOP),
    ("balance", Refusal.STOP),
)
"""The codes are an open set; what one means is told by a part of it, the first that fits."""
_NOT_OURS = {Refusal.RETRY, Refusal.STOP}


def _errors(body: Any) -> list[dict[str, Any]]:
    return rows(body, "errors") or rows(body, "error")


def _kind(code: str) -> Refusal | None:
    return next((kind for part, kind in _PATTERNS if part in code.lower()), None)


def _said(error: dict[str, Any]) -> str:
    """Return the error's words, and what they are about where that is told (as text or as a list)."""
    about = dig(error, "parameter")
    names = [word(name) for name in about] if isinstance(about, list) else [word(about)]
    told = ", ".join(filter(None, names))
    said = message(error, "message") or word(error, "code")
    return f"{said} ({told})" if told else said


def read_submit(reply: Reply) -> Answer:
    """Return whether the task was taken; that its id is taken already means that it was."""
    body = reply.body
    error = next(iter(_errors(body)), {})
    code = word(error, "code")
    job = next((job for row in rows(body, "data") if (job := word(row, "taskUUID"))), "")
    if is_fine(reply) and job:
        if any(word(error, "taskUUID") == job for error in _errors(body)):
            return Unclear(f"task {job} and an error about it in one answer")
        return Accepted(job)
    if code == _KNOWN_ID:
        known = word(error, "taskUUID")
        return (
            Accepted(known) if known else Unclear("the task's id is taken, and the answer does not name it")
        )
    kind = _kind(code)
    if kind is None and is_fine(reply) and code:
        kind = Refusal.FINAL
    said = Said(code=code, message=_said(error), job="")
    return answered(reply, said, fine="", kinds={code: kind} if kind else {})


def read_poll(job: str, reply: Reply) -> Status:
    """Return where the task stands. An id that is not known is answered like one that runs."""
    error = next((error for error in _errors(reply.body) if word(error, "taskUUID") in ("", job)), None)
    result = next((row for row in rows(reply.body, "data") if word(row, "taskUUID") in ("", job)), None)
    if result is not None and is_fine(reply):
        return _result(result)
    if error is not None:
        return _error(error, reply)
    if reply.status == 404:
        return Status(state=JobState.LOST, message="Runware does not know the task")
    if not is_fine(reply):
        return unread(reply)
    return Status(state=JobState.RUNNING, message="the answer says nothing of the task")


def _result(row: dict[str, Any]) -> Status:
    state, odd = by_word(word(row, "status"), _STATES)
    url = address(row, "videoURL")
    if state is JobState.SUCCEEDED and url is None:
        odd = NO_ADDRESS
    cost = amount(row, "cost")
    return Status(
        state=state,
        video_url=signed(url) if state is JobState.SUCCEEDED else None,
        message=odd or message(row, "message"),
        cost=cost,
        currency="USD" if cost else None,
    )


def _error(error: dict[str, Any], reply: Reply) -> Status:
    """Fail the task only where the error names it and is not about the account or the pace."""
    code, said = word(error, "code"), _said(error)
    if code.lower().endswith("notfound"):
        return Status(state=JobState.LOST, message=said)
    if not word(error, "taskUUID") or _kind(code) in _NOT_OURS or reply.status >= 500:
        return unread(reply, said)
    return Status(state=JobState.FAILED, message=said)


def read_page(jobs: Sequence[str], reply: Reply) -> Page:
    """Return where the tasks stand of which the answer says something by name."""
    named = {word(row, "taskUUID") for row in (*rows(reply.body, "data"), *_errors(reply.body))}
    statuses = {job: read_poll(job, reply) for job in jobs if job in named}
    return Page(statuses=statuses, is_last=not statuses)


def read_find(client_id: str, reply: Reply) -> Answer | None:
    """Return the task that was sent under our id; an empty answer proves nothing, so None never comes."""
    status = read_poll(client_id, reply)
    named = [row for row in rows(reply.body, "data") if word(row, "taskUUID") == client_id]
    is_known = is_fine(reply) and any(word(row, "status") for row in named)
    if is_known or status.state in (JobState.SUCCEEDED, JobState.FAILED):
        return Accepted(client_id)
    return Unclear(status.message or "the answer says nothing of the task")


def read_callback(body: Any) -> tuple[str, Status] | None:
    """Return the job and where it stands; what is sent is what a poll would answer."""
    whole = body if dig(body, "data") or _errors(body) else {"data": rows(body)}
    named = (word(row, "taskUUID") for row in (*rows(whole, "data"), *_errors(whole)))
    job = next(filter(None, named), "")
    return (job, read_poll(job, Reply(status=200, body=whole))) if job else None


def read_upload(reply: Reply) -> str | None:
    """Return the id under which the media storage keeps the file, or None."""
    named = (word(row, "mediaUUID") or word(row, "imageUUID") for row in rows(reply.body, "data"))
    return next(filter(None, named), None) if is_fine(reply) else None
