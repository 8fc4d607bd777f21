"""Starts ffmpeg and sees it through: the only user of subprocess here."""

import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import IO

from kling_spec.media._error import CancelledError, FfmpegError

_TAIL = 200
"""Lines of stderr that are kept."""
_BEAT = 0.05
"""Seconds between two looks at the clock and at the caller's event."""
ONE_THREAD = 1
"""For decoding whatever may be damaged: ffmpeg before 6 misses half of the damage where several threads decode."""


def source(path: Path) -> str:
    """Return the path as ffmpeg and PyAV take it: no name in it can pass for an option or a protocol."""
    return f"file:{path.absolute()}"


def run(  # noqa: PLR0913 -- all that a process needs to know
    binary: Path,
    arguments: Sequence[str],
    *,
    seconds: float = 3600,
    cancel: Event | None = None,
    on_frame: Callable[[int], None] | None = None,
    feed: Iterable[bytes] = (),
    verbosity: str = "error",
    on_line: Callable[[str], None] | None = None,
) -> str:
    """Run ffmpeg to its end and return the tail of what it wrote to stderr.

    `on_frame` hears how many frames are out and `on_line` every line of stderr, each from another thread; `feed` is
    written to the standard input. Raises FfmpegError on any exit code but zero
    and when `seconds` have passed, CancelledError when `cancel` is set.
    """
    command = [str(binary), "-nostdin", "-hide_banner", "-nostats", "-v", verbosity]
    command += [*(["-progress", "pipe:1"] if on_frame else []), *arguments]
    tail: deque[str] = deque(maxlen=_TAIL)
    with subprocess.Popen(  # noqa: S603 -- argv only; user's text never stands in it
        command,
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        threads = [
            Thread(target=_drain, args=(process.stderr, _both(tail.append, on_line)), daemon=True),
            Thread(target=_drain, args=(process.stdout, _frames(on_frame)), daemon=True),
            Thread(target=_pour, args=(process.stdin, feed), daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            in_time = _await(process, seconds, cancel)
        finally:
            _end(process)
            for thread in threads:
                thread.join()
    text = "".join(tail)
    if not in_time or process.returncode != 0:
        raise FfmpegError(command, process.returncode if in_time else None, text)
    return text


def capture(binary: Path, arguments: Sequence[str]) -> str:
    """Return what a short question, such as `-version`, prints."""
    command = [str(binary), "-hide_banner", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 -- as above
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FfmpegError(command, 127, str(error)) from None
    if done.returncode != 0:
        raise FfmpegError(command, done.returncode, done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def _await(process: subprocess.Popen[bytes], seconds: float, cancel: Event | None) -> bool:
    """Return whether the process ended before its time was up."""
    limit = monotonic() + seconds
    while monotonic() < limit:
        if cancel is not None and cancel.is_set():
            raise CancelledError("the render was cancelled")
        with suppress(subprocess.TimeoutExpired):
            process.wait(_BEAT)
            return True
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group: by asking, then by force."""
    for number in ("SIGTERM", "SIGKILL"):
        if process.poll() is not None:
            return
        with suppress(ProcessLookupError):
            if os.name == "posix":
                os.killpg(process.pid, getattr(signal, number))
            else:
                process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)


def _drain(stream: IO[bytes] | None, line: Callable[[str], None]) -> None:
    for raw in stream or ():
        line(raw[:2000].decode(errors="replace"))


def _both(keep: Callable[[str], None], on_line: Callable[[str], None] | None) -> Callable[[str], None]:
    def line(text: str) -> None:
        keep(text)
        if on_line is not None:
            on_line(text)

    return line


def _frames(on_frame: Callable[[int], None] | None) -> Callable[[str], None]:
    def line(text: str) -> None:
        name, _, value = text.strip().partition("=")
        if on_frame is not None and name == "frame" and value.isdigit():
            on_frame(int(value))

    return line


def _pour(stream: IO[bytes] | None, feed: Iterable[bytes]) -> None:
    if stream is None:
        return
    with suppress(BrokenPipeError), stream:
        for block in feed:
            stream.write(block)
