"""A provider's stand-in: a process of its own, with a book of charges on disk and nemeses with seeds.

It shares no line with the product: what it wrote down is the truth that a run is judged by.
Worlds are made by `POST /control/worlds`, and each speaks one wire format below `/w/NAME`.
"""

import http.client
import json
import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wires import WIRES, Call, Said, Sight

_MARK = b"clip-of-0000000000000000"
"""Stands in the comment of the clip, as long as what takes its place: each job's bytes are its own."""
AMOUNT = "0.30"

NEMESES = {
    "post": ("unread",),
    "submit": ("hangup-untaken", "hangup-taken", "error-untaken", "error-taken", "html-untaken", "html-taken",
               "late", "double", "cut", "mute", "moved", "busy"),
    "look": ("look-hangup", "look-error", "look-html", "look-late", "look-double", "look-cut", "look-busy",
             "flip", "flop"),
    "clip": ("clip-short", "clip-chunk", "clip-bare", "clip-error", "clip-html", "clip-hangup"),
    "file": ("file-hangup", "file-error"),
    "task": ("absent", "expired"),
}  # fmt: skip
"""What may happen to a request before it is read, to a submit, a look, a download, an upload; and to a task."""


@dataclass
class Task:
    shot: str
    job: str
    client: str
    digest: str
    """Of the body that asked for it."""
    clip: bytes
    at: float
    absent_until: float
    expires: bool
    tokens: int = 0
    good_from: int = 1
    """The first token of an address that is (still) good."""


@dataclass
class World:
    """One account at one provider."""

    name: str
    wire: str
    seed: int
    book: str
    url: str
    odds: dict[str, float] = field(default_factory=dict)
    """By kind of request, how likely one of its nemeses is."""
    only: list[str] = field(default_factory=list)
    """The nemeses that there are; all where it is empty."""
    work: float = 0.12
    """Seconds that a task takes."""
    key: str = ""
    tasks: list[Task] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    active: int = 0
    owed: int = 0
    """Tasks whose callbacks were not all acknowledged yet."""
    is_over: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    def roll(self, stage: str, what: str) -> str:
        """Return the nemesis of this call, or nothing; the n-th call about one thing has always the same."""
        kinds = [kind for kind in NEMESES[stage] if not self.only or kind in self.only]
        with self.lock:
            number = self.seen[f"{stage}/{what}"]
            self.seen[f"{stage}/{what}"] += 1
        dice = random.Random(f"{self.seed}/{stage}/{what}/{number}")
        if not kinds or dice.random() >= self.odds.get(stage, 0):
            return ""
        return dice.choice(kinds)

    def fire(self, nemesis: str) -> None:
        with self.lock:
            self.fired[nemesis] += 1

    # -- what a wire asks for --

    def take(self, call: Call, client: str) -> tuple[str, bool]:
        with self.lock:
            is_new = self.known(client) is None
            job = client if self.wire == "runware" else f"job-{self.seed}-{len(self.tasks) + 1}"
            clip = _CLIP[0].replace(
                _MARK, sha256(f"{self.name}/{job}".encode()).hexdigest()[: len(_MARK)].encode()
            )
            absent = 0.0
            if self.roll("task", f"absent/{job}") == "absent":
                absent = random.Random(f"{self.seed}/{job}").uniform(0.05, 0.35)
            task = Task(
                shot=call.shot,
                job=job,
                client=client,
                digest=call.digest,
                clip=clip,
                at=time.monotonic(),
                absent_until=time.monotonic() + absent,
                expires=self.roll("task", f"expired/{job}") == "expired",
            )
            self.tasks.append(task)
            row = {"shot": task.shot, "job": job, "client": client, "amount": AMOUNT}
            self._write({"charge": row | {"clip": sha256(clip).hexdigest()}})
            if hook := WIRES[self.wire].hook(call):
                self.owed += 1
                threading.Thread(target=self._call_back, args=(task, hook), daemon=True).start()
            return job, is_new

    def _call_back(self, task: Task, hook: str) -> None:
        """Tell that the task was taken, and that it is made, each until that is acknowledged."""
        for stage in (0, 2):
            time.sleep(max(task.at + stage * self.work / 2 - time.monotonic(), 0.01))
            told = json.dumps(WIRES[self.wire].told(self._sight(task))).encode()
            while not self.is_over and not _is_taken(hook, told):
                time.sleep(0.05)
            if not self.is_over:
                with self.lock:
                    self._write({"acknowledged": task.job})
        with self.lock:
            self.owed -= 1

    def _write(self, row: Any) -> None:
        with Path(self.book).open("a", encoding="utf-8") as book:
            book.write(f"{json.dumps(row)}\n")

    def known(self, client: str) -> str | None:
        return next((task.job for task in self.tasks if client and task.client == client), None)

    def body_of(self, job: str) -> str:
        return next(task.digest for task in self.tasks if task.job == job)

    def see(self, name: str) -> Sight | None:
        task = next((task for task in reversed(self.tasks) if name and name in (task.job, task.client)), None)
        if task is not None and time.monotonic() < task.absent_until:
            self.fire("absent")
            return None
        return self._sight(task) if task is not None else None

    def all(self) -> list[Sight]:
        now = time.monotonic()
        return [self._sight(task) for task in self.tasks if now >= task.absent_until]

    def _sight(self, task: Task) -> Sight:
        with self.lock:
            stage = min(2, int(2 * (time.monotonic() - task.at) / self.work))
            task.tokens += stage == 2
            url = f"{self.url}/clips/{task.job}.mp4?token=sig-canary-{self.seed}-{task.tokens}"
            return Sight(task.job, task.client, stage, url)

    def keep(self, content: bytes) -> str:
        return f"{self.url}/files/{sha256(content).hexdigest()}"

    def report(self) -> Any:
        with self.lock:
            return {"fired": dict(self.fired), "calls": dict(self.calls)}


def _is_taken(hook: str, told: bytes) -> bool:
    """Call back once, and return whether that was acknowledged."""
    where = urlsplit(hook)
    connection = http.client.HTTPConnection(where.netloc, timeout=5)
    try:
        connection.request("POST", where.path, told, {"Content-Type": "application/json"})
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


_CLIP: list[bytes] = []
_WORLDS: dict[str, World] = {}


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        if self.path.startswith("/control/"):
            return self._control()
        _, _, name, rest = self.path.split("/", 3)
        world = _WORLDS[name]
        with world.lock:
            world.active += 1
        try:
            with suppress(OSError):
                self._serve(world, f"/{rest}")
        finally:
            with suppress(OSError):
                self.wfile.flush()
            with world.lock:
                world.active -= 1

    # -- control --

    def _control(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        verb, _, name = self.path.removeprefix("/control/").partition("/")
        if verb == "worlds":
            asked = json.loads(body)
            url = f"http://127.0.0.1:{self.server.server_port}/w/{asked['name']}"
            _WORLDS[asked["name"]] = World(**asked, url=url)
            return self._send(Said(200, {"url": url}))
        world = _WORLDS[name]
        if verb == "heal":
            world.odds = {}
            for task in world.tasks:
                task.expires = False
        if verb == "told":
            end = time.monotonic() + 20
            while world.owed and time.monotonic() < end:
                time.sleep(0.01)
            return self._send(Said(200, {"owed": world.owed}))
        if verb == "forget":
            world.is_over = True
            del _WORLDS[name]
        end = time.monotonic() + 10
        while world.active and time.monotonic() < end:
            time.sleep(0.002)
        return self._send(Said(200, world.report()))

    # -- the account --

    def _serve(self, world: World, path: str) -> None:
        call = Call(self.command, path, {name.lower(): value for name, value in self.headers.items()})
        if self.command == "POST" and world.roll("post", "any") == "unread":
            world.fire("unread")
            return self._reset()
        length = int(self.headers.get("Content-Length") or 0)
        call.body = self.rfile.read(length)
        if len(call.body) < length:
            self.close_connection = True
            return None
        if call.path.startswith("/clips/"):
            return self._clip(world, call)
        wire = WIRES[world.wire]
        stage = wire.stage(call)
        with world.lock:
            world.calls[stage] += 1
        if self.headers.get("Authorization") != f"Bearer {world.key}":
            return self._send(Said(401, wire.error(401, "no such key")))
        return self._answer(world, call, stage)

    def _answer(self, world: World, call: Call, stage: str) -> None:
        wire = WIRES[world.wire]
        nemesis = world.roll(stage, call.shot or call.path)
        if nemesis in ("flip", "flop"):
            return self._flip(world, call, nemesis)
        kind, _, outcome = nemesis.removeprefix(f"{stage}-").partition("-")
        said = Said(200, "")
        if kind != "busy" and outcome != "untaken":
            with world.lock:
                said = getattr(wire, stage)(call, world)
        if nemesis:
            world.fire(nemesis)
        number = world.fired[nemesis]
        match kind:
            case "hangup":
                (self._reset if number % 2 else self._hang_up)()
            case "busy":
                self._send(wire.busy(number))
            case "error" | "html":
                self._send(self._trouble(world, kind, number))
            case "mute":
                self._send(Said(200, ({}, "", "<html>ok</html>", {"code": 0})[number % 4]))
            case "moved":
                self._send(Said((301, 307, 308)[number % 3], "", {"Location": self.path}))
            case _:
                time.sleep(0.05 * (1 + number % 6) if kind == "late" else 0)
                self._send(said, cut=kind == "cut", double=kind == "double")
        return None

    def _trouble(self, world: World, word: str, number: int) -> Said:
        """Answer as a broken server does, and repeat the caller's own key where it is most likely to be noted."""
        status = (500, 502, 504)[number % 3]
        echo = f"upstream failed for {self.headers.get('Authorization')}"
        return Said(
            status, f"<html>{echo}</html>" if word == "html" else WIRES[world.wire].error(status, echo)
        )

    def _flip(self, world: World, call: Call, nemesis: str) -> None:
        """Tell of a task that it is where it was before, or in a state that nobody knows."""

        class Dim:
            def __getattr__(self, name: str) -> Any:
                return getattr(world, name)

            def see(self, name: str) -> Sight | None:
                return self._dim(world.see(name))

            def all(self) -> list[Sight]:
                return [self._dim(sight) for sight in world.all()]

            def _dim(self, sight: Sight | None) -> Sight | None:
                if sight is not None and sight.stage:
                    world.fire(nemesis)
                    sight.stage -= 1
                    sight.words = "" if nemesis == "flip" else "rebalancing"
                return sight

        self._send(WIRES[world.wire].look(call, Dim()))

    # -- clips --

    def _clip(self, world: World, call: Call) -> None:
        job = Path(call.path).stem
        task = next(task for task in world.tasks if task.job == job)
        number = int(call.query["token"].rpartition("-")[2])
        with world.lock:
            world.calls["clip"] += 1
            if task.expires:
                task.expires, task.good_from = False, task.tokens + 1
        if number < task.good_from:
            world.fire("expired")
            return self._send(Said(403, "<Error><Code>AccessDenied</Code></Error>"))
        nemesis = world.roll("clip", job)
        if not nemesis:
            return self._send(Said(200, task.clip))
        world.fire(nemesis)
        return self._bad_clip(nemesis, task.clip, random.Random(f"{world.seed}/{job}/{number}"))

    def _bad_clip(self, nemesis: str, clip: bytes, dice: random.Random) -> None:
        some = clip[: dice.randrange(1, len(clip))]
        match nemesis:
            case "clip-hangup":
                return self._reset()
            case "clip-error":
                return self._send(Said(503, "<html>come back</html>"))
            case "clip-html":
                return self._send(Said(200, "<html>a kind page</html>"))
            case "clip-short":
                head = {"Content-Length": str(len(clip))}
            case "clip-chunk":
                head, some = {"Transfer-Encoding": "chunked"}, b"%x\r\n%b\r\n" % (len(some), some)
            case _:
                head = {"Connection": "close"}
        self.send_response(200)
        for name, value in head.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(some)
        return self._hang_up()

    # -- sending --

    def _send(self, said: Said, *, cut: bool = False, double: bool = False) -> None:
        body = said.body
        if not isinstance(body, bytes):
            body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(said.status)
        for name, value in {**said.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        head = b"".join(self._headers_buffer)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if double:
            self.wfile.write(head + b"\r\n" + body)
        if cut or double:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Write down a fault of the stand-in itself; that a caller hung up is none."""
        error = sys.exception()
        if not isinstance(error, OSError | ValueError):
            super().handle_error(request, client_address)


def _clip() -> bytes:
    """Return a small clip of three seconds that starts to play at once."""
    import imageio_ffmpeg

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi",
            "-i", "testsrc2=size=192x108:rate=12:duration=3,noise=alls=12:allf=t", "-c:v", "libx264",
            "-preset", "ultrafast", "-g", "12", "-pix_fmt", "yuv420p", "-movflags", "+faststart",
            "-metadata", f"comment={_MARK.decode()}", str(path),
        ]  # fmt: skip
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        clip = path.read_bytes()
    if clip.count(_MARK) != 1:
        raise RuntimeError("the clip does not hold its mark once")
    return clip


def main() -> None:
    """Serve until the standard input ends; the port is the first line of the output."""
    _CLIP.append(_clip())
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
