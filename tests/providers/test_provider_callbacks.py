"""What providers send by themselves: read as a poll would be, and believed only when it is signed."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from provider_asks import NOW, PROVIDERS
from provider_replies import UUID, record, recorded, reply

from kling_spec.ir import Secret
from kling_spec.providers import JobState, Status, provider

KLINGS = ("kling", "kling-2026")
HIAPI_JOB = "tk-hiapi-01hzx3k9m2n4p6q8r0s2t4v6w8"
CLIPS = {
    "kling": "https://p1.a.kwimgs.com/clip.mp4",
    "hiapi": "https://static.hiapi.ai/o/clip.mp4",
    "runware": "https://vm.runware.ai/video/clip.mp4",
    "apimodels": "https://r2.apimodels.app/videos/clip.mp4",
}
UNITS: dict[str, Any] = {"seconds": Decimal("5.041"), "cost": Decimal(4), "currency": "units"}
USD: dict[str, Any] = {"cost": Decimal("0.56"), "currency": "USD"}


def heard(name: str, which: str) -> tuple[str, Status] | None:
    """What the provider's reader makes of a recorded callback."""
    callbacks = provider(name).callbacks
    assert callbacks is not None
    return callbacks.read(record("callbacks", which)["body"])


SUCCESSES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("kling", "kling_first_succeeded", "831842", UNITS),
    ("kling", "kling_second_succeeded", "831842", UNITS),
    ("kling-2026", "kling_first_succeeded", "831842", UNITS),
    ("kling-2026", "kling_second_succeeded", "831842", UNITS),
    ("hiapi", "hiapi_succeeded", HIAPI_JOB, {}),
    ("runware", "runware_succeeded", UUID, USD),
    ("runware", "runware_succeeded_bare", UUID, USD),
    ("apimodels", "apimodels_succeeded", "clx1a2b3c", {}),
]


@pytest.mark.parametrize(("name", "which", "job", "told"), SUCCESSES)
def test_a_success_names_the_job_and_the_clip_and_what_it_cost(
    name: str, which: str, job: str, told: dict[str, Any]
) -> None:
    clip = CLIPS[name.removesuffix("-2026")]

    assert heard(name, which) == (
        job,
        Status(state=JobState.SUCCEEDED, video_url=Secret(clip, "clip"), **told),
    )


@pytest.mark.parametrize(
    ("which", "state", "says"),
    [
        ("kling_first_running", JobState.RUNNING, ""),
        ("kling_first_failed", JobState.FAILED, "risk control"),
        ("kling_first_without_address", JobState.SUCCEEDED, "no address"),
        ("kling_first_unknown_state", JobState.RUNNING, "an unknown state 'archiving'"),
        ("kling_second_submitted", JobState.RUNNING, ""),
        ("kling_second_running", JobState.RUNNING, ""),
        ("kling_second_failed", JobState.FAILED, "risk control"),
        ("kling_second_without_address", JobState.SUCCEEDED, "no address"),
        ("kling_second_unknown_state", JobState.RUNNING, "an unknown state 'archiving'"),
        ("hiapi_running", JobState.RUNNING, ""),
        ("hiapi_failed", JobState.FAILED, "TASK_FAILED: refused by the model"),
        ("hiapi_without_address", JobState.SUCCEEDED, "no address"),
        ("hiapi_unknown_state", JobState.RUNNING, "an unknown state 'paused'"),
        ("runware_failed", JobState.FAILED, "refused by the model (positivePrompt, inputs)"),
        ("runware_without_address", JobState.SUCCEEDED, "no address"),
        ("runware_unknown_state", JobState.RUNNING, "an unknown state 'queued'"),
        ("apimodels_failed", JobState.FAILED, "422: Content policy violation"),
        ("apimodels_without_address", JobState.SUCCEEDED, "no address"),
        ("apimodels_broken_result", JobState.SUCCEEDED, "no address"),
        ("apimodels_result_object", JobState.SUCCEEDED, "no address"),
        ("apimodels_unknown_state", JobState.RUNNING, "an unknown state 'archiving'"),
    ],
)
def test_anything_else_names_the_job_and_no_clip(which: str, state: JobState, says: str) -> None:
    found = heard(record("callbacks", which)["provider"], which)

    assert found is not None
    assert found[0]
    assert (found[1].state, found[1].video_url) == (state, None)
    assert says in found[1].message
    assert bool(found[1].message) is bool(says)


def test_every_recorded_callback_is_read_by_its_provider() -> None:
    senders = {record("callbacks", which)["provider"] for which in recorded("callbacks")}

    assert senders == set(PROVIDERS)
    assert all(heard(record("callbacks", which)["provider"], which) for which in recorded("callbacks"))


def test_either_standard_of_kling_reads_the_shape_of_the_other() -> None:
    for which in recorded("callbacks"):
        if which.startswith("kling"):
            assert heard("kling", which) == heard("kling-2026", which)


def test_a_callback_of_runware_is_what_a_poll_would_answer() -> None:
    callbacks = provider("runware").callbacks
    assert callbacks is not None

    for which in ("succeeded", "failed", "running", "unknown_state", "succeeded_without_address"):
        answer = reply("runware", which)
        assert callbacks.read(answer.body) == (UUID, provider("runware").read_poll(UUID, answer))


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    "body", [None, [], {}, "", 7, "succeeded", [None], {"data": None}, {"status": "succeeded"}, {"id": None}]
)
def test_what_names_no_job_is_no_callback(name: str, body: Any) -> None:
    callbacks = provider(name).callbacks
    assert callbacks is not None

    assert callbacks.read(body) is None


# -- signatures of Kling -------------------------------------------------------------------------

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="  # made for this vector, opens nothing
SENT = datetime.fromtimestamp(1781080794, UTC)
BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"",'
    b'"create_time":1781080778802,"update_time":1781080794151}'
)
HEADERS = {
    "webhook-id": "9876543210",
    "webhook-timestamp": "1781080794",
    "webhook-signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
}


def is_kling(
    *, body: bytes = BODY, secret: str = SECRET, now: datetime = SENT, name: str = "kling", **headers: str
) -> bool:
    """Whether the vector holds with some of it changed; header names are written with underscores."""
    callbacks = provider(name).callbacks
    assert callbacks is not None
    assert callbacks.is_signed is not None
    changed = {key.replace("_", "-"): value for key, value in headers.items()}
    return callbacks.is_signed({**HEADERS, **changed}, body, secret, now)


@pytest.mark.parametrize("name", KLINGS)
def test_a_callback_of_kling_is_signed_by_the_public_scheme(name: str) -> None:
    assert is_kling(name=name)
    assert is_kling(name=name, secret=SECRET.removeprefix("whsec_"))


def test_one_of_several_signatures_is_enough_while_a_secret_is_rotated() -> None:
    good = HEADERS["webhook-signature"]
    other = "v1," + b64encode(b"x" * 32).decode()

    assert is_kling(webhook_signature=f"{other} {good}")
    assert is_kling(webhook_signature=f"{good} {other}")
    assert is_kling(webhook_signature=f"v2,abc  {other}\t{good} ")
    assert not is_kling(webhook_signature=f"{other} {other}")


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 299, 300])
def test_a_time_within_five_minutes_is_fresh(seconds: int) -> None:
    assert is_kling(now=SENT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-86400, -301, 301, 3600])
def test_an_older_time_and_a_later_one_are_not(seconds: int) -> None:
    assert not is_kling(now=SENT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "secret",
    [
        "whsec_" + b64encode(b"another secret, as long as this").decode(),
        "whsec_not base64 at all!",
        "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI",
        "whsec_schl\u00fcssel",
        "whsec_\ud800",
        "whsec_",
        "",
    ],
)
def test_a_wrong_or_broken_secret_signs_nothing(secret: str) -> None:
    assert not is_kling(secret=secret)


def test_nobody_signs_with_an_empty_secret() -> None:
    text = b"9876543210.1781080794." + BODY
    forged = "v1," + b64encode(hmac.new(b"", text, sha256).digest()).decode()

    assert not is_kling(secret="", webhook_signature=forged)
    assert not is_kling(secret="whsec_", webhook_signature=forged)


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook_id": "9876543211"},
        {"webhook_id": ""},
        {"webhook_id": "\u00e9\ud800"},
        {"webhook_timestamp": "1781080795"},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "1781080794.0"},
        {"webhook_timestamp": "-1781080794"},
        {"webhook_timestamp": "\u0661\u0667\u0668\u0661\u0660\u0668\u0660\u0667\u0669\u0664"},
        {"webhook_timestamp": "9" * 400},
        {"webhook_timestamp": "9" * 5000},
        {"webhook_signature": ""},
        {"webhook_signature": "UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="},
        {"webhook_signature": "v1,"},
        {"webhook_signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4"},
        {"webhook_signature": "v1a,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="},
        {"webhook_signature": "v1,\u00fc\u00fc\u00fc"},
        {"webhook_signature": "\ud800"},
    ],
    ids=str,
)
def test_odd_headers_sign_nothing(headers: dict[str, str]) -> None:
    assert not is_kling(**headers)


def test_missing_headers_sign_nothing() -> None:
    callbacks = provider("kling").callbacks
    assert callbacks is not None
    assert callbacks.is_signed is not None

    assert not callbacks.is_signed({}, BODY, SECRET, SENT)


def test_another_body_is_not_signed() -> None:
    assert not is_kling(body=BODY + b" ")
    assert not is_kling(body=BODY.replace(b"succeeded", b"failed"))
    assert not is_kling(body=b"")


# -- signatures of HiAPI -------------------------------------------------------------------------

HIAPI_SECRET = "sixteen letters!"
HIAPI_BODY = b'{"taskId":"tk-hiapi-01hzx3k9m2n4p6q8r0s2t4v6w8","status":"success"}'


def hiapi_signature(secret: str = HIAPI_SECRET, body: bytes = HIAPI_BODY, stamp: str = "") -> str:
    """The signature as HiAPI's client describes it."""
    text = (stamp or str(int(NOW.timestamp()))).encode() + b"." + body
    return hmac.new(secret.encode(), text, sha256).hexdigest()


def is_hiapi(
    *,
    secret: str = HIAPI_SECRET,
    stamp: str | None = None,
    signature: str | None = None,
    body: bytes = HIAPI_BODY,
    now: datetime = NOW,
) -> bool:
    """Whether a callback that was sent now holds with some of it changed."""
    callbacks = provider("hiapi").callbacks
    assert callbacks is not None
    assert callbacks.is_signed is not None
    headers = {
        "x-hiapi-timestamp": str(int(NOW.timestamp())) if stamp is None else stamp,
        "x-hiapi-signature": hiapi_signature() if signature is None else signature,
    }
    return callbacks.is_signed(headers, body, secret, now)


def test_a_callback_of_hiapi_is_signed_over_its_time_and_its_body() -> None:
    fixed = hmac.new(b"sixteen letters!", b"1789905600." + HIAPI_BODY, sha256).hexdigest()

    assert is_hiapi()
    assert is_hiapi(stamp="1789905600", signature=fixed)


@pytest.mark.parametrize("length", [16, 17, 64, 255, 256])
def test_a_secret_of_hiapi_has_16_to_256_characters(length: int) -> None:
    secret = "s" * length

    assert is_hiapi(secret=secret, signature=hiapi_signature(secret))


@pytest.mark.parametrize("length", [0, 1, 15, 257])
def test_a_secret_of_another_length_signs_nothing(length: int) -> None:
    secret = "s" * length

    assert not is_hiapi(secret=secret, signature=hiapi_signature(secret))


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_a_callback_of_hiapi_grows_old(seconds: int) -> None:
    assert is_hiapi(now=NOW + timedelta(seconds=300))
    assert not is_hiapi(now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("stamp", ["", "now", "1e9", "-1", "9" * 400, "9" * 5000, "\u0661", "\ud800"])
def test_an_odd_time_of_hiapi_signs_nothing(stamp: str) -> None:
    assert not is_hiapi(stamp=stamp)


@pytest.mark.parametrize(
    "signature", ["", "0" * 64, hiapi_signature()[:-1], hiapi_signature() + "0", "\u00fc" * 64, "\ud800"]
)
def test_an_odd_signature_of_hiapi_does_not_hold(signature: str) -> None:
    assert not is_hiapi(signature=signature)


def test_another_body_or_secret_of_hiapi_does_not_hold() -> None:
    assert not is_hiapi(body=HIAPI_BODY + b"\n")
    assert not is_hiapi(secret="another sixteen letters")


@pytest.mark.parametrize("name", ["runware", "apimodels"])
def test_the_others_sign_nothing(name: str) -> None:
    callbacks = provider(name).callbacks
    assert callbacks is not None

    assert callbacks.is_signed is None
