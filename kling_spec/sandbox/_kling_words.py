"""How Kling answers on all of its paths: one envelope, one table of error codes, times in milliseconds."""

import secrets
from typing import Any

from kling_spec.sandbox._shape import Fault
from kling_spec.sandbox._switches import Trouble
from kling_spec.sandbox._wire import Answer, Call, RefusedError

CODES = {400: 1200, 401: 1000, 404: 1202, 405: 1202, 411: 1200, 413: 1200, 500: 5000, 503: 5001, 504: 5002}
"""The code for what the server itself found wrong, by HTTP status."""

_TROUBLES = {
    Trouble.REFUSED: (400, 1301, "The prompt triggers the content safety policy"),
    Trouble.BROKE: (429, 1102, "The resource pack is used up or has expired"),
    Trouble.BUSY: (429, 1303, "Parallel tasks exceed the limit of the resource pack"),
    Trouble.DOWN: (503, 5001, "The service is down for maintenance"),
}


def envelope(data: Any) -> Answer:
    """Return the answer to a call that went well."""
    return Answer(body={"code": 0, "message": "SUCCEED", "request_id": secrets.token_hex(16), "data": data})


def error(status: int, code: int, message: str) -> Answer:
    """Return an error body; it has no data."""
    return Answer(status=status, body={"code": code, "message": message, "request_id": secrets.token_hex(16)})


def refusal(fault: Fault) -> Answer:
    """Return the answer to a body with a wrong value in it."""
    return error(400, 1201, f"{fault.field} {fault.message}")


def troubled(trouble: Trouble) -> Answer:
    """Return the answer to a body that asks for trouble."""
    return error(*_TROUBLES[trouble])


def taken() -> Answer:
    """Return the answer to a caller's own id that the account has used before."""
    return error(400, 1201, "external_task_id has been used before by this account")


def milliseconds(time: float) -> int:
    """Return a time in seconds as Kling writes it."""
    return int(time * 1000)


def body_of(call: Call) -> Any:
    """Return the JSON value of a call; refuses what is none."""
    try:
        return call.json()
    except ValueError as wrong:
        raise RefusedError(error(400, 1200, f"The body is not JSON: {wrong}")) from None
