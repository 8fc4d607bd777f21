"""A run beside the cells of a notebook: gaps, presses, interrupts, in real kernels. The worst of three rounds counts.

`KLING_SPEC_TEST_IPYKERNELS` names folders of other ipykernels, which are measured beside the one that is installed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._measure import Result
from kling_spec.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "kernel"))

from kernels import Kernel, kernel_of  # type: ignore[import-not-found]
from pond import Pond  # type: ignore[import-not-found]

_LINES = [Path(name) for name in os.environ.get("KLING_SPEC_TEST_IPYKERNELS", "").split(os.pathsep) if name]
_SHOTS = ", ".join(f"{name}: A {name}" for name in ("frog", "hare", "owl", "fox"))
_SLEEP = 5
_MOVE = """
import threading
from datetime import UTC, datetime
from kling_spec.runner import Event, Kind
moving = threading.Event()
def move():
    kinds = (Kind.SUBMITTED, Kind.RUNNING)
    order, step = run.board.plan.orders[-1], 0
    while not moving.wait(0.1):
        step += 1
        run.board.hear(Event(kind=kinds[step % 2], tasks=order.tasks, fingerprint=order.fingerprint,
                             at=datetime.now(UTC)))
threading.Thread(target=move, daemon=True).start()
"""
"""Moves a row ten times a second, so that the page has something to be told of."""


class _Stage:
    """A kernel, and runs in it that go on until they are stopped."""

    def __init__(self, kernel: Kernel, folder: Path) -> None:
        self.kernel, self._folder, self._rounds = kernel, folder, 0

    def run(self, work: Callable[[Pond, str], float]) -> float:
        """Measure something of one run; the work gets its project and the comm of its board."""
        self._rounds += 1
        folder = self._folder / str(self._rounds)
        folder.mkdir()
        with Sandbox(seconds=3600, folder=folder / "server") as server:
            pond = Pond.written(folder / "project", _SHOTS, server, concurrency=2)
            pond.load(self.kernel)
            board = self.kernel.board(self.kernel.run("run = launch.run(yes=True)"))
            self.kernel.tell(board, {"type": "hello", "have": 0})
            self.kernel.listen(lambda: pond.charges == 2)
            try:
                return work(pond, board)
            finally:
                self.kernel.run("run.stop(); run.wait()")

    def engine_gap(self, pond: Pond, _: str) -> float:
        """Return the longest time, while a cell sleeps, in which the run asked its provider nothing."""
        cell = self.kernel.begin(f"time.sleep({_SLEEP})")
        self.kernel.listen(lambda: cell.is_begun)
        began = last = time.monotonic()
        asked, longest = _asked(pond), 0.0
        while time.monotonic() < began + _SLEEP - 0.1:
            now = _asked(pond)
            if now != asked:
                asked, longest, last = now, max(longest, time.monotonic() - last), time.monotonic()
            time.sleep(0.005)
        longest = max(longest, time.monotonic() - last)
        self.kernel.finish(cell)
        return longest

    def board_gap(self, _: Pond, board: str) -> float:
        """Return the longest time, while a cell sleeps, in which the page was told of no change."""
        self.kernel.run(_MOVE)
        cell = self.kernel.begin(f"time.sleep({_SLEEP})")
        self.kernel.listen(lambda: cell.is_begun)
        times = [time.monotonic()]
        while not cell.is_over:
            heard = _changes(self.kernel, board)
            self.kernel.listen(lambda heard=heard: cell.is_over or _changes(self.kernel, board) != heard)
            times.append(time.monotonic())
        self.kernel.run("moving.set()")
        return max(after - before for before, after in pairwise(times))

    def press(self, _: Pond, board: str) -> float:
        """Return how long a press of stop takes to the run, in an idle kernel."""
        begin = time.monotonic()
        _heeded(self.kernel.ask(board, "stop"))
        return time.monotonic() - begin

    def press_when_busy(self, _: Pond, board: str) -> float:
        """Return how long after the end of a cell the run has heard a press of stop that came during it."""
        cell = self.kernel.begin("time.sleep(2)")
        self.kernel.listen(lambda: cell.is_begun)
        told: list[float] = []
        self.kernel.tell(board, {"type": "act", "id": "busy", "does": "stop", "rows": []})
        ended = 0.0
        while not (ended and told):
            self.kernel.pause(0.02)
            if not ended and cell.is_over:
                ended = time.monotonic()
            if not told and any(one.get("id") == "busy" for one in self.kernel.comms[board]):
                told.append(time.monotonic())
        _heeded(self.kernel.answer(board, "busy"))
        return max(0.0, told[0] - ended)

    def stop_by_shell(self, pond: Pond, _: str) -> float:
        """Return how long the shell's stop takes, from the command to the end of the run in a busy kernel."""
        cell = self.kernel.begin("while not run.is_done: time.sleep(0.01)")
        self.kernel.listen(lambda: cell.is_begun)
        begin = time.monotonic()
        command = Path(sys.executable).with_name("kling-spec")
        subprocess.run([command, "stop", "--dir", pond.folder], capture_output=True, check=True)
        self.kernel.finish(cell)
        return time.monotonic() - begin

    def interrupt(self, waiting: str) -> Callable[[Pond, str], float]:
        """Return what measures how long an interrupt of that waiting takes; the run must go on."""

        def interrupted(pond: Pond, _: str) -> float:
            cell = self.kernel.begin(f"print('waits', flush=True)\n{waiting}")
            self.kernel.listen(lambda: "waits" in cell.printed)
            self.kernel.pause(0.3)
            begin = time.monotonic()
            self.kernel.interrupt()
            self.kernel.finish(cell)
            took = time.monotonic() - begin
            if (
                "The run goes on" not in cell.printed
                or "True" not in self.kernel.run("print(run.is_going)").printed
            ):
                raise RuntimeError("the interrupt has ended more than the waiting")
            self.kernel.listen(pond.asked_more(2))
            return took

        return interrupted


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims for each ipykernel; `rounds` above three are not worth their time."""
    for line in (None, *_LINES):
        with TemporaryDirectory() as folder, kernel_of(line) as kernel:
            version = kernel.run("import ipykernel; print(ipykernel.__version__)").printed.strip()
            stage = _Stage(kernel, Path(folder))
            yield from _claims(stage, version, min(rounds, 3))


def _claims(stage: _Stage, version: str, rounds: int) -> Iterator[Result]:
    for claim, work, bar in (
        ("gap of a run while a cell sleeps", stage.engine_gap, 0.5),
        ("gap of its board while a cell sleeps", stage.board_gap, 0.5),
        ("a press of stop, idle kernel", stage.press, 1.0),
        ("a press of stop, after the cell of a busy one", stage.press_when_busy, 1.0),
        ("stop by the shell, busy kernel", stage.stop_by_shell, 3.0),
        ("interrupt of run.wait()", stage.interrupt("run.wait()"), 1.0),
        ("interrupt of await run", stage.interrupt("await run"), 1.0),
    ):
        values = [stage.run(work) for _ in range(rounds)]
        detail = ", ".join(f"{value:.2f}" for value in values)
        yield Result(claim=f"{claim} ({version})", value=max(values), bar=bar, unit="s", detail=detail)


def _asked(pond: Pond) -> int:
    book = pond.server.book()
    return int(book.seen("poll") + book.seen("list"))


def _changes(kernel: Kernel, board: str) -> int:
    return sum(one["type"] == "changes" for one in kernel.comms[board])


def _heeded(answer: dict[str, object]) -> None:
    if answer.get("wrong"):
        raise RuntimeError(f"the press was refused: {answer['wrong']}")
