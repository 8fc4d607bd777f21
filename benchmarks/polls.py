"""How often a run asks where its jobs stand, and how late it sees that one ended."""

import asyncio
from collections.abc import Iterator

from benchmarks._measure import Result
from benchmarks._stage import Stage

_TASKS, _PACE, _LATENCY = 640, 0.5, 0.02


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about polls; they are counts and the provider's clock, so that one round is enough."""
    del rounds
    few, many = _run(64), _run(_TASKS)
    detail = f"{many['polls']} polls for {_TASKS} tasks, all at once, by the list"
    yield Result(claim="polls a task", value=many["polls"] / _TASKS, bar=0.1, unit="", detail=detail)
    beats = few["makespan"] / _PACE
    detail = f"{few['polls']} polls in {few['makespan']:.1f} s, 64 at once"
    claim = "polls / one request for each beat of the pace"
    yield Result(claim=claim, value=few["polls"] / beats, bar=1.05, detail=detail)
    for slots, figures in ((64, few), (_TASKS, many)):
        detail = f"{figures['late']:.3f} s on average / half of {_PACE} s and a round trip of {_LATENCY} s"
        claim = f"an end is seen late / half the pace and a round trip, {slots}"
        yield Result(claim=claim, value=figures["late"] / (_PACE / 2 + _LATENCY), bar=1, detail=detail)


def _run(slots: int) -> dict[str, float]:
    seconds = [2.0 + number % 31 / 10 for number in range(_TASKS)]  # 2 to 5 s
    with Stage(concurrency=slots, poll_seconds=_PACE, latency=_LATENCY, seconds=seconds) as stage:
        asyncio.run(stage.run(stage.plan(_TASKS)))
        return stage.figures()
