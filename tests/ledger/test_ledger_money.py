"""What is sent holds its cost from before its first byte on, and no limit is ever passed."""

import multiprocessing
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_asks import FOX, NOON, intend

from kling_spec.ledger import Ledger, Limit, OverLimit, State, month_scope, run_scope, spec_scope

SPAWN = multiprocessing.get_context("spawn")


def limit(scope: str, amount: str, currency: str = "USD") -> Limit:
    return Limit(scope=scope, amount=Decimal(amount), currency=currency, name="the limit")


RUN, SPEC, MONTH = run_scope("r1"), spec_scope("foxes"), month_scope(NOON)


def test_a_cost_is_held_in_every_scope_from_before_it_is_sent(ledger):
    intend(ledger, run="r1")

    assert [ledger.held(scope, "USD") for scope in (RUN, SPEC, MONTH)] == [Decimal("0.7")] * 3
    assert ledger.held(RUN, "CNY") == 0


@pytest.mark.parametrize("scope", [RUN, SPEC, MONTH])
def test_what_would_pass_a_limit_is_not_written_down(ledger, scope):
    intend(ledger, "a" * 64, run="r1")

    with pytest.raises(OverLimit, match=r"with -/fox the limit of 1.00 USD would be passed"):
        intend(ledger, run="r1", limits=[limit(scope, "1.00")])

    assert ledger.entry(FOX) is None
    assert ledger.held(scope, "USD") == Decimal("0.7")
    intend(ledger, run="r1", limits=[limit(scope, "1.40")])


def test_a_price_that_nobody_knows_and_another_currency_are_refused_under_a_limit(ledger):
    with pytest.raises(OverLimit, match="no price in USD"):
        intend(ledger, run="r1", estimate=None, limits=[limit(RUN, "10")])
    with pytest.raises(OverLimit, match="no price in CNY"):
        intend(ledger, run="r1", limits=[limit(RUN, "10", "CNY")])
    assert ledger.entries() == []


@pytest.mark.parametrize("end", ["refused", "unsent"])
def test_what_was_surely_not_taken_gives_its_cost_back(ledger, end):
    intend(ledger, run="r1")

    getattr(ledger, end)(FOX, "no")

    assert ledger.held(RUN, "USD") == 0


def test_an_attempt_that_is_sent_after_all_holds_its_cost_again(ledger):
    intend(ledger, run="r1")
    ledger.unsent(FOX, "busy")
    intend(ledger, "a" * 64, run="r1")

    with pytest.raises(OverLimit):
        ledger.retried(FOX, 1, [limit(RUN, "1.00")])
    assert ledger.entry(FOX).state is State.REFUSED
    ledger.retried(FOX, 1, [limit(RUN, "1.40")])

    assert ledger.held(RUN, "USD") == Decimal("1.4")


@pytest.mark.parametrize("verb", ["resubmit", "abandon"])
def test_what_nobody_can_tell_stays_held_whatever_is_decided(ledger, verb):
    intend(ledger, run="r1")
    ledger.unknown(FOX, "no answer")

    ledger.decide(verb, FOX)

    assert ledger.held(RUN, "USD") == Decimal("0.7")


def test_a_bill_takes_the_place_of_the_estimate(ledger):
    intend(ledger, run="r1")
    ledger.accepted(FOX, "job-1")
    ledger.settle(FOX, Decimal("1.12"))
    ledger.settle(FOX, Decimal("1.12"))

    assert ledger.held(MONTH, "USD") == Decimal("1.12")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("isurxb")), max_size=40))
def test_the_sums_are_those_of_the_attempts(tmp_path_factory, steps):
    """Whatever happens in whatever order, a scope holds exactly what its attempts hold."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    held: dict[str, Decimal] = {}
    with Ledger.open(path) as ledger:
        for number, step in steps:
            name = str(number) * 64
            entry = ledger.entry(name)
            if step == "i" and entry is None:
                intend(ledger, name, run="r1")
                held[name] = Decimal("0.7")
            elif step == "s" and entry is not None:
                ledger.settle(name, Decimal(number))
                held[name] = Decimal(number)
            elif step in "ux" and entry is not None and entry.state is State.SENDING:
                getattr(ledger, {"u": "unsent", "x": "unknown"}[step])(name, "so")
                held[name] = Decimal(0) if step == "u" else held[name]
            elif step == "r" and entry is not None and entry.state is State.REFUSED:
                ledger.retried(name, 1)
                held[name] = Decimal("0.7")
        assert ledger.held(RUN, "USD") == sum(held.values(), Decimal(0))
        assert ledger.held(SPEC, "USD") == ledger.held(RUN, "USD")


def spend(path: Path, worker: int, rounds: int) -> None:
    with Ledger.open(path) as ledger:
        for number in range(rounds):
            name = f"{worker:02d}{number:04d}".ljust(64, "0")
            try:
                intend(ledger, name, run="r1", limits=[limit(RUN, "70.00")])
            except OverLimit:
                continue
            if number % 3 == 0:
                ledger.refused(name, "no")


def test_eight_processes_never_pass_one_limit_together(path):
    """Each of them asks a hundred times; what is refused by the provider is given back meanwhile."""
    Ledger.open(path).close()
    workers = [SPAWN.Process(target=spend, args=(path, number, 100)) for number in range(8)]
    for worker in workers:
        worker.start()
    most = Decimal(0)
    with Ledger.open(path) as ledger:
        while any(worker.is_alive() for worker in workers):
            most = max(most, ledger.held(RUN, "USD"))
        for worker in workers:
            worker.join()
            assert worker.exitcode == 0
        entries = [entry for entry in ledger.entries() if entry.state is not State.REFUSED]
        assert ledger.held(RUN, "USD") == len(entries) * Decimal("0.7") == Decimal(70)
    assert most <= 70
