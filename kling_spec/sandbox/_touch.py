"""What faults leave out of a task, whoever is told of it: in an answer, or by a callback."""

from typing import Any

from kling_spec.sandbox._dialects import DIALECTS, forget_address, forget_cost, has_address, says_cost
from kling_spec.sandbox._job import Job
from kling_spec.sandbox._mishaps import Mishaps


def touched(mishaps: Mishaps, job: Job, task: dict[str, Any]) -> dict[str, Any]:
    """Return the task without what its faults leave out; it is changed itself."""
    dialect = DIALECTS[job.order.provider]
    is_done = task.get(dialect.status) == dialect.done
    if is_done and has_address(task) and mishaps.hits("no-url", job):
        forget_address(task)
    if says_cost(dialect, task) and mishaps.hits("no-cost", job):
        forget_cost(dialect, task)
    return task
