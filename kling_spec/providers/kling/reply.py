"""Reads what Kling answers; whatever it is, nothing here raises.

Codes from Kling's error page, as copied 2026-09-20; shapes from the omni-video page.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from kling_spec.providers._answer import Said, answered, is_fine, unread
from kling_spec.providers._contract import (
    Accepted,
    Answer,
    JobState,
    Page,
    Refusal,
    Refused,
    Reply,
    Status,
    Unclear,
)
from kling_spec.providers._json import dig, message, rows, word
from kling_spec.providers.kling.task import first_standard

KINDS = MappingProxyType(
    {
        "1000": Refusal.STOP,  # the key is wrong, missing, not valid yet or expired
        "1001": Refusal.STOP,
        "1002": Refusal.STOP,
        "1003": Refusal.SIGN,  # a token that is not valid yet, or no more
        "1004": Refusal.SIGN,
        "1100": Refusal.STOP,  # a 429 that is about the account: its state, its debts, its pack, its rights
        "1101": Refusal.STOP,
        "1102": Refusal.STOP,
        "1103": Refusal.STOP,
        "1200": Refusal.FINAL,  # the request
        "1201": Refusal.FINAL,
        "1202": Refusal.FINAL,
        "1203": Refusal.FINAL,
        "1300": Refusal.FINAL,  # its content
        "1301": Refusal.FINAL,
        "1302": Refusal.RETRY,  # too much at once
        "1303": Refusal.RETRY,
        "1304": Refusal.STOP,  # this machine's address is not on the list
    }
)
_KEY_CODES = {"1000", "1001", "1002"}
_PAIR = {"task_id": " or KLING_ACCESS_KEY and KLING_SECRET_KEY", "id": ""}
"""The second standard takes no pair of keys."""
PAGE_SIZE = 500
"""Tasks on a page of the list; no more are allowed."""
UNKNOWN_ID = "1203"


def read_submit(reply: Reply) -> Answer:
    """Return whether the task was taken."""
    return answered(reply, said_of(reply.body, "task_id"), fine="0", kinds=KINDS)


def said_of(body: Any, job: str) -> Said:
    """Return what the answer to a submit says; `job` is what the task's id is called.

    Kling's own words about a wrong key speak of a pair of keys, whichever was sent.
    """
    code, said = word(body, "code"), message(body, "message")
    if code in _KEY_CODES:
        said = f"the key was not accepted, look at KLING_API_KEY{_PAIR[job]}: {said}"
    return Said(code=code, message=said, job=word(body, "data", job))


def read_poll(_job: str, reply: Reply) -> Status:
    """Return where the task stands."""
    body = reply.body
    code, said = word(body, "code"), message(body, "message")
    if reply.status == 404 or code == UNKNOWN_ID:
        return Status(state=JobState.LOST, message=said or "Kling does not know the task")
    if not is_fine(reply) or code not in ("", "0"):
        return unread(reply, " ".join(filter(None, (code, said))))
    return first_standard(dig(body, "data"))


def read_page(jobs: Sequence[str], reply: Reply) -> Page:
    """Return where the tasks on the page stand; a page that is not full is the last."""
    is_list = is_fine(reply) and word(reply.body, "code") in ("", "0")
    tasks = rows(reply.body, "data") if is_list else []
    named = {word(task, "task_id"): first_standard(task) for task in tasks}
    statuses = {job: named[job] for job in jobs if job in named}
    return Page(statuses=statuses, is_last=len(tasks) < PAGE_SIZE)


def read_find(client_id: str, reply: Reply) -> Answer | None:
    """Return the task that was sent under our id.

    None only where Kling says itself that it has none: a page of another server is no proof.
    """
    body: Any = reply.body
    task, theirs = word(body, "data", "task_id"), word(body, "data", "task_info", "external_task_id")
    if is_fine(reply) and task and word(body, "code") in ("", "0"):
        if theirs not in ("", client_id):
            return Unclear("the answer is about another task")
        return Accepted(task)
    if word(body, "code") == UNKNOWN_ID:
        return None
    answer = read_submit(reply)
    is_account = isinstance(answer, Refused) and answer.kind is Refusal.STOP
    return (
        answer
        if is_account
        else Unclear(f"HTTP status {reply.status}, {message(body, 'message') or 'no task'}")
    )
