"""The notebooks run from top to bottom against the sandbox, and say what they should."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_files import (
    LARGEST,
    NAMES,
    ROOT,
    WIDGET,
    cell_with,
    copy_project,
    executed,
    kept,
    said,
)
from papermill import execute_notebook

from kling_spec.cli import main

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
    films = sorted(path.name for path in (folder.parent / "out" / "sandbox").glob("snow-fox-*.mp4"))
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
    assert 'src="../out/sandbox/snow-fox-dawn.mp4"' in html
    assert "data:video" not in html
    assert len(json.dumps(first_film)) < 250_000


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_its_stored_outputs_are_those_of_today(
    name: str, folder: Path, first_film: Any
) -> None:
    stored = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    fresh = kept(first_film if name == "01-first-film.ipynb" else executed(folder / name))

    assert [said(cell) for cell in stored.cells] == [said(cell) for cell in fresh.cells], (
        f"run 'python tests/notebook/notebook_files.py {name}' to bring the outputs up to date"
    )
    amounts = re.findall(r"(\S*\d) USD\b", " ".join(map(said, stored.cells)))
    assert len(amounts) > 5
    assert not [amount for amount in amounts if not re.fullmatch(r"\d+\.\d\d+", amount)]


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_notebook_is_small_and_says_nothing_of_the_machine(name: str) -> None:
    whole = (ROOT / "notebooks" / name).read_text(encoding="utf-8")
    stored = json.loads(whole)

    assert len(whole.encode()) < 150_000
    assert "widgets" not in stored["metadata"]
    assert WIDGET not in whole
    assert str(ROOT) not in whole
    pictures = re.findall(r"data:(.{10})[^\\\"]*", whole)
    assert set(pictures) <= {"image/jpeg"}
    assert all(len(match[0]) <= LARGEST for match in re.finditer(r"data:image[^\\\"]*", whole))


def test_the_campaign_runs_with_other_parameters_and_its_line_for_the_shell_finds_it_made(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_project(tmp_path)
    spring = execute_notebook(
        folder / "03-a-campaign.ipynb",
        folder / "spring.ipynb",
        parameters={"season": "spring", "markets": ["us"]},
        cwd=folder,
        progress_bar=False,
    )
    assert "Done: 4 tasks sent" in said(cell_with(spring, "campaign.run("))
    films = sorted(path.name for path in (tmp_path / "out" / "sandbox").glob("*.mp4"))
    assert films == ["glow-tea-spring-us-16x9.mp4", "glow-tea-spring-us-9x16.mp4"]

    line = said(cell_with(spring, "kling-spec run")).split()
    monkeypatch.chdir(folder)
    capfd.readouterr()

    assert line[0] == "kling-spec"
    assert main(line[1:]) == 0
    assert "nothing was sent" in capfd.readouterr().out
