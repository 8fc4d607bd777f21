"""Opens a file that a person named, and nothing that only looks like one."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_CAN_WALK = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd
_LOOK = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"):
    _READ |= getattr(os, _flag, 0)


class UnfitFile(Exception):
    """A file that is there and is not read; `help` says what to do."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


@contextmanager
def opened(path: Path, root: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file for reading, once: what is looked at is what is read.

    With `root` the file must lie below it once every link is followed, and have no second name that might
    lie elsewhere. Nothing but an ordinary file is opened, and a pipe that takes its place meanwhile is not
    waited for. Raises UnfitFile, OSError and ValueError.
    """
    descriptor = _descriptor(path) if root is None else _below(path, root)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _refuse_special(status)
        if root is not None and status.st_nlink > 1:
            raise UnfitFile("it has a second name elsewhere (a hard link)", "copy the file into the project")
        yield file


def _descriptor(path: Path) -> int:
    _refuse_special(path.stat())
    return os.open(path, _READ & ~getattr(os, "O_NOFOLLOW", 0))


def _below(path: Path, root: Path) -> int:
    """Open a file below a folder, one step after the other, so that no link can be slipped in meanwhile."""
    outside = UnfitFile("it leads out of the project", "copy the file into the project")
    if not Path(os.path.normpath(path.absolute())).is_relative_to(os.path.normpath(root.absolute())):
        raise outside
    base, real = Path(os.path.realpath(root)), Path(os.path.realpath(path))
    if not real.is_relative_to(base) or real == base:
        raise outside
    if not _CAN_WALK:
        _refuse_special(real.lstat())
        return os.open(real, _READ)
    *folders, name = real.relative_to(base).parts
    at = os.open(base, _LOOK)
    try:
        for folder in folders:
            inner = os.open(folder, _LOOK, dir_fd=at)
            os.close(at)
            at = inner
        _refuse_special(os.stat(name, dir_fd=at, follow_symlinks=False))
        return os.open(name, _READ, dir_fd=at)
    finally:
        os.close(at)


def _refuse_special(status: os.stat_result) -> None:
    """Raise UnfitFile for folders, devices, pipes and sockets: opening one may hang, or do something."""
    if stat.S_ISDIR(status.st_mode):
        raise UnfitFile("it is a folder", "name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise UnfitFile("it is no ordinary file", "name an ordinary file")
