"""Kernels of several ipykernels, and a provider that is paid: its book says what was."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from kernels import Kernel, kernel_of
from pond import Pond

from kling_spec.sandbox import Sandbox

LINES = [Path(name) for name in os.environ.get("KLING_SPEC_TEST_IPYKERNELS", "").split(os.pathsep) if name]
"""Folders with an ipykernel each, as `pip install --no-deps --target` leaves them."""


@pytest.fixture(scope="module", params=[None, *LINES], ids=lambda line: line.name if line else "installed")
def kernel(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    """One kernel for the tests of a file; it is the ipykernel that it should be."""
    line: Path | None = request.param
    with kernel_of(line) as one:
        came_from = one.run("import ipykernel; print(ipykernel.__file__, ipykernel.__version__)").printed
        assert line is None or came_from.startswith(str(line))
        one.may_fall_silent = "7.3" in came_from
        yield one


@pytest.fixture
def pond(kernel: Kernel, tmp_path: Path) -> Iterator[Callable[..., Pond]]:
    """Give a project with its provider; the kernel stands in its folder, and pays there."""
    with ExitStack() as open_yet:

        def make(shots: str, seconds: float = 0.5, concurrency: int = 4, **how: Any) -> Pond:
            server = open_yet.enter_context(Sandbox(seconds=seconds, folder=tmp_path / "server", **how))
            project = Pond.written(tmp_path / "project", shots, server, concurrency)
            project.load(kernel)
            return project

        yield make
        if kernel.is_busy:  # with a cell that a failed test left
            kernel.interrupt()
        try:
            kernel.run("run.stop()")
        except TimeoutError:
            if not kernel.may_fall_silent:
                raise
            kernel.restart(now=True)
