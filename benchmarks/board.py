"""What the live board of a run costs in a real page: messages, bytes, CPU, frames. The worst of three runs counts."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._measure import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from board_cells import BOARD, DRIVE, shown, write  # type: ignore[import-not-found]
from lab import CHROMIUM, Lab, Notebook, chromium, serve  # type: ignore[import-not-found]

_SECONDS = 10
_PACED = "from kling_spec.notebook import _front\n_front.PACE = {pace}"
_CPU = f"""
import json
stopped.clear()
cpu, begin = time.process_time(), time.monotonic()
{{go}}
time.sleep({_SECONDS})
stopped.set()
print((time.process_time() - cpu) / (time.monotonic() - begin) * 100)
"""
_FRAMES = f"""() => {{
    window.frames = [];
    let last = performance.now();
    const end = last + {_SECONDS * 1000};
    const next = (now) => {{ window.frames.push(now - last); last = now; if (now < end) requestAnimationFrame(next); }};
    requestAnimationFrame(next);
    return 0;
}}"""
_FIRST = """() => {
    const look = () => {
        const row = document.querySelector('.kling-spec-board .body .row .task');
        if (row && row.textContent) window.firstRow = Date.now() / 1000;
        else requestAnimationFrame(look);
    };
    look();
    return 0;
}"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a page bears while rows change."""

    messages: float
    """A second, at the page."""
    kilobytes: float
    """A second, at the page."""
    cpu: float
    """Percent of a core that the kernel uses more than without a board."""
    frame: float
    """Milliseconds between two frames, in the mean."""
    longest: float
    """Milliseconds of the longest frame."""


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about the board; `rounds` above three are not worth their time."""
    if CHROMIUM is None:
        raise RuntimeError("no Chromium here: apt-get install chromium")
    rounds = min(rounds, 3)
    with TemporaryDirectory() as folder, chromium() as browser, serve(Path(folder), browser) as lab:
        for tasks, bar in ((1000, 0.5), (10_000, 1.0)):
            seconds = max(_first_row(lab, f"first-{tasks}-{one}", tasks) for one in range(rounds))
            yield Result(claim=f"display to first row, {tasks:,} rows", value=seconds, bar=bar, unit="s")
        usual = [_load(lab, f"usual-{one}", 1000, 1000, None) for one in range(rounds)]
        yield _worst("messages, 1,000 rows all changing", usual, "messages", 6, "/s")
        yield _worst("bytes, 1,000 rows all changing", usual, "kilobytes", 120, "kB/s")
        forced = [_load(lab, f"forced-{one}", 1000, 1000, 0.1) for one in range(rounds)]
        yield _worst("messages, forced to 10 Hz", forced, "messages", 12, "/s")
        yield _worst("bytes, forced to 10 Hz", forced, "kilobytes", 250, "kB/s")
        yield _worst("CPU of the kernel for it, forced to 10 Hz", forced, "cpu", 3, "%")
        yield _worst("time of a frame, 1,000 rows (55 a second)", forced, "frame", 1000 / 55, "ms")
        yield _worst("longest frame, 1,000 rows", forced, "longest", 150, "ms")
        many = [_load(lab, f"many-{one}", 10_000, 100, 0.1) for one in range(rounds)]
        yield _worst("time of a frame, 10,000 rows (50 a second)", many, "frame", 20, "ms")
        yield _worst("longest frame, 10,000 rows", many, "longest", 250, "ms")


def _worst(claim: str, loads: list[Load], what: str, bar: float, unit: str) -> Result:
    values = [getattr(load, what) for load in loads]
    detail = ", ".join(f"{value:.1f}" for value in values)
    return Result(claim=claim, value=max(values), bar=bar, unit=unit, detail=detail)


def _first_row(lab: Lab, name: str, tasks: int) -> float:
    """Return the seconds from when the kernel has displayed the board to the first row in the page."""
    display = "import time\nlaunch = ks.load('spec.yaml')\nlaunch.run(); begin = time.time()"
    notebook = lab.open(write(lab, name, tasks, "import kling_spec as ks", display, "print(begin)"))
    notebook.run(0)
    notebook.page.evaluate(_FIRST)
    notebook.run(1)
    notebook.until("() => window.firstRow")
    seconds = float(notebook.page.evaluate("() => window.firstRow")) - float(_printed(notebook, 2))
    notebook.close()
    return seconds


def _printed(notebook: Notebook, cell: int) -> str:
    """Run a cell and return what it prints."""
    notebook.run(cell)
    notebook.until(
        "number => window.jupyterapp.shell.currentWidget.content.widgets[number].outputArea.node.innerText.trim()",
        argument=cell,
    )
    return notebook.output(cell)


def _load(lab: Lab, name: str, tasks: int, changed: int, pace: float | None) -> Load:
    """Return what a page bears that shows so many rows, of which some change ten times a second."""
    paced = _PACED.format(pace=pace) if pace else ""
    drive = _CPU.format(go=f"go({changed}, 10)")
    still = "time.sleep(1); print(json.dumps(states()))"
    alone = f"run._live._surface = None\ntime.sleep(1)\n{drive}"
    notebook: Notebook = lab.open(write(lab, name, tasks, f"{paced}\n{BOARD}", DRIVE, drive, still, alone))
    sizes: list[int] = []
    notebook.page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data)))
    )
    notebook.load()  # so that its line to the kernel is opened anew, and heard
    for cell in (0, 1):
        notebook.run(cell)
    notebook.page.wait_for_selector(".kling-spec-board .body .row")
    sizes.clear()
    notebook.page.evaluate(_FRAMES)
    with_board = float(_printed(notebook, 2))
    heard = [*sizes]
    frames = [float(one) for one in notebook.page.evaluate("() => window.frames")]
    known = json.loads(_printed(notebook, 3))
    if shown(notebook) != known:
        raise RuntimeError("the page does not show what the kernel knows")
    cpu = with_board - float(_printed(notebook, 4))
    notebook.close()
    return Load(
        messages=len(heard) / _SECONDS,
        kilobytes=sum(heard) / _SECONDS / 1000,
        cpu=cpu,
        frame=sum(frames) / len(frames),
        longest=max(frames),
    )
