"""Small pictures of clips and films, as data addresses that a cell can hold."""

from base64 import b64encode
from pathlib import Path
from threading import Lock

from kling_spec.media import MediaError, poster

_WIDTHS = (192, 128, 96)
_LARGEST = 8 * 1024


class Stills:
    """Makes each picture once; safe in any thread."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}
        self._lock = Lock()

    def of(self, clip: Path) -> str:
        """Return a picture of at most 192 pixels and 8 kB, or nothing where the clip has none."""
        with self._lock:
            if clip not in self._known:
                self._known[clip] = still(clip, _WIDTHS, _LARGEST)
            return self._known[clip]


def still(path: Path, widths: tuple[int, ...], largest: int) -> str:
    """Return the widest picture of the file within `largest` bytes as a data address, or nothing."""
    try:
        for width in widths:
            data = poster(path, width)
            if len(data) <= largest:
                return f"data:image/jpeg;base64,{b64encode(data).decode()}"
    except (MediaError, OSError):
        pass
    return ""
