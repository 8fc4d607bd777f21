"""Specs in, bodies out; and a sandbox for clients that other people wrote."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kling_spec.sandbox import Sandbox
from kling_spec.session import Checked

Body = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked directly, whatever this machine is set to."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(seconds=0, folder=tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def body(tmp_path: Path) -> Body:
    """Compile a spec of one shot to what is sent for it."""

    def compiled(provider: str, shot: dict[str, Any], settings: str = "", **top: Any) -> dict[str, Any]:
        (tmp_path / "kling-spec.toml").write_text(settings, encoding="utf-8")
        file = tmp_path / "spec.yaml"
        file.write_text(json.dumps({"kling_spec": 1, **top, "shots": {"shot": shot}}), encoding="utf-8")
        (line,) = Checked(file, provider=provider, environment={}).compile()
        sent: Any = json.loads(line)["request"]["json"]
        task: dict[str, Any] = sent[0] if isinstance(sent, list) else sent
        return task

    return compiled
