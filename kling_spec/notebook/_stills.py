"""Small pictures of clips and films, as data addresses that a cell can hold."""

from base64 import b64encode
from pathlib import Path
from threading import Lock

from kling_spec.media import MediaError, poster

_WIDTHS = (128, 96)
_LARGEST = 4 * 1024


class Stills:
    """Makes each picture once; safe in any thread."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}
        self._lock = Lock()

    def of(self, clip: Path) -> str:
        """Return a picture of at most 128 pixels and 4 kB, or nothing where the clip has none."""
        with self._lock:
            if clip not in self._known:
                self._known[clip] = still(clip, _WIDTHS, _LARGEST)
            return self._known[clip]


def thumb(path: Path) -> bytes | None:
    """Return a JPEG of at most 192 pixels, or None where the clip has no picture."""
    try:
        return poster(path, 192)
    except (MediaError, OSError):
        return None


def still(path: Path, widths: tuple[int, ...], largest: int, at: float | None = None) -> str:
    """Return the widest picture of the file within `largest` bytes as a data address, or nothing.

    With `at` it is of about that moment, in seconds.
    """
    try:
        for width in widths:
            data = poster(path, width, at)
            if len(data) <= largest:
                return f"data:image/jpeg;base64,{b64encode(data).decode()}"
    except (MediaError, OSError):
        pass
    return ""
