"""A thread with an event loop of its own: the synchronous door to async work."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Handle(Generic[T]):
    """Work that goes on in the background. `stop` is set to ask it to end soon."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self._future: Future[T] = Future()

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._future.done()

    def wait(self, seconds: float | None = None) -> T:
        """Return what came of it. Raises TimeoutError, or what the work raised.

        Waits in short steps, so that an interrupt of the waiting thread is seen at once.
        """
        left = seconds
        while not self._future.done():
            step = 0.1 if left is None else min(0.1, left)
            try:
                return self._future.result(step)
            except TimeoutError:
                if self._future.done():
                    break
                if left is not None:
                    left -= step
                    if left <= 0:
                        raise
        return self._future.result()

    def settle(self, work: Callable[[], T]) -> None:
        """Do the work and keep what came of it; called once, in the thread."""
        try:
            self._future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again in `wait`
            self._future.set_exception(error)


def start(
    work: Callable[[threading.Event], Coroutine[Any, Any, T]], name: str = "kling-spec run"
) -> Handle[T]:
    """Begin the work in a thread of its own and return its handle at once."""
    handle: Handle[T] = Handle(threading.Event())
    thread = threading.Thread(
        target=lambda: handle.settle(lambda: asyncio.run(work(handle.stop))), name=name, daemon=True
    )
    thread.start()
    return handle
