"""What guards a run: the limit of its cost, the silence of its logs, and resuming wherever it is killed."""

import base64
import logging
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from gateway import Gateway
from PIL import Image, PngImagePlugin
from remote import Remote

from kling_spec.ir import Secret
from kling_spec.media import render_clip
from kling_spec.runner import FileStore

THREE = "shots: {fox: {prompt: A fox runs}, hare: {prompt: A hare runs}, owl: {prompt: An owl flies}}"
DIES = """
import os, signal, sys
from pathlib import Path
from conftest import Bench

def hear(event):
    if event.kind == sys.argv[4]:
        os.kill(os.getpid(), signal.SIGKILL)

Bench(Path(sys.argv[1]), sys.argv[2], sys.argv[3], more={"on_event": hear}).run()
"""


def dying(work, kind=""):
    """Start a run in a process of its own that kills itself at the first event of the kind."""
    here = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    command = [sys.executable, "-c", DIES, str(work.folder), work.provider, work.url, kind]
    return subprocess.Popen(command, env=here)


def test_what_nobody_wants_any_more_is_not_sent_and_the_next_run_may_send_it(bench, film):
    with Remote("kling", film) as remote:
        work = bench("kling", remote.url, THREE)
        hare = work.plan().orders[1].fingerprint
        work.more = {"wants": lambda fingerprint: fingerprint != hare}
        outcome = work.run()

        assert (outcome.submitted, outcome.unfinished) == (2, {hare: "not sent: it was taken back"})
        assert (len(remote.taken), outcome.stopped) == (2, "")
        work.more = {}
        assert work.run().submitted == 1


def test_a_run_sends_no_more_than_it_may_cost(bench, film):
    with Remote("kling", film) as remote:
        work = bench("kling", remote.url, THREE, limit=Decimal("0.51"))
        outcome = work.run()

        assert (outcome.submitted, outcome.spent) == (2, {"USD": Decimal("0.504")})
        (why,) = outcome.unfinished.values()
        assert why.endswith("the run's limit of 0.51 USD would be passed")
        assert len(work.entries()) == 2
        assert len(work.run().stored) == 3
        assert len(remote.taken) == 3


def test_what_was_refused_costs_nothing_and_what_is_unclear_may(bench, film):
    refusal = (400, b'{"code": 1301, "message": "no"}')
    with Remote("kling", film).will("submit", refusal, "drop").will("find", *["lost"] * 4) as remote:
        work = bench("kling", remote.url, THREE, concurrency=1, limit=Decimal("0.3"))
        outcome = work.run()

        assert remote.count("submit") == 2
    assert (len(outcome.failed), len(outcome.unknown), len(outcome.unfinished)) == (1, 1, 1)


def test_what_has_no_price_is_not_sent_under_a_limit(bench, film):
    with Remote("hiapi", film) as remote:
        work = bench("hiapi", remote.url, limit=Decimal(100))

        outcome = work.run()

        assert remote.count("submit") == 0
    assert "has no price in USD" in next(iter(outcome.unfinished.values()))


def test_a_key_that_stands_in_a_prompt_is_never_sent(bench, film):
    with Remote("kling", film) as remote:
        work = bench(
            "kling",
            remote.url,
            "shots: {fox: {prompt: A fox says k-canary-5f1d9e72}, hare: {prompt: A hare}}",
        )

        outcome = work.run()

        assert remote.count("submit") == 1
        assert not any(b"canary" in body for _, body in remote.bodies)
    assert "a key of yours stands in it" in next(iter(outcome.failed.values()))
    assert work.states() == {"-/hare": "stored"}


def test_no_log_shows_where_a_clip_was_fetched(bench, film, caplog):
    caplog.set_level(logging.DEBUG)
    with Remote("kling", film).will("fetch", "moved") as remote:
        work = bench("kling", remote.url)
        assert len(work.run().stored) == 1
        assert [what for kind, what, _ in remote.seen if kind == "fetch"][1].endswith("?signature=abc")
        assert "/clips/" not in caplog.text

        httpx.get(f"{remote.url}/clips/job-1.mp4", trust_env=False)
        assert "/clips/job-1.mp4" in caplog.text, "the rest of the program logs as ever"


@pytest.mark.parametrize(
    ("wire", "kind", "ends"),
    [
        ("kling", "submitted", "unknown"),
        ("runware", "submitted", "stored"),
        ("kling", "accepted", "stored"),
        ("hiapi", "running", "stored"),
        ("kling", "succeeded", "stored"),
    ],
)
def test_a_run_that_dies_at_a_step_is_taken_up_and_sent_once(bench, film, wire, kind, ends):
    with Remote(wire, film).will("poll", "running") as remote:
        work = bench(wire, remote.url)
        with dying(work, kind) as run:
            assert run.wait(30) == -signal.SIGKILL

        work.run()

        assert len(remote.bodies) == len(remote.taken) == (ends == "stored")
    assert work.states() == {"-/fox": ends}


@pytest.mark.parametrize("wire", ["kling", "hiapi", "runware"])
def test_a_run_that_dies_before_the_answer_came_is_charged_once(bench, film, wire):
    with Remote(wire, film).will("submit", "held") as remote:
        work = bench(wire, remote.url)
        with dying(work) as run:
            while not remote.bodies:
                time.sleep(0.01)
            os.kill(run.pid, signal.SIGKILL)
        assert work.states() == {"-/fox": "sending"}
        remote.gate.set()
        while not remote.taken:
            time.sleep(0.01)

        work.run()

        assert len(remote.taken) == len(set(remote.bodies)) == 1
    assert work.states() == {"-/fox": "stored"}


KEY = b"k-canary-5f1d9e72"
FACES = "assets: {grace: {element: {frontal: %s, images: [plain.png]}, description: %s}}\n"


def _holding_the_key(path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("note", f"my key is {KEY.decode()}")
    Image.new("RGB", (640, 480), "teal").save(path, pnginfo=info)


@pytest.mark.parametrize(
    ("wire", "shots"),
    [
        ("kling", "assets: {card: {image: card.png}}\nshots: {fox: {prompt: Go, first_frame: card}}"),
        ("runware", "assets: {card: {image: card.png}}\nshots: {fox: {prompt: Go, first_frame: card}}"),
        ("apimodels", "assets: {card: {image: card.png}}\nshots: {fox: {prompt: Go, first_frame: card}}"),
        ("kling", f"{FACES % ('card.png', 'Grace')}shots: {{fox: '{{{{ grace }}}} reads'}}"),
        ("kling", f"{FACES % ('plain.png', KEY.decode())}shots: {{fox: '{{{{ grace }}}} reads'}}"),
        ("kling", "shots: {fox: 'a {{ name }} runs'}\nname: k-canary-5f1d9e72"),
    ],
)  # fmt: skip
def test_no_body_of_any_kind_leaves_with_a_key_in_it(bench, sandbox, tmp_path, wire, shots):
    """Pictures inside of a body, uploads, elements of files and what is said of them."""
    _holding_the_key(tmp_path / "card.png")
    Image.new("RGB", (640, 480), "olive").save(tmp_path / "plain.png")
    head = "kling_spec: 1\ndefaults: {resolution: 720p, duration: 3}\n"
    with Gateway(sandbox.url) as gateway:
        work = bench(wire, gateway.url)
        work.write(shots, head)

        outcome = work.run()

        sent = b"".join(body + path.encode() for _, path, body in gateway.seen)
    assert KEY not in sent
    assert not any(base64.b64encode(pad + KEY)[4:-4] in sent for pad in (b"", b"x", b"xx"))
    assert [gateway.count("POST", path) for path in ("/api/v1/files", "/v1/general")] == [0, 0]
    assert "a key of yours" in next(iter(outcome.failed.values()))
    assert sandbox.book().charges == ()


@pytest.mark.parametrize("where", ["file", "name"])
def test_the_file_store_gets_no_key(bench, sandbox, tmp_path, where):
    (tmp_path / "kling-spec.toml").write_text(
        '[file_store]\nput = "https://files.example.com/{name}"\nget = "https://files.example.com/{name}"\n'
    )
    render_clip(
        tmp_path / "walk.mp4", seconds=3, width=1280, height=720, sound=False, title="w", lines=(), seed=1
    )
    key = KEY if where == "file" else b"t-canary-93ab17"
    with (tmp_path / "walk.mp4").open("ab") as film:
        film.write(len(key + b"....free").to_bytes(4, "big") + b"free" + key)
    with Gateway(sandbox.url) as gateway:
        place = f"{gateway.url}/files/{{name}}"
        store = FileStore(put=place, get=place, token=Secret("t-canary-93ab17", "TOKEN"))
        spec = (
            "assets: {walk: {video: walk.mp4}}\nshots: {a: {edit: walk, prompt: 'Turn {{ walk }} to rain'}}"
        )
        work = bench("kling", gateway.url, spec, more={"file_store": store})

        outcome = work.run()

        assert gateway.seen == []
    assert "a key of yours" in next(iter(outcome.failed.values()))


def test_a_secret_of_another_provider_does_not_leave_either(bench, film):
    with Remote("kling", film) as remote:
        others = (Secret("r-canary-7712aa", "RUNWARE_API_KEY"), Secret("short", "HIAPI_API_KEY"))
        shots = "shots: {fox: A fox says r-canary-7712aa, hare: A short hare}"
        work = bench("kling", remote.url, shots, more={"secrets": others})

        outcome = work.run()

        assert remote.count("submit") == 1
        assert not any(b"canary" in body for _, body in remote.bodies)
    assert "a key of yours" in next(iter(outcome.failed.values()))
