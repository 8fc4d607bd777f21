"""What downloads cost: memory a stream, memory over a whole GiB, and CPU against bare httpx."""

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import httpx

from benchmarks._measure import Result
from benchmarks._stage import Stage, peak_of
from kling_spec.runner._fetch import _download
from kling_spec.runner._http import client

_MEBIBYTE = 1024 * 1024
_CLIP = 10 * _MEBIBYTE
_AT_ONCE = 8
_FETCH = """
from benchmarks.downloads import fetched
fetched({clips}, {at_once})
"""


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about downloads."""
    base, few, some, many = (
        peak_of(_FETCH.format(clips=clips, at_once=at_once))
        for clips, at_once in ((0, 1), (16, 1), (64, _AT_ONCE), (104, _AT_ONCE))
    )
    detail = f"{base:.0f} MiB before the first, {few:.0f} with one stream, {some:.0f} with {_AT_ONCE}"
    claim = "memory a stream above that before the first"
    yield Result(claim=claim, value=(some - base) / _AT_ONCE, bar=1, unit="MiB", detail=detail)
    detail = f"{many:.0f} MiB after 1,040 MiB of clips, {some:.0f} after 640"
    yield Result(
        claim="growth of memory over 400 MiB of clips", value=many - some, bar=4, unit="MiB", detail=detail
    )
    pairs = [(fetched(16, _AT_ONCE), _bare(16)) for _ in range(min(rounds, 5))]
    ours, bare = (median(side) for side in zip(*pairs, strict=True))
    detail = (
        f"{ours / 160 * 1e3:.1f} ms / {bare / 160 * 1e3:.1f} ms a MiB; synced and stored as well / no more"
    )
    claim = "CPU of downloads / bare httpx aiter_raw with sha256"
    yield Result(claim=claim, value=median(a / b for a, b in pairs), bar=1.2, detail=detail)


def fetched(clips: int, at_once: int) -> float:
    """Bring clips into a store as a run does, all but looking into them; return the CPU seconds."""
    with _stage() as stage:
        gate = asyncio.Semaphore(at_once)

        async def one(http: httpx.AsyncClient, number: int) -> None:
            async with gate:
                partial = stage.store.partial(str(number))
                await _download(http, f"{stage.url}/clips/{number}.mp4", partial, stage.url)
                clip = await asyncio.to_thread(stage.store.adopt, partial)
                stage.store.path(clip).unlink(missing_ok=True)  # they are all the same

        async def whole() -> None:
            async with client() as http:
                await asyncio.gather(*(one(http, number) for number in range(clips)))

        begin = process_time()
        asyncio.run(whole())
        return process_time() - begin


def _bare(clips: int) -> float:
    with _stage() as stage, TemporaryDirectory() as folder:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(http: httpx.AsyncClient, number: int) -> None:
            digest, path = sha256(), Path(folder) / str(number)
            async with gate, http.stream("GET", f"{stage.url}/clips/{number}.mp4") as reply:
                with path.open("wb") as file:
                    async for chunk in reply.aiter_raw():
                        digest.update(chunk)
                        file.write(chunk)
            path.unlink()

        async def whole() -> None:
            async with httpx.AsyncClient() as http:
                await asyncio.gather(*(one(http, number) for number in range(clips)))

        begin = process_time()
        asyncio.run(whole())
        return process_time() - begin


def _stage() -> Stage:
    return Stage(concurrency=_AT_ONCE, clip_bytes=_CLIP)
