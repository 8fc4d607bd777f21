"""One run at a time in a folder; and the thread that a run lives in."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from kling_spec.ir import Secret
from kling_spec.runner import Account, RunLock, RunLocked, start

HOLD = """
import sys, time
from pathlib import Path
from kling_spec.runner import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_told_which_one_runs(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(RunLocked, match=f"^process {holder.pid} is running here already"),
            RunLock(tmp_path),
        ):
            pass

        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with RunLock(tmp_path):
            assert (tmp_path / "run.lock").read_text() == str(os.getpid())


def test_a_lock_is_taken_again_after_it_was_let_go(tmp_path):
    for _ in range(2):
        with RunLock(tmp_path), pytest.raises(RunLocked), RunLock(tmp_path):
            pass


def test_a_handle_gives_what_the_work_gave_or_raised():
    async def work(stop: threading.Event) -> int:
        await asyncio.to_thread(stop.wait)
        return 7

    async def fault(_: threading.Event) -> int:
        raise TimeoutError("the work's own")

    handle = start(work)
    with pytest.raises(TimeoutError):
        handle.wait(0.2)
    assert not handle.is_done
    handle.stop.set()
    begun = time.monotonic()
    assert handle.wait() == 7
    assert time.monotonic() - begun < 10
    with pytest.raises(TimeoutError, match="the work's own"):
        start(fault).wait(5)


def test_an_account_is_named_by_its_key_and_address_and_shows_neither():
    def account(
        key: str = "geheim-geheim", url: str = "https://a.example.com", *, sandbox: bool = False
    ) -> Account:
        return Account(
            provider="kling",
            base_url=url,
            credentials={"KLING_API_KEY": Secret(key, "KLING_API_KEY")},
            is_sandbox=sandbox,
        )

    digests = {account().digest, account("other").digest, account(url="https://b.example.com").digest}

    assert len(digests) == 3
    assert account().digest == account().digest
    assert account(sandbox=True).digest == ""
    assert "geheim" not in repr(account())
