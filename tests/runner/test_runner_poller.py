"""One poller an account: jobs are looked at together where the provider lets us, at one pace."""

import asyncio
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import jwt
import pytest
from gateway import Gateway
from remote import Remote

TEN = "shots: {" + ", ".join(f"s{number}: {{prompt: Take {number}}}" for number in range(10)) + "}"
TOGETHER = {
    "kling": lambda method, path, _body: method == "GET" and "pageNum" in path,
    "kling-2026": lambda method, path, _body: method == "GET" and "%2C" in path,
    "hiapi": lambda method, path, _body: method == "GET" and "size=" in path,
    "runware": lambda _method, _path, body: body.count(b"getResponse") > 1,
}


@pytest.mark.parametrize("provider", TOGETHER)
def test_ten_jobs_are_looked_at_with_one_request(bench, sandbox, provider):
    with Gateway(sandbox.url) as gateway:
        work = bench(provider, gateway.url, TEN, is_sandbox=True, concurrency=10, poll_seconds=0.1)

        assert len(work.run().stored) == 10

        looks = [one for one in gateway.seen if one[0] == "GET" and "/clips/" not in one[1]]
        looks += [one for one in gateway.seen if b"getResponse" in one[2]]
        together = [one for one in gateway.seen if TOGETHER[provider](*one)]
    assert together
    assert len(looks) <= 2 * len(together) + 10  # one by one it would be ten at every look


def test_a_provider_without_a_list_is_asked_for_each_job(bench, sandbox):
    with Gateway(sandbox.url) as gateway:
        work = bench("apimodels", gateway.url, TEN, is_sandbox=True, concurrency=10)

        assert len(work.run().stored) == 10

        asked = {path for method, path, _ in gateway.seen if method == "GET" and "task_id=" in path}
    assert len(asked) == 10


def test_the_pace_is_the_same_for_a_job_of_any_age(bench, film):
    with Remote("kling", film, default="running") as remote:
        work = bench("kling", remote.url, poll_seconds=0.05)
        stop = threading.Event()
        threading.Timer(1.5, stop.set).start()
        times = []
        work.more = {"on_event": lambda event: times.append((event.kind.value, time.monotonic()))}

        work.run(stop)

        polls = remote.count("poll")
    assert 15 <= polls <= 31  # once each 0.05 s, and never less often with age


@pytest.mark.parametrize(
    "does", [(503, b"<html>down</html>"), (401, b'{"code": 1002}'), (429, b"{}"), "drop"]
)
def test_what_goes_wrong_with_looking_changes_no_state(bench, film, does):
    with Remote("kling", film).will("poll", *[does] * 6) as remote:
        work = bench("kling", remote.url)

        assert len(work.run().stored) == 1

        assert remote.count("submit") == 1
    kinds = [kind for kind in work.kinds() if kind != "waiting"]
    assert kinds == ["submitted", "accepted", "succeeded", "stored"] or "running" in kinds


def test_a_success_without_an_address_needs_a_person_in_the_end(bench, film):
    body = json.dumps({"code": 0, "data": {"task_id": "job-1", "task_status": "succeed"}}).encode()
    with Remote("kling", film).will("poll", *[(200, body)] * 4) as remote:
        work = bench("kling", remote.url)

        outcome = work.run()

        assert remote.count("submit") == 1
    assert work.states() == {"-/fox": "unknown"}
    assert "no address of a clip" in next(iter(outcome.unknown.values()))


# -- a clock that goes wrong ---------------------------------------------------------------------


@pytest.mark.parametrize("skew", [timedelta(hours=-2), timedelta(minutes=-31), timedelta(hours=2)])
def test_a_token_for_another_time_is_signed_anew_once_by_the_provider_s_clock(bench, film, skew):
    early = (401, b'{"code": 1003, "message": "token is not valid yet"}')
    with Remote("kling", film).will("submit", early) as remote:
        work = bench("kling", remote.url, keys={"KLING_ACCESS_KEY": "ak", "KLING_SECRET_KEY": "s" * 32})
        work.more = {"clock": lambda: datetime.now(UTC) + skew}

        assert len(work.run().stored) == 1

        submits = [headers for kind, _, headers in remote.seen if kind == "submit"]
    first, second = (
        jwt.decode(
            headers["authorization"].removeprefix("Bearer "),
            "s" * 32,
            algorithms=["HS256"],
            options={"verify_exp": False, "verify_nbf": False},
        )
        for headers in submits
    )
    now = time.time()
    assert abs(first["nbf"] - now) > 1000
    assert second["nbf"] <= now <= second["exp"]
    assert abs(second["exp"] - now - 1800) < 60


def test_a_clock_that_stays_wrong_stops_the_run(bench, film):
    early = (401, b'{"code": 1004, "message": "token has expired"}')
    with Remote("kling", film).will("submit", *[early] * 5) as remote:
        outcome = bench("kling", remote.url, TEN, concurrency=1).run()

        assert remote.count("submit") == 2
        assert remote.taken == {}
    assert "token has expired" in outcome.stopped


# -- breaking the circuit ------------------------------------------------------------------------


def test_three_submits_in_a_row_that_nobody_can_tell_of_are_enough(bench, film):
    with Remote("kling", film).will("submit", *["drop"] * 9).will("find", *["lost"] * 60) as remote:
        outcome = bench("kling", remote.url, TEN, concurrency=1).run()

        assert remote.count("submit") == 3
    assert len(outcome.unknown) == 3
    assert outcome.stopped.startswith("nobody can tell of 3 submits in a row")


def test_fetching_that_fails_three_times_in_a_row_ends_the_sending(bench, film, monkeypatch):
    monkeypatch.setattr("kling_spec.runner._wait._FETCH_PAUSE", 0.0)
    with Remote("kling", film).will("fetch", *[(403, b"no")] * 9) as remote:
        outcome = bench("kling", remote.url, TEN, concurrency=1).run()

        assert remote.count("submit") <= 5
    assert outcome.stopped.startswith("fetching failed 3 times in a row")
    assert not outcome.failed


def test_a_bill_far_over_its_estimate_ends_the_sending(bench, film):
    body = {
        "task_id": "job-1",
        "task_status": "succeed",
        "final_unit_deduction": "9",
        "task_result": {"videos": [{"url": "URL", "duration": "3.0"}]},
    }
    with Remote("kling", film) as remote:
        body["task_result"]["videos"][0]["url"] = f"{remote.url}/clips/job-1.mp4"
        remote.will("poll", (200, json.dumps({"code": 0, "data": body}).encode()))
        work = bench("kling", remote.url, TEN, concurrency=1)

        outcome = work.run()

        assert remote.count("submit") == 1
    assert outcome.stopped.startswith("-/s0 was billed 1.26 USD, and 0.252 was expected")
    with work.ledger() as ledger:
        entry = ledger.entries()[0]
        assert ledger.held(f"spec:{entry.spec}", "USD") == Decimal("1.26")


def test_a_task_that_was_given_up_is_not_sent_again(bench, film):
    with Remote("kling", film).will("submit", "drop").will("find", *["lost"] * 20) as remote:
        work = bench("kling", remote.url)
        work.run()
        with work.ledger() as ledger:
            ledger.decide("abandon", ledger.entries()[0].fingerprint)

        outcome = work.run()
        assert remote.count("submit") == 1
        assert "given up by a decision" in next(iter(outcome.failed.values()))

        with work.ledger() as ledger:
            ledger.decide("resubmit", ledger.entries()[0].fingerprint)
        assert len(work.run().stored) == 1
        assert remote.count("submit") == 2


def test_a_copy_of_a_ledger_is_not_spent_from(bench, film, tmp_path):
    from kling_spec.ledger import LedgerError

    with Remote("kling", film) as remote:
        work = bench("kling", remote.url)
        with work.ledger() as ledger:
            ledger.claim()
        work.run()
        file = work.state / "ledger.sqlite"
        copy = tmp_path / "copy.sqlite"
        copy.write_bytes(file.read_bytes())
        copy.replace(file)

        with work.ledger() as ledger:
            with pytest.raises(LedgerError, match="'kling-spec ledger move'"):
                ledger.claim()
            ledger.move()
            ledger.claim()


def test_nothing_goes_on_behind_a_run_that_ended(bench, film):
    with Remote("kling", film) as remote:
        work = bench("kling", remote.url)
        work.run()
        before = remote.count("poll")
        asyncio.run(asyncio.sleep(0.3))
        assert remote.count("poll") == before
