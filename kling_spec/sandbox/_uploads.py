"""Files that were uploaded, served back under an address of this server."""

import re
import secrets
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from kling_spec.sandbox._frame import Footage

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".mp4", ".mov", ".mp3", ".wav", ".m4a"}
_NAME = re.compile(r"[0-9a-f]{32}\.[a-z0-9]+")


class Uploads:
    """Keeps uploaded files by a name that is never the caller's own; the folder itself is the list."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, filename: str, data: bytes) -> str:
        """Store a file and return the path of its address."""
        suffix = Path(filename).suffix.lower()
        name = secrets.token_hex(16) + (suffix if suffix in _SUFFIXES else ".bin")
        (self._folder / name).write_bytes(data)
        return f"/files/{name}"

    def file(self, name: str) -> Path | None:
        """Return an uploaded file by its name."""
        file = self._folder / name
        return file if _NAME.fullmatch(name) and file.is_file() else None

    def read(self, name: str) -> bytes | None:
        """Return the content of an uploaded file by its name."""
        found = self.file(name)
        return None if found is None else found.read_bytes()

    def footage(self, name: str) -> Footage | None:
        """Return the length and size of an uploaded video; None when it cannot be read."""
        found = self.file(name)
        if found is None:
            return None
        from kling_spec.sandbox._probe import measure

        return measure(found)


def read_multipart(content_type: str, body: bytes, field: str) -> tuple[str, bytes] | None:
    """Return the file name and content of one field of a multipart body; None when it is not there."""
    head = _headers(f"Content-Type: {content_type}".encode("latin-1", "replace"))
    boundary = head.get_boundary()
    if head.get_content_maintype() != "multipart" or not boundary:
        return None
    mark = b"\r\n--" + boundary.encode("latin-1", "replace")
    for part in (b"\r\n" + body).split(mark)[1:]:
        raw, found, data = part.partition(b"\r\n\r\n")
        headers = _headers(raw.strip())
        if found and headers.get_param("name", header="content-disposition") == field:
            return headers.get_filename() or "file", data
    return None


def _headers(raw: bytes) -> Message:
    return BytesParser().parsebytes(raw + b"\r\n\r\n", headersonly=True)
