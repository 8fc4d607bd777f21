"""A run of which a part failed, executed without a page: its export says so without kernel, network and looks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from board_cells import OFTEN
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor
from papermill import execute_notebook
from playwright.sync_api import Browser

from kling_spec.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings(
    # of the client that drives the kernel, not of ours
    "ignore::DeprecationWarning:zmq",
    "ignore::DeprecationWarning:jupyter_client",
    "ignore::DeprecationWarning:papermill",
)
SPEC = """\
kling_spec: 1
name: pond
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1"}
shots: {frog: A frog, hare: A hare, owl: An owl}
"""
TOLD = (
    "Done: 1 task sent, cost by estimate 0.252 USD",
    "1 task failed. 1 task not finished.",
    "✓ stored",
    "✗ refused",
    "1102: The resource pack is used up",
)
STRIPPED = (
    re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL),
    re.compile(r"\s(?:style|class|id)=(?:\"[^\"]*\"|'[^']*')"),
)


def by_nbconvert(file: Path) -> Any:
    notebook = nbformat.read(file, as_version=4)
    ExecutePreprocessor(timeout=120).preprocess(notebook, {"metadata": {"path": str(file.parent)}})
    return notebook


def by_papermill(file: Path) -> Any:
    return execute_notebook(file, file.with_name("ran.ipynb"), cwd=file.parent, progress_bar=False)


@pytest.mark.parametrize("execute", [by_nbconvert, by_papermill])
def test_what_failed_is_told_in_an_exported_notebook(
    execute: Callable[[Path], Any], browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "kling-spec.toml").write_text(OFTEN)
    file = tmp_path / "trouble.ipynb"
    cells = (
        "import kling_spec as ks\nrun = ks.load('spec.yaml').run(yes=True, concurrency=1)\nended = run.wait()",
    )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), file)
    monkeypatch.setenv("KLING_API_KEY", "k-canary-5f1d9e72")
    with Sandbox(seconds=0.1, folder=tmp_path / "server", faults=["empty=1"]) as server:
        monkeypatch.setenv("KLING_BASE_URL", server.url)
        html, _ = HTMLExporter().from_notebook_node(execute(file))

    bare = html
    for pattern in STRIPPED:
        bare = pattern.sub("", bare)

    for page in (html, bare):
        shown = words_of(page, browser, tmp_path)
        assert [words for words in TOLD if words not in shown] == []
        assert "model not found" not in shown


def words_of(html: str, browser: Browser, folder: Path) -> str:
    """Return what a page without a network shows."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto((folder / "page.html").as_uri(), wait_until="domcontentloaded")
        return " ".join(page.inner_text("body").split())
