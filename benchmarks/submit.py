"""How long the submits of a run take, against the provider's own latency; and what one costs in CPU."""

import asyncio
from collections.abc import Iterator
from statistics import median
from threading import Event
from time import monotonic, process_time
from urllib.parse import urlsplit

from benchmarks._measure import Result
from benchmarks._stage import KEY, Stage
from kling_spec.plan import Order, Plan
from kling_spec.runner._fill import Filler
from kling_spec.runner._floor import Floor
from kling_spec.runner._http import client
from kling_spec.runner._lane import Lane
from kling_spec.runner._scribe import Scribe
from kling_spec.runner._silence import silence
from kling_spec.runner._submit import Desk, Later
from kling_spec.runner._wait import Watch

_LATENCY = 0.2


async def submit(stage: Stage, plan: Plan, slots: int) -> None:
    """Submit every order as a run does; a slot is left at the answer, so that no job holds it."""
    lane = Lane(slots)
    with silence():
        async with client() as http, Scribe(stage.ledger) as scribe:
            floor = Floor(stage.workshop(), http, scribe, Event())
            watch = Watch(floor)
            desk = Desk(floor, Filler(floor, watch), watch)

            taken: list[str | Later | None] = []

            async def one(order: Order) -> None:
                async with lane.slot(order.tasks[0]) as slot:
                    job = await desk.submit(order, slot)
                taken.append(job)

            await asyncio.gather(*(one(order) for order in plan.orders))
    if len([job for job in taken if isinstance(job, str)]) != len(plan.orders):
        raise RuntimeError("not everything was taken")


async def bare(stage: Stage, requests: int, slots: int) -> None:
    """Send as many requests over bare streams, each on a connection of its own: the floor."""
    gate, where = asyncio.Semaphore(slots), urlsplit(stage.url)
    body = b'{"external_task_id": "x", "prompt": "%s"}' % (b"x" * 150)
    head = f"POST /v1/videos/omni-video HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {KEY}\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def one() -> None:
        async with gate:
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            writer.write(request)
            await reader.readuntil(b"\r\n\r\n")
            writer.close()

    await asyncio.gather(*(one() for _ in range(requests)))


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about submits."""
    rounds = min(rounds, 5)
    for slots, tasks in ((16, 480), (64, 1920)):
        ideal = -(-tasks // slots) * _LATENCY
        pairs = [(_phase(slots, tasks), _floor(slots, tasks)) for _ in range(rounds)]
        seconds, floor = (median(side) for side in zip(*pairs, strict=True))
        detail = f"{seconds:.2f} s / {ideal:.2f} s; bare streams without a ledger {floor / ideal:.2f} x"
        claim = f"submit phase, {slots} in flight / ceil(N/C) x latency"
        yield Result(claim=claim, value=seconds / ideal, bar=1.10, detail=detail)
    pairs = [(_cost(256), _cost(16)) for _ in range(rounds)]
    many, few = (median(side) for side in zip(*pairs, strict=True))
    detail = f"{many * 1e6:.0f} us / {few * 1e6:.0f} us, ledger and all"
    yield Result(claim="CPU a submit, 256 in flight / 16", value=many / few, bar=2, detail=detail)


def _phase(slots: int, tasks: int) -> float:
    with Stage(concurrency=slots, latency=_LATENCY) as stage:
        plan = stage.plan(tasks)
        begin = monotonic()
        asyncio.run(submit(stage, plan, slots))
        return monotonic() - begin


def _floor(slots: int, tasks: int) -> float:
    with Stage(concurrency=slots, latency=_LATENCY) as stage:
        begin = monotonic()
        asyncio.run(bare(stage, tasks, slots))
        return monotonic() - begin


def _cost(slots: int) -> float:
    with Stage(concurrency=slots, latency=0.02) as stage:
        plan = stage.plan(1024)
        begin = process_time()
        asyncio.run(submit(stage, plan, slots))
        return (process_time() - begin) / 1024
