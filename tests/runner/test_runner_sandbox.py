"""Whole runs against the product's own sandbox, over real HTTP."""

import json
import threading
from base64 import b64decode
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from kling_spec.media import find_ffmpeg, probe
from kling_spec.media._run import run
from kling_spec.sandbox import Sandbox

PROVIDERS = ("apimodels", "hiapi", "kling", "kling-2026", "runware")
CHAIN = """
shots:
  fox: {prompt: A fox runs}
  leap: {prompt: it leaps, next_of: fox}
"""
HELD = """
shots:
  fox: {prompt: A fox runs}
  leap: {prompt: it leaps, first_frame: {last_frame_of: fox}}
"""
PICTURED = """
assets: {bottle: {image: bottle.png}}
shots:
  turn: {prompt: it turns, first_frame: bottle}
  fall: {prompt: it falls, first_frame: bottle}
"""


def bodies(sandbox):
    """What the sandbox accepted, by the task's name."""
    lines = (sandbox._folder / "jobs.jsonl").read_text().splitlines()
    orders = [json.loads(line)["order"] for line in lines]
    return {order["task"]: order["body"] for order in orders}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_shot_becomes_a_clip_that_plays(bench, sandbox, provider):
    work = bench(provider, sandbox.url, is_sandbox=True)

    outcome = work.run()

    (clip,) = outcome.stored.values()
    assert probe(work.store.path(clip)).seconds == pytest.approx(3, abs=0.1)
    assert work.kinds() == ["submitted", "accepted", "running", "succeeded", "stored"]
    (charge,) = sandbox.book().charges
    entry = work.entries()["-/fox"]
    assert (charge.job, charge.task, entry.account) == (entry.job, "-/fox", "")
    assert provider == "apimodels" or charge.client_id == entry.client_id
    assert list(outcome.spent.values()) == ([entry.estimate] if entry.estimate else [])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_second_run_sends_nothing(bench, sandbox, provider):
    work = bench(provider, sandbox.url, is_sandbox=True)
    first, before = work.run(), sandbox.book()

    second = work.run()

    assert sandbox.book() == before
    assert (second.stored, second.submitted, second.spent) == (first.stored, 0, {})
    assert work.kinds() == ["reused"]


def test_a_shot_that_continues_another_gets_its_address(bench, sandbox):
    work = bench("kling", sandbox.url, CHAIN, is_sandbox=True)

    outcome = work.run()

    assert len(outcome.stored) == 2
    (video,) = bodies(sandbox)["-/leap"]["video_list"]
    assert video["video_url"] == work.entries()["-/fox"].video_url.reveal()
    order = [(event.kind.value, event.tasks[0]) for event in work.events]
    assert order.index(("stored", "-/fox")) < order.index(("submitted", "-/leap"))


def test_an_address_is_asked_for_anew_before_it_is_used(bench, tmp_path):
    with Sandbox(seconds=0.2, folder=tmp_path / "server") as sandbox:
        work = bench("kling", sandbox.url, is_sandbox=True)
        work.run()
        old = work.entries()["-/fox"].video_url.reveal()
    with Sandbox(seconds=0.2, folder=tmp_path / "server") as sandbox:
        work.url = sandbox.url
        work.write(CHAIN)
        assert len(work.run().stored) == 2

        (video,) = bodies(sandbox)["-/leap"]["video_list"]
        assert video["video_url"].startswith(sandbox.url)
        assert video["video_url"] != old
        assert len(sandbox.book().charges) == 2


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_last_frame_is_taken_from_the_stored_clip(bench, sandbox, provider):
    work = bench(provider, sandbox.url, HELD, is_sandbox=True)

    outcome = work.run()

    assert len(outcome.stored) == 2, outcome
    assert len(sandbox.book().charges) == 2


def test_a_last_frame_that_is_too_heavy_goes_as_a_jpeg_as_large(bench, sandbox):
    work = bench("kling", sandbox.url, is_sandbox=True)
    (clip,) = work.run().stored.values()
    noise = "color=gray:size=3840x2160:rate=24:duration=0.05,noise=alls=6:allf=t,format=yuv420p"
    how = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "10", "-f", "mp4", "-y"]
    run(find_ffmpeg().path, ["-f", "lavfi", "-i", noise, *how, str(work.store.path(clip))])

    work.write(HELD)
    outcome = work.run()

    assert len(outcome.stored) == 2, outcome
    (frame,) = bodies(sandbox)["-/leap"]["image_list"]
    picture = b64decode(frame["image_url"])
    with Image.open(BytesIO(picture)) as image:
        assert (image.format, image.size) == ("JPEG", (3840, 2160))
    assert len(picture) <= 10 * 1024 * 1024


def test_a_picture_is_uploaded_once_for_all_that_use_it(bench, sandbox):
    work = bench("apimodels", sandbox.url, is_sandbox=True)
    Image.new("RGB", (640, 360), "#884422").save(work.folder / "bottle.png")
    work.write(PICTURED)

    outcome = work.run()

    assert len(outcome.stored) == 2, outcome
    assert sandbox.book().requests["apimodels"]["upload"] == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_picture_that_was_changed_after_the_plan_is_not_sent(bench, sandbox, provider):
    work = bench(provider, sandbox.url, is_sandbox=True)
    picture = work.folder / "bottle.png"
    Image.new("RGB", (640, 360), "#884422").save(picture)
    work.write(PICTURED)
    plan = work.plan()
    Image.new("RGB", (640, 360), "#224488").save(picture)

    outcome = work.run(plan=plan)

    assert set(outcome.failed.values()) == {"bottle.png has changed since the plan was made; run again"}
    assert sandbox.book().charges == ()
    assert work.entries() == {}
    assert len(work.run().stored) == 2


def test_trouble_of_one_task_is_not_that_of_the_others(bench, sandbox):
    work = bench(
        "kling",
        sandbox.url,
        """
shots:
  fox: {prompt: A fox runs}
  bad: {prompt: "A fox [sandbox:refuse]"}
  sad: {prompt: "A fox [sandbox:fail]"}
  after: {prompt: it goes on, next_of: sad}
  late: {prompt: "A fox [sandbox:busy]"}
""",
        is_sandbox=True,
    )

    outcome = work.run()

    assert work.states() == {"-/fox": "stored", "-/bad": "refused", "-/sad": "failed", "-/late": "stored"}
    assert (len(outcome.stored), len(outcome.failed), len(outcome.unfinished)) == (2, 2, 1)
    assert outcome.submitted == len(sandbox.book().charges) == 3
    assert outcome.spent == {"USD": 3 * Decimal("0.252")}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_run_that_was_stopped_is_taken_up_without_a_second_submit(bench, tmp_path, provider):
    stop = threading.Event()
    with Sandbox(seconds=30, folder=tmp_path / "server") as sandbox:
        work = bench(provider, sandbox.url, is_sandbox=True)
        work.more = {"on_event": lambda event: stop.set() if event.kind == "running" else None}
        outcome = work.run(stop)
        assert list(outcome.unfinished.values()) == [f"still running as {work.entries()['-/fox'].job}"]
        assert [row.action for row in work.plan().rows] == ["wait"]
        charges = sandbox.book().charges
    lines = (tmp_path / "server" / "jobs.jsonl").read_text()
    due = json.loads(lines)
    (tmp_path / "server" / "jobs.jsonl").write_text(json.dumps({**due, "due": due["created"]}) + "\n")

    with Sandbox(seconds=0, folder=tmp_path / "server") as sandbox:
        work.url, work.more = sandbox.url, {}
        outcome = work.run()

        assert sandbox.book().charges == charges
        assert sandbox.book().requests[provider]["submit"] == 1
    assert len(outcome.stored) == 1
    assert (outcome.submitted, outcome.spent) == (0, {})


def test_a_clip_that_is_gone_from_the_store_is_fetched_again(bench, sandbox):
    work = bench("kling", sandbox.url, is_sandbox=True)
    (clip,) = work.run().stored.values()
    work.store.path(clip).unlink()

    outcome = work.run()

    assert outcome.stored and work.store.has(clip)  # noqa: PT018 - one thing
    assert len(sandbox.book().charges) == 1


def test_what_is_there_needs_nothing_of_what_it_continues(bench, sandbox):
    work = bench("kling", sandbox.url, CHAIN, is_sandbox=True)
    work.run()
    fox = work.entries()["-/fox"]
    work.store.path(fox.clip).unlink()
    sandbox.stop()

    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    outcome = work.run(stop)

    assert list(outcome.unfinished) == [fox.fingerprint]
    assert len(outcome.stored) == 1


def test_resubmitted_tasks_are_sent_under_a_new_id(bench, sandbox):
    work = bench("kling", sandbox.url, is_sandbox=True)
    (order,) = work.plan().orders
    with work.ledger() as ledger:
        ledger.intend(
            fingerprint=order.fingerprint, attempt=1, body_sha256="0", task="-/fox", spec="foxes",
            provider="kling", model="m", account="", client_id=order.client_id, estimate_currency="USD",
        )  # fmt: skip
        stale = work.plan()
        ledger.decide("resubmit", order.fingerprint)

    early = work.run(plan=stale)
    assert "plan again" in next(iter(early.unfinished.values()))
    assert sandbox.book().charges == ()
    work.run()

    (charge,) = sandbox.book().charges
    assert (charge.client_id[-2:], work.entries()["-/fox"].attempt) == ("-2", 2)
