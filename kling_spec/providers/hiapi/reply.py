"""Reads what HiAPI answers; whatever it is, nothing here raises.

Codes and states from its asynchronous API reference; its blog uses other words, which are read too.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from kling_spec.providers._answer import NO_ADDRESS, Said, answered, by_word, is_fine, is_recent, unread
from kling_spec.providers._contract import Answer, JobState, Page, Refusal, Reply, Status
from kling_spec.providers._json import address, dig, message, rows, signed, word

KINDS = MappingProxyType(
    {
        "INVALID_REQUEST": Refusal.FINAL,
        "TASK_FAILED": Refusal.FINAL,  # refused further up, sometimes at once
        "IDEMPOTENCY_KEY_MISMATCH": Refusal.FINAL,  # the same key with another body
        "IDEMPOTENCY_KEY_PROCESSING": Refusal.RETRY,  # the first request with the key is still at work
        "MODEL_UNAVAILABLE": Refusal.RETRY,
        "400": Refusal.FINAL,
        "401": Refusal.STOP,
        "402": Refusal.STOP,
        "403": Refusal.STOP,
        "404": Refusal.FINAL,
        "422": Refusal.FINAL,
        "429": Refusal.RETRY,
    }
)
_SECRET = range(16, 257)
"""How many characters a secret has; a shorter one is not HiAPI's, and an empty one would let anybody sign."""
PAGE_SIZE = 100
_STATES = MappingProxyType(
    {
        "queued": JobState.RUNNING,
        "handling": JobState.RUNNING,
        "archiving": JobState.RUNNING,
        "success": JobState.SUCCEEDED,
        "fail": JobState.FAILED,
        "pending": JobState.RUNNING,
        "succeeded": JobState.SUCCEEDED,
        "failed": JobState.FAILED,
        "timeout": JobState.FAILED,
    }
)


def read_submit(reply: Reply) -> Answer:
    """Return whether the task was taken."""
    said = Said(
        code=word(reply.body, "error_code") or word(reply.body, "code"),
        message=message(reply.body, "message"),
        job=word(reply.body, "data", "taskId"),
    )
    return answered(reply, said, fine="200", kinds=KINDS)


def read_poll(_job: str, reply: Reply) -> Status:
    """Return where the task stands."""
    body = reply.body
    code, said = word(body, "code"), message(body, "message")
    if reply.status == 404 or code == "404":
        return Status(state=JobState.LOST, message=said or "HiAPI does not know the task")
    if not is_fine(reply) or code not in ("", "200"):
        return unread(reply, said)
    return _status(dig(body, "data"))


def read_page(jobs: Sequence[str], reply: Reply) -> Page:
    """Return where the tasks on the page stand; the newest come first."""
    is_list = is_fine(reply) and word(reply.body, "code") in ("", "200")
    found = dig(reply.body, "data")
    lists = [found] if isinstance(found, list) else list(found.values()) if isinstance(found, dict) else []
    tasks = [task for one in lists if isinstance(one, list) for task in rows(one)]
    named = {word(task, "taskId"): _status(task) for task in (tasks if is_list else [])}
    statuses = {job: named[job] for job in jobs if job in named}
    return Page(statuses=statuses, is_last=len(named) < PAGE_SIZE)


def read_callback(body: Any) -> tuple[str, Status] | None:
    """Return the job and where it stands: the body is the task itself, without a wrapper."""
    job = word(body, "taskId")
    return (job, _status(body)) if job else None


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether the signature holds and the time is within five minutes, as HiAPI's client checks it."""
    stamp = headers.get("x-hiapi-timestamp", "")
    if not is_recent(stamp, now) or len(secret) not in _SECRET:
        return False
    key = secret.encode("utf-8", "surrogatepass")
    wanted = hmac.new(key, f"{stamp}.".encode() + body, sha256).hexdigest()
    given = headers.get("x-hiapi-signature", "").encode("utf-8", "surrogatepass")
    return hmac.compare_digest(wanted.encode(), given)


def _status(task: Any) -> Status:
    state, odd = by_word(word(task, "status"), _STATES)
    url = _clip(task)
    if state is JobState.SUCCEEDED and url is None:
        return Status(state=state, message=NO_ADDRESS)
    why = ": ".join(filter(None, (word(task, "error", "code"), message(task, "error", "message"))))
    return Status(
        state=state, video_url=signed(url) if state is JobState.SUCCEEDED else None, message=odd or why
    )


def _clip(task: Any) -> str | None:
    """Return the address of the video among the outputs, which may be stills of it as well."""
    videos = (row for row in rows(task, "output") if word(row, "type") in ("video", ""))
    return next((url for row in videos if (url := address(row, "url"))), None)
