"""One sandbox at a time in one folder; the lock dies with its process."""

import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from kling_spec.sandbox._error import SandboxError


class FolderLock:
    """Holds `lock` in a folder. Raises SandboxError when entered while another sandbox holds it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        file = (self._folder / "lock").open("a+", encoding="utf-8")
        try:
            _lock(file)
        except OSError:
            with file:
                file.seek(0)
                holder = file.read().strip()
            raise SandboxError(
                f"another sandbox{f' (process {holder})' if holder else ''} is working in {self._folder};"
                " stop it first, or give this one a folder of its own"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
