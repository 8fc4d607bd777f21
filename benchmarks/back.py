"""How soon a page is right again after a loss, a reload, the end of its kernel. The worst of three rounds counts."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._measure import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from board_cells import LOSSY, open_board, provider, write  # type: ignore[import-not-found]
from lab import CHROMIUM, Lab, Notebook, chromium, serve  # type: ignore[import-not-found]

_TASKS = 12
"""As many as a page shows without scrolling."""
_PAUSED = """
time.sleep({pause})
go(3, 10)
"""
"""Begins at three moments between two signs of life."""
_LAST = """
while sent.count("changes") < 7: time.sleep(0.001)
halt(); last = time.time(); count = sent.count("changes")
"""
_TOLD = "import json; print(json.dumps([last, sent.count('changes') == count, states()]))"
_MOMENTS = """() => {
    window.moments = [];
    const look = () => {
        const seen = {};
        for (const row of document.querySelectorAll('.kling-spec-board .body .row'))
            seen[row.querySelector('.task').textContent] =
                row.querySelector('.state > span:nth-child(2)').textContent.replace(/ \\d+ s$/, '');
        const now = JSON.stringify(seen);
        if (window.moments.at(-1)?.[1] !== now) window.moments.push([Date.now() / 1000, now]);
        requestAnimationFrame(look);
    };
    look();
    return 0;
}"""
"""Notes every state of the rows in sight, and when it came."""
_ROWS = "() => document.querySelectorAll('.kling-spec-board .body .row .task').length"
_DIE = "import os, signal; print('dies', flush=True); time.sleep(0.5); os.kill(os.getpid(), signal.SIGKILL)"
_PRESS = """() => {
    const note = document.querySelector('.kling-spec-board .note'), begin = performance.now();
    new MutationObserver(() => { window.promised ??= performance.now() - begin; })
        .observe(note, {childList: true, characterData: true, subtree: true});
    document.querySelector('.kling-spec-board .main').click();
    return 0;
}"""
_BUSY = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
_IDLE = _BUSY.replace("busy", "idle")


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims; `rounds` above three are not worth their time."""
    if CHROMIUM is None:
        raise RuntimeError("no Chromium here: apt-get install chromium")
    with TemporaryDirectory() as name, chromium() as browser, serve(Path(name), browser) as lab:
        folder = Path(name)
        for claim, measure, bar in (
            ("every 7th change is lost: equal after the last", partial(_after_loss, lab), 1.5),
            ("a page is loaded again: live", partial(_after_reload, lab), 5.0),
            ("a press in a busy kernel: promised", partial(_promised, lab), 0.1),
        ):
            yield _worst(claim, [measure(one) for one in range(min(rounds, 3))], bar)
        pairs = [_after_death(lab, folder, f"dies-{one}") for one in range(min(rounds, 3))]
        yield _worst("a kernel is killed: said in the page", [said for said, _ in pairs], 10.0)
        yield _worst("the same cells in a new kernel: board back", [back for _, back in pairs], 3.0)


def _worst(claim: str, values: list[float], bar: float) -> Result:
    detail = ", ".join(f"{value:.2f}" for value in values)
    return Result(claim=claim, value=max(values), bar=bar, unit="s", detail=detail)


def _after_loss(lab: Lab, number: int) -> float:
    """Return the seconds from the last change, which is lost, until the page shows what the kernel knows."""
    notebook = open_board(lab, f"loss-{number}", _TASKS, LOSSY + _PAUSED.format(pause=number) + _LAST, _TOLD)
    notebook.page.evaluate(_MOMENTS)
    notebook.run(2)
    notebook.page.wait_for_timeout(4500)
    notebook.run(3)
    _until(lambda: notebook.output(3).strip())
    last, is_last, known = json.loads(notebook.output(3))
    moments = notebook.page.evaluate("() => window.moments")
    notebook.close()
    if not is_last:
        raise RuntimeError("another change came after the one that was lost")
    if json.loads(moments[-1][1]) != known:
        raise RuntimeError("the page does not show what the kernel knows")
    return max(0.0, float(moments[-1][0]) - last)


def _after_reload(lab: Lab, number: int) -> float:
    """Return the seconds from the reload of a page until a row has moved in it."""
    notebook = open_board(lab, f"reload-{number}", _TASKS, "go(3, 10)")
    notebook.run(2)
    notebook.save()
    begin = time.monotonic()
    notebook.page.reload()
    notebook.until(_ROWS)
    notebook.page.evaluate(_MOMENTS)
    notebook.until("() => window.moments.length > 2")
    seconds = time.monotonic() - begin
    notebook.close()
    return seconds


def _promised(lab: Lab, number: int) -> float:
    """Return the seconds from a press during a cell until the page says that it was heard."""
    notebook = open_board(lab, f"busy-{number}", _TASKS, "time.sleep(3)")
    notebook.run(2, waits=False)
    notebook.until(_BUSY)
    notebook.page.evaluate(_PRESS)
    notebook.until("() => window.promised !== undefined")
    seconds = float(notebook.page.evaluate("() => window.promised")) / 1000
    notebook.until(_IDLE)
    notebook.close()
    return seconds


def _after_death(lab: Lab, folder: Path, name: str) -> tuple[float, float]:
    """Return the seconds until the page says that the kernel is gone, and those until its run is shown again."""
    with provider(folder / name, 3600) as (server, cell):
        load = f"{cell}\nimport time\nimport kling_spec as ks"
        begin = "run = ks.load('spec.yaml').run(yes=True)"
        notebook: Notebook = lab.open(
            write(lab, name, 4, load, begin, _DIE, "run.stop(); ended = run.wait()")
        )
        for number in (0, 1):
            notebook.run(number)
        _until(lambda: len(server.book().charges) == 4)
        notebook.run(2, waits=False)
        _until(lambda: "dies" in notebook.output(2))
        died = time.monotonic() + 0.5
        notebook.page.wait_for_selector(".kling-spec-board .banner:not([hidden])")
        said = time.monotonic() - died
        if (dialog := notebook.page.locator(".jp-Dialog button")).count():
            dialog.last.click()
        notebook.until(_IDLE)
        again = time.monotonic()
        for number in (0, 1):
            notebook.run(number)
        notebook.until(f"{_ROWS} === 4 && document.querySelector('.kling-spec-board .banner').hidden")
        back = time.monotonic() - again
        if server.book().seen("submit") != 4:
            raise RuntimeError("jobs that were paid for were sent again")
        notebook.run(3)
        notebook.close()
    return said, back


def _until(condition: Callable[[], object]) -> None:
    while not condition():
        time.sleep(0.02)
