"""Reads what APIModels answers; whatever it is, nothing here raises.

The page knows HTTP statuses only, which the body repeats as `code`.
"""

import json
from types import MappingProxyType
from typing import Any

from kling_spec.providers._answer import NO_ADDRESS, Said, answered, by_word, is_fine, unread
from kling_spec.providers._contract import Answer, JobState, Refusal, Reply, Status
from kling_spec.providers._json import address, amount, dig, message, signed, word

KINDS = MappingProxyType(
    {
        "400": Refusal.FINAL,
        "401": Refusal.STOP,
        "402": Refusal.STOP,
        "403": Refusal.STOP,
        "404": Refusal.FINAL,
        "429": Refusal.RETRY,  # not on the page
    }
)
_STATES = MappingProxyType(
    {
        "pending": JobState.RUNNING,
        "processing": JobState.RUNNING,
        "completed": JobState.SUCCEEDED,
        "failed": JobState.FAILED,
    }
)


def read_submit(reply: Reply) -> Answer:
    """Return whether the task was taken."""
    said = Said(
        code=word(reply.body, "code"),
        message=message(reply.body, "msg") or message(reply.body, "message"),
        job=word(reply.body, "data", "taskId"),
    )
    return answered(reply, said, fine="200", kinds=KINDS)


def read_poll(_job: str, reply: Reply) -> Status:
    """Return where the task stands; what it cost is never told."""
    body = reply.body
    code, said = word(body, "code"), message(body, "msg")
    if reply.status == 404 or code == "404":
        return Status(state=JobState.LOST, message=said or "APIModels does not know the task")
    if not is_fine(reply) or code not in ("", "200"):
        return unread(reply, said)
    return _status(dig(body, "data"))


def read_callback(body: Any) -> tuple[str, Status] | None:
    """Return the job and where it stands; the result comes as JSON in a string there."""
    task = dig(body, "data")
    job = word(task, "taskId")
    if not job:
        return None
    try:
        result = json.loads(word(task, "resultJson") or "null")
    except (ValueError, RecursionError):
        result = None
    return job, _status({**task, **(result if isinstance(result, dict) else {})})


def _status(task: Any) -> Status:
    state, odd = by_word(word(task, "state"), _STATES)
    url = address(task, "resultUrls", 0)
    if state is JobState.SUCCEEDED and url is None:
        return Status(state=state, message=NO_ADDRESS)
    why = ": ".join(filter(None, (word(task, "failCode"), message(task, "failMsg"))))
    return Status(
        state=state,
        video_url=signed(url) if state is JobState.SUCCEEDED else None,
        seconds=amount(task, "videoDuration"),
        message=odd or why,
    )


def read_upload(reply: Reply) -> str | None:
    """Return where the uploaded file can be fetched, or None."""
    return address(reply.body, "data", "publicUrl") if is_fine(reply) else None
