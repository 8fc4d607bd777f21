"""`%%kling` and `%kling` in a shell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

import kling_spec as ks

POND = """\
kling_spec: 1
name: pond
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1"}
shots: {frog: A frog}
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.chdir(tmp_path)
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "kling_spec")
    yield shell
    InteractiveShell.clear_instance()


def test_the_cell_binds_a_spec_and_its_variables_come_only_when_named(shell: InteractiveShell) -> None:
    shell.user_ns |= {"mood": "calm", "lens": "50mm"}
    cell = "kling_spec: 1\nvars: {mood: wild, lens: 35mm}\nshots: {a: 'A {{ mood }} lake, {{ lens }}'}\n"

    shell.run_cell_magic("kling", "lake --sandbox --var mood", cell)

    [task] = shell.user_ns["lake"].compile()
    assert task["request"]["json"]["prompt"] == "A calm lake, 35mm"
    with pytest.raises(UsageError, match="the notebook has no variable 'moon'"):
        shell.run_cell_magic("kling", "lake --var moon", cell)


def test_a_mistake_is_drawn_at_its_line_of_the_cell(shell: InteractiveShell) -> None:
    with pytest.raises(ks.SpecError) as caught:
        shell.run_cell_magic("kling", "lake", "kling_spec: 1\nshots: {a: {promt: x}}\n")

    assert caught.value.diagnostics[0].origin.line == 3
    assert "promt" in str(caught.value)


def test_the_ledger_shows_what_was_asked_and_what_it_comes_to(
    shell: InteractiveShell, tmp_path: Path
) -> None:
    assert repr(shell.run_line_magic("kling", "ledger")) == "nothing was run yet"
    (tmp_path / "pond.yaml").write_text(POND)
    ks.load(tmp_path / "pond.yaml", sandbox=True).run().wait(120)

    view = shell.run_line_magic("kling", "ledger --sandbox")

    assert [entry.task for entry in view.entries] == ["-/frog"]
    assert "1 payload, rehearsed, so nothing was paid: 0.252 USD" in repr(view)
    assert "<b>-/frog</b>" in view._repr_html_()
    assert repr(shell.run_line_magic("kling", "ledger")) == "nothing was run yet"


def test_the_prices_say_what_a_second_costs_and_who_does_not_say(shell: InteractiveShell) -> None:
    view = shell.run_line_magic("kling", "prices kling")

    assert {name for name, _ in view.rows} == {"kling"}
    assert "USD" in repr(view)
    everything = shell.run_line_magic("kling", "prices")
    assert {"kling", "runware"} <= {name for name, _ in everything.rows}
    assert "hiapi publishes no prices" in repr(everything)
    with pytest.raises(UsageError, match="no provider is called 'klingg'"):
        shell.run_line_magic("kling", "prices klingg")
