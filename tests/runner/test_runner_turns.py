"""Whose turn it is: behind all that is needed, groups in turn, and never more than there is use for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_spec.plan import Order
from kling_spec.providers import Cost
from kling_spec.runner import _floor, _turns
from kling_spec.runner._turns import Turns


@pytest.fixture(autouse=True)
def _narrow(monkeypatch):
    monkeypatch.setattr(_turns, "_WAITING", 2)


def order(name: str, *needs: str, model: str = "m") -> Order:
    return Order(
        fingerprint=name,
        tasks=(f"{name[0]}/{name}",),
        spec="foxes",
        provider="kling",
        model=model,
        path="/",
        attempt=1,
        client_id=name,
        slots=(),
        needs={f"-/{needed}": needed for needed in needs},
        seconds=3,
        cost=Cost(amount=Decimal(1), currency="USD", basis=""),
        render=lambda _fill, _token: "{}",
    )


def given_out(turns: Turns) -> list[Order]:
    return list(iter(turns.next, None))


def names(orders: list[Order]) -> list[str]:
    return [one.fingerprint for one in orders]


def test_groups_have_their_turn_and_each_keeps_its_order():
    turns = Turns([order(name) for name in ("a1", "a2", "a3", "b1", "b2", "c1")], lambda _: 10)

    assert names(given_out(turns)) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_what_is_needed_goes_first_and_what_needs_it_comes_once_it_ended():
    first, second, third = order("a1"), order("a2", "a1", "b1"), order("b1")
    turns = Turns([second, first, third], lambda _: 10)

    assert names(given_out(turns)) == ["a1", "b1"]
    turns.ended(first)
    assert given_out(turns) == []
    turns.ended(third)
    assert names(given_out(turns)) == ["a2"]


def test_what_is_needed_of_an_earlier_run_is_not_waited_for():
    assert names(given_out(Turns([order("a2", "gone")], lambda _: 1))) == ["a2"]


def test_no_more_are_on_their_way_than_there_is_use_for_and_no_model_waits_for_another():
    orders = [order(f"a{number}") for number in range(9)] + [order("z1", model="other")]
    turns = Turns(orders, lambda _: 3)

    begun = given_out(turns)

    assert names(begun) == ["a0", "a1", "a2", "a3", "a4", "z1"]
    turns.ended(begun[0])
    assert names(given_out(turns)) == ["a5"]


@given(st.lists(st.lists(st.integers(0, 40), max_size=3), max_size=40), st.randoms(use_true_random=False))
def test_every_order_has_its_turn_once_and_none_too_early(needs, dice):
    orders = [
        order(f"{number}", *{str(one) for one in wanted if one < number})
        for number, wanted in enumerate(needs)
    ]
    dice.shuffle(orders)
    turns, ended, under_way, begun = Turns(orders, lambda _: 2), set(), [], []
    while fresh := given_out(turns) or under_way:
        if fresh is not under_way:
            assert all(set(one.needs.values()) <= ended for one in fresh)
            begun += fresh
            under_way += fresh
            assert len(under_way) <= 4
        done = under_way.pop(dice.randrange(len(under_way)))
        ended.add(done.fingerprint)
        turns.ended(done)

    assert sorted(names(begun)) == sorted(names(orders))


TEN = "shots: {" + ", ".join(f"s{number}: {{prompt: Take {number}}}" for number in range(10)) + "}"


def test_a_run_with_more_orders_than_go_at_once_makes_them_all(bench, sandbox):
    work = bench("kling", sandbox.url, TEN, is_sandbox=True, concurrency=2)

    assert len(work.run().stored) == 10


def test_on_a_full_disk_nothing_is_sent_however_many_wait(bench, sandbox, monkeypatch):
    monkeypatch.setattr(_floor, "_ROOM", 2**62)
    work = bench("kling", sandbox.url, TEN, is_sandbox=True, concurrency=10)

    outcome = work.run()

    assert "MB are free where clips are kept" in outcome.stopped
    assert len(outcome.unfinished) == 10
    assert work.entries() == {}
