"""The faults from outside: on the command line, and in a rehearsal of a spec."""

import os
import subprocess
import sys

import pytest

from kling_spec.sandbox import Sandbox, SandboxError, fault_list
from kling_spec.session import Session

MAIN = "from kling_spec.cli import main; raise SystemExit(main())"
SPEC = """
kling_spec: 1
name: fox
provider: PROVIDER
defaults: {resolution: 720p, aspect_ratio: "1:1", duration: 3}
shots:
  fox: {prompt: A fox sleeps}
cuts:
  main: {timeline: [fox], output: fox.mp4}
"""


@pytest.fixture
def command(tmp_path):
    def run(*words):
        return subprocess.run(
            [sys.executable, "-c", MAIN, *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def session(tmp_path):
    def make(provider="kling"):
        path = tmp_path / "fox.yaml"
        path.write_text(SPEC.replace("PROVIDER", provider))
        return Session(path, sandbox=True, environment={"PATH": os.environ["PATH"]})

    return make


@pytest.mark.parametrize("words", [("sandbox",), ("run", "fox.yaml", "--sandbox")])
def test_the_list_is_printed(command, words):
    said = command(*words, "--fault", "list")

    assert said.returncode == 0
    assert [line.split()[0] for line in said.stdout.splitlines()] == [name for name, _ in fault_list()]


def test_a_fault_that_is_none_is_refused(command):
    said = command("sandbox", "--fault", "lost-replies")

    assert said.returncode == 1
    assert said.stderr.startswith("error: no fault is called 'lost-replies'; did you mean 'lost-reply'?")


def test_faults_are_for_rehearsals(command, session):
    session()

    said = command("run", "fox.yaml", "--fault", "drop")

    assert said.returncode == 1
    assert "error[KS114]: --fault is for rehearsals" in said.stderr
    assert "add --sandbox" in said.stderr


def test_a_rehearsal_with_a_fault_that_is_none_starts_nothing(session):
    made = session()
    plan = made.plan()

    with pytest.raises(SandboxError):
        made.begin(plan, faults=["earthquake"])

    assert not (made.state / "server").exists()


@pytest.mark.parametrize("provider", ["kling", "hiapi", "runware"])
def test_a_rehearsal_gets_through_what_passes(session, provider):
    made = session(provider)
    faults = ["lost-reply/1", "502:poll/2", "short-clip/1", "expired-link/1"]

    finished = made.begin(made.plan(), faults=faults).wait(60)

    with Sandbox(folder=made.state / "server") as sandbox:
        book = sandbox.book()
    assert len(book.charges) == 1
    assert {fault.partition("/")[0].removesuffix(":poll") for fault in faults} <= set(book.faults)
    assert set(finished.clips) == {"-/fox"}
