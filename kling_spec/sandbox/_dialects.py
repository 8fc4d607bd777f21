"""How each provider's answers tell of a task, so that a fault can change what they tell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from kling_spec.sandbox import _hiapi_words, _kling_words
from kling_spec.sandbox._runware_words import task_error
from kling_spec.sandbox._wire import Answer

_GONE = object()
_ADDRESSES = frozenset({"url", "watermark_url", "videoURL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The words of one provider."""

    job: str
    """The key of a task's id."""
    status: str
    """The key of its status."""
    done: str
    """The status of a task whose clip is there."""
    ending: Mapping[str, Any]
    """What a task says only when it has ended, and what it says instead before."""
    costs: Mapping[str, Any]
    """What says what a task cost, and what stands there when nothing does."""
    missing: Callable[[Sequence[str]], Answer]
    """The answer to a question about tasks that are not there, by their ids."""


def _no_runware_task(names: Sequence[str]) -> Answer:
    heads = [{"taskType": "videoInference", "taskUUID": name} for name in names]
    errors = [task_error("taskNotFound", "no task has this taskUUID", head, "taskUUID") for head in heads]
    return Answer(status=404, body={"data": [], "errors": errors})


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "kling": Dialect(
            job="task_id",
            status="task_status",
            done="succeed",
            ending={"task_result": _GONE, "final_unit_deduction": _GONE, "task_status_msg": ""},
            costs={"final_unit_deduction": _GONE},
            missing=lambda _: _kling_words.error(404, 1203, "The task does not exist"),
        ),
        "kling-2026": Dialect(
            job="id",
            status="status",
            done="succeeded",
            ending={"outputs": [], "billing": [], "message": ""},
            costs={"billing": []},
            missing=lambda _: _kling_words.envelope([]),
        ),
        "hiapi": Dialect(
            job="taskId",
            status="status",
            done="success",
            ending={"output": [], "completed": 0, "error": _GONE},
            costs={},
            missing=lambda _: _hiapi_words.error(404, "there is no such task"),
        ),
        "runware": Dialect(
            job="taskUUID",
            status="status",
            done="success",
            ending=dict.fromkeys(("videoUUID", "videoURL", "seed", "NSFWContent", "cost"), _GONE),
            costs={"cost": _GONE},
            missing=_no_runware_task,
        ),
        "apimodels": Dialect(
            job="taskId",
            status="state",
            done="completed",
            ending=dict.fromkeys(("completeTime", "resultUrls", "failMsg"), _GONE),
            costs={},
            missing=lambda _: Answer(status=404, body={"code": 404, "msg": "Not Found - Task ID not found"}),
        ),
    }
)
"""By provider."""


def tasks_in(dialect: Dialect, body: Any) -> Iterator[dict[str, Any]]:
    """Yield each task that an answer tells the status of."""
    if isinstance(body, dict):
        if dialect.job in body and dialect.status in body:
            yield body
        for value in body.values():
            yield from tasks_in(dialect, value)
    elif isinstance(body, list):
        for value in body:
            yield from tasks_in(dialect, value)


def without(dialect: Dialect, answer: Answer, hidden: Sequence[str]) -> Answer:
    """Return the answer as it would be if some of its tasks were not there."""
    if not hidden:
        return answer
    missing = dialect.missing(hidden)
    data = answer.body.get("data")
    if isinstance(data, dict) and data.get(dialect.job) in hidden:
        return missing
    kept = _pruned(dialect, answer.body, hidden)
    if "errors" in missing.body:
        errors = [*kept.get("errors", ()), *missing.body["errors"]]
        return replace(
            answer, status=answer.status if kept["data"] else missing.status, body={**kept, "errors": errors}
        )
    return replace(answer, body=kept)


def end_late(dialect: Dialect, task: dict[str, Any], word: str) -> None:
    """Make a task one that has not ended, and whose status is another word."""
    _set(task, dialect.ending)
    task[dialect.status] = word


def says_cost(dialect: Dialect, task: dict[str, Any]) -> bool:
    """Whether a task says what it cost."""
    return any(task.get(key) for key in dialect.costs)


def forget_cost(dialect: Dialect, task: dict[str, Any]) -> None:
    """Make a task not say what it cost."""
    _set(task, dialect.costs)


def has_address(value: Any) -> bool:
    """Whether an address of a clip stands anywhere in a task."""
    if isinstance(value, dict):
        named = any(value.get(key) for key in (*_ADDRESSES, "resultUrls"))
        return named or any(has_address(entry) for entry in value.values())
    return isinstance(value, list) and any(has_address(entry) for entry in value)


def forget_address(value: Any) -> None:
    """Take away every address of a clip."""
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        forget_address(entry)
    if isinstance(value, dict):
        for key in _ADDRESSES & value.keys():
            del value[key]
        if "resultUrls" in value:
            value["resultUrls"] = []


def _set(task: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if key in task and value is _GONE:
            del task[key]
        elif key in task:
            task[key] = value


def _pruned(dialect: Dialect, value: Any, hidden: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(dialect, entry, hidden) for key, entry in value.items()}
    if not isinstance(value, list):
        return value
    return [
        _pruned(dialect, entry, hidden)
        for entry in value
        if not (isinstance(entry, dict) and entry.get(dialect.job) in hidden)
    ]
