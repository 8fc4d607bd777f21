"""Addresses of media: whether a provider can get there, and what their endings give away."""

import ipaddress
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from kling_spec.sandbox._known import Known
from kling_spec.sandbox._shape import Fault

KLING_IMAGES = frozenset({".jpg", ".jpeg", ".png"})
KLING_FILMS = frozenset({".mp4", ".mov"})
_IMAGES = {".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".svg", ".jfif"}
_FILMS = {".webm", ".mkv", ".avi", ".wmv", ".flv", ".mpg", ".mpeg", ".m4v"}
_MEDIA = KLING_IMAGES | KLING_FILMS | _IMAGES | _FILMS | {".mp3", ".wav", ".m4a"}


def link_faults(field: str, value: str, known: Known, *, endings: Collection[str]) -> Iterator[Fault]:
    """Yield why what an address leads to cannot be fetched, or is no medium of the kind that is read.

    An address without an ending, or with one that is no medium's, is taken on trust.
    """
    if is_private(value) and not known.holds(value):
        yield Fault(field, "is a private address, which cannot be reached")
    ending = PurePosixPath(unquote(urlsplit(value).path)).suffix.lower()
    if ending in _MEDIA and ending not in endings:
        allowed = ", ".join(sorted(name.removeprefix(".") for name in endings))
        yield Fault(field, f"leads to a {ending.removeprefix('.')} file, only {allowed} are read")


def is_private(value: str) -> bool:
    """Whether an address leads to this machine or to a network that nobody else can reach."""
    host = urlsplit(value).hostname or ""
    if host == "localhost" or host.endswith((".localhost", ".local")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
