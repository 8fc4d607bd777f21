"""Reading files that a person names: one clear finding for whatever is wrong with one."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kling_spec.diagnostics import Diagnostic, Origin

LARGEST = 1024 * 1024
"""Bytes; a spec of ten thousand lines is half of it."""
_CAN_WALK = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd
_LOOK = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnfitFile(Exception):
    """A file that is there and is not read; `help` says what to do."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


@contextmanager
def opened(path: Path, root: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file for reading, once: what is looked at is what is read.

    With `root` the file must lie below it once every link is followed, and have no second name that might
    lie elsewhere. Nothing but an ordinary file is opened. Raises UnfitFile, OSError and ValueError.
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


def read_text(path: Path, shown: str, root: Path | None = None) -> tuple[str | None, Diagnostic | None]:
    """Return the text of a file, or None and why it cannot be read; `shown` is its name in messages.

    With `root` the file must lie below it.
    """
    try:
        raw = _raw(path, root)
        return raw.decode("utf-8"), None
    except UnicodeDecodeError as error:
        return None, _undecodable(bytes(error.object), error, shown)
    except UnfitFile as unfit:
        return None, _unreadable(shown, str(unfit), unfit.help)
    except FileNotFoundError:
        return None, _unreadable(shown, "there is no such file", _beside(path))
    except PermissionError:
        return None, _unreadable(shown, "no permission to read it", "make the file readable")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, _unreadable(shown, f"it cannot be read: {reason.lower()}", "check the name")


def _raw(path: Path, root: Path | None) -> bytes:
    with opened(path, root) as file:
        raw = file.read(LARGEST + 1)
        size = max(os.fstat(file.fileno()).st_size, len(raw))
    if size > LARGEST:
        words = f"it has {size / 1024 / 1024:,.1f} MiB; a spec has at most {LARGEST // 1024 // 1024}"
        raise UnfitFile(words, "name a .yaml file; large media are assets")
    return raw


def _undecodable(raw: bytes, error: UnicodeDecodeError, shown: str) -> Diagnostic:
    if b"\x00" in raw[:4096]:
        return _unreadable(shown, "it is no text", "name a .yaml file, saved as UTF-8")
    line = raw.count(b"\n", 0, error.start) + 1
    column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
    return Diagnostic(
        code="KS100",
        message=f"byte 0x{raw[error.start]:02X} is not UTF-8",
        origin=Origin(shown, line, column, line, column + 1),
        help="save the file as UTF-8",
    )


def _beside(path: Path) -> str:
    """Return a help line with specs that lie where the missing one should."""
    try:
        names = sorted(found.name for found in path.parent.glob("*.y*ml"))
    except OSError:
        names = []
    return (
        f"beside it: {', '.join(names[:6])}" if names else "check the name, or begin with 'kling-spec init'"
    )


def _unreadable(shown: str, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code="KS100", message=message, origin=Origin(shown), help=help_)
