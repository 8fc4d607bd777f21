"""Which addresses are the sandbox's own, whatever port it had when it gave them out."""

from typing import NamedTuple
from urllib.parse import urlsplit

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FOLDERS = {"clips", "files"}


class Place(NamedTuple):
    """What an address of the sandbox stands for."""

    folder: str
    """clips or files."""
    name: str


def place_of(address: str) -> Place | None:
    """Return where on a sandbox an address leads to; None for any that is not on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    folder, _, name = parts.path.removeprefix("/").partition("/")
    is_own = parts.scheme == "http" and parts.hostname in _LOOPBACK and folder in _FOLDERS
    return Place(folder, name) if is_own else None
