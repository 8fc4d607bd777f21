"""Writes files whole: what is read under a name is all of it, or what stood there before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Yield another name beside the target for a file that is made there, and becomes the target behind it.

    It does so once its bytes are on the disk; where anything fails it is gone, and the target is as it was.
    What a kill leaves is called `.kling-spec-*`, with the ending of the target.
    """
    part = target.with_name(f".kling-spec-{token_hex(6)}{target.suffix or '.part'}")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
        with suppress(OSError):  # a folder cannot be opened everywhere
            _sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def write_whole(target: Path, data: bytes | str, *, mode: int = 0o666) -> None:
    """Write the file, whole or not at all; text as UTF-8, its line ends as they are.

    `mode` is who may read and write it, less what the umask takes. Raises OSError.
    """
    raw = data.encode() if isinstance(data, str) else data
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with whole(target) as part, os.fdopen(os.open(part, flags, mode), "wb") as file:
        file.write(raw)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
