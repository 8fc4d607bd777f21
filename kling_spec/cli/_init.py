"""`init`: a small project that runs as it is, from the templates in `starter/`."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from kling_spec.cli._common import say
from kling_spec.cli._run import shown

_MADE = (
    ("launch.yaml", "launch.yaml", "the spec: two formats of two shots"),
    ("assets/fox.png", "assets/fox.png", "a picture that the spec uses"),
    ("first-film.ipynb", "first-film.ipynb", "the same in a notebook"),
    ("kling-spec.toml", "kling-spec.toml", "settings, none of them needed"),
    (".gitignore", "gitignore", "keeps clips, films and the ledger out of git"),
)
"""Each file of a new project, the template that it is a copy of, and what it is."""
_SCHEMA = ("spec.schema.json", "what editors complete and check specs with")


def init(arguments: Any) -> int:
    """Write the project, or nothing at all where a file would be in the way."""
    folder = Path(arguments.folder)
    made = {folder / name: content for name, content in _contents().items()}
    there = [path for path in made if path.exists() or path.is_symlink()]
    if there:
        names = "".join(f"\n  {shown(path)}" for path in there)
        say(f"error: these files are there already, and nothing was written:{names}")
        say("  = help: name an empty folder, as 'kling-spec init my-film'")
        return 1
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    _tell(folder)
    return 0


def _contents() -> dict[str, bytes]:
    from kling_spec.spec import spec_schema

    starter = files("kling_spec.cli").joinpath("starter")
    contents = {name: starter.joinpath(template).read_bytes() for name, template, _ in _MADE}
    schema = json.dumps(spec_schema(), ensure_ascii=False, indent=2) + "\n"
    return {**contents, _SCHEMA[0]: schema.encode()}


def _tell(folder: Path) -> None:
    print(f"A project in {shown(folder)}:")
    for name, what in (*((name, what) for name, _, what in _MADE), _SCHEMA):
        print(f"  {name:<18}{what}")
    spec = shown(folder / "launch.yaml")
    print("\nNext:")
    print(f"  kling-spec plan {spec}")
    print(f"  kling-spec run {spec} --sandbox")
