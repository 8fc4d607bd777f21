"""How many segments are encoded at once, and by how many processes."""

import os

from kling_spec.ir import Canvas

_MOST = 4
"""Processes, and segments that one of them makes of one clip."""
_BASE = 64 << 20
_PER_PIXEL = 200
"""Bytes of memory that an encoder takes, measured at 720p and 1080p."""
_FULL = 3
"""How many times as much a process takes that makes the most segments: short ones need less."""


def together_for(canvas: Canvas) -> int:
    """Return how many segments of one clip a process makes, which decodes it once: one where memory is short."""
    return _MOST if _room(canvas) >= _FULL else 1


def workers_for(canvas: Canvas) -> int:
    """Return how many processes: each takes two cores' time, and all together at most half of the memory.

    The number decides how long a film takes, and never its bytes.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    by_memory = _room(canvas) // (1 if together_for(canvas) == 1 else _FULL)
    return max(1, min(cores if cores <= 2 else cores // 2, by_memory, _MOST))


def _room(canvas: Canvas) -> int:
    """Return for how many encoders there is memory."""
    return _memory() // 2 // (_BASE + _PER_PIXEL * canvas.width * canvas.height)


def _memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows does not say
        return 4 << 30
