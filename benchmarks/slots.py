"""How long a run takes that is held by the provider's slots, against the jobs' own time."""

import asyncio
from collections.abc import Iterator
from random import Random
from statistics import median

from benchmarks._measure import Result
from benchmarks._stage import Stage

_SLOTS, _TASKS = 16, 640
"""So many jobs that the uneven end of the last ones weighs little: with 320, jobs that follow each other without any
loss take 1.02 to 1.04 of the ideal by it alone; with 640, 1.01 to 1.02."""
_SCALE = 60
"""Jobs of 60 to 240 s, the usual pace of 5 s and 0.2 s a request, all this many times as quick."""


def results(rounds: int) -> Iterator[Result]:
    """Yield the claim about slots."""
    figures = [_run(seed) for seed in range(min(rounds, 3))]
    detail = (
        f"{_TASKS} jobs of 60 to 240 s on {_SLOTS} slots, polled each 5 s, {_SCALE} times as quick;"
        f" by the provider's clock, from the first submit to the last job's end seen"
    )
    claim = "run held by slots / sum of job time by slots"
    yield Result(claim=claim, value=median(figures), bar=1.05, detail=detail)


def _run(seed: int) -> float:
    dice = Random(seed)  # noqa: S311 - the same jobs each time
    seconds = [dice.uniform(60, 240) / _SCALE for _ in range(_TASKS)]
    with Stage(concurrency=_SLOTS, poll_seconds=5 / _SCALE, latency=0.2 / _SCALE, seconds=seconds) as stage:
        outcome = asyncio.run(stage.run(stage.plan(_TASKS)))
        figures = stage.figures()
    if len(outcome.failed) != _TASKS:
        raise RuntimeError("not all jobs were seen to end")
    return float(figures["makespan"] / _ideal(seconds))


def _ideal(seconds: list[float]) -> float:
    return max(sum(seconds) / _SLOTS, *seconds)
