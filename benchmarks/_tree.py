"""How much memory a process takes with all that it starts."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_BEAT = 0.02
"""Seconds between two looks."""


def peak_of_tree(code: str, *, cores: int) -> float:
    """Return the peak in MiB of a fresh interpreter that runs the code on so many cores, all its children with it."""
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, allowed),  # noqa: PLW1509 - no threads are about
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, _tree(process.pid))))
        time.sleep(_BEAT)
    if process.returncode:
        raise RuntimeError(f"the benchmark's process failed: {code}")
    return peak * os.sysconf("SC_PAGE_SIZE") / 2**20


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))
    except (OSError, ValueError):
        return


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
