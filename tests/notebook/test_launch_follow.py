"""A run that goes on elsewhere is followed in a notebook, and nothing is sent twice."""

import os
import threading

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
