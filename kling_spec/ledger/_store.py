"""Downloaded clips, each under the digest of its bytes."""

import os
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path


class Store:
    """A folder of clips: `<first two digits>/<sha256>.mp4`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, clip: str) -> Path:
        """Return where the clip with that digest lies, or would."""
        return self.folder / clip[:2] / f"{clip}.mp4"

    def has(self, clip: str) -> bool:
        """Whether the clip is there."""
        return bool(clip) and self.path(clip).is_file()

    def partial(self, name: str) -> Path:
        """Return where an unfinished download goes; no clip ever has such a name."""
        folder = self.folder / "partial"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.part"

    def adopt(self, partial: Path) -> str:
        """Move a finished file into the store, durably, and return its digest."""
        with partial.open("r+b", buffering=0) as file:
            clip = file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        target = self.path(clip)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(target)
        _fsync(target.parent)
        _fsync(self.folder)
        return clip

    def sweep(self) -> None:
        """Remove what runs that were killed had not finished downloading; only while no other run goes on."""
        for partial in (self.folder / "partial").glob("*.part"):
            with suppress(OSError):
                partial.unlink()


def _fsync(folder: Path) -> None:
    if os.name == "nt":
        return  # folders cannot be opened there, and renames are durable
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
