"""What cuts that were killed left behind: swept before the next one, and never from under a living one."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

_PARTS = ".kling-spec-*.*"
"""What has not taken its name yet: anywhere below the output folder, and beside what is kept of cuts."""
_FOLDERS = "cut-*"
"""The folders in which films are made."""
_LONG_AGO = 24 * 3600.0
"""Seconds after which a leftover is nobody's, where folders cannot be locked."""
_Sweep = Callable[[Path, float | None], None]
"""Sweeps a folder of what is older than that time; None for all of it."""


@contextmanager
def cutting(work: Path, output: Path) -> Iterator[None]:
    """Sweep what killed cuts left in both folders, and keep others from sweeping what is made inside.

    Whoever cuts holds a shared lock on the folders themselves, which dies with its process; only who is
    alone there sweeps. A folder that cannot be locked or swept is left as it is.
    """
    with ExitStack() as held:
        for folder, sweep in ((work, _sweep_work), (output, _sweep_output)):
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                if os.name == "nt":
                    sweep(folder, time.time() - _LONG_AGO)
                else:
                    held.callback(os.close, _held(folder, sweep))
        yield


def _held(folder: Path, sweep: _Sweep) -> int:
    """Return the folder's descriptor, locked together with others; sweep first where nobody else holds it."""
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sweep(folder, None)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _sweep_work(work: Path, before: float | None) -> None:
    _sweep([*work.glob(_FOLDERS), *work.glob(_PARTS)], before)


def _sweep_output(output: Path, before: float | None) -> None:
    _sweep([*output.rglob(_PARTS)], before)


def _sweep(leftovers: list[Path], before: float | None) -> None:
    for path in leftovers:
        with suppress(OSError):
            if path.is_symlink() or (before is not None and path.stat().st_mtime >= before):
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
