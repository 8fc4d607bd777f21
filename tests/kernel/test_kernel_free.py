"""A run goes on beside the cells of a notebook, and ends when it is told to, whatever the kernel does."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from kernels import Kernel
from pond import Pond

TWO = "frog: A frog, hare: A hare"
FOUR = "frog: A frog, hare: A hare, owl: An owl, fox: A fox"
HOLD = "while not run.is_done: time.sleep(0.05)\nprint(len(run.clips), 'clips')"
"""A cell that holds the kernel until the run has ended beside it."""


def test_jobs_end_and_the_board_is_told_while_a_cell_holds_the_kernel(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    project = pond(TWO, seconds=2.0)
    begun = kernel.run("run = launch.run(yes=True)")
    board = kernel.board(begun)
    kernel.tell(board, {"type": "hello", "have": 0})
    kernel.listen(lambda: any(one["type"] == "snapshot" for one in kernel.comms.get(board, ())))
    is_asked, before = project.asked_more(2), len(kernel.comms[board])

    held = kernel.finish(kernel.begin(HOLD))

    assert held.printed == "2 clips\n"
    assert is_asked()
    moved = [one for one in kernel.comms[board][before:] if one["type"] == "changes"]
    assert moved
    kernel.listen(lambda: "Done: 2 tasks sent" in next(iter(begun.shown.values()))["text/plain"])
    assert project.charges == 2


@pytest.mark.parametrize("cell", ["pass", "time.sleep(2)"], ids=["idle", "busy"])
def test_a_press_of_stop_is_heeded_at_the_end_of_the_cell_at_the_latest(
    kernel: Kernel, pond: Callable[..., Pond], cell: str
) -> None:
    project = pond(FOUR, seconds=3600, concurrency=1)
    board = kernel.board(kernel.run("run = launch.run(yes=True)"))
    kernel.listen(lambda: project.charges)

    held = kernel.begin(cell)
    kernel.listen(lambda: held.is_begun)
    told = kernel.ask(board, "stop")
    kernel.finish(held)

    assert "wrong" not in told
    assert kernel.run("run.wait(60); print(run.is_done, run.is_stopping)").printed == "True True\n"
    assert project.charges == 1


def test_a_press_of_take_back_during_a_cell_keeps_the_rest_from_being_sent(
    kernel: Kernel, pond: Callable[..., Pond]
) -> None:
    project = pond(FOUR, seconds=4, concurrency=1)
    board = kernel.board(kernel.run("run = launch.run(yes=True)"))
    kernel.listen(lambda: project.charges)
    first = kernel.run("print([t for t, s in ((run.board.standing(n).row.task, run.board.standing(n).state)"
                       " for n in range(4)) if s == 'create'])").printed  # fmt: skip
    assert first.count("-/") == 3

    held = kernel.begin("time.sleep(1)")
    kernel.listen(lambda: held.is_begun)
    told = kernel.ask(board, "cancel", range(4))
    kernel.finish(held)

    assert "wrong" not in told
    assert kernel.run("run.wait(); print(len(run.clips), run.text().count('taken back'))").printed == "1 3\n"
    assert project.charges == 1


def test_a_shell_ends_a_run_whose_kernel_is_busy(kernel: Kernel, pond: Callable[..., Pond]) -> None:
    project = pond(FOUR, seconds=3600, concurrency=1)
    kernel.run("run = launch.run(yes=True)")
    kernel.listen(lambda: project.charges)

    held = kernel.begin(HOLD)
    kernel.listen(lambda: held.is_begun)
    command = Path(sys.executable).with_name("kling-spec")
    done = subprocess.run(
        [command, "stop", "--dir", project.folder], capture_output=True, text=True, check=True
    )
    kernel.finish(held)

    assert "sends nothing more and ends soon" in done.stdout + done.stderr
    assert held.printed == "0 clips\n"
    assert project.charges == 1


@pytest.mark.parametrize("waiting", ["run.wait()", "await run"])
def test_an_interrupt_ends_the_waiting_alone_and_says_what_goes_on(
    kernel: Kernel, pond: Callable[..., Pond], waiting: str
) -> None:
    project = pond(TWO, seconds=2.0, concurrency=1)
    kernel.run("run = launch.run(yes=True)")
    cell = kernel.begin(f"print('waits', flush=True)\n{waiting}")
    kernel.listen(lambda: "waits" in cell.printed)
    kernel.listen(project.asked_more(2))

    kernel.interrupt()
    kernel.finish(cell)

    assert cell.error in {"KeyboardInterrupt", "CancelledError"}
    assert "Stopped waiting. The run goes on, and up to 0.252 USD is still to be sent: " in cell.printed
    assert "run.wait() waits again, run.stop() sends nothing more." in cell.printed
    assert kernel.run("print(run.is_going)").printed == "True\n"
    assert kernel.run("run.wait(); print(sorted(run.clips))").printed.count("-/") == 2
    assert project.charges == 2
