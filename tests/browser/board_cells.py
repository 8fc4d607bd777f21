"""Cells of notebooks in which a run moves that nobody pays for, and what the page shows of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import Lab, Notebook

from kling_spec.sandbox import Sandbox

SPEC = """kling_spec: 1
name: pond  # where all of it plays
matrix:
  number: [{numbers}]
defaults: {{resolution: 720p, duration: 3, aspect_ratio: "1:1"}}
shots:
  frog: "Frog {{{{ number }}}}"
"""
OFTEN = "[providers.kling]\npoll_seconds = 0.3\n"
"""Settings with which a job's end is seen soon."""
BOARD = "import kling_spec as ks\nrun = ks.load('spec.yaml').run()"
"""A run that waits for its confirmation: its board can be moved by hand."""
LOSSY = """
widget, sent = run._live._surface._widget, []
send = widget.send
def lossy(message, buffers=None):
    sent.append(message["type"])
    if message["type"] != "changes" or sent.count("changes") % 7:
        send(message, buffers)
widget.send = lossy
"""
"""Loses every seventh message of changes on its way to the page."""
DRIVE = """
import random, threading, time
from datetime import UTC, datetime
from kling_spec.runner import Event, Kind
dice, stopped, driver = random.Random(7), threading.Event(), None
KINDS = [kind for kind in Kind if kind is not Kind.ACCEPTED]
def drive(changed, hertz):
    orders = run.board.plan.orders
    while not stopped.wait(1 / hertz):
        for order in dice.sample(orders, changed):
            run.board.hear(Event(kind=dice.choice(KINDS), tasks=order.tasks, fingerprint=order.fingerprint,
                                 at=datetime.now(UTC)))
def go(changed, hertz):
    global driver
    stopped.clear()
    driver = threading.Thread(target=drive, args=(changed, hertz), daemon=True)
    driver.start()
def halt():
    stopped.set()
    driver.join()
def states():
    return {run.board.standing(n).row.task: run.board.standing(n).state for n in range(len(run.board.plan.rows))}
"""
ROWS = """async () => {
    const body = document.querySelector('.kling-spec-board .body');
    const seen = {};
    for (let top = 0; top <= body.scrollHeight; top += 400) {
        body.scrollTop = top;
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        for (const row of body.querySelectorAll('.row'))
            seen[row.querySelector('.task').textContent] = row.querySelector('.state > span:nth-child(2)')
                .textContent.replace(/ \\d+ s$/, '');
    }
    body.scrollTop = 0;
    return seen;
}"""
"""Scrolls through all rows, and returns the state of each task as the page shows it."""


def write(lab: Lab, name: str, tasks: int, *cells: str) -> str:
    """Write a project of its own with a spec of so many tasks and a notebook, and return the notebook's name."""
    file = lab.folder / f"board-{name}" / "spec.yaml"
    file.parent.mkdir()
    file.write_text(SPEC.format(numbers=", ".join(map(str, range(tasks)))))
    file.with_name("kling-spec.toml").write_text(OFTEN)
    lab.write(f"board-{name}/board.ipynb", *cells)
    return f"board-{name}/board.ipynb"


def open_board(lab: Lab, name: str, tasks: int, *cells: str, is_dark: bool = False) -> Notebook:
    """Open a notebook whose first cell shows the board of so many tasks; a run of it is not begun."""
    notebook = lab.open(write(lab, name, tasks, BOARD, DRIVE, *cells), is_dark=is_dark)
    notebook.run(0)
    notebook.page.wait_for_selector(".kling-spec-board .body .row")
    notebook.run(1)
    return notebook


def shown(notebook: Notebook) -> dict[str, str]:
    return dict(notebook.page.evaluate(ROWS))


@contextmanager
def provider(folder: Path, seconds: float, **how: object) -> Iterator[tuple[Sandbox, str]]:
    """Serve what is paid for here, and return with it the cell that points the kernel at it."""
    with Sandbox(seconds=seconds, folder=folder, **how) as server:  # type: ignore[arg-type]
        yield (
            server,
            (
                f"import os\nos.environ['KLING_BASE_URL'] = '{server.url}'\n"
                "os.environ['KLING_API_KEY'] = 'k-canary-5f1d9e72'"
            ),
        )
