"""The points at which a run is killed, laid around the product from outside.

A kill here is also a power cut: a file that took its final name before its bytes were synced loses
half of them, since that is what a disk may make of it.
"""

import os
import signal
import sqlite3
import threading
from contextvars import ContextVar
from pathlib import Path
from typing import Any

POINTS = (
    "before the intent is committed",
    "after the intent is committed",
    "after the connection is open",
    "after half of the body",
    "after the whole body",
    "after the status line",
    "after the whole reply",
    "before the acceptance is committed",
    "after the acceptance is committed",
    "amid a look",
    "success seen and not recorded",
    "amid a download",
    "before the clip is synced",
    "before the clip is renamed",
    "clip renamed and not recorded",
    "amid the cut",
    "before the film is renamed",
    "callback kept and not acknowledged",
    "callback acknowledged and not heeded",
)
HOOKS = POINTS[-2:]
"""Those that come to pass where callbacks are received: in a process of its own, or in the run that heeds them."""

_ROLE: ContextVar[str] = ContextVar("chaos_role", default="")
"""What the request of this task is: `look`, `file` or `clip`; submits go their own way."""


class Bomb:
    """Ends the process, without a word, when its point is come to for the n-th time."""

    def __init__(self, point: str, nth: int) -> None:
        self.point = POINTS.index(point) + 1 if point else 0
        self.nth = nth
        self._lock = threading.Lock()
        self._synced: set[int] = set()
        self._fragile: set[Path] = set()

    def at(self, number: int) -> bool:
        """Whether the run is to end here and now."""
        with self._lock:
            if not number or number != self.point:
                return False
            self.nth -= 1
            return self.nth == 0

    def hit(self, number: int) -> None:
        """End the run if this is its point."""
        if self.at(number):
            self.go_off()

    def go_off(self) -> None:
        """Cut the power."""
        for path in self._fragile:
            if path.exists():
                os.truncate(path, path.stat().st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)

    def synced(self, descriptor: int) -> None:
        """Note that the file's bytes are on the disk."""
        self._synced.add(os.fstat(descriptor).st_ino)

    def renamed(self, target: Path) -> None:
        """Note that a file took its final name."""
        if target.stat().st_ino not in self._synced:
            self._fragile.add(target)


def arm(bomb: Bomb) -> None:
    """Lay the points around the ledger, the connections, the file system and the cut of this process."""
    _ledger(bomb)
    _connections(bomb)
    _files(bomb)
    _cut(bomb)
    _heeding(bomb)


def arm_receiver(bomb: Bomb) -> None:
    """Lay the points around what receives callbacks."""
    from kling_spec.callbacks import _receiver
    from kling_spec.ledger import Ledger

    hint, answer = Ledger.hint, _receiver._Handler._answer

    def hinting(*values: Any, **fields: Any) -> bool:
        is_news = hint(*values, **fields)
        bomb.hit(18)
        return is_news

    def answering(self: Any, status: int) -> None:
        answer(self, status)
        if status == 204:
            bomb.hit(19)

    Ledger.hint, _receiver._Handler._answer = hinting, answering  # type: ignore[method-assign]


# -- 1, 2, 8, 9, 11: the ledger --


def _ledger(bomb: Bomb) -> None:
    from kling_spec.ledger import Ledger

    group = threading.local()  # the steps of this thread that wait for a commit

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql != "COMMIT":
                return super().execute(sql, *values)
            steps, group.steps = getattr(group, "steps", []), []
            for name in steps:
                bomb.hit({"intend": 1, "accepted": 8}[name])
            done = super().execute(sql, *values)
            for name in steps:
                bomb.hit({"intend": 2, "accepted": 9}[name])
            return done

    real = sqlite3.connect
    sqlite3.connect = lambda *values, **named: real(*values, **{"factory": Connection, **named})

    def named(name: str) -> None:
        inner = getattr(Ledger, name)

        def wrapped(*values: Any, **fields: Any) -> Any:
            before = list(getattr(group, "steps", []))
            group.steps = [*before, name]
            try:
                return inner(*values, **fields)
            except BaseException:
                group.steps = before
                raise

        setattr(Ledger, name, wrapped)

    for name in ("intend", "accepted"):
        named(name)
    seen = Ledger.succeeded

    def succeeded(*values: Any, **fields: Any) -> None:
        bomb.hit(11)
        seen(*values, **fields)

    Ledger.succeeded = succeeded  # type: ignore[method-assign]


# -- 3 to 7, 10, 12: connections --


def role_of(request: Any) -> str:
    """Return what a request is for; only a submit speaks of herons."""
    if "/clips/" in request.url.path:
        return "clip"
    if "multipart" in request.headers.get("Content-Type", ""):
        return "file"
    is_submit = request.method == "POST" and b"heron-" in request.content
    return "submit" if is_submit else "look"


def _connections(bomb: Bomb) -> None:
    import httpx

    from kling_spec.runner import _once

    send, close, connect = httpx.AsyncClient.send, httpx.Response.aclose, _once.connected
    raw = httpx.Response.aiter_raw

    async def sending(self: Any, request: Any, **named: Any) -> Any:
        token = _ROLE.set(role_of(request))
        try:
            return await send(self, request, **named)
        finally:
            _ROLE.reset(token)

    async def closing(self: Any) -> None:
        if role_of(self.request) == "submit":
            bomb.hit(7)
        await close(self)

    async def connecting(*values: Any) -> Any:
        line = await connect(*values)
        bomb.hit(3)
        return line

    async def pieces(self: Any) -> Any:
        async for piece in raw(self):
            if role_of(self.request) == "clip":
                bomb.hit(12)
            yield piece

    httpx.AsyncClient.send = sending  # type: ignore[method-assign]
    httpx.Response.aclose = closing  # type: ignore[method-assign]
    httpx.Response.aiter_raw = pieces  # type: ignore[method-assign]
    _once.connected = connecting
    _bytes(bomb)


def _bytes(bomb: Bomb) -> None:
    from httpcore._backends.anyio import AnyIOStream

    from kling_spec.runner._line import Line

    look, write, read = AnyIOStream.write, Line.write, Line.read

    async def looking(self: Any, *values: Any, **named: Any) -> None:
        await look(self, *values, **named)
        if _ROLE.get() == "look":
            bomb.hit(10)

    async def writing(self: Any, data: bytes) -> None:
        if bomb.at(4):
            await write(self, data[: len(data) - len(data.partition(b"\r\n\r\n")[2]) // 2])
            bomb.go_off()
        await write(self, data)
        bomb.hit(5)

    async def reading(self: Any) -> bytes:
        data = await read(self)
        bomb.hit(6)
        return data

    AnyIOStream.write, Line.write, Line.read = looking, writing, reading  # type: ignore[method-assign]


# -- 13, 14, 15, 17: files --


def is_clip_name(path: Path) -> bool:
    """Whether it is the final name of a clip: the digest of its bytes."""
    return path.suffix == ".mp4" and len(path.stem) == 64 and path.parent.name == path.stem[:2]


def _files(bomb: Bomb) -> None:
    fsync, replace = os.fsync, os.replace

    def syncing(descriptor: Any) -> None:
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        if _name_of(number).endswith(".part"):
            bomb.hit(13)
        fsync(number)
        bomb.synced(number)

    def replacing(source: Any, target: Any, **named: Any) -> None:
        is_clip, is_film = is_clip_name(Path(target)), Path(target).name == "film.mp4"
        if is_clip or is_film:
            bomb.hit(14 if is_clip else 17)
        replace(source, target, **named)
        if is_clip or is_film:
            bomb.renamed(Path(target))
        if is_clip:
            bomb.hit(15)

    os.fsync, os.replace, os.rename = syncing, replacing, replacing


def _name_of(descriptor: int) -> str:
    try:
        return Path(f"/proc/self/fd/{descriptor}").readlink().name
    except OSError:
        return ""


# -- 16: the cut --


def _cut(bomb: Bomb) -> None:
    import subprocess

    from kling_spec.session import _run

    class Process(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *values: Any, **named: Any) -> None:
            super().__init__(*values, **named)
            if is_cutting:
                bomb.hit(16)

    is_cutting: list[bool] = []
    render = _run.render

    def rendering(*values: Any, **named: Any) -> Any:
        is_cutting.append(True)
        subprocess.Popen = Process  # type: ignore[misc]
        try:
            return render(*values, **named)
        finally:
            subprocess.Popen = Process.__base__  # type: ignore[misc,assignment]

    _run.render = rendering  # type: ignore[attr-defined]


# -- 19: callbacks that were acknowledged --


def _heeding(bomb: Bomb) -> None:
    from kling_spec.ledger import Ledger

    newest, named = Ledger.last_hint, Ledger.hinted
    first: list[int] = []

    def last_hint(self: Any) -> int:
        number = newest(self)
        first.append(number)
        if number > first[0]:
            bomb.hit(19)
        return number

    def hinted(self: Any, fingerprint: str) -> str | None:
        job = named(self, fingerprint)
        if job is not None:
            bomb.hit(19)
        return job

    Ledger.last_hint, Ledger.hinted = last_hint, hinted  # type: ignore[method-assign]
