"""Reading files that a person names: one clear finding for whatever is wrong with one."""

import stat
from pathlib import Path

from kling_spec.diagnostics import Diagnostic, Origin

LARGEST = 4 * 1024 * 1024
"""Bytes; a spec of ten thousand lines is a tenth of it."""


def read_text(path: Path, shown: str) -> tuple[str | None, Diagnostic | None]:
    """Return the text of a file, or None and why it cannot be read; `shown` is its name in messages."""
    try:
        status = path.stat()
        if wrong := _not_a_spec(status.st_mode, status.st_size):
            return None, _unreadable(shown, *wrong)
        raw = path.read_bytes()
    except FileNotFoundError:
        return None, _unreadable(shown, "there is no such file", _beside(path))
    except PermissionError:
        return None, _unreadable(shown, "no permission to read it", "make the file readable")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, _unreadable(shown, f"it cannot be read: {reason.lower()}", "check the name")
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError as error:
        return None, _undecodable(raw, error, shown)


def _not_a_spec(mode: int, size: int) -> tuple[str, str] | None:
    if stat.S_ISDIR(mode):
        return "it is a folder", "name a .yaml file in it"
    if not stat.S_ISREG(mode):
        return "it is no ordinary file", "name a .yaml file"
    if size > LARGEST:
        limit = LARGEST // 1024 // 1024
        return (
            f"it has {size / 1024 / 1024:,.0f} MB; a spec has at most {limit}",
            "name a .yaml file; large media are assets",
        )
    return None


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
