"""A provider that is down is asked less and less; whoever would ask again waits, and fails for nothing."""

import asyncio
import selectors
import socket
import threading
import time
from typing import Any

import pytest
from remote import Remote

from kling_spec.runner._retries import RESERVE, SHARE, Retries

FIFTY = "shots:\n" + "".join(f"  s{number}: {{prompt: A fox number {number}}}\n" for number in range(50))


class _Hasty(asyncio.SelectorEventLoop):
    """An event loop for which time passes so much faster."""

    def __init__(self, speed: int) -> None:
        class Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
            def select(self, timeout: float | None = None) -> Any:
                return super().select(timeout / speed if timeout else timeout)

        self._speed = speed
        super().__init__(Selector())

    def time(self) -> float:
        return super().time() * self._speed


class _Timeless(asyncio.SelectorEventLoop):
    """An event loop whose time is what was slept."""

    now = 0.0

    def time(self) -> float:
        return self.now


def retried(requests: int, seconds: float) -> int:
    """How many retries there are in that time beside so many requests, for whoever always wants one more."""
    loop, taken = _Timeless(), []

    async def rest(asked: float) -> None:
        loop.now += asked

    async def work() -> None:
        retries = Retries(10.0, rest)
        while loop.now < seconds:
            for _ in range(requests):
                retries.asked()
            await retries.take(lambda: loop.now >= seconds)
            taken.append(loop.now)

    try:
        loop.run_until_complete(work())
    finally:
        loop.close()
    return len(taken)


def test_in_an_hour_with_nothing_else_there_is_a_reserve_and_one_retry_now_and_then():
    assert RESERVE + 3600 / 10 - 2 <= retried(0, 3600.0) <= RESERVE + 3600 / 10 + 2


def test_every_ten_requests_allow_for_one_retry():
    loop, waits = _Timeless(), []

    async def rest(asked: float) -> None:
        waits.append(asked)
        loop.now += asked

    async def work() -> None:
        retries = Retries(1e9, rest)
        for _ in range(int(RESERVE)):
            await retries.take(lambda: False)
        for _ in range(round(5 / SHARE) + 1):
            retries.asked()
        for _ in range(5):
            await retries.take(lambda: False)
        assert waits == []
        await retries.take(lambda: bool(waits))
        assert len(waits) == 1, "the sixth waits"

    try:
        loop.run_until_complete(work())
    finally:
        loop.close()


class _Down:
    """A provider that takes connections and closes them without a word; counts what it is sent."""

    def __init__(self) -> None:
        self.methods: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.methods.append(connection.recv(4096).split(b" ")[0].decode())


@pytest.fixture
def down():
    made = _Down()
    yield made
    made.close()


@pytest.mark.parametrize("provider", ["kling", "apimodels"])
def test_a_provider_that_is_down_for_an_hour_is_hardly_asked_and_no_job_is_given_up(bench, down, provider):
    work = bench(provider, down.url, FIFTY, poll_seconds=5.0, concurrency=50, more={"patience": 3600.0})
    with work.ledger() as ledger:
        for number, order in enumerate(work.plan().orders):
            ledger.intend(
                fingerprint=order.fingerprint, attempt=1, body_sha256="0", task=order.tasks[0], spec="foxes",
                provider=provider, model="m", account=work.account.digest, client_id=order.client_id,
                estimate_currency="USD",
            )  # fmt: skip
            ledger.accepted(order.fingerprint, f"job-{number}")
    work.loop = lambda: _Hasty(2000)

    outcome = work.run()

    assert len(outcome.unfinished) == 50
    assert (outcome.failed, outcome.unknown) == ({}, {})
    assert set(work.states().values()) == {"accepted"}
    assert 10 < len(down.methods) <= 500
    assert "POST" not in down.methods


def test_nothing_is_sent_any_more_to_a_provider_of_whose_answers_nobody_can_tell(bench, down):
    work = bench("kling", down.url, FIFTY, poll_seconds=5.0, doubt_seconds=60.0, concurrency=4)
    work.loop = lambda: _Hasty(100)

    outcome = work.run()

    assert down.methods.count("POST") <= 4
    assert len(down.methods) <= 4 + 4 * 4
    assert outcome.stopped.startswith("nobody can tell of 3 submits in a row")
    assert len(outcome.unknown) == down.methods.count("POST")


def test_what_finds_no_retry_left_waits_and_is_not_given_up(bench, film, monkeypatch):
    monkeypatch.setattr("kling_spec.runner._floor._LOOKS_A_RETRY", 1e9)
    monkeypatch.setattr("kling_spec.runner._wait._FETCH_PAUSE", 0.0)
    monkeypatch.setattr("kling_spec.runner._floor._UNFETCHED", 10**6)
    stop = threading.Event()
    with Remote("kling", film).will("fetch", *[(503, b"later")] * 10**4) as remote:
        work = bench("kling", remote.url, FIFTY, concurrency=50)

        def watch() -> None:
            seen = -1
            while seen != remote.count("fetch") or seen < 50:
                seen = remote.count("fetch")
                time.sleep(1)
            stop.set()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        outcome = work.run(stop)
        watcher.join()

        asked = len(remote.seen)
        again = remote.count("fetch") - 50
        assert RESERVE <= again <= RESERVE + SHARE * asked
        assert remote.count("submit") == len(remote.taken) == 50
    assert (len(outcome.unfinished), outcome.failed, outcome.unknown) == (50, {}, {})
    assert set(work.states().values()) == {"succeeded"}
