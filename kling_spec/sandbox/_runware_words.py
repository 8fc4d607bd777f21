"""How Runware says that something is wrong: one item of `errors` for each task that failed."""

from typing import Any

from kling_spec.sandbox._shape import Fault
from kling_spec.sandbox._switches import Trouble

_CODES = {
    "unknown": "unsupportedParameter",
    "missing": "missingParameter",
    "conflict": "incompatibleParameters",
    "value": "invalidParameter",
}
_TROUBLES = {
    Trouble.REFUSED: (400, "contentPolicyViolation", "the prompt was refused"),
    Trouble.BROKE: (402, "insufficientCredits", "the account has no credits left"),
    Trouble.BUSY: (429, "rateLimitExceeded", "too many tasks at once"),
    Trouble.DOWN: (503, "providerUnavailable", "the provider cannot be reached"),
}
_DOCUMENTATION = "https://runware.ai/docs/models"


class TaskError(Exception):
    """One task of the array went wrong; the others go on."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.status = status
        self.error = error


def task_error(
    code: str, message: str, task: dict[str, Any] | None = None, parameter: str | None = None
) -> dict[str, Any]:
    """Return one item of `errors`."""
    error: dict[str, Any] = {"code": code, "message": message, "documentation": _DOCUMENTATION}
    if parameter is not None:
        error["parameter"] = parameter
    for key in ("taskType", "taskUUID"):
        value = (task or {}).get(key)
        if isinstance(value, str):
            error[key] = value[:100]
    return error


def refusal(fault: Fault, task: dict[str, Any]) -> TaskError:
    """Return what is raised for a task with a wrong value in it."""
    error = task_error(_CODES[fault.kind], f"{fault.field} {fault.message}", task, fault.field)
    return TaskError(400, error)


def troubled(trouble: Trouble, task: dict[str, Any]) -> TaskError:
    """Return what is raised for a task that asks for trouble."""
    status, code, message = _TROUBLES[trouble]
    parameter = "positivePrompt" if trouble is Trouble.REFUSED else None
    return TaskError(status, task_error(code, message, task, parameter))
