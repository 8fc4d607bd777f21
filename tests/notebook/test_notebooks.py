"""The notebooks run from top to bottom against the sandbox, and say what they should."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_files import NAMES, ROOT, cell_with, copy_project, executed, said

pytestmark = pytest.mark.filterwarnings(
    # of the client that drives the kernel, not of ours
    "ignore::DeprecationWarning:zmq",
    "ignore::DeprecationWarning:jupyter_client",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def first_film(folder: Path) -> Any:
    return executed(folder / "01-first-film.ipynb")


def test_the_first_film_notebook_makes_films_and_sends_nothing_twice(first_film: Any, folder: Path) -> None:
    plan = said(cell_with(first_film, "ks.load("))
    assert "Plan: 6 to create; 2 variants, 2 films. Cost: 2.10 USD." in plan
    assert "9.00 s, 1280x720" in said(cell_with(first_film, "run.films"))
    again = cell_with(first_film, "again")
    assert "Done: nothing was sent" in said(again)
    assert said(again).rstrip().endswith("0")
    films = sorted(path.name for path in (folder.parent / "specs" / "out" / "sandbox").glob("*.mp4"))
    assert films == ["snow-fox-dawn.mp4", "snow-fox-storm.mp4"]


def test_the_first_film_notebook_draws_mistakes_with_carets_and_no_frames(first_film: Any) -> None:
    drawn = said(cell_with(first_film, "duraton"))

    for words in (
        "'mod' is not defined",
        "unknown key 'duraton'",
        "no shot or video is called 'poor'",
        "^^^",
    ):
        assert words in drawn
    assert "teapot:6:31" in drawn  # as the cell counts its lines, the magic's own among them
    assert "Traceback" not in drawn


def test_the_board_of_a_run_becomes_a_record_that_needs_no_kernel(first_film: Any) -> None:
    [board] = cell_with(first_film, "run = fox.run()").outputs

    assert set(board["data"]) == {"text/html", "text/plain"}
    assert "Done: 6 tasks sent" in board["data"]["text/plain"]
    assert board["data"]["text/html"].count("<img src=") == 6


def test_films_are_loaded_by_their_relative_path_and_never_embedded(first_film: Any) -> None:
    html = cell_with(first_film, "run.films").outputs[-1]["data"]["text/html"]

    assert html.count('<video controls preload="none"') == 2
    assert 'src="../specs/out/sandbox/snow-fox-dawn.mp4"' in html
    assert "data:video" not in html
    assert len(json.dumps(first_film)) < 250_000


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_outputs_are_those_of_today_and_say_nothing_of_the_machine(
    name: str, folder: Path, first_film: Any
) -> None:
    stored = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    fresh = first_film if name == "01-first-film.ipynb" else executed(folder / name)

    assert [said(cell) for cell in stored.cells] == [said(cell) for cell in fresh.cells], (
        "run 'python tests/notebook/notebook_files.py' to bring the outputs up to date"
    )
    whole = json.dumps(stored)
    assert "data:" not in whole
    assert str(ROOT) not in whole
    assert len(whole) < 60_000
