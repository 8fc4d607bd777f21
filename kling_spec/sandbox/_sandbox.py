"""The sandbox from start to stop."""

import shutil
import tempfile
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

from kling_spec.sandbox._book import Book
from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._house import House
from kling_spec.sandbox._server import Server
from kling_spec.sandbox.apimodels import ApiModels
from kling_spec.sandbox.hiapi import HiApi
from kling_spec.sandbox.kling import Kling
from kling_spec.sandbox.runware import Runware


class Sandbox:
    """One HTTP server on 127.0.0.1 that plays every provider.

    `seconds` is how long a job takes before its clip is served, 0 for as soon as it is rendered. `port` 0
    means any free one. Clips and uploads are kept in `folder`, which stays; without one they lie in a
    temporary folder that goes with `stop()`. Jobs and the book live in memory and end with the object.
    """

    def __init__(self, *, seconds: float = 2.0, port: int = 0, folder: Path | None = None) -> None:
        if seconds < 0:
            raise ValueError("seconds must not be negative")
        self._seconds = seconds
        self._port = port
        self._given_folder = folder
        self._folder: Path | None = None
        self._desk: Desk | None = None
        self._server: Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """Every provider's base URL, such as `http://127.0.0.1:8123`; raises RuntimeError before start."""
        return self._started().url

    def start(self) -> None:
        """Bind the port and serve in the background; raises OSError where the port is taken."""
        if self._server is not None:
            raise RuntimeError("the sandbox is running already")
        folder = self._given_folder or Path(tempfile.mkdtemp(prefix="kling-spec-sandbox-"))
        desk = Desk(seconds=self._seconds, folder=folder)
        house = House(desk, [Kling(desk), HiApi(desk), Runware(desk), ApiModels(desk)])
        try:
            server = Server(self._port, house)
        except OSError:
            self._remove(folder)
            raise
        desk.url = f"http://127.0.0.1:{server.server_port}"
        self._folder, self._desk, self._server = folder, desk, server
        self._thread = Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End all connections and the rendering; the book can still be read. Safe to call twice."""
        if self._server is None or self._desk is None or self._thread is None or self._folder is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        self._desk.close()
        self._remove(self._folder)
        self._server = self._thread = self._folder = None

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

    def _remove(self, folder: Path) -> None:
        if self._given_folder is None:
            shutil.rmtree(folder, ignore_errors=True)
