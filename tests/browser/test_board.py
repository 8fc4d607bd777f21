"""The live board in a real page: it shows what the kernel knows, whatever happens to either of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from board_cells import LOSSY, open_board, provider, shown, write
from lab import NOTEBOOK, Lab, Notebook, serve, wait_for
from playwright.sync_api import Browser, Page

MODELS = "import ipywidgets\nprint(len(ipywidgets.widgets.widget._instances))"
BOARD = ".kling-spec-board"


def kernel_states(notebook: Notebook, cell: int) -> dict[str, str]:
    """Return the states as the kernel knows them, from a cell that prints them."""
    notebook.run(cell)
    return dict(json.loads(notebook.output(cell)))


PRINT = "halt()\nimport json; print(json.dumps(states()))"


def test_the_page_shows_every_row_as_the_kernel_knows_it_with_two_models(lab: Lab) -> None:
    notebook = open_board(lab, "thousand", 1000, "go(1000, 10)\ntime.sleep(2)", PRINT, MODELS)

    notebook.run(2)
    known = kernel_states(notebook, 3)
    wait_for(lambda: shown(notebook) == known)
    notebook.shot("board-thousand")

    assert len(known) == 1000
    notebook.run(4)
    assert int(notebook.output(4)) <= 6
    assert not notebook.complaints
    notebook.close()


MOVING = """
go(50, 20)
while sent.count("changes") < 14: time.sleep(0.05)
halt()
go(1, 10)
while sent.count("changes") % 7 or sent[-1] != "changes": time.sleep(0.001)
halt()
time.sleep(0.5)
"""
"""Every seventh message about changes is lost, most often the last one with it."""


def test_messages_that_are_lost_are_made_up_for(lab: Lab) -> None:
    notebook = open_board(
        lab, "lossy", 200, LOSSY + MOVING, PRINT, "print(sent.count('changes'), sent.count('snapshot'))"
    )

    notebook.run(2)
    known = kernel_states(notebook, 3)
    wait_for(lambda: shown(notebook) == known)
    notebook.run(4)
    changes, snapshots = map(int, notebook.output(4).split())

    assert changes // 7 >= 2
    assert 1 <= snapshots <= changes // 7 + 2
    notebook.close()


def test_a_page_that_is_loaded_again_is_live_again(lab: Lab) -> None:
    notebook = open_board(lab, "reload", 100, "go(20, 5)", PRINT)
    notebook.run(2)
    notebook.save()

    notebook.load()
    notebook.page.wait_for_selector(f"{BOARD} .body .row")
    known = kernel_states(notebook, 3)

    wait_for(lambda: shown(notebook) == known)
    notebook.close()


def test_a_page_that_is_loaded_again_touches_no_job(lab: Lab, tmp_path: Path) -> None:
    with provider(tmp_path / "server", 3600) as (server, cell):
        load = f"{cell}\nimport kling_spec as ks"
        begin, end = "run = ks.load('spec.yaml').run(yes=True)", "run.stop(); ended = run.wait()"
        name = write(lab, "untouched", 3, load, begin, end)
        notebook = lab.open(name)
        notebook.run(0)
        notebook.run(1)
        wait_for(lambda: len(server.book().charges) == 3)
        notebook.save()

        notebook.load()
        notebook.until(f"() => document.querySelectorAll('{BOARD} .body .row').length === 3")
        asked = server.book().seen("poll") + server.book().seen("list")
        wait_for(lambda: server.book().seen("poll") + server.book().seen("list") > asked)

        assert len(server.book().charges) == server.book().seen("submit") == 3
        assert set(shown(notebook).values()) <= {"accepted", "running"}
        notebook.run(2)
    notebook.close()


def test_rows_move_while_a_cell_runs_and_a_press_is_promised_and_kept(lab: Lab, tmp_path: Path) -> None:
    with provider(tmp_path / "server", 1.0) as (server, cell):
        name = write(lab, "busy", 4, cell + "\nimport kling_spec as ks, time", "run = ks.load('spec.yaml').run()",
                  "for _ in range(40): time.sleep(0.1)", "run.wait()")  # fmt: skip
        notebook = lab.open(name)
        notebook.run(0)
        notebook.run(1)
        notebook.page.wait_for_selector(f"{BOARD} .body .row")
        press = notebook.page.get_by_role("button", name="Send 4 tasks for 1.008 USD")
        assert press.is_visible()
        assert not server.book().charges

        notebook.run(2, waits=False)
        notebook.until(_IS_BUSY)
        press.click()
        note = notebook.page.locator(f"{BOARD} .note")
        assert note.text_content() == "requested …"
        notebook.page.wait_for_function(
            "() => document.querySelector('.kling-spec-board .note').textContent.includes('busy')"
            " || document.querySelector('.kling-spec-board .line').textContent.includes('running')"
        )
        notebook.shot("board-busy")
        notebook.page.wait_for_function(
            "() => document.querySelector('.kling-spec-board .line').textContent.includes('running')"
        )
        notebook.run(3)
        assert len(server.book().charges) == 4
        assert "Done: 4 tasks sent, cost by estimate 1.008 USD." in notebook.output(1)
    notebook.close()


def test_a_run_that_was_begun_moves_while_another_cell_holds_the_kernel(lab: Lab, tmp_path: Path) -> None:
    with provider(tmp_path / "server", 0.5) as (_, cell):
        name = write(lab, "held", 3, cell + "\nimport kling_spec as ks, time",
                  "run = ks.load('spec.yaml').run(yes=True); time.sleep(30)")  # fmt: skip
        notebook = lab.open(name)
        notebook.run(0)
        notebook.run(1, waits=False)
        notebook.until(
            "() => [...document.querySelectorAll('.kling-spec-board .state, .kling-spec td')]"
            ".filter(cell => cell.textContent.includes('stored')).length >= 3",
            60_000,
        )
        still_runs = notebook.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.widgets[1].promptNode.textContent"
        )
        assert still_runs.strip() == "[*]:"
        notebook.interrupt()
    notebook.close()


def test_a_kernel_that_dies_is_told_and_the_same_cell_again_pays_nothing_twice(
    lab: Lab, tmp_path: Path
) -> None:
    with provider(tmp_path / "server", 6.0) as (server, cell):
        name = write(lab, "dies", 6, cell + "\nimport kling_spec as ks", "run = ks.load('spec.yaml').run(yes=True)",
                  "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "run.wait()")  # fmt: skip
        notebook = lab.open(name)
        notebook.run(0)
        notebook.run(1)
        notebook.until(f"() => document.querySelector('{BOARD} .line')?.textContent.includes('running')")
        while not server.book().charges:
            notebook.page.wait_for_timeout(100)
        notebook.run(2, waits=False)
        notebook.page.wait_for_selector(f"{BOARD} .banner:not([hidden])", timeout=30_000)
        notebook.shot("board-kernel-gone")
        notebook.page.wait_for_timeout(2000)
        dialog = notebook.page.locator(".jp-Dialog button")
        if dialog.count():
            dialog.last.click()
        notebook.until(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
        )
        for number in (0, 1, 3):
            notebook.run(number)
        assert "Done:" in notebook.output(1)
        assert len(server.book().charges) == server.book().seen("submit") == 6
    notebook.close()


def test_an_interrupt_ends_the_waiting_alone(lab: Lab, tmp_path: Path) -> None:
    with provider(tmp_path / "server", 8.0) as (server, cell):
        name = write(lab, "waits", 2, cell + "\nimport kling_spec as ks", "run = ks.load('spec.yaml').run(yes=True)",
                  "print('waits')\nrun.wait()", "print('waits')\nawait run", "run.wait()")  # fmt: skip
        notebook = lab.open(name)
        notebook.run(0)
        notebook.run(1)
        for number in (2, 3):
            notebook.run(number, waits=False)
            wait_for(lambda number=number: "waits" in notebook.output(number))
            notebook.interrupt()
            notebook.until(_HAS_ENDED, 30_000, number)
            assert "Stopped waiting. The run goes on" in notebook.output(number)
        notebook.run(4)
        assert "Done: 2 tasks sent" in notebook.output(1)
        assert len(server.book().charges) == 2
    notebook.close()


_IS_BUSY = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
_HAS_ENDED = (
    "number => window.jupyterapp.shell.currentWidget.content.widgets[number].promptNode.textContent"
    ".trim() !== '[*]:'"
)

HOSTILE = [
    "<img src=x onerror=window.hit=1>",
    "</script><script>window.hit=1</script>",
    "\x1b[31mred $x$ and $y$",
    "\u202etxt.exe",
    "word " * 2000,
]


def test_hostile_text_is_shown_as_text_and_runs_nothing(lab: Lab) -> None:
    tell = f"""
from kling_spec.runner import Event, Kind
texts = {HOSTILE!r}
for order, text in zip(run.board.plan.orders, texts):
    run.board.hear(Event(kind=Kind.FAILED, tasks=order.tasks, fingerprint=order.fingerprint,
                         at=datetime.now(UTC), message=text))
"""
    notebook = open_board(lab, "hostile", len(HOSTILE), tell)
    notebook.run(2)
    notebook.until("() => document.querySelectorAll('.kling-spec-board .row.trouble').length === 5")
    notebook.page.locator(f"{BOARD} .body .row").first.click()
    notebook.shot("board-hostile")

    assert notebook.page.evaluate("() => window.hit") is None
    assert notebook.page.locator(f"{BOARD} img[src='x'], {BOARD} script, {BOARD} mjx-container").count() == 0
    assert "\u202e" not in notebook.output(0)
    assert "\x1b" not in notebook.output(0)
    assert HOSTILE[0] in str(notebook.page.locator(f"{BOARD} .detail .told").text_content())
    heights = notebook.page.evaluate(
        "() => [...document.querySelectorAll('.kling-spec-board .body .row')].map(row => row.offsetHeight)"
    )
    assert set(heights) == {40}
    notebook.close()


def test_a_board_that_cannot_be_drawn_says_so_and_lists_its_rows(lab: Lab) -> None:
    name = write(lab, "broken", 2, "import kling_spec as ks\nrun = ks.load('spec.yaml').run()")
    notebook = lab.open(name)
    notebook.page.evaluate("""() => {
        const make = document.createElement.bind(document);
        document.createElement = (tag, ...more) => {
            if (tag === 'progress') throw new Error('no progress here');
            return make(tag, ...more);
        };
    }""")
    notebook.run(0)
    notebook.until("() => document.body.innerText.includes('This board cannot be drawn here')")

    assert "no progress here" in notebook.output(0)
    assert "run.text()" in notebook.output(0)
    notebook.until("() => /0\\/frog +create +0.252 USD\\s+1\\/frog +create/.test(document.body.innerText)")
    notebook.close()


@pytest.fixture(scope="module")
def classic(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with serve(tmp_path_factory.mktemp("classic"), browser, NOTEBOOK) as one:
        yield one


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("front", ["lab", "classic"])
def test_a_board_is_used_by_keyboard_alone_and_keeps_the_rules_of_accessibility(
    front: str, *, is_dark: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    lab: Lab = request.getfixturevalue(front)
    name = f"axe-{front}-{'dark' if is_dark else 'light'}"
    with provider(tmp_path / "server", 0.3, faults=["empty=1"]) as (server, cell):
        load = f"{cell}\nimport kling_spec as ks"
        notebook = lab.open(
            write(lab, name, 4, load, "run = ks.load('spec.yaml').run(concurrency=1)", "ended = run.wait()"),
            is_dark=is_dark,
        )
        page = notebook.page
        notebook.run(0)
        notebook.run(1)
        page.wait_for_selector(f"{BOARD} .body .row")
        page.locator(f"{BOARD} .main").focus()
        assert _breaches(notebook) == []
        page.keyboard.press("Enter")
        notebook.until(f"() => document.querySelector('{BOARD} .line').textContent.includes('running')")
        notebook.run(2)

        reach(page, "find a task", start="Try 3 again …")
        page.keyboard.type("stored")
        notebook.until(f"() => document.querySelectorAll('{BOARD} .body .row').length === 1")
        reach(page, "state")
        page.keyboard.press("Enter")
        assert page.locator(f"{BOARD} .heads .state").get_attribute("aria-sort") == "ascending"
        reach(page, "/frog")
        page.keyboard.press("Enter")
        reach(page, "Play", start="Play")
        page.keyboard.press("Enter")
        page.locator(f"{BOARD} .detail video:focus").wait_for()
        reach(page, "Try 3 again …", key="Shift+Tab")
        page.keyboard.press("Enter")
        page.locator(f"{BOARD} .dialog:not([hidden])").wait_for()
        assert page.evaluate("document.activeElement.textContent") == "Not now"
        notebook.shot(f"board-{name}")

        assert _breaches(notebook) == []
        page.keyboard.press("Escape")
        assert page.locator(f"{BOARD} .dialog").is_hidden()
        assert page.evaluate("document.activeElement.textContent") == "Try 3 again …"
        assert len(server.book().charges) == 1
    notebook.close()


def reach(page: Page, words: str, *, key: str = "Tab", start: str = "") -> None:
    """Press a key until what has the focus says so; with `start`, from the part of the board that says that."""
    if start:
        page.locator(BOARD).get_by_role("button", name=start).focus()
    for _ in range(40):
        if words in page.evaluate(_FOCUSED):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never reaches '{words}'")


_FOCUSED = """() => {
    const at = document.activeElement.closest('.kling-spec-board *');
    return at ? `${at.ariaLabel ?? ''} ${at.textContent}` : '';
}"""


def _breaches(notebook: Notebook) -> list[tuple[str, str]]:
    """Return what axe has to say against the board."""
    found = Axe().run(notebook.page, context=BOARD).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]
