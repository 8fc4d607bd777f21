"""Which of a project's own folders lie outside of it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from kling_spec.diagnostics import Origin
from kling_spec.session._trust import Demand


def folders_outside(
    root: Path, state: Path, output: Path, place: Callable[[str], Origin]
) -> Iterator[Demand]:
    """Yield a demand for each of the two folders that lies elsewhere, be it by links that came with the project."""
    for setting, folder, what, variable in (
        ("state", state, "the ledger and the clips would lie", "KLING_SPEC_STATE"),
        ("output", output, "films would be written", ""),
    ):
        if real := " ".join(_outside(root, folder)):
            yield Demand(
                setting=setting,
                value=real,
                does=f"{what} outside of it, in {real}",
                origin=place(setting),
                variable=variable,
            )


def _outside(root: Path, folder: Path) -> list[str]:
    """Return where a folder, and what is linked to from it, really lies, as far as that is not in the project.

    The folder of git is none of the project's: what lies there may be started.
    """
    base = Path(os.path.realpath(root))
    reals = [Path(os.path.realpath(path)) for path in (folder, *_links(folder), *_links(folder / "sandbox"))]
    return [
        str(real) for real in reals if not real.is_relative_to(base) or ".git" in real.relative_to(base).parts
    ]


def _links(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_symlink())
    except OSError:
        return []
