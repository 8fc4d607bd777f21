"""`init`: a small project that runs as it is."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from kling_spec.cli._common import say

_FILES = ("launch.yaml", "assets/bottle.png", "first-film.ipynb", "kling-spec.toml", "gitignore")


def init(arguments: Any) -> int:
    """Write the project, or nothing at all where a file of it is there already."""
    folder = Path(arguments.folder)
    targets = {name: folder / (".gitignore" if name == "gitignore" else name) for name in _FILES}
    if there := [str(target) for target in targets.values() if target.exists()]:
        say(
            f"error: {', '.join(there)} would be overwritten\n  = help: name an empty folder: kling-spec init DIR"
        )
        return 1
    for name, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files("kling_spec.cli").joinpath("starter", name).read_bytes())
        print(target)
    spec = targets["launch.yaml"]
    say(f"\nnext: kling-spec plan {spec}\n      kling-spec run {spec} --sandbox")
    return 0
