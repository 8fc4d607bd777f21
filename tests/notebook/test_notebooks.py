"""The notebooks run from top to bottom against the sandbox, and say what they should."""

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:zmq", "ignore::DeprecationWarning:jupyter_client"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("specs", "notebooks"):
        shutil.copytree(
            ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns(".kling-spec", "out", ".ipynb_checkpoints"),
        )
    return tmp_path


def executed(file: Path) -> Any:
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(file.parent)}}).execute()
    return notebook


def said(cell: Any) -> str:
    return "\n".join(
        output.get("text", "")
        + "".join(str(value) for value in output.get("data", {}).values())
        + "\n".join(output.get("traceback", []))
        for output in cell.outputs
    )


def cell_with(notebook: Any, source: str) -> Any:
    return next(cell for cell in notebook.cells if cell.cell_type == "code" and source in cell.source)


def test_the_first_film_notebook_makes_films_and_pays_once(project: Path) -> None:
    notebook = executed(project / "notebooks" / "01-first-film.ipynb")

    plan = said(cell_with(notebook, "ks.load("))
    assert "Plan: 6 to create; 2 variants, 2 films." in plan
    assert "2.10 USD" in plan
    assert "9.00 s, 1280x720" in said(cell_with(notebook, "run.films"))
    assert said(cell_with(notebook, "again.outcome")).rstrip().endswith("0")
    films = sorted(path.name for path in (project / "specs" / "out" / "sandbox").glob("*.mp4"))
    assert films == ["snow-fox-dawn.mp4", "snow-fox-storm.mp4"]


def test_the_first_film_notebook_draws_mistakes_with_carets_and_no_frames(project: Path) -> None:
    notebook = executed(project / "notebooks" / "01-first-film.ipynb")

    drawn = said(cell_with(notebook, "duraton"))
    for words in (
        "unknown key 'duraton'",
        "'mod' is not defined",
        "no shot or video is called 'poor'",
        "^^^",
    ):
        assert words in drawn
    assert "Traceback" not in drawn


def test_an_executed_notebook_keeps_a_record_and_stays_small(project: Path) -> None:
    notebook = executed(project / "notebooks" / "01-first-film.ipynb")

    record = cell_with(notebook, "run = fox.run()").outputs[-1]["data"]
    assert "Done: 6 tasks sent" in record["text/plain"]
    assert "<table" in record["text/html"]
    assert len(json.dumps(notebook)) < 250_000
