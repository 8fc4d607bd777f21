"""Runs from the outside: films, failures, a stop, a kill of the real command."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from kling_spec.runner import RunLocked
from kling_spec.sandbox import Sandbox
from kling_spec.session import FilmMade, Session

SPEC = """
kling_spec: 1
name: foxes
matrix:
  mood: {calm: {word: sleeps}, odd: {word: "runs MARK"}}
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots:
  fox: {prompt: "A fox {{ word }}"}
  hare: {prompt: A hare runs}
cuts:
  main: {timeline: [fox, hare], output: "{{ name }}-{{ mood }}.mp4"}
"""


@pytest.fixture
def session(tmp_path):
    def make(mark="", text=SPEC):
        path = tmp_path / "foxes.yaml"
        path.write_text(text.replace("MARK", mark))
        return Session(path, sandbox=True, environment={"PATH": os.environ["PATH"]})

    return make


def test_films_of_whole_variants_are_cut_even_when_other_tasks_failed(session):
    made = session("[sandbox:fail]")
    heard = []

    finished = made.begin(made.plan(), heard.append).wait(60)

    films = {film.film.output: film for film in finished.films}
    assert films["foxes-calm.mp4"].report.path.is_file()
    assert films["foxes-odd.mp4"].report is None
    assert films["foxes-odd.mp4"].waits_for == ("odd/fox",)
    assert set(finished.clips) == {"calm/fox", "calm/hare", "odd/hare"}
    assert len(finished.outcome.failed) == 1
    assert [happening for happening in heard if isinstance(happening, FilmMade)] == list(finished.films)


def test_a_film_that_cannot_be_cut_leaves_the_clips_and_the_other_films(session):
    made = session()
    blocked = made.output / "foxes-odd.mp4"
    blocked.mkdir(parents=True)
    (blocked / "file").write_text("in the way")

    finished = made.begin(made.plan()).wait(60)

    films = {film.film.output: film for film in finished.films}
    assert films["foxes-calm.mp4"].report is not None
    assert films["foxes-odd.mp4"].report is None
    assert films["foxes-odd.mp4"].found
    assert len(finished.clips) == 4
    assert len(finished.outcome.stored) == 3  # both variants share the hare


def test_a_stop_ends_the_run_soon_and_the_next_one_goes_on(session):
    made = session()
    heard = []
    job = made.begin(made.plan(), heard.append)
    while not any(event.kind == "accepted" for event in heard):
        time.sleep(0.01)

    job.stop()
    begun = time.monotonic()
    first = job.wait(30)

    assert time.monotonic() - begun < 15
    assert first.films == ()
    assert first.outcome.unfinished
    second = made.begin(made.plan()).wait(60)
    assert len(second.films) == 2
    with Sandbox(folder=made.state / "server") as sandbox:
        assert len(sandbox.book().charges) == 3
        assert sandbox.book().seen("submit") == 3


def test_a_second_run_in_the_same_folder_is_refused(session):
    made = session()
    plan = made.plan()
    first = made.begin(plan, cuts=False)
    while not (made.state / "run.lock").exists():
        time.sleep(0.01)

    with pytest.raises(RunLocked, match=f"process {os.getpid()} is running here already"):
        made.begin(plan).wait(30)

    assert len(first.wait(60).clips) == 4


def test_leftovers_of_a_killed_download_are_swept_away(session):
    made = session()
    left = made.state / "clips" / "partial" / "half.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")

    made.begin(made.plan(), cuts=False).wait(60)

    assert not left.exists()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("provider", ["kling", "hiapi"])
def test_a_run_that_is_killed_at_any_moment_never_pays_twice(tmp_path, seed, provider):
    (tmp_path / "foxes.yaml").write_text(SPEC.replace("MARK", ""))
    start = "import sys; from kling_spec.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "run", "foxes.yaml", "--sandbox", "--yes", "--no-cut"]
    command += ["--provider", provider, "--format", "jsonl"]
    dice = random.Random(f"{provider} {seed}")

    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        run.stdout.readline()
        time.sleep(dice.uniform(0, 1.6))
        os.kill(run.pid, signal.SIGKILL)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

    events = [json.loads(line) for line in done.stdout.splitlines()]
    unknown = {event["task"] for event in events if event["event"] == "unknown"}
    assert done.returncode == (5 if unknown else 0), done.stderr
    with Sandbox(folder=tmp_path / ".kling-spec" / "sandbox" / "server") as sandbox:
        tasks = [charge.task for charge in sandbox.book().charges]
    assert len(tasks) == len(set(tasks))
    assert set(tasks) | unknown >= {"calm/fox", "calm/hare", "odd/fox"}
    assert provider == "kling" or not unknown
