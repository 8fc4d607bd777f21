"""Reads what Kling's second standard answers; whatever it is, nothing here raises.

Shapes from its pages as copied 2026-09-20; the error codes are those of the first standard.
"""

from collections.abc import Sequence

from kling_spec.providers._answer import answered, is_fine, unread
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
from kling_spec.providers.kling.reply import KINDS, said_of
from kling_spec.providers.kling.task import second_standard


def read_submit(reply: Reply) -> Answer:
    """Return whether the task was taken."""
    return answered(reply, said_of(reply.body, "id"), fine="0", kinds=KINDS)


def read_poll(job: str, reply: Reply) -> Status:
    """Return where the task stands; an id that is not known is answered by an empty list."""
    if not _is_list(reply):
        said = " ".join(filter(None, (word(reply.body, "code"), message(reply.body, "message"))))
        return unread(reply, said)
    tasks = rows(reply.body, "data")
    if not dig(reply.body, "data"):
        return Status(state=JobState.LOST, message="Kling does not know the task")
    task = next((task for task in tasks if word(task, "id") in ("", job)), None)
    return unread(reply, "the answer is about another task") if task is None else second_standard(task)


def read_page(jobs: Sequence[str], reply: Reply) -> Page:
    """Return where the tasks of the list stand."""
    tasks = rows(reply.body, "data") if _is_list(reply) else []
    named = {word(task, "id"): second_standard(task) for task in tasks}
    return Page(statuses={job: named[job] for job in jobs if job in named}, is_last=False)


def read_find(client_id: str, reply: Reply) -> Answer | None:
    """Return the task that was sent under our id; an empty list says that there is none."""
    if not _is_list(reply):
        answer = read_submit(reply)
        is_account = isinstance(answer, Refused) and answer.kind is Refusal.STOP
        why = f"HTTP status {reply.status}, {message(reply.body, 'message') or 'no task'}"
        return answer if is_account else Unclear(why)
    tasks = rows(reply.body, "data")
    if not dig(reply.body, "data"):
        return None
    ours = next((task for task in tasks if word(task, "external_id") in ("", client_id)), None)
    job = word(ours, "id")
    return Accepted(job) if job else Unclear("the answer is about another task")


def _is_list(reply: Reply) -> bool:
    """Whether the reply is a list of tasks rather than an error or another server's page."""
    return (
        is_fine(reply) and word(reply.body, "code") in ("", "0") and isinstance(dig(reply.body, "data"), list)
    )
