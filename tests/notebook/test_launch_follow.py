"""A run that goes on elsewhere is followed in a notebook, and nothing is sent twice."""

import os
import threading
import time
from pathlib import Path

import pytest

from kling_spec.notebook import load
from kling_spec.sandbox import Sandbox
from kling_spec.session import Session

SPEC = """
kling_spec: 1
name: foxes
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots: {fox: {prompt: A fox sleeps}}
"""


def test_a_run_that_goes_on_elsewhere_is_followed(tmp_path):
    (tmp_path / "foxes.yaml").write_text(SPEC)
    begun, ready = threading.Event(), threading.Event()
    session = Session(tmp_path / "foxes.yaml", sandbox=True)
    job = session.begin(session.plan(), lambda _: (begun.set(), ready.wait(300)))
    assert begun.wait(300)

    run = load(tmp_path / "foxes.yaml", sandbox=True).run()
    assert f"following process {os.getpid()}" in run.text()
    ready.set()
    run.wait(300)

    assert run.outcome.stored == job.wait(300).outcome.stored
    assert list(run.clips) == ["-/fox"]
    with Sandbox(folder=session.state / "server") as sandbox:
        assert len(sandbox.book().charges) == 1


def test_a_run_of_this_kernel_is_stopped_also_by_who_loaded_its_spec_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "foxes.yaml").write_text(SPEC)
    with Sandbox(seconds=3600, folder=tmp_path / "server") as server:
        monkeypatch.setenv("KLING_BASE_URL", server.url)
        monkeypatch.setenv("KLING_API_KEY", "k-canary-5f1d9e72")
        first = load(tmp_path / "foxes.yaml").run(yes=True)
        while not server.book().charges:
            time.sleep(0.05)

        again = load(tmp_path / "foxes.yaml").run(yes=True)
        again.stop()

        assert list(first.wait(120).outcome.unfinished)
        again.wait(120)
        assert len(server.book().charges) == 1
