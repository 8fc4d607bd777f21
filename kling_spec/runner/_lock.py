"""One run at a time in one state folder; the lock dies with its process."""

import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_PLACE = 1 << 30
"""The byte that is locked where locks are of bytes: beyond the text, so that this can be read."""


class RunLocked(Exception):
    """Another process runs in this state folder."""


class RunLock:
    """Holds `run.lock` in the folder. Raises RunLocked when entered while another process holds it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "run.lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="utf-8")
        try:
            _lock(file)
            file.seek(0)
            file.truncate()
            file.write(str(os.getpid()))
            file.flush()
        except (BlockingIOError, PermissionError):
            file.seek(0)
            number = file.read().strip()
            file.close()
            holder = f"process {number}" if number else "another process"
            raise RunLocked(
                f"{holder} is running here already; wait for it, or watch it with 'kling-spec status'"
            ) from None
        except BaseException:
            file.close()
            raise
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(_PLACE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
