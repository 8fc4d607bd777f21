"""Names of files below the output folder: what every file system takes, and takes for two different names."""

import re
from pathlib import PurePosixPath
from unicodedata import normalize

from kling_spec.source import unfit

_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?", re.IGNORECASE
)
_UNFIT = re.compile(r'[<>"|?*]')
_KINDS = (".mp4", ".m4v", ".mov", ".webm")
_LONGEST = 200


def unsafe(output: str) -> str:  # noqa: PLR0911 - each way of being unsafe is said by itself
    """Return what is wrong with a path below the output folder, or nothing."""
    path = PurePosixPath(output)
    if path.is_absolute() or ".." in path.parts or "\\" in output or not path.name:
        return "leaves the output folder"
    if path.suffix.lower() not in _KINDS:
        return "ends in none of .mp4, .mov and .webm"
    if not output.isprintable() or unfit(output) or len(output.encode()) > _LONGEST or _UNFIT.search(output):
        return "is no file name"
    for part in path.parts:
        if _DEVICE.fullmatch(part):
            return f"has the name of a device, '{part}'"
        if part.startswith(("-", ".", "~", " ")):
            return f"begins a name with '{part[0]}'"
        if part.endswith((".", " ")):
            return f"ends a name with '{part[-1]}'"
    return ""


def free_of_devices(name: str) -> str:
    """Return a name that no system takes for a device, nor a shell for an option."""
    return f"_{name}" if _DEVICE.fullmatch(name) or name[:1] in "-.~" else name


def folded(output: str) -> str:
    """Return what two names have in common that some file system takes for the same."""
    if output.isascii() and "/" not in output:
        return output.lower()  # quick, for a hundred thousand films
    return normalize("NFC", normalize("NFC", str(PurePosixPath(output))).casefold())
