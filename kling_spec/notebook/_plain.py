"""The board without any widget: the output of the cell, written anew about once a second."""

import time
from collections.abc import Callable

from kling_spec.notebook._page import Bundle
from kling_spec.notebook._surface import Subject

_BETWEEN = 1.0


class Plain:
    """HTML and text alone; a paid run is begun by `run.confirm()`."""

    stays = False

    def __init__(self, run: Subject, replace: Callable[[Bundle], None]) -> None:
        self._run, self._replace = run, replace
        self._seen = -1

    @property
    def bundle(self) -> Bundle:
        """Nothing beside HTML and text."""
        return {}

    def draw(self) -> None:
        """Write the output anew, where something happened."""
        version = self._run.board.version
        if version != self._seen:
            self._seen = version
            self._replace({"text/plain": self._run.text(), "text/html": self._run.html()})

    def rest(self) -> None:
        """Wait for a second."""
        time.sleep(_BETWEEN)

    def close(self) -> None:
        """There is nothing to end."""
