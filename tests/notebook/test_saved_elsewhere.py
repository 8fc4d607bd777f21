"""Where widgets cannot be shown: a table with one button, an output written anew, plain text."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from notebook_files import WIDGET

pytestmark = pytest.mark.filterwarnings(
    # of the client that drives the kernel, not of ours
    "ignore::DeprecationWarning:zmq",
    "ignore::DeprecationWarning:jupyter_client",
)
SPEC = """\
kling_spec: 1
name: pond
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1"}
shots:
  frog: A frog
  leap: {next_of: frog, prompt: it leaps}
"""
SCRIPT = (
    "import kling_spec as ks\nrun = ks.load('pond.yaml', sandbox=True).run()\nrun.wait()\nprint(repr(run))"
)
SHOWN = (
    "import kling_spec as ks",
    "pond = ks.load('pond.yaml', sandbox=True)",
    "pond",
    "run = pond.run().wait()",
    "run",
    "pond.explore('frog')",
    "pond.takes('frog')",
    "pond.gallery()",
    "pond.cut()",
    "pond.providers()",
)
_WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in {names!r} else found(name, package)
"""


class Heard(NotebookClient):
    """Executes a notebook, and keeps every form in which an output was shown."""

    shown: list[dict[str, Any]]

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in {"display_data", "update_display_data"}:
            self.shown.append(msg["content"]["data"])
        return super().process_message(msg, cell, cell_index)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pond.yaml").write_text(SPEC)
    return tmp_path


def ran(folder: Path, *cells: str) -> Heard:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = Heard(made, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.shown = []
    client.execute()
    return client


def models(client: Heard) -> set[str]:
    """Return the modules of the widgets that were made."""
    states = client.nb.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    return {state["model_module"] for state in states.get("state", {}).values()}


@pytest.mark.parametrize("setting", ["os.environ['KLING_SPEC_BOARD'] = 'controls'",
                                     _WITHOUT.format(names={"anywidget"})],
                         ids=["chosen", "no-anywidget"])  # fmt: skip
def test_without_anywidget_a_run_is_shown_by_plain_controls_and_recorded(folder: Path, setting: str) -> None:
    client = ran(folder, f"import os\n{setting}", SCRIPT)

    assert WIDGET in client.shown[0]
    assert "anywidget" not in models(client)
    assert "@jupyter-widgets/controls" in models(client)
    assert_recorded(client)


@pytest.mark.parametrize("setting", ["os.environ['KLING_SPEC_BOARD'] = 'html'",
                                     _WITHOUT.format(names={"anywidget", "ipywidgets"})],
                         ids=["chosen", "no-widgets"])  # fmt: skip
def test_without_widgets_a_run_is_an_output_that_is_written_anew(folder: Path, setting: str) -> None:
    client = ran(folder, f"import os\n{setting}", SCRIPT)

    assert not any(WIDGET in form for form in client.shown)
    assert models(client) == set()
    assert len({form["text/plain"] for form in client.shown}) > 1
    assert_recorded(client)


@pytest.mark.parametrize("way", [("-c", SCRIPT), ("-m", "IPython", "--no-banner", "--colors=NoColor", "-c", SCRIPT)],
                         ids=["python", "ipython"])  # fmt: skip
def test_in_a_terminal_a_run_is_text(folder: Path, way: tuple[str, ...]) -> None:
    environment = os.environ | {"IPYTHONDIR": str(folder / "ipython")}
    done = subprocess.run([sys.executable, *way], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=120, check=False)  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "stored  -/frog" in done.stdout
    assert "Done: 2 tasks sent" in done.stdout
    assert "<" not in done.stdout


def test_in_ipython_without_a_kernel_everything_shows_itself_as_text(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "--simple-prompt"],
        cwd=folder,
        env=os.environ | {"IPYTHONDIR": str(folder / "ipython")},
        input="\n".join((*SHOWN, "exit", "")),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for words in ("Plan: 2 to create", "Done: 2 tasks sent", "A run of the whole plan", "take 1", "films", "pond.mp4",
                  "(chosen)"):  # fmt: skip
        assert words in done.stdout
    assert "<div" not in done.stdout
    assert "object at 0x" not in done.stdout
    assert "Traceback" not in done.stdout


def assert_recorded(client: Heard) -> None:
    [board] = [output for output in client.nb.cells[1].outputs if output.output_type == "display_data"]
    assert set(board["data"]) == {"text/plain", "text/html"}
    assert "Done: 2 tasks sent" in board["data"]["text/plain"]
    assert "<table" in board["data"]["text/html"]
