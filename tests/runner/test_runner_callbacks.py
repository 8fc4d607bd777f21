"""A callback shortens the wait and names a job whose answer was lost; the provider itself confirms it."""

import json
import threading
import time

import pytest
from gateway import Gateway

from kling_spec.session import token_maker

POST = "/api/v1/video/generations"


def lose_submits(method: str, path: str) -> bool:
    return method == "POST" and path == POST


def test_a_lost_answer_is_bound_to_its_job_by_the_callback(bench, sandbox):
    with Gateway(sandbox.url, loses=lose_submits) as gateway:
        work = bench("apimodels", gateway.url, is_sandbox=True)
        work.run()
        assert work.states() == {"-/fox": "unknown"}
        job = json.loads(gateway.lost[0])["data"]["taskId"]

        with work.ledger() as ledger:
            ledger.hint(ledger.entries()[0].fingerprint, job, "succeeded")
        outcome = work.run()

        assert gateway.count("POST", POST) == 1
    assert work.states() == {"-/fox": "stored"}
    assert outcome.submitted == 0
    assert len(sandbox.book().charges) == 1


def test_a_job_that_the_provider_does_not_confirm_is_not_adopted(bench, sandbox):
    with Gateway(sandbox.url, loses=lose_submits) as gateway:
        work = bench("apimodels", gateway.url, is_sandbox=True)
        work.run()

        with work.ledger() as ledger:
            ledger.hint(ledger.entries()[0].fingerprint, "clx-forged", "succeeded")
        work.run()

    assert work.states() == {"-/fox": "unknown"}


@pytest.mark.parametrize("hears", [False, True])
def test_a_hint_wakes_the_poller(bench, sandbox, hears):
    work = bench("kling", sandbox.url, is_sandbox=True, poll_seconds=4.0)
    work.more = {"hears": hears}

    def hear(event):
        if event.kind == "accepted":
            with work.ledger() as ledger:
                ledger.hint(event.fingerprint, "any", "running")

    work.more["on_event"] = hear
    start = time.monotonic()
    stop = threading.Event()
    threading.Timer(2.5, stop.set).start()
    work.run(stop)

    assert (work.states()["-/fox"] in {"running", "succeeded", "stored"}) is hears
    assert time.monotonic() - start < 20


def test_each_submit_has_a_secret_of_its_own_that_only_its_owner_can_read(tmp_path):
    make, again = token_maker(tmp_path / "state"), token_maker(tmp_path / "state")
    other = token_maker(tmp_path / "other")

    assert make("ks-1") == again("ks-1")
    assert len({make("ks-1"), make("ks-2"), other("ks-1")}) == 3
    assert len(make("ks-1").reveal()) == 64
    assert (tmp_path / "state" / "callbacks.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("provider", ["kling", "kling-2026", "hiapi", "runware", "apimodels"])
def test_the_secret_stands_in_what_is_sent_and_in_no_plan_or_fingerprint(bench, provider):
    work = bench(provider, "http://127.0.0.1:1")
    plain = work.plan()
    (work.folder / "kling-spec.toml").write_text(
        f'[providers.{provider}]\ncallback_url = "https://hooks.example.com/ks/"\n'
    )

    plan = work.plan()

    assert plan.orders[0].fingerprint == plain.orders[0].fingerprint
    body = plan.orders[0].render(str, "t" * 64)
    assert f"https://hooks.example.com/ks/{'t' * 64}" in body
    assert "hooks.example.com" not in plain.orders[0].render(str, "t" * 64)


def test_a_lost_answer_is_waited_for_where_callbacks_may_come(bench, sandbox):
    with Gateway(sandbox.url, loses=lose_submits) as gateway:
        work = bench("apimodels", gateway.url, is_sandbox=True, doubt_seconds=60.0)

        def hear(event):
            if "it is looked for" in event.message:
                job = json.loads(gateway.lost[0])["data"]["taskId"]
                with work.ledger() as ledger:
                    ledger.hint(event.fingerprint, job, "running")

        work.more = {"hears": True, "on_event": hear}
        outcome = work.run()

        assert gateway.count("POST", POST) == 1
    assert work.states() == {"-/fox": "stored"}
    assert (outcome.submitted, outcome.unknown) == (1, {})
