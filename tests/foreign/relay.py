"""A websocket on loopback that speaks as Runware does, so that its SDK need not be patched."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.server import ServerConnection, serve


class Relay:
    """Remembers every task; a sandbox answers them where there is one, else each is taken at once."""

    def __init__(self, sandbox: str = "") -> None:
        self.url = ""
        self.seen: list[dict[str, Any]] = []
        self._sandbox = sandbox

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Relay"]:
        async with serve(self._talk, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.url = f"ws://127.0.0.1:{port}/v1"
            yield self

    async def _talk(self, connection: ServerConnection) -> None:
        async for message in connection:
            for task in json.loads(message):
                await connection.send(json.dumps(await self._answer(task)))

    async def _answer(self, task: dict[str, Any]) -> Any:
        kind = task["taskType"]
        if kind == "authentication":
            return {"data": [{"taskType": kind, "connectionSessionUUID": "of-the-relay"}]}
        if kind == "ping":
            return {"data": [{"taskType": kind, "pong": True}]}
        self.seen.append(task)
        if not self._sandbox:
            made = {"mediaUUID": task["taskUUID"]} if kind == "mediaStorage" else {}
            return {"data": [{"taskType": kind, "taskUUID": task["taskUUID"], **made}]}
        return await self._asked(task)

    async def _asked(self, task: dict[str, Any]) -> Any:
        """Hold the answer to a poll back until there is something to tell: the SDK waits for that."""
        async with httpx.AsyncClient(base_url=self._sandbox, headers={"Authorization": "Bearer key"}) as http:
            while True:
                answer = (await http.post("/v1", json=[task])).json()
                if not any(row.get("status") == "processing" for row in answer.get("data", ())):
                    return answer
                await asyncio.sleep(0.05)
