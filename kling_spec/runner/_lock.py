"""One run at a time in one state folder; the lock dies with its process."""

import os
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from kling_spec.diagnostics import ToldError

_PLACE = 1 << 30
"""The byte that is locked where locks are of bytes: beyond the text, so that this can be read."""
_WISH = "stop"
"""The file by which another process asks the run to stop."""
_PAUSES = (0.005, 0.01, 0.02, 0.04)
"""Seconds between tries."""


class RunLocked(ToldError):
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
            _lock_in_time(file)
            file.seek(0)
            file.truncate()
            file.write(str(os.getpid()))
            file.flush()
            (self._path.parent / _WISH).unlink(missing_ok=True)
        except (BlockingIOError, PermissionError):
            who = _named(file)
            file.close()
            raise RunLocked(
                f"{who} is running here already; wait for it, or follow it with 'kling-spec run SPEC --watch'"
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


def ask_to_stop(folder: Path) -> str | None:
    """Ask whoever runs in the folder to send nothing more and end soon; return who, or None for nobody."""
    who = holder(folder)
    if who is not None:
        (folder / _WISH).touch()
    return who


def is_asked_to_stop(folder: Path) -> bool:
    """Whether somebody asked the run in the folder to stop since it began."""
    return (folder / _WISH).exists()


def holder(folder: Path) -> str | None:
    """Return who runs in the folder, such as `process 4711`, or None where nobody does."""
    try:
        file = (folder / "run.lock").open("r+", encoding="utf-8")
    except FileNotFoundError:
        return None
    with file:
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):
            return _named(file)
    return None


def _named(file: IO[str]) -> str:
    file.seek(0)
    number = file.read().strip()
    return f"process {number}" if number else "another process"


def _lock_in_time(file: IO[str]) -> None:
    """Lock the file; who only looks whether it is locked holds it for a moment."""
    for pause in _PAUSES:
        try:
            return _lock(file)
        except (BlockingIOError, PermissionError):
            time.sleep(pause)
    return _lock(file)


def _lock(file: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(_PLACE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
