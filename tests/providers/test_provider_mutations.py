"""Whatever a provider sends, a reader ends in an answer, and in one that costs nobody money."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_asks import NOW, PROVIDERS
from provider_replies import ANYTHING, MUTATIONS, OURS, UUID, WORDS, mutated, record, recorded, reply

from kling_spec.providers import (
    Accepted,
    ElementStatus,
    JobState,
    Refused,
    Reply,
    Status,
    Unclear,
    provider,
    provider_names,
)

MAKERS = [name for name in PROVIDERS if provider(name).library is not None]
CALLERS = [name for name in PROVIDERS if provider(name).callbacks is not None]
CALLBACKS = [
    (record("callbacks", which)["provider"], which)
    for which in recorded("callbacks")
    if which != "runware_failed"
]
"""Who sends each; an error of Runware fails its task whatever else it says."""


def check_status(status: Status) -> None:
    """A status holds together: an address only with a success, a message where something is odd."""
    assert isinstance(status, Status)
    assert status.video_url is None or status.state is JobState.SUCCEEDED
    assert status.video_url or status.message or status.state in {JobState.RUNNING, JobState.FAILED}
    assert status.video_url is None or status.video_url.reveal().startswith(("https://", "http://"))
    assert (status.cost is None) == (status.currency is None)
    assert status.cost is None or (status.cost > 0 and status.currency)
    assert status.seconds is None or 0 < status.seconds < 10**12


def read_all(name: str, answer: Reply) -> None:
    """Let every reader of the provider read the answer."""
    wanted = provider(name)
    assert isinstance(wanted.read_submit(answer), Accepted | Refused | Unclear)
    check_status(wanted.read_poll(UUID, answer))
    assert isinstance(wanted.read_find(OURS, answer), Accepted | Refused | Unclear | None)
    uploaded = wanted.read_upload(answer)
    assert uploaded is None or uploaded.strip()
    if wanted.batch is not None:
        page = wanted.batch.read([UUID, "831842"], answer)
        assert set(page.statuses) <= {UUID, "831842"}
        for status in page.statuses.values():
            check_status(status)
    if wanted.library is not None:
        assert isinstance(wanted.library.read_submit(answer), Accepted | Refused | Unclear)
        made = wanted.library.read_poll(UUID, answer)
        assert isinstance(made, ElementStatus)
        assert made.id is None or str(made.id).isdecimal()
    if wanted.catalogue is not None:
        for price in wanted.catalogue.read(answer, NOW):
            assert price.amount > 0
    if wanted.callbacks is not None:
        heard = wanted.callbacks.read(answer.body)
        if heard is not None:
            assert heard[0]
            check_status(heard[1])


@pytest.mark.parametrize("how", MUTATIONS)
@pytest.mark.parametrize("name", PROVIDERS)
@given(data=st.data())
def test_readers_never_raise_on_a_reply_that_changed(name: str, how: str, data: st.DataObject) -> None:
    read_all(name, data.draw(mutated(name, how)))


@pytest.mark.parametrize("how", MUTATIONS)
@pytest.mark.parametrize("name", MAKERS)
@given(data=st.data())
def test_readers_never_raise_on_an_element_that_changed(name: str, how: str, data: st.DataObject) -> None:
    read_all(name, data.draw(mutated("elements", how)))


@pytest.mark.parametrize("how", MUTATIONS)
@pytest.mark.parametrize("name", CALLERS)
@given(data=st.data())
def test_readers_never_raise_on_a_callback_that_changed(name: str, how: str, data: st.DataObject) -> None:
    read_all(name, data.draw(mutated("callbacks", how)))


@given(st.sampled_from(provider_names()), st.integers(), ANYTHING)
def test_readers_never_raise_on_anything(name: str, status: int, body: Any) -> None:
    read_all(name, Reply(status=status, body=body))


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
            "x-hiapi-timestamp",
            "x-hiapi-signature",
        ]
    ),
    st.text(max_size=40)
    | st.sampled_from(["1789905600", "9" * 30, "9" * 5000, "1e9", "-1", "\u0661", "v1,", "\ud800"]),
)


@pytest.mark.parametrize("name", [name for name in CALLERS if provider(name).callbacks.is_signed])
@given(HEADERS, st.binary(max_size=40), st.text(max_size=40) | st.sampled_from(["", "whsec_", "\ud800"]))
def test_no_signature_raises_and_none_is_guessed(
    name: str, headers: dict[str, str], body: bytes, secret: str
) -> None:
    callbacks = provider(name).callbacks
    assert callbacks is not None
    assert callbacks.is_signed is not None

    assert callbacks.is_signed(headers, body, secret, NOW) is False


# -- what no change may do -----------------------------------------------------------------------

STATES = {
    "kling": ("data", "task_status"),
    "kling-2026": ("data", 0, "status"),
    "hiapi": ("data", "status"),
    "runware": ("data", 0, "status"),
    "apimodels": ("data", "state"),
}
"""Where each tells how a task stands."""
KNOWN = {"submitted", "processing", "succeed", "succeeded", "failed", "queued", "handling", "archiving"}
KNOWN |= {"success", "fail", "pending", "timeout", "error", "completed"}
CODES = {"kling": ("code",), "kling-2026": ("code",), "hiapi": ("code",), "apimodels": ("code",)}
ERRORS = st.sampled_from(
    [1000, 1102, 1200, 1301, 1303, 5000, "1303", "5002", 400, 401, 402, 404, 429, 500, 503, "ODD", -1]
)


def put(body: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        body = body[step]
    body[path[-1]] = value


def test_every_provider_says_somewhere_how_a_task_stands() -> None:
    assert set(STATES) == set(PROVIDERS)


@pytest.mark.parametrize("name", PROVIDERS)
@given(word=WORDS | st.text(max_size=30))
def test_a_state_that_nobody_knows_counts_as_running_and_is_told(name: str, word: str) -> None:
    answer = reply(name, "succeeded")
    put(answer.body, STATES[name], word)
    status = provider(name).read_poll("831842" if name == "kling-2026" else UUID, answer)

    if word.strip().lower() not in KNOWN:
        assert status.state is JobState.RUNNING
        assert status.video_url is None
        assert status.message


@pytest.mark.parametrize("name", CODES)
@given(code=ERRORS)
def test_an_error_code_behind_status_200_is_never_a_success(name: str, code: int | str) -> None:
    submitted, polled = reply(name, "accepted"), reply(name, "succeeded")
    put(submitted.body, CODES[name], code)
    put(polled.body, CODES[name], code)
    wanted = provider(name)

    answer, status = wanted.read_submit(submitted), wanted.read_poll("831842", polled)

    assert not isinstance(answer, Accepted)
    assert status.state in {JobState.RUNNING, JobState.LOST}
    assert status.message
    assert not isinstance(wanted.read_find(OURS, polled), Accepted)


@pytest.mark.parametrize("name", MAKERS)
@given(code=ERRORS)
def test_an_error_code_behind_status_200_makes_no_element(name: str, code: int | str) -> None:
    library = provider(name).library
    assert library is not None
    submitted, polled = reply("elements", "accepted"), reply("elements", "succeeded")
    put(submitted.body, ("code",), code)
    put(polled.body, ("code",), code)

    assert not isinstance(library.read_submit(submitted), Accepted)
    status = library.read_poll("840001", polled)
    assert status.state in {JobState.RUNNING, JobState.LOST}
    assert status.id is None


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("how", ["drop", "rename", "null", "retype"])
@given(data=st.data())
def test_a_success_that_lost_its_address_says_so(name: str, how: str, data: st.DataObject) -> None:
    wanted = provider(name)
    status = wanted.read_poll("831842" if name == "kling-2026" else UUID, data.draw(mutated(name, how)))

    if status.state is JobState.SUCCEEDED and status.video_url is None:
        assert "no address" in status.message


@pytest.mark.parametrize("name", [name for name in PROVIDERS if name != "runware"])
@pytest.mark.parametrize("how", MUTATIONS)
@given(data=st.data(), status=st.integers(400, 599))
def test_a_reply_that_is_an_error_never_ends_a_job_but_by_name(
    name: str, how: str, data: st.DataObject, status: int
) -> None:
    """Runware's errors name the task, and come with any status."""
    answer = data.draw(mutated(name, how))

    state = provider(name).read_poll(UUID, Reply(status=status, body=answer.body)).state

    assert state in {JobState.RUNNING, JobState.LOST}


@pytest.mark.parametrize("name", ["kling", "kling-2026"])
@pytest.mark.parametrize("how", [how for how in MUTATIONS if how != "anything"])
@given(data=st.data())
def test_a_task_that_is_there_is_never_taken_for_absent(name: str, how: str, data: st.DataObject) -> None:
    """None would let the same task be sent, and paid for, a second time."""
    answer = data.draw(mutated(name, how))
    is_absent = provider(name).read_find(OURS, answer) is None

    if is_absent and name == "kling":
        assert str(answer.body["code"]).strip() == "1203"
    elif is_absent:
        assert answer.body["data"] == []


@pytest.mark.parametrize(("name", "which"), CALLBACKS, ids=[which for _, which in CALLBACKS])
@given(word=WORDS)
def test_a_callback_with_a_word_that_nobody_knows_tells_of_a_running_job(
    name: str, which: str, word: str
) -> None:
    body = record("callbacks", which)["body"]
    path: tuple[str | int, ...] = next(path for path in PATHS if holds(body, path))
    put(body, path, word)
    callbacks = provider(name).callbacks
    assert callbacks is not None

    heard = callbacks.read(body)

    assert heard is not None
    assert heard[1].state is JobState.RUNNING
    assert heard[1].message


PATHS: list[tuple[str | int, ...]] = [
    ("task_status",),
    ("status",),
    ("data", "state"),
    ("data", 0, "status"),
]


def holds(body: Any, path: tuple[str | int, ...]) -> bool:
    for step in path:
        is_there = isinstance(body, dict) and step in body
        is_item = isinstance(body, list) and isinstance(step, int) and step < len(body)
        if not (is_there or is_item):
            return False
        body = body[step]
    return True


@given(st.decimals(min_value=Decimal(-10), max_value=Decimal(10), places=4))
def test_money_is_read_as_it_is_written_and_never_as_nothing(amount: Decimal) -> None:
    answer = reply("kling-2026", "succeeded_for_cash")
    put(answer.body, ("data", 0, "billing", 0, "amount"), str(amount))

    status = provider("kling-2026").read_poll("831842", answer)

    assert status.cost == (amount if amount > 0 else None)
