"""A spec in a notebook: what it shows, what it runs, what it asks before it spends."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import kling_spec as ks
from kling_spec.notebook import Launch
from kling_spec.session import BudgetRefused

SPEC = """
kling_spec: 1
name: pond
matrix: {time: [day, night]}
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1"}
shots:
  frog: A frog <b>sits</b> on a leaf by {{ time }}
  leap: {next_of: frog, prompt: it leaps}
"""


@pytest.fixture
def pond(tmp_path: Path) -> Launch:
    file = tmp_path / "pond.yaml"
    file.write_text(SPEC)
    return ks.load(file, sandbox=True)


def test_a_launch_shows_its_plan_as_text_and_as_a_table(pond: Launch) -> None:
    assert "frog, 2 tasks" in repr(pond)
    assert "Plan: 4 to create; 2 variants, 2 films. Cost:" in repr(pond)
    assert "<table" in pond._repr_html_()
    assert "$" not in pond._repr_html_()


def test_the_total_is_the_sum_of_the_lines(pond: Launch) -> None:
    plan = pond.plan()

    assert plan.total == {"USD": sum((row.cost.amount or Decimal(0)) for row in plan.tasks)}
    assert plan.unknown_prices == 0


def test_variants_are_picked_by_axis(pond: Launch) -> None:
    assert {row.task for row in pond.plan(time="day").tasks} == {"day/frog", "day/leap"}
    assert len(pond.plan(time=["day", "night"], shots=["frog"]).tasks) == 2
    with pytest.raises(ks.SpecError, match="no axis is called 'tine'"):
        pond.plan(tine="day")


def test_a_rehearsal_runs_at_once_and_the_second_one_sends_nothing(pond: Launch) -> None:
    run = pond.run(time="day").wait()

    assert set(run.clips) == {"day/frog", "day/leap"}
    assert run.outcome.submitted == 2
    assert [view.seconds for view in run.films] == [6.0]
    assert run.cost["USD"] == run.plan.total["USD"]
    assert "Done: 2 tasks sent, cost by estimate 0.63 USD, rehearsed" in repr(run)
    assert pond.run(time="day").wait().outcome.submitted == 0
    film = pond.cut(time="day")
    assert "<video controls" in film._repr_html_()
    assert "data:video" not in film._repr_html_()


def test_what_a_person_wrote_is_shown_and_never_run(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text('kling_spec: 1\nmatrix: {who: ["<script>alert(1)</script>"]}\nshots: {a: "{{ who }}"}\n')

    html = ks.load(file)._repr_html_()

    assert "<script>" not in html


def test_a_paid_run_waits_for_a_confirmation_that_names_the_amount(tmp_path: Path) -> None:
    file = tmp_path / "pond.yaml"
    file.write_text(SPEC)

    run = ks.load(file).run()

    assert not run.is_done
    with pytest.raises(RuntimeError, match=r"would cost 1\.26 USD"):
        run.wait()
    with pytest.raises(ks.SpecError, match="no key is set for kling"):
        run.confirm()


def test_a_run_over_its_limit_is_refused_before_anything_is_sent(pond: Launch) -> None:
    with pytest.raises(BudgetRefused, match=r"max_cost is 0\.50") as refused:
        pond.run(max_cost="0.50")

    told = str(refused.value)
    assert "--> run(max_cost=0.50)" in told
    assert "run(shots=['SHOT'])" in told
    assert "--" not in told.replace("-->", ""), "options are the command line's"


def test_importing_the_package_brings_nothing_heavy() -> None:
    heavy = "IPython ipywidgets anywidget traitlets pydantic httpx jinja2 ruamel rich PIL av sqlite3"
    code = f"import sys, kling_spec; print([name for name in '{heavy}'.split() if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_price_that_nobody_knows_is_told_and_is_not_nothing(tmp_path: Path) -> None:
    (tmp_path / "pond.yaml").write_text("kling_spec: 1\nshots: {frog: A frog, hare: A hare}\n")
    run = ks.load(tmp_path / "pond.yaml", sandbox=True, provider="hiapi").run().wait(120)

    assert "cost by estimate unknown (2 prices unknown)" in repr(run)
    assert run.board.bill.unknown_prices == 2
    assert run.cost == {}
