"""A project in which a kernel stands, and the provider that it pays."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kernels import Cell, Kernel

from kling_spec.sandbox import Sandbox

SPEC = """kling_spec: 1
name: pond
defaults: {{resolution: 720p, duration: 3, aspect_ratio: "1:1"}}
shots: {{{shots}}}
cuts: {{main: {{timeline: [frog]}}}}
"""
SETTINGS = "[providers.kling]\nconcurrency = {concurrency}\npoll_seconds = 0.2\n"


@dataclass(frozen=True, slots=True)
class Pond:
    """A spec, loaded in a kernel as `launch`."""

    folder: Path
    server: Sandbox

    @classmethod
    def written(cls, folder: Path, shots: str, server: Sandbox, concurrency: int = 4) -> Self:
        """Write the project."""
        folder.mkdir()
        (folder / "spec.yaml").write_text(SPEC.format(shots=shots))
        (folder / "kling-spec.toml").write_text(SETTINGS.format(concurrency=concurrency))
        return cls(folder, server)

    def load(self, kernel: Kernel) -> Cell:
        """Let the kernel load the spec, as the first cell of a notebook."""
        return kernel.finish(self.begin(kernel))

    def begin(self, kernel: Kernel) -> Cell:
        """Let the kernel begin to load the spec."""
        return kernel.begin(
            f"import os, sys, time; os.chdir({str(self.folder)!r})\n"
            f"os.environ['KLING_BASE_URL'] = {self.server.url!r}\n"
            "import kling_spec as ks\nlaunch = ks.load('spec.yaml')"
        )

    @property
    def charges(self) -> int:
        """How many jobs were paid for."""
        return len(self.server.book().charges)

    def asked_more(self, often: int) -> Callable[[], bool]:
        """Return what says whether the provider was asked so often again how its jobs stand."""
        before = self._asked
        return lambda: self._asked >= before + often

    @property
    def _asked(self) -> int:
        book = self.server.book()
        return book.seen("poll") + book.seen("list")
