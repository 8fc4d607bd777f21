"""How many segments are encoded at once."""

import os

from kling_spec.ir import Canvas

_MOST = 4
_BASE = 256 << 20
_PER_PIXEL = 100
"""Bytes of memory that one encoder takes, measured at 720p, 1080p and 4K."""


def workers_for(canvas: Canvas) -> int:
    """Return how many: each takes two cores' time, and all together at most half of the memory.

    The number decides how long a film takes, and never its bytes.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    each = _BASE + _PER_PIXEL * canvas.width * canvas.height
    by_memory = _memory() // 2 // each
    return max(1, min(cores if cores <= 2 else cores // 2, by_memory, _MOST))


def _memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows does not say
        return 4 << 30
