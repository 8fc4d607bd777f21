"""What may have been paid for is looked for again and again, over a minute, before it is called unknown."""

import threading
from itertools import pairwise

import pytest
from remote import Remote

from kling_spec.runner._looks import Doubt, moments
from kling_spec.sandbox import Sandbox

TWO = "shots: {fox: {prompt: A fox runs}, hare: {prompt: A hare runs}}"


def test_looks_lie_further_and_further_apart_over_the_whole_time():
    new = moments(60.0)

    assert new[0] <= 1
    assert len(new) >= 3
    assert new[-1] == 60
    assert [later - earlier for earlier, later in pairwise(new)] == sorted(
        later - earlier for earlier, later in pairwise(new)
    )
    assert moments(60.0, 10.0, at_once=True) == (0.0, 1.0, 2.0, 10.0, 50.0)
    assert moments(60.0, 86400.0, at_once=True) == (0.0, 1.0, 2.0, 3.0, 4.0)
    assert moments(6.0) == tuple(moment / 10 for moment in new)


def test_a_doubt_takes_both_its_looks_and_its_time_and_is_settled_by_one_sight():
    now = [0.0]
    doubt = Doubt(60.0, lambda: now[0])

    def looked(at: float, *, adrift: bool = True) -> bool:
        now[0] = at
        return doubt.grows(adrift)

    assert [looked(at) for at in (0, 5, 10, 15, 59.9)] == [False] * 5
    assert looked(60)
    assert not looked(61, adrift=False)
    assert [looked(at) for at in (100, 161)] == [False, False], "two looks are not enough"
    assert looked(162)


@pytest.mark.parametrize("provider", ["kling", "kling-2026"])
def test_a_task_that_is_not_known_for_a_while_after_a_lost_reply_is_found_and_adopted(
    bench, tmp_path, provider
):
    faults = ("lost-reply", "forget=1")
    with Sandbox(seconds=0.2, folder=tmp_path / "server", faults=faults) as sandbox:
        work = bench(provider, sandbox.url, is_sandbox=True, doubt_seconds=30.0)

        outcome = work.run()

        assert len(sandbox.book().charges) == 1
        assert sandbox.book().seen("submit") == 1
    assert work.states() == {"-/fox": "stored"}
    assert (outcome.submitted, outcome.unknown) == (1, {})
    told = [event.message for event in work.events if event.kind == "waiting"]
    assert any("it is looked for, for 30 s at most" in message for message in told)


def test_a_job_that_polls_do_not_know_for_a_while_is_not_given_up(bench, tmp_path):
    with Sandbox(seconds=0.2, folder=tmp_path / "server", faults=("forget=1",)) as sandbox:
        work = bench("kling", sandbox.url, is_sandbox=True, doubt_seconds=600.0)

        outcome = work.run()

        assert sandbox.book().requests["kling"]["poll"] > 5, "it was not known at first"
    assert len(outcome.stored) == 1


@pytest.mark.parametrize(
    ("faults", "looks"), [(("lost-reply", "forget=600"), "find"), (("forget=600",), "poll")]
)
def test_a_task_that_stays_unknown_is_for_a_person_to_decide(bench, tmp_path, faults, looks):
    with Sandbox(seconds=0.2, folder=tmp_path / "server", faults=faults) as sandbox:
        work = bench("kling", sandbox.url, is_sandbox=True, doubt_seconds=0.5)

        outcome = work.run()

        assert sandbox.book().seen("submit") == 1
        assert sandbox.book().requests["kling"]["poll"] >= 3, looks
    assert len(outcome.unknown) == 1
    assert work.states() == {"-/fox": "unknown"}


def test_other_tasks_go_on_while_one_is_looked_for(bench, film):
    stored = threading.Event()

    class UntilStored:
        def popleft(self) -> str:
            return "ok" if stored.is_set() else "lost"

    with Remote("kling", film).will("submit", "close") as remote:
        remote.script["find"] = UntilStored()
        work = bench("kling", remote.url, TWO, doubt_seconds=8.0, concurrency=2)
        work.more = {"on_event": lambda event: stored.set() if event.kind == "stored" else None}

        outcome = work.run()

    assert len(outcome.stored) == 2, "the one was found once the other was there"


def test_what_was_looked_for_long_enough_is_looked_for_quickly_by_later_runs(bench, film):
    with Remote("kling", film).will("submit", "drop") as remote:
        work = bench("kling", remote.url, doubt_seconds=0.3)
        assert list(work.run().unknown)
        with work.ledger() as ledger:
            (entry,) = ledger.entries()
            assert ledger.sent_at(entry.fingerprint) == entry.created
        outcome = work.run()

        assert list(outcome.unknown)
        assert remote.count("submit") == 1
    assert not any("it is looked for" in event.message for event in work.events)
