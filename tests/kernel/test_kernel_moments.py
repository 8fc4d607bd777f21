"""A notebook whose kernel is interrupted or killed at any moment, and then run again from the top, pays once.

`KLING_SPEC_TEST_MOMENTS` says how many interrupts are tried, and twice as many as kills; `make kernels` asks for fifty.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kernels import Cell, Kernel
from pond import Pond

from kling_spec.sandbox import Sandbox

MOMENTS = int(os.environ.get("KLING_SPEC_TEST_MOMENTS", "6"))
REST = ("run = launch.run(yes=True)", "await run", "launch.cut('main')")
"""The cells after the one that loads the spec."""
WEIGHTS = (1, 4, 4, 2)
"""How often a moment lies in each cell."""


def shots(number: int) -> str:
    return ", ".join(f"{name}: A {name} of moment {number}" for name in ("frog", "hare"))


def run_all(kernel: Kernel, pond: Pond) -> list[Cell]:
    """Run the notebook from the top, and stop where a cell fails."""
    ran = [pond.load(kernel)]
    for code in REST:
        if ran[-1].error:
            break
        ran.append(kernel.run(code))
    return ran


class Notebook:
    """One notebook that is stopped somewhere, with the provider that it pays."""

    def __init__(self, kernel: Kernel, pond: Pond) -> None:
        self._kernel, self._pond = kernel, pond
        self._before = self._count()

    def stop(self, cell: int, seconds: float, stopping: Callable[[], None]) -> bool:
        """Run up to a cell, stop that after so long, and return whether it was still at work."""
        begun = self._pond.begin(self._kernel)
        for code in REST[:cell]:
            self._kernel.finish(begun)
            begun = self._kernel.begin(code)
        self._kernel.listen(lambda: begun.is_begun)
        self._kernel.pause(seconds)
        was_at_work = not begun.is_over
        stopping()
        return was_at_work

    def judge(self) -> None:
        """Run all of it, and see that its two tasks are there and were paid and sent once."""
        try:
            ran = run_all(self._kernel, self._pond)
        except TimeoutError:
            if not self._kernel.may_fall_silent:
                raise
            self._kernel.die()
            ran = run_all(self._kernel, self._pond)
        assert [(one.error, one.told) for one in ran] == [("", "")] * 4
        self._decide()
        assert self._kernel.run("print(sorted(run.clips))").printed == "['-/frog', '-/hare']\n"
        assert list((self._pond.folder / "out").glob("*.mp4"))
        charged, sent = self._count()
        assert (charged - self._before[0], sent - self._before[1]) == (2, 2)

    def _decide(self) -> None:
        """Send what was about to be sent when the kernel died, and of which the provider knows nothing."""
        unknown = self._kernel.run("print(*run.board.tasks(['unknown']))").printed.split()
        assert self._count()[0] - self._before[0] == 2 - len(unknown)
        for task in unknown:
            self._kernel.run(f"run.resubmit({task!r})")
        if unknown:
            self._kernel.run("run.retry(yes=True).wait(); launch.cut('main')")

    def _count(self) -> tuple[int, int]:
        book = self._pond.server.book()
        return len(book.charges), book.seen("submit")


@pytest.fixture
def usual(kernel: Kernel, server: Sandbox, tmp_path: Path) -> list[float]:
    """How many seconds each cell takes where nobody stops it."""
    pond = Pond.written(tmp_path / "usual", shots(0), server)
    took = []
    began = time.monotonic()
    pond.load(kernel)
    for code in ("pass", *REST):
        kernel.run(code)
        took.append(time.monotonic() - began)
        began = time.monotonic()
    return took


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(seconds=0.2, folder=tmp_path / "server") as one:
        yield one


def test_a_notebook_that_is_interrupted_anywhere_and_run_again_pays_every_task_once(
    kernel: Kernel, server: Sandbox, usual: list[float], tmp_path: Path
) -> None:
    dice, at_work = random.Random(6), 0
    for number in range(1, MOMENTS + 1):
        pond = Pond.written(tmp_path / str(number), shots(number), server)
        notebook = Notebook(kernel, pond)
        [cell] = dice.choices(range(4), WEIGHTS)

        at_work += notebook.stop(cell, dice.random() * usual[cell], kernel.interrupt)

        notebook.judge()
    assert at_work


def test_a_notebook_whose_kernel_is_killed_anywhere_and_run_again_pays_every_task_once(
    kernel: Kernel, server: Sandbox, usual: list[float], tmp_path: Path
) -> None:
    dice, at_work = random.Random(9), 0
    for number in range(1, max(2, MOMENTS // 2) + 1):
        pond = Pond.written(tmp_path / str(number), shots(number), server)
        notebook = Notebook(kernel, pond)
        [cell] = dice.choices(range(4), WEIGHTS)

        at_work += notebook.stop(cell, dice.random() * usual[cell], kernel.die)

        notebook.judge()
    assert at_work
