"""A task as each of Kling's two standards tells of it; a callback may come in either.

Shapes from the omni-video page, and from the pages of the second standard as copied 2026-09-20.
"""

from decimal import Decimal
from types import MappingProxyType
from typing import Any

from kling_spec.providers._answer import NO_ADDRESS, by_word
from kling_spec.providers._contract import JobState, Status
from kling_spec.providers._json import address, amount, message, rows, signed, word

STATES = MappingProxyType(
    {
        "submitted": JobState.RUNNING,
        "processing": JobState.RUNNING,
        "succeed": JobState.SUCCEEDED,  # the first standard's word
        "succeeded": JobState.SUCCEEDED,  # the second's
        "failed": JobState.FAILED,
    }
)


_UNITS = "units"


def first_standard(task: Any) -> Status:
    """Return where a task stands, by flat fields and `task_result`."""
    state, odd = by_word(word(task, "task_status"), STATES)
    video = ("task_result", "videos", 0)
    cost = amount(task, "final_unit_deduction")
    return _status(
        state,
        address(task, *video, "url"),
        seconds=amount(task, *video, "duration"),
        message=odd or message(task, "task_status_msg"),
        cost=cost,
        currency=_UNITS if cost else None,
    )


def second_standard(task: Any) -> Status:
    """Return where a task stands, by `outputs` and `billing`."""
    state, odd = by_word(word(task, "status"), STATES)
    video = next((row for row in rows(task, "outputs") if word(row, "type") in ("video", "")), {})
    cost, currency = _billed(task)
    return _status(
        state,
        address(video, "url"),
        seconds=amount(video, "duration"),
        message=odd or message(task, "message"),
        cost=cost,
        currency=currency,
    )


def _billed(task: Any) -> tuple[Decimal | None, str | None]:
    """Return what was taken: the amount is units or money, depending on the kind of charge.

    Several charges of the first one's kind are added up, such as those of two balances.
    """
    total, currency = Decimal(0), ""
    for row in rows(task, "billing"):
        its = _UNITS if word(row, "charge_type") == "unit" else word(row, "currency")
        if (cost := amount(row, "amount")) and its and its == (currency or its):
            total, currency = total + cost, its
    return (total, currency) if currency else (None, None)


def _status(state: JobState, url: str | None, **told: Any) -> Status:
    if state is JobState.SUCCEEDED and url is None:
        return Status(state=JobState.SUCCEEDED, **{**told, "message": NO_ADDRESS})
    return Status(state=state, video_url=signed(url) if state is JobState.SUCCEEDED else None, **told)
