"""Callbacks are hints: only a secret path opens anything, and nothing of a body is believed."""

import base64
import hmac
import http.client
import json
import secrets as random_secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest

from kling_spec.callbacks import Receiver
from kling_spec.ir import Secret
from kling_spec.ledger import Ledger, State

FOX = "f" * 64
SECRET = "whsec_" + base64.b64encode(b"testsecrettestsecret").decode()


def token_of(client_id: str) -> Secret:
    return Secret(hmac.new(b"k" * 32, client_id.encode(), sha256).hexdigest(), "token")


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        opened.intend(
            fingerprint=FOX, attempt=1, body_sha256="0", task="-/fox", spec="foxes", provider="kling",
            model="m", account="", client_id="ks-1", estimate=Decimal(1), estimate_currency="USD",
        )  # fmt: skip
        yield opened


@pytest.fixture
def receiver(ledger):
    with Receiver(ledger, token_of) as serving:
        yield serving


def call(
    url: str, path: str, body: bytes = b"{}", method: str = "POST", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def told(job: str, state: str = "succeed") -> bytes:
    video = {"url": "https://attacker.example.com/clip.mp4"}
    body: dict[str, Any] = {"task_id": job, "task_status": state, "task_result": {"videos": [video]}}
    return json.dumps(body).encode()


PATH = f"/{token_of('ks-1').reveal()}"


def test_a_callback_is_kept_as_a_hint_and_changes_no_state(ledger, receiver):
    before = ledger.entry(FOX)

    assert call(receiver.url, PATH, told("job-1")) == (204, b"")

    assert ledger.entry(FOX) == before
    assert ledger.entry(FOX).state is State.SENDING
    assert ledger.hinted(FOX) == "job-1"
    assert ledger.last_hint() == 1


def test_the_same_news_is_kept_once_in_whatever_order_it_comes(ledger, receiver):
    for _ in range(3):
        for state in ("succeed", "submitted", "processing", "succeed"):
            assert call(receiver.url, PATH, told("job-1", state))[0] == 204

    assert ledger.last_hint() <= 3
    assert ledger.hinted(FOX) == "job-1"


def test_two_jobs_for_one_submit_are_no_answer(ledger, receiver):
    call(receiver.url, PATH, told("job-1"))
    call(receiver.url, PATH, told("job-2"))

    assert ledger.hinted(FOX) is None


def test_the_job_of_another_task_is_no_answer(ledger, receiver):
    ledger.intend(
        fingerprint="e" * 64, attempt=1, body_sha256="0", task="-/hare", spec="foxes", provider="kling",
        model="m", account="", client_id="ks-2", estimate=None, estimate_currency="USD",
    )  # fmt: skip
    ledger.accepted("e" * 64, "job-1")

    call(receiver.url, PATH, told("job-1"))

    assert ledger.hinted(FOX) is None


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/", "POST"),
        ("/clips", "POST"),
        (f"/{'0' * 64}", "POST"),
        (PATH + "0", "POST"),
        (PATH[:-1], "POST"),
        (PATH, "GET"),
        (PATH, "PUT"),
        (PATH, "TRACE"),
        ("/" + "a" * 5000, "POST"),
    ],
)
def test_whatever_is_no_callback_gets_the_same_answer(ledger, receiver, path, method):
    assert call(receiver.url, path, told("job-1"), method)[0] == 404
    assert ledger.last_hint() == 0


def test_guessing_finds_nothing(ledger, receiver):
    with ThreadPoolExecutor(8) as pool:
        guesses = [f"/{random_secrets.token_hex(32)}" for _ in range(2000)]
        answers = set(pool.map(lambda path: call(receiver.url, path, told("job-1")), guesses))

    assert answers == {(404, b"")}
    assert ledger.last_hint() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[" * 100_000,
        b"null",
        b'{"task_id": 5}',
        b"\xff\xfe",
        b'{"task_id": "' + b"x" * 900_000,
    ],
    ids=["empty", "a page", "deep", "null", "a number", "no text", "long"],
)
def test_an_odd_body_on_the_right_path_is_a_hint_to_look_and_no_more(ledger, receiver, body):
    assert call(receiver.url, PATH, body)[0] == 204
    assert ledger.entry(FOX).state is State.SENDING
    assert len(ledger.hinted(FOX) or "") <= 200


def test_a_body_of_more_than_a_mebibyte_is_not_read(ledger, receiver):
    announced = {"Content-Length": str(1024 * 1024 + 1)}  # and never sent: who reads it waits in vain
    assert call(receiver.url, PATH, b"", headers=announced)[0] == 404
    assert ledger.last_hint() == 0


def test_a_secret_ends_an_hour_after_its_task(ledger):
    ledger.accepted(FOX, "job-1")
    ledger.failed(FOX, "no")
    late = lambda: datetime.now(UTC) + timedelta(minutes=61)  # noqa: E731 - a clock
    with Receiver(ledger, token_of, clock=late) as receiver:
        assert call(receiver.url, PATH, told("job-1"))[0] == 404
    with Receiver(ledger, token_of) as receiver:
        assert call(receiver.url, PATH, told("job-1"))[0] == 204


def test_a_task_that_was_sent_after_the_start_is_known_a_moment_later(ledger, receiver):
    assert call(receiver.url, f"/{token_of('ks-9').reveal()}")[0] == 404
    ledger.intend(
        fingerprint="e" * 64, attempt=1, body_sha256="0", task="-/hare", spec="foxes", provider="runware",
        model="m", account="", client_id="ks-9", estimate=None, estimate_currency="USD",
    )  # fmt: skip
    time.sleep(1.1)

    assert call(receiver.url, f"/{token_of('ks-9').reveal()}")[0] == 204


def signed(body: bytes, at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mac = hmac.new(key, f"m-1.{stamp}.".encode() + body, sha256).digest()
    return {
        "webhook-id": "m-1",
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def test_where_there_is_a_signing_secret_only_what_is_signed_is_heard(ledger):
    body, now = told("job-1"), datetime.now(UTC)
    with Receiver(ledger, token_of, secrets={"kling": Secret(SECRET, "KLING_WEBHOOK_SECRET")}) as receiver:
        assert call(receiver.url, PATH, body)[0] == 404
        assert call(receiver.url, PATH, body, headers=signed(body, now - timedelta(minutes=6)))[0] == 404
        assert call(receiver.url, PATH, body + b" ", headers=signed(body, now))[0] == 404
        assert ledger.last_hint() == 0
        assert call(receiver.url, PATH, body, headers=signed(body, now))[0] == 204
    assert ledger.hinted(FOX) == "job-1"
