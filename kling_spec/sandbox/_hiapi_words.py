"""How HiAPI answers: one envelope, errors with a word of their own."""

from typing import Any

from kling_spec.sandbox._switches import Trouble
from kling_spec.sandbox._wire import Answer

_CODES = {
    401: "UNAUTHORIZED",
    402: "INSUFFICIENT_BALANCE",
    404: "TASK_NOT_FOUND",
    409: "IDEMPOTENCY_KEY_PROCESSING",
    422: "IDEMPOTENCY_KEY_MISMATCH",
    429: "RATE_LIMITED",
    500: "INTERNAL_ERROR",
    503: "MODEL_UNAVAILABLE",
}
_PASSING = (409, 429, 503)


def envelope(data: Any) -> Answer:
    """Return the answer to a call that went well."""
    return Answer(body={"code": 200, "message": "success", "data": data})


def error(status: int, message: str, error_code: str = "") -> Answer:
    """Return an error body; what passes by itself says when to come back."""
    word = error_code or _CODES.get(status, "INVALID_REQUEST")
    body = {"code": status, "message": message, "data": None, "error_code": word}
    return Answer(status=status, body=body, headers={"Retry-After": "1"} if status in _PASSING else {})


def troubled(trouble: Trouble) -> Answer:
    """Return the answer to a body that asks for trouble."""
    return _TROUBLES[trouble]


_TROUBLES = {
    Trouble.REFUSED: error(400, "the prompt was refused by the content policy", "TASK_FAILED"),
    Trouble.BROKE: error(402, "the balance is too low"),
    Trouble.BUSY: error(429, "too many requests"),
    Trouble.DOWN: error(503, "the model is out of service"),
}
