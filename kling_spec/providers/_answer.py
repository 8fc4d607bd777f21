"""From the reply to a submit to what the runner does next, by codes and statuses, for several providers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kling_spec.providers._contract import (
    Accepted,
    Answer,
    JobState,
    Refusal,
    Refused,
    Reply,
    Status,
    Unclear,
)

_BY_STATUS = {401: Refusal.STOP, 402: Refusal.STOP, 403: Refusal.STOP, 429: Refusal.RETRY}


def is_fine(reply: Reply) -> bool:
    """Whether the transport says yes."""
    return 200 <= reply.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the body of an answer says, each empty where it says nothing."""

    code: str
    """The provider's own word, which its documentation lists."""
    message: str
    job: str
    """The id of the task."""


def answered(reply: Reply, said: Said, *, fine: str, kinds: Mapping[str, Refusal]) -> Answer:
    """Return what a submit came to.

    `fine` is the code that means success, and `kinds` is what the other documented ones mean.
    Whatever may have been accepted is Unclear: a server error, a redirect, a success without
    the id of a job.
    """
    code, message, job = said.code, said.message, said.job
    is_yes = is_fine(reply) and code in ("", fine)
    if job:
        return (
            Accepted(job) if is_yes else Unclear(f"task {job} with code {code or reply.status} in one answer")
        )
    if kind := kinds.get(code):
        return Refused(kind, code, message or f"code {code}")
    if is_yes:
        return Unclear("the answer names no task")
    if is_fine(reply) and not code.startswith("5"):
        return Refused(Refusal.FINAL, code, message or f"code {code}")
    if 400 <= reply.status < 500 and reply.status != 408:
        why = message or reply.text.strip() or f"HTTP status {reply.status}"
        return Refused(_BY_STATUS.get(reply.status, Refusal.FINAL), code or str(reply.status), why)
    return Unclear(f"HTTP status {reply.status}{f': {message}' if message else ''}")


def unread(reply: Reply, message: str = "") -> Status:
    """Return the status of a job that a reply tells nothing of: it runs on, and the reply is shown."""
    said = f"HTTP status {reply.status}{f': {message}' if message else ''}"
    return Status(state=JobState.RUNNING, message=said)


def by_word(word: str, states: Mapping[str, JobState]) -> tuple[JobState, str]:
    """Return the state that the word means, and a message where it is not a known one."""
    if state := states.get(word.lower()):
        return state, ""
    return JobState.RUNNING, f"an unknown state '{word[:40]}'" if word else "the answer names no state"


def is_recent(stamp: str, now: datetime, skew: int = 300) -> bool:
    """Whether a header's time, in whole seconds, is within `skew` seconds of now; never raises."""
    is_time = stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12
    return is_time and abs(now.timestamp() - int(stamp)) <= skew


NO_ADDRESS = (
    "reported as done, but no address of a clip came with it; look at the task in the provider's console"
)
"""What is said of a success that cannot be fetched."""
