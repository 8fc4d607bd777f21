"""Remotes that misbehave: nothing is paid for twice, and nothing that was paid for is lost."""

import socket
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from remote import Remote

from kling_spec.ledger import Ledger

SHOTS = "shots: {fox: {prompt: A fox runs}, hare: {prompt: A hare runs}}"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("kling_spec.runner._wait._FETCH_PAUSE", 0.02)


@pytest.mark.parametrize(
    "does", ["drop", "close", (500, b"oops"), (302, b""), (200, b"{}"), (200, b"<html>")]
)
def test_an_unclear_answer_is_never_followed_by_a_second_submit(bench, film, does):
    with Remote("kling", film).will("submit", does).will("find", *["lost"] * 50) as remote:
        work = bench("kling", remote.url)

        outcomes = [work.run() for _ in range(3)]

        assert remote.count("submit") == 1
    assert all(list(outcome.unknown) and not outcome.spent for outcome in outcomes)
    assert outcomes[0].submitted == 0
    entry = work.entries()["-/fox"]
    assert (entry.state, entry.attempt) == ("unknown", 1)
    assert entry.message.count("the provider knows nothing of it") == 1
    assert work.kinds() == ["unknown"]


def test_kling_finds_what_it_took_by_our_own_id(bench, film):
    with Remote("kling", film).will("submit", "close").will("find", "lost", "lost") as remote:
        work = bench("kling", remote.url)
        outcome = work.run()

        assert (remote.count("submit"), len(remote.taken)) == (1, 1)
    assert work.states() == {"-/fox": "stored"}
    assert (outcome.submitted, outcome.spent) == (1, {"USD": Decimal("0.252")})


def test_kling_finds_in_a_later_run_what_it_did_not_find_in_the_first(bench, film):
    with Remote("kling", film).will("submit", "close").will("find", *[(503, b"later")] * 4) as remote:
        work = bench("kling", remote.url)
        first = work.run()
        assert list(first.unknown)

        second = work.run()

        assert remote.count("submit") == 1
    assert work.states() == {"-/fox": "stored"}
    assert (second.submitted, second.spent) == (0, {})


@pytest.mark.parametrize("wire", ["hiapi", "runware"])
@pytest.mark.parametrize("does", ["drop", "close", (502, b"<html>bad gateway</html>")])
def test_the_same_bytes_are_repeated_where_the_provider_takes_both_as_one(bench, film, wire, does):
    with Remote(wire, film).will("submit", does, does) as remote:
        work = bench(wire, remote.url)
        outcome = work.run()

        assert len(remote.taken) == 1
        assert len(remote.bodies) == 3
        assert len(set(remote.bodies)) == 1
    assert work.states() == {"-/fox": "stored"}
    assert outcome.submitted == 1


@pytest.mark.parametrize("wire", ["hiapi", "runware"])
def test_a_later_run_repeats_the_same_bytes_too_for_a_day(bench, film, wire):
    with Remote(wire, film).will("submit", *["close"] * 5) as remote:
        work = bench(wire, remote.url)
        assert list(work.run().unknown)
        assert remote.count("submit") == 5

        work.more = {"clock": lambda: datetime.now(UTC) + timedelta(hours=24)}
        work.run()
        assert remote.count("submit") == 5
        assert work.states() == {"-/fox": "stored" if wire == "runware" else "unknown"}
        work.more = {}
        outcome = work.run()

        assert len(remote.taken) == 1
        assert len(set(remote.bodies)) == 1
    assert (outcome.submitted, outcome.spent) == (0, {})
    assert work.states() == {"-/fox": "stored"}


def test_other_bytes_are_not_sent_as_a_repeat(bench, film):
    with Remote("hiapi", film).will("submit", *["close"] * 5) as remote:
        work = bench("hiapi", remote.url)
        work.run()
        with closing(sqlite3.connect(work.state / "ledger.sqlite")) as ledger:
            ledger.execute("DROP TRIGGER events_UPDATE")
            ledger.execute("UPDATE events SET detail = json_set(detail, '$.body_sha256', 'f')")
            ledger.commit()

        assert list(work.run().unknown)
        assert remote.count("submit") == 5


def test_a_row_that_a_killed_run_left_behind_is_looked_up(bench, film):
    with Remote("kling", film) as remote:
        work = bench("kling", remote.url, SHOTS)
        plan = work.plan()
        fox, hare = plan.orders
        remote.take(fox.client_id)
        with work.ledger() as ledger:
            for order in (fox, hare):
                ledger.intend(
                    fingerprint=order.fingerprint, attempt=1, body_sha256="0", task=order.tasks[0],
                    spec="foxes", provider="kling", model="m", account=work.account.digest,
                    client_id=order.client_id, estimate_currency="USD",
                )  # fmt: skip

        outcome = work.run()

        assert remote.count("submit") == 0
    assert work.states() == {"-/fox": "stored", "-/hare": "unknown"}
    assert list(outcome.unknown) == [hare.fingerprint]


def test_with_another_key_nothing_is_concluded(bench, film):
    with Remote("kling", film).will("submit", "close").will("find", *["lost"] * 4) as remote:
        work = bench("kling", remote.url, SHOTS, concurrency=1)
        remote.will("poll", *["running"] * 4)
        stop = threading.Event()
        work.more = {"on_event": lambda event: stop.set() if event.kind == "running" else None}
        work.run(stop)
        assert work.states() == {"-/fox": "unknown", "-/hare": "running"}
        found = remote.count("find")

        work.more, work.keys = {}, {"KLING_API_KEY": "another-key"}
        remote.will("poll", *["lost"] * 20)
        outcome = work.run()

        assert remote.count("find") == found
        assert remote.count("submit") == 2
    assert work.states() == {"-/fox": "unknown", "-/hare": "running"}
    assert "with another key" in next(iter(outcome.unfinished.values()))
    assert "with another key" in next(iter(outcome.unknown.values()))


def test_a_remote_that_is_not_there_is_said_and_nothing_is_lost(bench, film):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    work = bench("kling", f"http://127.0.0.1:{port}", SHOTS, concurrency=1)

    outcome = work.run()

    assert outcome.stopped == "not sent: no connection"
    assert (outcome.submitted, outcome.spent, outcome.failed, outcome.unknown) == (0, {}, {}, {})
    assert sorted(outcome.unfinished.values()) == ["not sent", "not sent: no connection"]
    assert work.states() == {"-/fox": "refused"}
    with Remote("kling", film) as remote:
        work.url = remote.url
        assert len(work.run().stored) == 2
        assert len(remote.taken) == 2
    assert {task: entry.attempt for task, entry in work.entries().items()} == {"-/fox": 2, "-/hare": 1}


def test_a_busy_provider_is_asked_again_and_a_kill_meanwhile_leaves_nothing_unclear(bench, film):
    busy = (429, b'{"code": 1303, "message": "too many"}')
    states = []
    with Remote("kling", film).will("submit", busy, busy) as remote:
        work = bench("kling", remote.url)
        work.more = {
            "on_event": lambda event: (
                states.append(work.states()["-/fox"]) if event.message == "too many" else None
            )
        }
        outcome = work.run()

        assert len({body for _, body in remote.bodies}) == 1
    assert states == ["refused", "refused"]
    assert (len(outcome.stored), outcome.submitted) == (1, 1)
    assert work.entries()["-/fox"].attempt == 1


def test_a_provider_that_is_busy_for_too_long_is_left_to_the_next_run(bench):
    with Remote("kling").will("submit", *[(429, b'{"code": 1303, "message": "too many"}')] * 99) as remote:
        work = bench("kling", remote.url, more={"patience": 0.2})

        outcome = work.run()

    assert list(outcome.unfinished.values()) == ["too many"]
    assert work.states() == {"-/fox": "refused"}


@pytest.mark.parametrize(
    ("code", "sent"), [(1301, 2), (1102, 1)], ids=["a refused prompt", "an empty account"]
)
def test_a_refusal_ends_the_task_or_the_run(bench, film, code, sent):
    refusal = (400, f'{{"code": {code}, "message": "no"}}'.encode())
    with Remote("kling", film).will("submit", refusal) as remote:
        work = bench("kling", remote.url, SHOTS, concurrency=1)
        outcome = work.run()

        assert remote.count("submit") == sent
    assert list(outcome.failed.values()) == [f"{code}: no"]
    assert outcome.stopped == ("" if sent == 2 else "1102: no")
    assert (len(outcome.stored), outcome.submitted) == (sent - 1, sent - 1)


def test_what_goes_wrong_with_looking_changes_nothing(bench, film):
    trouble = [
        (500, b"oops"),
        (401, b'{"code": 1000, "message": "who?"}'),
        (200, b"garbage"),
        "drop",
        (429, b""),
    ]
    with Remote("kling", film).will("poll", *trouble, "running", "lost", "lost", "ok") as remote:
        work = bench("kling", remote.url, poll_seconds=0.01)
        outcome = work.run()

        assert remote.count("submit") == 1
    assert len(outcome.stored) == 1
    with work.ledger() as ledger:
        kinds = [event["kind"] for event in ledger.events(next(iter(outcome.stored)))]
    assert kinds == ["intended", "accepted", "running", "succeeded", "stored"]
    told = [event.message for event in work.events if event.kind == "waiting"]
    assert any("who?" in message for message in told)
    assert any("closed without an answer" in message for message in told)


def test_a_job_that_the_provider_lost_is_for_a_person_to_decide(bench, film):
    with Remote("kling", film).will("poll", *["lost"] * 6) as remote:
        work = bench("kling", remote.url)
        first, second = work.run(), work.run()
        assert list(first.unknown) == list(second.unknown)
        assert work.states() == {"-/fox": "unknown"}

        third = work.run()  # it was there all the time

        assert (remote.count("submit"), list(third.stored)) == (1, list(first.unknown))


def test_a_failure_is_told_and_sent_again_only_by_a_later_run(bench, film):
    with Remote("kling", film).will("poll", "fail") as remote:
        work = bench("kling", remote.url)
        outcome = work.run()
        assert list(outcome.failed.values()) == ["the content was refused"]
        assert (remote.count("submit"), outcome.submitted) == (1, 1)

        assert len(work.run().stored) == 1
        assert len(set(remote.taken)) == 2
    assert work.entries()["-/fox"].attempt == 2


def test_what_was_made_once_is_not_made_again_because_it_is_called_failed_now(bench, film):
    with Remote("kling", film).will("fetch", *[(404, b"")] * 3) as remote:
        work = bench("kling", remote.url)
        assert "made, and not downloaded" in next(iter(work.run().unfinished.values()))
        assert work.states() == {"-/fox": "succeeded"}

        remote.will("poll", "fail")
        assert "not so before" in next(iter(work.run().unknown.values()))
        work.run()

        assert remote.count("submit") == 1


def test_a_download_is_tried_again_with_a_fresh_address(bench, film):
    with Remote("kling", film).will("fetch", (403, b"expired"), "short") as remote:
        work = bench("kling", remote.url)
        outcome = work.run()

        assert (remote.count("fetch"), remote.count("poll"), remote.count("submit")) == (3, 3, 1)
        assert all("authorization" not in headers for kind, _, headers in remote.seen if kind == "fetch")
    (clip,) = outcome.stored.values()
    assert work.store.path(clip).read_bytes() == film
    assert list((work.state / "clips" / "partial").iterdir()) == []


def test_a_damaged_clip_is_never_stored_and_fetched_again_by_the_next_run(bench, film):
    spoilt = film[: len(film) // 2] + bytes(len(film) // 2)
    impostors = [(200, spoilt), (200, b"<html>sorry</html>"), (200, b"")]
    with Remote("kling", film).will("fetch", *impostors) as remote:
        work = bench("kling", remote.url)
        outcome = work.run()
        assert list(outcome.stored) == []
        assert work.states() == {"-/fox": "succeeded"}
        assert list((work.state / "clips").rglob("*.mp4")) == []

        assert len(work.run().stored) == 1
        assert remote.count("submit") == 1


def test_a_whole_clip_of_another_length_is_kept_and_said(bench, film):
    with Remote("kling", film) as remote:
        work = bench("kling", remote.url, "shots: {fox: {prompt: A fox runs, duration: 5}}")
        outcome = work.run()

    assert len(outcome.stored) == 1
    assert work.entries()["-/fox"].message == "the clip is 3.00 s long; 5 s were ordered"


def test_a_disk_that_takes_no_clip_leaves_it_to_the_next_run(bench, film):
    with Remote("kling", film) as remote:
        work = bench("kling", remote.url)
        work.state.mkdir()
        (work.state / "clips").write_text("not a folder")
        outcome = work.run()
        assert "the clip cannot be kept" in next(iter(outcome.unfinished.values()))

        (work.state / "clips").unlink()
        assert len(work.run().stored) == 1
        assert remote.count("submit") == 1


def test_a_ledger_that_cannot_be_written_lets_nothing_be_sent(bench, film):
    with Remote("kling", film) as remote:
        work = bench("kling", remote.url, SHOTS)
        plan = work.plan()
        with work.ledger() as ledger:
            _fill_up(ledger)
            work.ledger = lambda: _Kept(ledger)
            outcome = work.run(plan=plan)

        assert remote.count("submit") == 0
    assert len(outcome.unfinished) == 2
    assert "disk is full" in next(iter(outcome.unfinished.values()))


class _Kept:
    """Hands a ledger out without closing it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def __enter__(self):
        return self.ledger

    def __exit__(self, *_):
        pass


def _fill_up(ledger: Ledger) -> None:
    pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
    number = 0
    while True:
        try:
            ledger.intend(
                fingerprint=f"{number:064d}", attempt=1, body_sha256="0", task="-/x", spec="other",
                provider="kling", model="m", account="", client_id="c", estimate_currency="USD",
            )  # fmt: skip
        except Exception:  # noqa: BLE001 - it is full now
            return
        number += 1


@pytest.mark.parametrize("where", ["poll", "fetch"])
def test_a_stop_is_heeded_within_about_a_second(bench, film, where):
    with Remote("kling", film).will(where, "slow") as remote:
        work = bench("kling", remote.url)
        stop = threading.Event()
        timer = threading.Timer(0.5, stop.set)
        timer.start()
        start = time.monotonic()
        outcome = work.run(stop)
        passed = time.monotonic() - start
        timer.join()

        assert passed < 1.8
        assert list(outcome.unfinished)
        work.run()
        assert remote.count("submit") == 1
    assert work.states() == {"-/fox": "stored"}


def test_a_stop_waits_for_the_answer_to_what_is_being_paid_for(bench, film):
    with Remote("kling", film).will("submit", "slow") as remote:
        work = bench("kling", remote.url, SHOTS, concurrency=1)
        stop = threading.Event()
        threading.Timer(0.3, stop.set).start()
        outcome = work.run(stop)

        assert (outcome.submitted, remote.count("submit")) == (1, 1)
        assert work.states() == {"-/fox": "accepted"}
        assert sorted(outcome.unfinished.values()) == ["not sent", "still running as job-1"]
        assert len(work.run().stored) == 2
        assert len(remote.taken) == 2


def test_a_listener_that_fails_ends_the_run_after_everything_is_recorded(bench, film):
    def listen(event):
        if event.kind == "submitted":
            raise BrokenPipeError("nobody reads this")

    with Remote("kling", film) as remote:
        work = bench("kling", remote.url, SHOTS, concurrency=2, more={"on_event": listen})
        with pytest.raises(BrokenPipeError):
            work.run()

        assert set(work.states().values()) == {"accepted"}
        work.more = {}
        assert len(work.run().stored) == 2
        assert remote.count("submit") == 2


def test_a_key_that_no_header_can_carry_sends_nothing(bench):
    with Remote("kling") as remote:
        work = bench("kling", remote.url, keys={"KLING_API_KEY": "k-canary-5f1d9e72\n"})
        outcome = work.run()

        assert remote.seen == []
    assert "the key of kling holds a space" in outcome.stopped
    assert list(outcome.unfinished.values()) == ["not sent"]
    assert "canary" not in str(outcome)


def test_no_key_and_no_address_is_found_in_what_a_run_leaves_behind(bench, film, capfd):
    secret = "k-canary-5f1d9e72"
    echo = (400, f'{{"code": 1201, "message": "your header Bearer {secret} is odd"}}'.encode())
    with Remote("kling", film).will("submit", echo).will("poll", (401, secret.encode()), "ok") as remote:
        work = bench("kling", remote.url, SHOTS, concurrency=1)
        outcome = work.run()
        assert any(headers.get("authorization") == f"Bearer {secret}" for _, _, headers in remote.seen)

    assert list(outcome.failed.values()) == ["1201: your header Bearer *** is odd"]
    assert len(outcome.stored) == 1
    told = f"{outcome} {work.events} {work.account} {capfd.readouterr()}"
    with work.ledger() as ledger:
        told += str(list(ledger.export()))
    left = b"".join(path.read_bytes() for path in work.folder.rglob("*") if path.is_file())
    assert secret not in told
    assert secret.encode() not in left
    assert "/clips/job-" not in told


def test_five_hundred_orders_are_no_slower_each_than_fifty(bench):
    def seconds(count: int) -> float:
        head = f"""
kling_spec: 1
name: many
matrix: {{n: [{", ".join(map(str, range(count)))}]}}
defaults: {{resolution: 720p, aspect_ratio: "16:9", duration: 3}}
"""
        with Remote("kling", default="fail") as remote:
            work = bench("kling", remote.url, concurrency=32, poll_seconds=0.01)
            work.folder = work.folder / str(count)
            work.folder.mkdir()
            work.write("shots: {fox: {prompt: 'fox number {{ n }} runs'}}", head)
            plan, start = work.plan(), time.process_time()
            outcome = work.run(plan=plan)
            passed = time.process_time() - start
            assert len(remote.taken) == count
        assert len(outcome.failed) == count
        return passed

    seconds(10)
    few, many = seconds(50), seconds(500)

    assert many < 10 * few * 2
