"""Drives a real JupyterLab or Notebook in Chromium: opens notebooks, runs cells, reads what the page shows."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import nbformat
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = os.environ.get("KLING_SPEC_TEST_CHROMIUM") or shutil.which("chromium")
SHOTS = Path(os.environ.get("KLING_SPEC_TEST_SHOTS", Path(__file__).parents[2] / "build" / "screenshots"))
"""Where screenshots are kept, to be looked at."""
_QUIET = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
_TOKEN = "lab"
_START, _OPEN, _CELL = 60.0, 60_000, 90_000
"""Ends of waiting, in seconds and milliseconds: no speed is measured by them."""


@dataclass(frozen=True)
class App:
    """A front end."""

    module: str
    option: str
    path: str
    """From which its pages of notebooks hang."""


LAB = App("jupyterlab", "LabApp", "lab/tree")
NOTEBOOK = App("notebook", "JupyterNotebookApp", "notebooks")


@dataclass(frozen=True)
class Server:
    """What is asked of the server itself, beside what its pages ask."""

    url: str
    path: str
    settings: Path

    def page_of(self, notebook: str) -> str:
        """Return the address of a notebook's page."""
        return f"{self.url}/{self.path}/{notebook}?token={_TOKEN}&reset"

    def choose_theme(self, shade: str) -> None:
        """Choose the theme of pages that are loaded from now on."""
        _set(self.settings, "themes", {"theme": f"JupyterLab {shade}"})

    def begin_kernel(self, notebook: str) -> None:
        """Start the kernel of a notebook, unless it has one; the page will find it."""
        kernel = {"name": "python3"}
        self._ask("POST", "sessions", {"path": notebook, "name": "", "type": "notebook", "kernel": kernel})

    def end_kernel(self, notebook: str) -> None:
        """End the kernel of a notebook, where it has one."""
        for session in self._ask("GET", "sessions"):
            if session["path"] == notebook:
                self._ask("DELETE", f"sessions/{session['id']}")

    def _ask(self, method: str, what: str, body: object = None) -> Any:
        request = Request(  # noqa: S310 - loopback
            f"{self.url}/api/{what}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {_TOKEN}"},
        )
        with urlopen(request, timeout=_START) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read() or "null")


class Lab:
    """A running front end with a folder of its own. Its pages share a cache, as those of one person do."""

    def __init__(self, folder: Path, browser: Browser, server: Server) -> None:
        self.folder = folder
        self._browser, self._server = browser, server
        self._contexts: dict[bool, BrowserContext] = {}

    def write(self, name: str, *cells: str) -> Path:
        """Write a notebook of these cells into the folder."""
        made = [nbformat.v4.new_code_cell(cell) for cell in cells]
        file = self.folder / name
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), file)
        return file

    def open(self, name: str, *, is_dark: bool = False) -> "Notebook":
        """Open a notebook of the folder in a page of its own, and wait for its kernel."""
        self._server.begin_kernel(name)  # so that it starts while the page loads
        self._server.choose_theme("Dark" if is_dark else "Light")
        notebook = Notebook(self._context(is_dark=is_dark).new_page(), name, self._server)
        notebook.load()
        light = "false" if is_dark else "true"
        notebook.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
        return notebook

    def _context(self, *, is_dark: bool) -> BrowserContext:
        if is_dark not in self._contexts:
            self._contexts[is_dark] = self._browser.new_context(
                viewport={"width": 1280, "height": 1000}, color_scheme="dark" if is_dark else "light"
            )
        return self._contexts[is_dark]


class Notebook:
    """One notebook in one page."""

    def __init__(self, page: Page, name: str, server: Server) -> None:
        self.page, self.name, self._server = page, name, server
        page.set_default_timeout(_CELL)
        self.complaints: list[str] = []
        """What the page's console said went wrong."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def load(self) -> None:
        """Load the page, again or for the first time, and wait until its kernel answers."""
        self.page.goto(self._server.page_of(self.name))
        self.until("() => window.jupyterapp?.shell.currentWidget?.content?.widgets?.length > 0", _OPEN)
        self.until(_IDLE, _OPEN)

    def run(self, number: int, *, waits: bool = True) -> None:
        """Run one cell, and wait for its end."""
        self.page.evaluate(_RUN, number)
        if waits:
            self.until(_HAS_RUN, _CELL, number)

    def command(self, name: str, args: dict[str, Any] | None = None) -> None:
        """Start a command of JupyterLab; its end is not waited for."""
        self.page.evaluate("([name, args]) => {window.jupyterapp.commands.execute(name, args); return 0}",
                           [name, args or {}])  # fmt: skip

    def save(self) -> dict[str, Any]:
        """Save the notebook, and return what the file holds."""
        self.page.evaluate("() => {window.saved = 0; " + _PANEL + ".context.save()"
                           ".then(() => {window.saved = 1}); return 0}")  # fmt: skip
        self.until("() => window.saved === 1", _OPEN)
        return json.loads(self.page.evaluate("() => JSON.stringify(" + _PANEL + ".context.model.toJSON())"))

    def restart(self) -> None:
        """Restart the kernel."""
        self.page.evaluate("() => {window.again = 0; " + _PANEL + ".sessionContext.session.kernel.restart()"
                           ".then(() => {window.again = 1}); return 0}")  # fmt: skip
        self.until("() => window.again === 1", _OPEN)
        self.until(_IDLE, _OPEN)

    def shut_down(self) -> None:
        """End the kernel; the notebook gets another one when it is opened again."""
        self.page.evaluate("() => {window.ended = 0; " + _PANEL + ".sessionContext.shutdown()"
                           ".then(() => {window.ended = 1}); return 0}")  # fmt: skip
        self.until("() => window.ended === 1", _OPEN)

    def is_trusted(self, number: int) -> bool:
        """Whether JupyterLab trusts what stands below a cell."""
        return bool(self.page.evaluate(f"number => {_PANEL}.content.widgets[number].model.trusted", number))

    def interrupt(self) -> None:
        """Interrupt the kernel."""
        self.page.evaluate("() => {" + _PANEL + ".sessionContext.session.kernel.interrupt(); return 0}")

    def until(self, condition: str, most: float = _CELL, argument: object = None) -> None:
        """Wait until a function of the page returns true."""
        self.page.wait_for_function(condition, arg=argument, timeout=most)

    def output(self, number: int) -> str:
        """Return the text that stands below a cell."""
        return str(self.page.evaluate(_OUTPUT, number))

    def shot(self, name: str) -> Path:
        """Keep a picture of the page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        file = SHOTS / f"{name}.png"
        self.page.screenshot(path=file)
        return file

    def close(self) -> None:
        """Close the page, and end the kernel."""
        self.page.close()
        self._server.end_kernel(self.name)


_PANEL = "window.jupyterapp.shell.currentWidget"
_IDLE = "() => " + _PANEL + "?.sessionContext?.session?.kernel?.status === 'idle'"
_RUN = f"""number => {{
    const panel = {_PANEL};
    panel.content.activeCellIndex = number;
    panel.content.widgets[number].model.sharedModel.execution_count = null;
    panel.content.widgets[number].node.scrollIntoView();
    window.jupyterapp.commands.execute('notebook:run-cell');
    return 0;
}}"""
_HAS_RUN = f"""number => {{
    const cell = {_PANEL}.content.widgets[number];
    return cell.model.executionCount !== null && cell.promptNode.textContent.trim() !== '[*]:';
}}"""
_OUTPUT = f"number => {_PANEL}.content.widgets[number].outputArea?.node.innerText ?? ''"


def wait_for(condition: Callable[[], object], most: float = 60.0) -> None:
    """Wait until something outside of the page is so."""
    end = time.monotonic() + most
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it never came to be")
        time.sleep(0.05)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def serve(folder: Path, browser: Browser, app: App = LAB, **environment: str) -> Iterator[Lab]:
    """Start a front end over a folder, with settings and history of its own."""
    root, own = folder / "notebooks", folder / "jupyter"
    root.mkdir(parents=True, exist_ok=True)
    _set(own / "settings", "notification", _QUIET)
    port = _free_port()
    told = {
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
        **environment,
    }
    command = [
        sys.executable, "-m", app.module, "--no-browser", "--allow-root", f"--port={port}",
        f"--IdentityProvider.token={_TOKEN}", f"--ServerApp.root_dir={root}",
        f"--{app.option}.expose_app_in_browser=True", "--ServerApp.log_level=ERROR",
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | told, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: _answers(f"{url}/api"), _START)
            yield Lab(root, browser, Server(url, app.path, own / "settings"))
        finally:
            _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the server with its kernels; one that takes its time over that is not waited for."""
    server.terminate()
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _set(settings: Path, name: str, values: dict[str, Any]) -> None:
    file = settings / "@jupyterlab" / "apputils-extension" / f"{name}.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values))


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5):  # noqa: S310 - loopback
            return True
    except (URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
