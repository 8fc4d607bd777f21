"""Files that were uploaded or put here, served back under an address of this server."""

import re
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from uuid import uuid4

from kling_spec.sandbox._frame import Footage

_IMAGES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}
_OTHERS = {".mp4", ".mov", ".webm", ".mp3", ".wav", ".m4a", ".flac", ".ogg", ".url"}
_GIVEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,199}")
_STEM = re.compile(r"[0-9a-f]{32}")


class Uploads:
    """Keeps files by names of its own, or by names that `put` was given; the folder itself is the list."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for left_over in folder.glob(".*"):
            left_over.unlink(missing_ok=True)

    def keep(self, filename: str, data: bytes) -> str:
        """Store a file and return the path of its address."""
        suffix = Path(filename).suffix.lower()
        name = uuid4().hex + (suffix if suffix in _IMAGES | _OTHERS else ".bin")
        (self._folder / name).write_bytes(data)
        return f"/files/{name}"

    def draft(self) -> Path:
        """Return where a file can be written that is to be `put`; nobody finds it there."""
        return self._folder / f".{uuid4().hex}"

    def put(self, name: str, draft: Path) -> bool:
        """Take in a file under a name of the caller's, and say whether that is a name that can be."""
        if not _GIVEN.fullmatch(name):
            return False
        draft.replace(self._folder / name)
        return True

    def file(self, name: str) -> Path | None:
        """Return an uploaded file by its name."""
        file = self._folder / name
        return file if _GIVEN.fullmatch(name) and file.is_file() else None

    def named(self, stem: str) -> str | None:
        """Return the name of the file that was given a UUID, by its digits."""
        found = next(self._folder.glob(f"{stem}.*"), None) if _STEM.fullmatch(stem) else None
        return None if found is None else found.name

    def drop(self, stem: str) -> bool:
        """Delete the file that was given a UUID, and say whether there was one."""
        name = self.named(stem)
        if name is None:
            return False
        (self._folder / name).unlink(missing_ok=True)
        return True

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
    mark = b"--" + boundary.encode("latin-1", "replace")
    place = body.find(mark)
    while place >= 0:
        place += len(mark)
        follows = body.find(b"\r\n" + mark, place)
        end = follows if follows >= 0 else len(body)
        data = body.find(b"\r\n\r\n", place, end) + 4
        if data >= 4:
            headers = _headers(body[place:data].strip())
            if headers.get_param("name", header="content-disposition") == field:
                return headers.get_filename() or "file", body[data:end]
        place = follows if follows < 0 else follows + 2
    return None


def _headers(raw: bytes) -> Message:
    return BytesParser().parsebytes(raw + b"\r\n\r\n", headersonly=True)
