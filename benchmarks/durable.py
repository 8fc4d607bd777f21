"""What the ledger costs: intents that are on disk in time, steps a sync, and CPU a task."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import Any

from benchmarks._measure import Result, side_by_side
from benchmarks._stage import Stage
from benchmarks.submit import submit
from kling_spec.ledger import Ledger
from kling_spec.runner._scribe import Scribe

_AT_ONCE = 64
_STEPS = 3
"""Intent, acceptance and success: what no run goes without."""
_TASKS = 1920


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about the ledger."""
    late = sent = 0
    for slots in (1, 64, 256):
        with Stage(concurrency=slots) as stage:
            asyncio.run(submit(stage, stage.plan(512), slots))
            figures = stage.figures()
            late, sent = late + figures["submits"] - figures["durable"], sent + figures["submits"]
    detail = f"of {sent}; the provider reads the ledger's file when a submit comes"
    yield Result(claim="submits whose intent was not on disk", value=late, bar=0, unit="", detail=detail)

    rounds = min(rounds, 5)
    ratio, step, sync = side_by_side(lambda: _written()[0] / (_TASKS * _STEPS), _sync, rounds)
    detail = f"{1 / step:,.0f} steps/s, {1 / sync:,.0f} syncs/s, so {1 / ratio:.0f} x"
    claim = f"a step of the ledger, {_AT_ONCE} in flight / fdatasync"
    yield Result(claim=claim, value=ratio, bar=0.125, detail=detail)

    pairs = [(_written()[1] / _TASKS, _bare() / _TASKS) for _ in range(rounds)]
    ours, bare = (median(side) for side in zip(*pairs, strict=True))
    detail = f"{ours * 1e6:.0f} us / {bare * 1e6:.0f} us, the bar being 100 us where bare rows cost 36"
    claim = f"CPU a task of {_STEPS} steps / the same rows in bare SQLite"
    yield Result(claim=claim, value=median(a / b for a, b in pairs), bar=2.8, detail=detail)


def _names() -> list[str]:
    return [sha256(str(number).encode()).hexdigest() for number in range(_TASKS)]


def _written() -> tuple[float, float]:
    """Return the seconds, and the CPU seconds, of so many tasks from intent to clip, side by side."""
    with TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger.sqlite") as ledger:
        begin, cpu = monotonic(), process_time()
        asyncio.run(_write(ledger))
        return monotonic() - begin, process_time() - cpu


async def _write(ledger: Ledger) -> None:
    names = iter(_names())
    async with Scribe(ledger) as scribe:

        async def work() -> None:
            for name in names:
                for step in _steps(ledger, name):
                    await scribe.write(step)

        await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


def _steps(ledger: Ledger, name: str) -> Sequence[Callable[[], Any]]:
    intend = partial(
        ledger.intend, fingerprint=name, attempt=1, body_sha256=name, task=f"take={name[:4]}/fox",
        spec="foxes", provider="kling", model="kling-v3-omni", account="abc", client_id=f"ks-{name[:24]}-1",
        estimate=Decimal("0.70"), estimate_currency="USD", run="run",
    )  # fmt: skip
    return (
        intend,
        partial(ledger.accepted, name, name[:12]),
        partial(ledger.succeeded, name, video_url=f"https://a.test/{name}.mp4", seconds=Decimal(3)),
    )


def _sync() -> float:
    """Return the seconds of one small write and its sync."""
    with TemporaryDirectory() as folder:
        file = os.open(Path(folder) / "log", os.O_CREAT | os.O_WRONLY)
        begin = monotonic()
        for _ in range(200):
            os.write(file, b"x" * 100)
            os.fdatasync(file)
        seconds = monotonic() - begin
        os.close(file)
        return seconds / 200


def _bare() -> float:
    """Return the CPU seconds of the same rows without a ledger, in groups of the same size."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bare.sqlite"
        with Ledger.open(path):
            pass
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            begin = process_time()
            names = _names()
            for start in range(0, _TASKS, _AT_ONCE):
                group = names[start : start + _AT_ONCE]
                for number in range(_STEPS):
                    connection.execute("BEGIN IMMEDIATE")
                    for name in group:
                        _bare_step(connection, name, is_first=number == 0)
                    connection.execute("COMMIT")
            return process_time() - begin


def _bare_step(connection: sqlite3.Connection, name: str, *, is_first: bool) -> None:
    now, state = "2026-09-20T12:00:00.000000+00:00", "sending"
    if is_first:
        connection.execute(
            "INSERT INTO entries (fingerprint, attempt, state, task, spec, provider, model, account, client_id,"
            " estimate_currency, created, updated) VALUES (?, 1, ?, 'fox', 'foxes', 'kling', 'm', 'a', ?, 'USD', ?, ?)",
            (name, state, name[:28], now, now),
        )
    else:
        connection.execute(
            "UPDATE entries SET state = ?, updated = ? WHERE fingerprint = ? AND attempt = 1",
            (state, now, name),
        )
    connection.execute(
        "INSERT INTO events (fingerprint, attempt, at, kind, detail) VALUES (?, 1, ?, ?, ?)",
        (name, now, state, f'{{"job": "{name[:12]}"}}'),
    )
