"""Whatever breaks, and wherever a run is killed: nothing is paid for twice, and nothing paid for is lost."""

import os
from collections import Counter

import pytest
from cases import SEEDS, killed_anywhere, limited, mixed, storms
from mutants import MUTANTS
from points import POINTS
from stage import Case, Result
from standin import NEMESES
from wires import PROVIDERS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked, and killed by a signal")
_FIRED = 3
"""How often each nemesis has to have struck for every 20 seeds."""


def faults(results: list[Result]) -> list[str]:
    """Return what did not hold, each with the case that shows it."""
    return [f"{result.case.name}: {fault}" for result in results for fault in result.faults]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.replace(" ", "-"))
def test_a_run_that_is_killed_pays_for_nothing_twice_and_loses_nothing(play_all, point):
    results = play_all(killed_anywhere(point))

    assert faults(results) == []
    assert sum(result.was_hit for result in results) >= 0.75 * SEEDS


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_run_whose_calls_go_wrong_pays_for_nothing_twice_and_loses_nothing(play_all, provider):
    assert faults(play_all(storms(provider))) == []


def test_a_run_that_was_stopped_and_continued_pays_for_nothing_twice(play_all):
    results = play_all(
        Case(provider=PROVIDERS[seed % 5], seed=5_000_000 + seed, plot="freeze", cuts=seed % 4 == 0)
        for seed in range(SEEDS)
    )

    assert faults(results) == []
    assert sum(result.was_hit for result in results) >= SEEDS // 3


def test_of_two_runs_at_the_same_moment_one_keeps_away(play_all):
    results = play_all(
        Case(provider=PROVIDERS[seed % 5], seed=6_000_000 + seed, plot="two", cuts=seed % 4 == 0)
        for seed in range(SEEDS)
    )

    assert faults(results) == []
    assert sum(result.was_hit for result in results) >= SEEDS // 2


def test_no_more_is_spent_than_a_limit_allows(play_all):
    results = play_all(limited(seed) for seed in range(max(SEEDS // 2, 10)))

    assert faults(results) == []
    assert {result.charges for result in results} == {1, 2}


def test_a_run_without_faults_looks_no_more_often_than_it_has_to(play_all):
    results = play_all(Case(provider=provider, seed=7_000_000) for provider in PROVIDERS)

    assert faults(results) == []
    assert all(result.fired == {} for result in results)
    ideal = 3 * 4  # a look each 40 ms at a task of 120 ms, and one more
    assert max(result.looks for result in results) <= 2 * ideal


def test_every_nemesis_struck_and_hardly_a_case_was_empty(tally):
    """Needs the tests above: a storm in which nothing breaks proves nothing."""
    if len(tally) < len(POINTS) * SEEDS:
        pytest.skip("only some of the cases were played")
    fired = sum((Counter(result.fired) for result in tally), Counter())
    kinds = {kind for kinds in NEMESES.values() for kind in kinds}

    rare = {kind: fired[kind] for kind in kinds if fired[kind] < _FIRED * SEEDS / 20}
    assert rare == {}
    assert sum(result.charges > 0 for result in tally) >= 0.95 * len(tally)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.replace(" ", "-"))
def test_a_known_fault_is_caught_within_fifty_seeds(play_all, mutant):
    cases, wanted = list(mixed(mutant)), MUTANTS[mutant][1].split()
    for first in range(0, len(cases), 4):
        found = faults(play_all(cases[first : first + 4]))
        if any(f": {name}: " in fault for fault in found for name in wanted):
            return

    pytest.fail(f"nobody noticed that the product {mutant}")


def test_a_cut_that_was_killed_leaves_nothing_behind_in_the_end(play_all):
    results = play_all([Case(provider="kling", seed=8_000_000, point="amid the cut")])

    assert [result.litter for result in results] == [[]]
