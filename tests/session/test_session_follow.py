"""A second run follows the first one instead of sending anything: to its end, or to its death."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from kling_spec.ledger import Ledger
from kling_spec.runner import RunLock, RunLocked, holder
from kling_spec.sandbox import Sandbox
from kling_spec.session import FilmMade, Session

SPEC = """
kling_spec: 1
name: foxes
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots:
  fox: {prompt: A fox sleeps}
  hare: {prompt: A hare runs, next_of: fox}
cuts:
  main: {timeline: [fox, hare], output: film.mp4}
"""
_LONG = 300
"""Seconds after which a test has failed, however busy the machine is."""
START = "import sys; from kling_spec.cli import main; sys.exit(main())"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "foxes.yaml").write_text(SPEC)
    return tmp_path


def command(folder, *words, **more):
    line = [sys.executable, "-c", START, "run", "foxes.yaml", "--sandbox", "--format", "jsonl", *words]
    return subprocess.Popen(
        line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )


def told(text):
    return [json.loads(line) for line in text.splitlines()]


def kinds(events):
    return [(event["event"], event["task"]) for event in events if event["event"] != "waiting"]


def charges(folder):
    with Sandbox(folder=folder / ".kling-spec" / "sandbox" / "server") as sandbox:
        return [charge.task for charge in sandbox.book().charges]


def test_who_watches_hears_what_the_run_says_and_ends_with_its_code(folder):
    with command(folder) as run:
        first = run.stdout.readline()
        with command(folder, "--watch") as watch:
            seen, said = watch.communicate(timeout=_LONG)
        rest, _ = run.communicate(timeout=_LONG)

    assert (run.returncode, watch.returncode) == (0, 0), said
    assert f"following process {run.pid}" in said
    events = told(first + rest)
    assert kinds(told(seen)) == kinds(events)
    assert [event["cost"] for event in told(seen) if event["event"] == "submitted"] == [
        event["cost"] for event in events if event["event"] == "submitted"
    ]
    assert told(seen)[-1]["path"] == events[-1]["path"] is not None
    assert len(charges(folder)) == 2


def test_who_watches_and_leaves_ends_nothing(folder):
    with command(folder, "--fault", "slow:poll=60") as run:
        run.stdout.readline()
        with command(folder, "--watch") as watch:
            watch.stdout.readline()
            watch.send_signal(signal.SIGINT)
            _, said = watch.communicate(timeout=_LONG)
        goes_on = run.poll() is None
        run.kill()

    assert (watch.returncode, goes_on) == (130, True)
    assert f"stopped following; process {run.pid} goes on by itself" in said


def test_the_death_of_a_run_that_is_watched_is_told_with_how_to_go_on(folder):
    with command(folder, "--fault", "slow:poll=60") as run:
        assert any('"accepted"' in line for line in run.stdout)
        with command(folder, "--watch") as watch:
            assert any('"accepted"' in line for line in watch.stdout)
            os.kill(run.pid, signal.SIGKILL)
            _, said = watch.communicate(timeout=_LONG)
    with command(folder) as again:
        _, last = again.communicate(timeout=_LONG)

    assert watch.returncode == 4
    assert f"process {run.pid}, which ran it, ended without a word; run it again to go on" in said
    assert again.returncode == 0, last
    assert len(charges(folder)) == 2


def test_a_second_run_says_who_goes_on_and_how_to_follow(folder):
    with command(folder, "--fault", "slow:poll=4/1") as run:
        run.stdout.readline()
        with command(folder) as second:
            _, said = second.communicate(timeout=_LONG)
        run.communicate(timeout=_LONG)

    assert second.returncode == 1
    assert f"process {run.pid} is running here already; follow it with" in said
    assert "'kling-spec run foxes.yaml --watch'" in said
    assert len(charges(folder)) == 2


def test_where_nothing_goes_on_it_is_told_how_things_stand(folder):
    with command(folder, "--watch") as before:
        _, said = before.communicate(timeout=_LONG)
    assert (before.returncode, charges(folder)) == (4, [])
    assert "nothing runs here now" in said
    with command(folder) as run:
        run.communicate(timeout=_LONG)

    with command(folder, "--watch") as after:
        after.communicate(timeout=_LONG)

    assert after.returncode == 0


def test_what_nobody_can_tell_is_unknown_to_who_watches_too(folder):
    words = ("--provider", "apimodels")
    with command(folder, "--fault", "lost-reply", *words) as run:
        run.stdout.readline()
        with command(folder, "--watch", *words) as watch:
            seen, _ = watch.communicate(timeout=_LONG)
        run.communicate(timeout=_LONG)

    assert (run.returncode, watch.returncode) == (5, 5)
    assert ("unknown", "-/fox") in kinds(told(seen))


def test_a_job_follows_in_python_and_stops_alone(folder):
    here = {"PATH": os.environ["PATH"]}
    first, second = (Session(folder / "foxes.yaml", sandbox=True, environment=here) for _ in range(2))
    heard, begun, ready = [], threading.Event(), threading.Event()
    run = first.begin(first.plan(), lambda _: (begun.set(), ready.wait(_LONG)))
    assert begun.wait(_LONG)
    assert second.holder() == f"process {os.getpid()}"

    left = second.follow(second.plan())
    left.stop()
    assert set(left.wait(_LONG).outcome.unfinished) | set(left.wait(_LONG).outcome.failed)
    job = second.follow(second.plan(), heard.append)
    ready.set()

    mine, theirs = job.wait(_LONG), run.wait(_LONG)
    assert mine.outcome.stored == theirs.outcome.stored
    assert (mine.outcome.submitted, mine.outcome.spent) == (2, theirs.outcome.spent)
    assert mine.clips == theirs.clips
    assert [made.report.sha256 for made in mine.films] == [made.report.sha256 for made in theirs.films]
    assert isinstance(heard[-1], FilmMade)
    assert second.holder() is None


def test_a_run_of_another_spec_is_not_taken_for_this_one(folder):
    state = folder / ".kling-spec" / "sandbox"
    session = Session(folder / "foxes.yaml", sandbox=True, environment={"PATH": os.environ["PATH"]})
    with RunLock(state), Ledger.open(state / "ledger.sqlite") as ledger:
        ledger.log("run began", spec="wolves")

        with pytest.raises(RunLocked, match="a run of 'wolves', not of 'foxes'"):
            session.follow(session.plan()).wait(_LONG)


def test_to_look_who_runs_stands_in_nobodys_way(tmp_path):
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            holder(tmp_path)
            time.sleep(0.001)

    with RunLock(tmp_path):
        pass
    watchers = [threading.Thread(target=look) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(50):
            with RunLock(tmp_path):
                assert holder(tmp_path) == f"process {os.getpid()}"
    finally:
        over.set()
        for watcher in watchers:
            watcher.join()
    assert holder(tmp_path) is None
    assert holder(tmp_path / "nowhere") is None
