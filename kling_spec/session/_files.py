"""Reading files that a person names: one clear finding for whatever is wrong with one."""

import os
from pathlib import Path

from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.files import UnfitFile, opened

LARGEST = 1024 * 1024
"""Bytes; a spec of ten thousand lines is half of it."""


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
