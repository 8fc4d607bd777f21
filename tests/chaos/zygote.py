"""Starts runs quickly: imports the product once, then forks a process for each run.

One line of JSON on the standard input starts a run; one on the standard output tells its process id, and
one how it ended. Nothing of a run happens in this process: it has no threads, no files and no connections.
"""

import json
import os
import select
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import child


def main() -> None:
    """Fork until the standard input ends, and see every run to its end."""
    child.warm_up(Path(sys.argv[1]))
    ears, mouth = os.pipe()
    os.set_blocking(mouth, False)
    os.set_blocking(ears, False)
    signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, str] = {}
    waiting, is_open = b"", True
    _tell({"ready": True})
    while is_open or running:
        ready, _, _ = select.select([ears, *([0] if is_open else [])], [], [], 1)
        if 0 in ready:
            some = os.read(0, 1 << 16)
            is_open = bool(some)
            *lines, waiting = (waiting + some).split(b"\n")
            for line in lines:
                order = json.loads(line)
                pid = _fork(order)
                running[pid] = order["run"]
                _tell({"run": order["run"], "pid": pid})
        if ears in ready:
            os.read(ears, 1 << 16)
        _reap(running)


def _reap(running: dict[int, str]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        _tell({"run": running.pop(pid), "status": os.waitstatus_to_exitcode(status)})


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        null = os.open(os.devnull, os.O_RDONLY)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number, file in ((0, null), (1, log), (2, log)):
            os.dup2(file, number)
        child.main(order)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - the log tells, and the exit code
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _tell(row: dict[str, Any]) -> None:
    os.write(1, json.dumps(row).encode() + b"\n")


if __name__ == "__main__":
    main()
