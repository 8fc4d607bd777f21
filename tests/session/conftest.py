from collections.abc import Callable
from pathlib import Path

import pytest

from kling_spec.cli import main


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's own config folder, outside of every project."""
    folder = tmp_path / "home" / "config"
    monkeypatch.setenv("KLING_SPEC_CONFIG", str(folder))
    return folder


@pytest.fixture
def trust(config: Path) -> Callable[..., int]:
    """Gives the person's word for a project, as the person does."""
    assert not config.exists()

    def give(project: Path, *words: str) -> int:
        return main(["trust", str(project), *words])

    return give
