import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kling_spec.cli import main

SPEC = """\
kling_spec: 1
name: foxes
vars: {place: in the snow}
matrix:
  mood: {calm: {does: sleeps}, wild: {does: runs}}
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots:
  fox: {prompt: "A fox {{ does }} {{ place }}"}
  hare: {prompt: A hare listens}
cuts:
  main: {timeline: [fox, hare]}
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Cli = Callable[..., Said]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command in this process; what it prints to each stream, and its exit code."""

    def run(*words: str) -> Said:
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, and an environment without keys, in which every test runs."""
    for name in os.environ:
        if name.startswith(("KLING_", "HIAPI_", "RUNWARE_", "APIMODELS_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def spec(project: Path) -> Callable[..., str]:
    """Writes a spec with some words replaced, and returns its name."""

    def write(name: str = "foxes.yaml", *replaced: tuple[str, str], text: str = SPEC) -> str:
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new)
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return name

    return write
