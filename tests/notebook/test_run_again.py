"""What did not come to an end in a run is taken back, tried again, or decided."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import kling_spec as ks
from kling_spec.ledger import LedgerError
from kling_spec.notebook import Launch
from kling_spec.notebook._errors import NotReady
from kling_spec.notebook._run import Run
from kling_spec.sandbox import Sandbox

SPEC = """
kling_spec: 1
name: pond
defaults: {resolution: 720p, duration: 3, aspect_ratio: "1:1"}
shots: {frog: A frog, hare: A hare, owl: An owl, leap: {next_of: frog, prompt: It leaps}}
"""


@pytest.fixture
def pond(tmp_path: Path) -> Launch:
    (tmp_path / "pond.yaml").write_text(SPEC)
    (tmp_path / "kling-spec.toml").write_text("[providers.kling]\nconcurrency = 1\npoll_seconds = 0.2\n")
    return ks.load(tmp_path / "pond.yaml")


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sandbox]:
    """Something to be paid: nothing is rehearsed here."""

    def make(port: int = 0, **how: Any) -> Sandbox:
        return Sandbox(seconds=0.5, folder=tmp_path / "server", port=port, **how)

    monkeypatch.setenv("KLING_API_KEY", "k-canary-5f1d9e72")
    return make


def test_what_was_not_sent_is_tried_again_after_the_amount_was_agreed_to(
    pond: Launch, provider: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider(faults=["empty=1"]) as poor:
        monkeypatch.setenv("KLING_BASE_URL", poor.url)
        run = pond.run(yes=True).wait(120)
        port = urlsplit(poor.url).port
    assert list(run.clips) == ["-/frog"]
    assert run.retrial("-/hare").words() == "Send 1 task again for 0.252 USD"
    with pytest.raises(NotReady, match=r"would cost 0\.882 USD; retry\(yes=True\) sends it"):
        run.retry()
    with pytest.raises(NotReady, match="nothing to try again of -/frog"):
        run.retry("-/frog")

    with provider(port) as rich:
        run.retry("-/hare", yes=True).wait(120)
        assert sorted(run.clips) == ["-/frog", "-/hare"]
        run.retry(yes=True).wait(120)

        assert sorted(run.clips) == ["-/frog", "-/hare", "-/leap", "-/owl"]
        assert len(rich.book().charges) == 4
    assert run.cost == {"USD": Decimal("1.134")}
    with pytest.raises(NotReady, match="every task came to its end"):
        run.retry()


def test_what_is_taken_back_is_not_sent_and_what_was_sent_goes_on(
    pond: Launch, provider: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider() as server:
        monkeypatch.setenv("KLING_BASE_URL", server.url)
        run = pond.run()
        assert run.cancel("-/hare", "-/owl") == ["-/hare", "-/owl"]
        run.confirm().wait(120)

        assert sorted(run.clips) == ["-/frog", "-/leap"]
        assert run.text().count("-  taken back") == 2
        run.retry("-/owl", yes=True).wait(120)
        assert sorted(run.clips) == ["-/frog", "-/leap", "-/owl"]
        assert len(server.book().charges) == 3


def test_an_unknown_task_is_decided_in_the_notebook(
    pond: Launch, provider: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider() as server:
        monkeypatch.setenv("KLING_BASE_URL", server.url)
        run = pond.run(shots=["hare"], yes=True)
        with pytest.raises(NotReady, match="may find out by itself"):
            run.abandon("-/hare")
        run.wait(120)
        with pytest.raises(LedgerError, match="only an unknown task needs a decision"):
            run.adopt("-/hare", "job-1")
        with pytest.raises(NotReady, match="no task '-/hara'"):
            run.resubmit("-/hara")


def test_tasks_that_ask_the_same_are_tried_again_together_and_for_their_price(
    tmp_path: Path, provider: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    twins = SPEC.replace("shots:", "matrix: {market: [us, de]}\nshots:").replace(
        "hare: A hare, owl: An owl, ", ""
    )
    (tmp_path / "pond.yaml").write_text(twins)
    (tmp_path / "kling-spec.toml").write_text("[providers.kling]\nconcurrency = 1\npoll_seconds = 0.2\n")
    with provider(faults=["empty=0"]) as poor:
        monkeypatch.setenv("KLING_BASE_URL", poor.url)
        run = ks.load(tmp_path / "pond.yaml").run(yes=True).wait(120)
        port = urlsplit(poor.url).port
    assert not run.clips

    assert run.retrial("de/frog").words() == "Send 1 task again for 0.252 USD"
    assert run.retrial("de/leap").words() == "Send 2 tasks again for 0.63 USD"
    with pytest.raises(NotReady, match=r"would cost 0\.252 USD"):
        run.retry("de/frog")

    with provider(port) as rich:
        run.retry("de/frog", yes=True).wait(120)
        assert sorted(run.clips) == ["de/frog", "us/frog"]
        assert len(rich.book().charges) == 1
        run.retry("de/leap", yes=True).wait(120)
        assert sorted(run.clips) == ["de/frog", "de/leap", "us/frog", "us/leap"]


def test_a_second_try_of_some_leaves_what_is_known_of_the_others(
    pond: Launch, provider: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider(faults=["empty=1"]) as poor:
        monkeypatch.setenv("KLING_BASE_URL", poor.url)
        run = pond.run(yes=True).wait(120)
        port = urlsplit(poor.url).port
    failed = run.board.tasks(["refused", "failed"])
    kept = messages(run)[failed[0]]
    assert "1102" in kept

    with provider(port):
        run.retry("-/owl" if failed[0] != "-/owl" else "-/hare", yes=True).wait(120)

    assert messages(run)[failed[0]] == kept


def messages(run: Run) -> dict[str, str]:
    standings = [run.board.standing(number) for number in range(len(run.plan.tasks))]
    return {standing.row.task: standing.message for standing in standings}
