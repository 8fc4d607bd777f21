"""How large a body may be: a request like any, or the upload of a file."""

from typing import NamedTuple

MEGABYTE = 1024 * 1024
REQUEST = 64 * MEGABYTE
"""The largest body that no file is uploaded with."""
_FILE = 210 * MEGABYTE
_FRAME = MEGABYTE
"""What a form or a task may weigh around its file."""


class Room(NamedTuple):
    """What may come in at one path."""

    largest: int
    """In bytes."""
    megabytes: int
    """The same as a person is told."""


def room_at(method: str, path: str) -> Room:
    """Return how large a body may be; a file in base64 takes a third more."""
    match method, path.rstrip("/"):
        case "PUT", name if name.startswith("/files/"):
            return Room(_FILE, 210)
        case "POST", "/api/v1/files":
            return Room(_FILE + _FRAME, 210)
        case "POST", "/v1":
            return Room(_FILE * 4 // 3 + _FRAME, 210)
        case _:
            return Room(REQUEST, 64)
