"""Keeps a run out of the logs of the HTTP libraries: they write whole addresses, and some are signed."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))
"""By name, since a logger does not filter what its children log; `httpcore` shows where redirects lead."""
_IS_OURS: ContextVar[bool] = ContextVar("kling_spec_run", default=False)


@contextmanager
def silence() -> Iterator[None]:
    """Log nothing of the requests made here; those of the rest of the program are logged as ever."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_is_of_others)
    token = _IS_OURS.set(True)
    try:
        yield
    finally:
        _IS_OURS.reset(token)


def _is_of_others(_: logging.LogRecord) -> bool:
    return not _IS_OURS.get()
