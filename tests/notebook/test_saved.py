"""What a notebook holds after a long run: little, nothing secret, and all that a reader needs."""

from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from notebook_files import WIDGET, executed

import kling_spec as ks
from kling_spec.runner import Event, Kind
from kling_spec.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings(
    # of the client that drives the kernel, not of ours
    "ignore::DeprecationWarning:zmq",
    "ignore::DeprecationWarning:jupyter_client",
)
SPEC = """\
kling_spec: 1
name: pond
matrix: {{frog: [green, brown], number: [{numbers}]}}
defaults: {{resolution: 720p, duration: 3, aspect_ratio: "1:1"}}
shots: {{sits: "A {{{{ frog }}}} frog"}}
cuts: {{}}
"""
KEY = "k-canary-7d20c1"
LOAD = "import kling_spec as ks\nlaunch = ks.load('spec.yaml'{how})\nlaunch"
RUN = "run = launch.run(yes=True)\nawait run"


def notebook(folder: Path, tasks: int, *cells: str) -> Path:
    """Write a spec of so many tasks, of which each half shares one clip, and a notebook beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "kling-spec.toml").write_text("[providers.kling]\npoll_seconds = 0.5\n")
    (folder / "spec.yaml").write_text(SPEC.format(numbers=", ".join(map(str, range(tasks // 2)))))
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made), folder / "long.ipynb")
    return folder / "long.ipynb"


@pytest.mark.parametrize(("tasks", "largest"), [(1_000, 100_000), (10_000, 150_000)])
def test_a_notebook_of_a_run_whose_many_tasks_share_two_clips_stays_small(
    tasks: int, largest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(seconds=0.1, folder=tmp_path / "server") as server:
        monkeypatch.setenv("KLING_BASE_URL", server.url)
        monkeypatch.setenv("KLING_API_KEY", KEY)
        ran = executed(notebook(tmp_path / "project", tasks, LOAD.format(how=""), RUN))

    [board] = ran.cells[1].outputs
    whole = nbformat.writes(ran)
    assert f"… and {tasks - 50:,} more; in all {tasks:,} stored" in board["data"]["text/plain"]
    assert len(whole.encode()) < largest
    assert len(board["data"]["text/html"].encode()) <= 32_768
    assert WIDGET not in board["data"]
    assert board["data"]["text/html"].count("<img src=") > 4
    models = ran.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"].values()
    assert len(models) <= 6
    assert [model["state"]["_esm"] for model in models if model["model_module"] == "anywidget"] == [""]
    for never in (KEY, server.url, "data:video", "X-Amz", "Signature", "base64,AAAA"):
        assert never not in whole


def test_a_record_of_trouble_with_long_words_and_hostile_ones_stays_within_its_size(tmp_path: Path) -> None:
    notebook(tmp_path, 200)
    run = ks.load(tmp_path / "spec.yaml", sandbox=True).run().wait()
    for task in [row.task for row in run.board.plan.rows]:
        run.board.hear(
            Event(
                kind=Kind.FAILED,
                tasks=(task,),
                fingerprint="",
                at=datetime.now(UTC),
                message="<script>alert(1)</script>" * 40 + "\u202e$x$" * 40,
            )
        )

    html = run.html()

    assert "✗" in html
    assert "200 failed" in html
    assert "<script" not in html
    assert "\u202e" not in html
    assert len(html.encode()) <= 32_768


def test_a_run_that_ended_during_a_later_cell_is_recorded_where_somebody_waits_for_it(tmp_path: Path) -> None:
    ended = "import time\nwhile run._live._surface is not None: time.sleep(0.05)"
    ran = executed(
        notebook(tmp_path, 4, LOAD.format(how=", sandbox=True"), "run = launch.run()", ended, "await run")
    )

    [board] = ran.cells[1].outputs
    assert set(board["data"]) == {"text/plain", "text/html"}
    assert "Done: 2 tasks sent" in board["data"]["text/plain"]
    assert "Done: 2 tasks sent" in board["data"]["text/html"]
