"""A bare provider over loopback, in a process of its own, that speaks Kling's words and keeps the time."""

import asyncio
import json
import sqlite3
import sys
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

_PATH = "/v1/videos/omni-video"


class Provider:
    """Takes every submit after a while, makes each job in a while, and counts what is asked of it."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.latency: float = config.get("latency", 0.0)
        self.seconds: list[float] = config.get("seconds", [0.0])
        """How long the jobs take, in turn; each ends with a failure, so that no film is looked into."""
        self.clip = bytes(config.get("clip_bytes", 0))
        self.ledger: str = config.get("ledger", "")
        self._reader: sqlite3.Connection | None = None
        self.jobs: list[float] = []
        """When each is done."""
        self.seen: dict[int, float] = {}
        """How late each was seen to have ended."""
        self.told: dict[str, Any] = {"submits": 0, "polls": 0, "durable": 0}
        self.first = self.end = 0.0

    async def answer(self, method: str, target: str, body: bytes) -> bytes:
        parts = urlsplit(target)
        if method == "POST":
            return await self._submit(json.loads(body))
        if parts.path.startswith("/clips/"):
            return self.clip
        if parts.path == "/control":
            return json.dumps(self._figures()).encode()
        self.told["polls"] += 1
        if parts.path == _PATH:
            query = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
            size = query["pageSize"]
            last = len(self.jobs) - (query["pageNum"] - 1) * size
            jobs = range(last - 1, max(last - size, 0) - 1, -1)
            return _said([self._task(job) for job in jobs])
        return _said(self._task(int(parts.path.rpartition("/")[2])))

    async def _submit(self, body: dict[str, Any]) -> bytes:
        now = monotonic()
        self.first = self.first or now
        self.told["submits"] += 1
        self.told["durable"] += self._is_durable(body["external_task_id"])
        await asyncio.sleep(self.latency)
        number = len(self.jobs)
        self.jobs.append(monotonic() + self.seconds[number % len(self.seconds)])
        return _said({"task_id": str(number), "task_status": "submitted"})

    def _is_durable(self, client_id: str) -> bool:
        """Whether another process reads the intent in the ledger's file before the submit is taken."""
        if not self.ledger:
            return False
        if self._reader is None:
            self._reader = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True, isolation_level=None)
        query = "SELECT state FROM entries WHERE client_id = ?"
        return self._reader.execute(query, (client_id,)).fetchall() == [("sending",)]

    def _task(self, job: int) -> dict[str, Any]:
        done = self.jobs[job]
        if monotonic() < done:
            return {"task_id": str(job), "task_status": "processing"}
        if job not in self.seen:
            self.end = monotonic()
            self.seen[job] = self.end - done
        return {"task_id": str(job), "task_status": "failed"}

    def _figures(self) -> dict[str, Any]:
        late = sum(self.seen.values()) / len(self.seen) if self.seen else 0.0
        return {**self.told, "makespan": self.end - self.first, "late": late}


def _said(data: Any) -> bytes:
    return json.dumps({"code": 0, "message": "SUCCEED", "data": data}).encode()


async def _serve(provider: Provider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while line := await reader.readline():
            method, target, _ = line.decode().split()
            length = 0
            while (header := await reader.readline()) not in (b"\r\n", b""):
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            answer = await provider.answer(method, target, await reader.readexactly(length))
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
            )
            writer.writelines((head.encode(), answer))
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def _main(provider: Provider) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: _serve(provider, reader, writer), "127.0.0.1", 0, backlog=1024
    )
    port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_main(Provider(json.loads(sys.argv[1]))))
