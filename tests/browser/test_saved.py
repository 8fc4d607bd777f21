"""Notebooks that are over tell their story: exported without kernel and network, and opened again in JupyterLab."""

import re
from pathlib import Path

import nbformat
import pytest
from lab import Lab, Notebook
from nbconvert import HTMLExporter
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
TOLD = {
    "01-first-film": ("Cost: 2.10 USD.", "Done: 6 tasks sent", "snow-fox-dawn.mp4", "is not defined"),
    "02-prompts-and-cost": ("Cost: 1.68 USD.", "would cost 4.20 USD", "3 lines of lighthouse.yaml", "KS501"),
    "03-a-campaign": ("Cost: 2.016 USD.", "Done: 8 tasks sent", "5 of 5 are there", "us-9x16.mp4", "all 10 clips"),
    "04-takes-and-cut": ("Cost: 1.386 USD.", "take 2", "★★★★★ 5 of 5", "the-keeper.mp4", "0:05.5 lamp"),
    "05-providers-side-by-side": ("1.0665 USD", "unknown (2 prices unknown)", "told in the prompt", "0.70 USD"),
}  # fmt: skip
STRIPPED = (
    re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL),
    re.compile(r"\s(?:style|class|id)=(?:\"[^\"]*\"|'[^']*')"),
)
SPEC = """\
kling_spec: 1
name: pond
vars: {price: $3}
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1"}
shots:
  frog: {prompt: "A frog with a sign: {{ price }} or $4, <b>cheap</b>", takes: 2}
"""
CELLS = (
    "import kling_spec as ks\nlaunch = ks.load('over.yaml', sandbox=True)\nlaunch",
    "run = launch.run()\nawait run",
    "launch.explore('frog').set(price='$5').look",
    "launch.takes('frog')",
    "launch.gallery()",
    "launch.cut()",
)
RECORDS = (
    "Cost: 0.504 USD.",
    "Done: 2 tasks sent",
    "or $4",
    "take 1 is picked",
    "1 of 1 are there",
    "pond.mp4",
)


def test_every_notebook_is_told_of() -> None:
    assert set(TOLD) == {file.stem for file in (ROOT / "notebooks").glob("*.ipynb")}


@pytest.mark.parametrize("is_stripped", [False, True], ids=["as-exported", "without-style-class-id-script"])
@pytest.mark.parametrize("name", TOLD)
def test_an_exported_notebook_tells_its_story_without_kernel_and_network(
    name: str, *, is_stripped: bool, browser: Browser, tmp_path: Path
) -> None:
    html, _ = HTMLExporter().from_filename(str(ROOT / "notebooks" / f"{name}.ipynb"))
    for pattern in STRIPPED if is_stripped else ():
        html = pattern.sub("", html)
    file = tmp_path / f"{name}.html"
    file.write_text(html, encoding="utf-8")

    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.goto(file.as_uri(), wait_until="domcontentloaded")
    shown = " ".join(page.inner_text("body").split())
    context.close()

    assert [words for words in TOLD[name] if words not in shown] == []
    assert "model not found" not in shown
    assert "they need a kernel" not in shown


def test_a_finished_run_is_there_in_a_notebook_opened_again_trusted_or_not(lab: Lab) -> None:
    (lab.folder / "over.yaml").write_text(SPEC)
    lab.write("over.ipynb", *CELLS)
    first = lab.open("over.ipynb")
    for number in range(len(CELLS)):
        first.run(number)
    first.save()
    first.shut_down()
    first.close()
    stored = nbformat.read(lab.folder / "over.ipynb", as_version=4)
    stored.cells[1].source += "  # changed by somebody else, so that no signature fits"
    nbformat.write(stored, lab.folder / "strange.ipynb")

    for name, is_trusted in (("over.ipynb", True), ("strange.ipynb", False)):
        again = lab.open(name)
        assert again.is_trusted(1) is is_trusted
        for number, words in enumerate(RECORDS):
            assert words in again.output(number)
        assert_clean(again)
        again.shot(f"saved-{name.partition('.')[0]}")
        again.shut_down()
        again.close()


def assert_clean(notebook: Notebook) -> None:
    """No output asks for a model that is gone, none is set as a formula, and every amount is one."""
    page = notebook.page
    assert "model not found" not in page.inner_text("body").lower()
    assert page.locator(".jp-OutputArea mjx-container, .jp-OutputArea .MathJax").count() == 0
    shown = " ".join(notebook.output(number) for number in range(len(CELLS)))
    amounts = re.findall(r"(\S*\d) USD\b", shown)
    assert len(amounts) > 5
    assert all(re.fullmatch(r"\d+\.\d\d+", amount) for amount in amounts)
