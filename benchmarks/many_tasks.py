"""How much memory a run of 10,000 tasks takes, its plan and all, in a process of its own."""

from collections.abc import Iterator

from benchmarks._measure import Result
from benchmarks._stage import peak_of

_RUN = """
import asyncio
from benchmarks._stage import Stage, peak_of
with Stage(concurrency=64, poll_seconds=0.05, latency=0.0, seconds=[0.0]) as stage:
    outcome = asyncio.run(stage.run(stage.plan({tasks})))
assert len(outcome.failed) == {tasks}, outcome
"""


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about memory; it hardly varies, so that one round is enough."""
    del rounds
    few, many = (peak_of(_RUN.format(tasks=tasks)) for tasks in (10, 10_000))
    detail = f"{few:.0f} MiB with 10 tasks; 64 in flight, to the end that a provider reports"
    yield Result(claim="peak memory of 10,000 tasks", value=many, bar=128, unit="MiB", detail=detail)
