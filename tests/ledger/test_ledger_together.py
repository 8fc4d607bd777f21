"""Steps that are made durable together: each counts or fails as it would alone, and none is seen too early."""

import threading
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_asks import FOX, Clock, intend

from kling_spec.ir import Secret
from kling_spec.ledger import Ledger, LedgerError, State

STEPS = {
    "i": intend,
    "a": lambda ledger, name: ledger.accepted(name, f"job-{name[0]}"),
    "r": lambda ledger, name: ledger.running(name),
    "s": lambda ledger, name: ledger.succeeded(name, video_url=Secret("https://x.test/c", "clip")),
    "x": lambda ledger, name: ledger.refused(name, "no"),
    "u": lambda ledger, name: ledger.unknown(name, "no answer"),
}


def test_many_steps_need_one_commit(ledger):
    said: list[str] = []
    ledger._connection.set_trace_callback(said.append)

    ledger.together([partial(intend, ledger, f"{number:064d}") for number in range(50)])

    assert said.count("COMMIT") == 1
    assert len(ledger.entries()) == 50


def test_a_step_that_fails_changes_nothing_and_stands_in_the_way_of_none(ledger):
    first, second, third = ledger.together(
        [
            partial(intend, ledger),
            partial(intend, ledger, task="-/twin"),
            partial(ledger.accepted, FOX, "job-1"),
        ]
    )

    assert (first, third) == (None, None)
    assert isinstance(second, LedgerError)
    assert ledger.entry(FOX).state is State.ACCEPTED
    assert [event["kind"] for event in ledger.events(FOX)] == ["intended", "accepted"]
    assert ledger.held("spec:foxes", "USD") == ledger.entry(FOX).estimate


def test_what_a_step_returns_is_handed_back(ledger):
    intend(ledger)

    assert ledger.together([partial(ledger.hint, FOX, "job-1", "done")] * 2) == [True, False]


def test_what_waits_for_the_commit_is_seen_by_no_one_and_stops_no_reader(ledger):
    inside, go_on, seen = threading.Event(), threading.Event(), []

    def hold() -> None:
        seen.append(ledger.entry(FOX).state)
        inside.set()
        assert go_on.wait(20)

    writer = threading.Thread(target=ledger.together, args=([partial(intend, ledger), hold],))
    writer.start()
    assert inside.wait(20)

    assert ledger.entry(FOX) is None
    go_on.set()
    writer.join()
    assert seen == [State.SENDING]
    assert ledger.entry(FOX).state is State.SENDING


def test_on_a_full_disk_each_step_is_tried_by_itself(path):
    with Ledger.open(path) as ledger:
        intend(ledger)
        (pages,) = ledger._connection.execute("PRAGMA page_count").fetchone()
        ledger._connection.execute(f"PRAGMA max_page_count = {pages + 3}")

        done = ledger.together([partial(intend, ledger, f"{number:064d}") for number in range(500)])

        written = [entry.fingerprint for entry in ledger.entries()][1:]
        assert {f"{number:064d}" for number, one in enumerate(done) if one is None} == set(written)
        assert 0 < len(written) < 500
        assert all("cannot be written" in str(one) for one in done if one is not None)


def test_a_group_that_cannot_be_committed_is_tried_one_by_one(ledger):
    """What undoes the whole of a transaction undoes the steps that went well before it."""

    def undo() -> None:
        if ledger._connection.in_transaction:
            ledger._connection.execute("ROLLBACK")

    done = ledger.together(
        [partial(intend, ledger), undo, partial(intend, ledger, "a" * 64), partial(ledger.accepted, FOX, "j")]
    )

    assert done == [None] * 4
    assert ledger.entry(FOX).job == "j"
    assert [event["kind"] for event in ledger.export()] == ["intended", "intended", "accepted"]


def test_of_a_step_that_fails_halfway_nothing_is_kept(ledger):
    def half() -> None:
        with ledger._transaction():
            ledger._connection.execute("INSERT INTO home VALUES (1, 'here')")
            raise LedgerError("halfway")

    done = ledger.together([partial(intend, ledger), half, partial(ledger.accepted, FOX, "j")])

    assert [str(said) for said in done] == ["None", "halfway", "None"]
    assert ledger._connection.execute("SELECT count(*) FROM home").fetchone()[0] == 0
    assert [event["kind"] for event in ledger.export()] == ["intended", "accepted"]


def test_a_closed_ledger_says_so_to_everybody(path):
    ledger = Ledger.open(path)
    ledger.close()

    done = ledger.together([partial(intend, ledger)] * 3)

    assert ["cannot be written" in str(one) for one in done] == [True] * 3


def test_a_clock_without_a_zone_is_a_fault_of_the_program(path):
    with Ledger.open(path, lambda: Clock()().replace(tzinfo=None)) as ledger:
        with pytest.raises(ValueError, match="without a zone"):
            ledger.together([partial(intend, ledger)] * 2)

        assert ledger.entries() == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from("iarsxu"), st.integers(0, 3)), max_size=12), max_size=5))
def test_together_comes_to_the_same_as_one_by_one(tmp_path_factory, groups):
    folder = tmp_path_factory.mktemp("ledger")
    with (
        Ledger.open(folder / "one.sqlite", Clock()) as one,
        Ledger.open(folder / "all.sqlite", Clock()) as many,
    ):
        for group in groups:
            steps = [(STEPS[step], str(number) * 64) for step, number in group]
            alone = [one.together([partial(step, one, name)])[0] for step, name in steps]
            done = many.together([partial(step, many, name) for step, name in steps])
            assert [str(said) for said in done] == [str(said) for said in alone]

        shown = [
            [(entry.fingerprint, entry.state, entry.job, entry.attempt) for entry in ledger.entries()]
            for ledger in (one, many)
        ]
        kinds = [
            [(event["fingerprint"], event["kind"]) for event in ledger.export()] for ledger in (one, many)
        ]
        assert shown[0] == shown[1]
        assert kinds[0] == kinds[1]
        assert one.held("spec:foxes", "USD") == many.held("spec:foxes", "USD")
