"""The sandbox from start to stop."""

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from kling_spec.sandbox._book import Book
from kling_spec.sandbox._courier import Courier
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._house import House
from kling_spec.sandbox._lock import FolderLock
from kling_spec.sandbox._mishap import read_mishap
from kling_spec.sandbox._saboteur import Saboteur
from kling_spec.sandbox._schema import WITH_SCHEMA, schema_text
from kling_spec.sandbox._server import Server
from kling_spec.sandbox._signing import Signer
from kling_spec.sandbox._watched import Maker
from kling_spec.sandbox.apimodels import ApiModels
from kling_spec.sandbox.hiapi import HiApi
from kling_spec.sandbox.kling import Kling
from kling_spec.sandbox.kling_2026 import Kling2026
from kling_spec.sandbox.kling_elements import KlingElements
from kling_spec.sandbox.runware import Runware


class Sandbox:
    """One HTTP server on 127.0.0.1 that plays every provider.

    `seconds` is how long a job takes before its clip is served, 0 for as soon as it is rendered. `port` 0
    means any free one. With a `folder`, what one sandbox has accepted the next one goes on with, even when
    the first was killed: jobs and the callers' own ids for them, uploads, clips, the book of charges. One
    sandbox at a time works in a folder. Without one everything goes with `stop()`, but for the book.
    `faults` are what goes wrong, each as `NAME[:CALL][=VALUE][@PROBABILITY][/TIMES]`, and `fault_seed`
    decides where. Callbacks go to this machine only; `callback_secret` signs them where the provider does:
    base64 behind `whsec_` for Kling, 16 to 256 characters for HiAPI. A fault or secret that is none raises
    SandboxError.
    """

    def __init__(  # noqa: PLR0913 - whatever can be said of a sandbox
        self,
        *,
        seconds: float = 2.0,
        port: int = 0,
        folder: Path | None = None,
        faults: Iterable[str] = (),
        fault_seed: int = 0,
        callback_secret: str | None = None,
    ) -> None:
        if seconds < 0:
            raise ValueError("seconds must not be negative")
        self._mishaps = tuple(read_mishap(asked) for asked in faults)
        self._fault_seed = fault_seed
        self._signer = Signer(callback_secret)
        self._seconds = seconds
        self._port = port
        self._given_folder = folder
        self._folder: Path | None = None
        self._desk: Desk | None = None
        self._running: ExitStack | None = None

    @property
    def url(self) -> str:
        """Every provider's base URL, such as `http://127.0.0.1:8123`; raises RuntimeError before start."""
        return self._started().url

    def start(self) -> None:
        """Bind the port and serve in the background.

        Raises OSError where the port is taken, and SandboxError where another sandbox works in the
        folder, where the folder's journal cannot be read, or where a provider's schema is missing.
        """
        if self._running is not None:
            raise RuntimeError("the sandbox is running already")
        with ExitStack() as undo:
            folder = self._open_folder(undo)
            undo.enter_context(FolderLock(folder))
            desk = Desk(seconds=self._seconds, folder=folder, mishaps=self._mishaps, seed=self._fault_seed)
            undo.callback(desk.close)
            makers: list[Maker] = [Kling(desk), Kling2026(desk), HiApi(desk), Runware(desk), ApiModels(desk)]
            elements = KlingElements(desk)
            courier = Courier(desk.book, desk.mishaps, self._signer)
            undo.callback(courier.close)
            by_name = {maker.name: maker for maker in makers}
            desk.on_job = lambda job: courier.watch(by_name[job.order.provider].watched(job))
            desk.library.on_element = lambda element: courier.watch(elements.watched(element))
            for name in WITH_SCHEMA:
                schema_text(name)
            desk.restore()
            ending = Event()
            server = Server(self._port, ending)
            desk.url = f"http://127.0.0.1:{server.server_port}"
            server.house = Saboteur(House(desk, [*makers, elements]), desk, ending)
            thread = Thread(
                target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True
            )
            thread.start()
            undo.callback(_end, server, thread)
            courier.start()
            self._folder, self._desk, self._running = folder, desk, undo.pop_all()

    def stop(self) -> None:
        """End all connections and the rendering, within about a second. Safe to call twice.

        The book can still be read. Clips that were not rendered yet are rendered by the next sandbox in
        the folder.
        """
        if self._running is None:
            return
        running, self._running, self._folder = self._running, None, None
        running.close()

    def book(self) -> Book:
        """Return the book of charges as it stands."""
        return self._started().book.read()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _started(self) -> Desk:
        if self._desk is None:
            raise RuntimeError("the sandbox has not been started")
        return self._desk

    def _open_folder(self, undo: ExitStack) -> Path:
        if self._given_folder is not None:
            self._given_folder.mkdir(parents=True, exist_ok=True)
            return self._given_folder
        folder = Path(tempfile.mkdtemp(prefix="kling-spec-sandbox-"))
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder


def _end(server: Server, thread: Thread) -> None:
    server.ending.set()
    server.shutdown()
    thread.join()
    server.hang_up()
    server.server_close()
