"""What providers answer, as their documents show it, and what becomes of it when it is anything else."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_asks import NOW, PROVIDERS

from kling_spec.providers import Accepted, JobState, Refusal, Refused, Reply, Status, Unclear, provider

REPLIES = Path(__file__).parent / "replies"
UUID = "6f0e7f3c-5b1d-4a52-9d5e-0a1b2c3d4e5f"
OURS = "ks-0123456789abcdef01234567-1"
FINAL, RETRY, STOP = Refusal.FINAL, Refusal.RETRY, Refusal.STOP


def reply(name: str, which: str) -> Reply:
    recorded = json.loads((REPLIES / name / f"{which}.json").read_text("utf-8"))
    return Reply(status=recorded["status"], body=recorded["body"])


SUBMITS: list[tuple[str, str, Accepted | Refusal | None]] = [
    ("kling", "accepted", Accepted("831842")),
    ("kling", "pack_empty", STOP),
    ("kling", "in_arrears", STOP),
    ("kling", "not_on_the_list", STOP),
    ("kling", "wrong_key", STOP),
    ("kling", "expired_token", STOP),
    ("kling", "too_fast", RETRY),
    ("kling", "too_parallel", RETRY),
    ("kling", "error_behind_200", RETRY),
    ("kling", "bad_parameter", FINAL),
    ("kling", "content_refused", FINAL),
    ("kling", "unknown_task", FINAL),
    ("kling", "internal", None),
    ("kling", "timed_out", None),
    ("kling", "no_json", None),
    ("kling", "no_task", None),
    ("hiapi", "accepted", Accepted("tk-hiapi-01hzx3k9m2n4p6q8r0s2t4v6w8")),
    ("hiapi", "invalid", FINAL),
    ("hiapi", "wrong_key", STOP),
    ("hiapi", "no_money", STOP),
    ("hiapi", "error_behind_200", STOP),
    ("hiapi", "too_fast", RETRY),
    ("hiapi", "model_down", RETRY),
    ("hiapi", "key_at_work", RETRY),
    ("hiapi", "key_mismatch", FINAL),
    ("hiapi", "internal", None),
    ("runware", "accepted", Accepted(UUID)),
    ("runware", "id_taken", Accepted(UUID)),
    ("runware", "failed_beside_another", Accepted(UUID)),
    ("runware", "bad_parameter", FINAL),
    ("runware", "error_behind_200", FINAL),
    ("runware", "lone_error", FINAL),
    ("runware", "wrong_key", STOP),
    ("runware", "no_money", STOP),
    ("runware", "too_fast", RETRY),
    ("runware", "nothing", None),
    ("runware", "internal", None),
    ("apimodels", "accepted", Accepted("clx1a2b3c")),
    ("apimodels", "bad_parameter", FINAL),
    ("apimodels", "wrong_key", STOP),
    ("apimodels", "no_money", STOP),
    ("apimodels", "error_behind_200", STOP),
    ("apimodels", "internal", None),
    ("apimodels", "internal_behind_200", None),
]


@pytest.mark.parametrize(("name", "which", "outcome"), SUBMITS)
def test_a_submit_is_accepted_refused_or_unclear(
    name: str, which: str, outcome: Accepted | Refusal | None
) -> None:
    answer = provider(name).read_submit(reply(name, which))

    match answer:
        case Accepted():
            assert answer == outcome
        case Refused(kind, code, message):
            assert kind is outcome
            assert code
            assert message
        case Unclear(why):
            assert outcome is None
            assert why


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("status", [200, 201, 302, 408, 500, 502, 503, 504, 520])
@pytest.mark.parametrize("body", [None, [], "<html>", {}, {"data": None}])
def test_what_may_have_been_accepted_is_unclear(name: str, status: int, body: Any) -> None:
    assert isinstance(provider(name).read_submit(Reply(status=status, body=body)), Unclear)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("status", "kind"), [(400, FINAL), (401, STOP), (402, STOP), (403, STOP), (404, FINAL), (429, RETRY)]
)
def test_a_refusal_without_words_is_read_by_its_status(name: str, status: int, kind: Refusal) -> None:
    answer = provider(name).read_submit(Reply(status=status, body=None, text="no"))

    assert answer == Refused(kind, str(status), "no")


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_provider_was_recorded_in_every_state(name: str) -> None:
    recorded = {path.stem for path in (REPLIES / name).glob("*.json")}

    assert {"accepted", "running", "succeeded", "failed", "unknown_state", "unknown_task"} <= recorded


@pytest.mark.parametrize(
    ("name", "which", "expected"),
    [
        (
            "kling",
            "succeeded",
            Status(
                state=JobState.SUCCEEDED,
                video_url="https://p1.a.kwimgs.com/clip.mp4",
                seconds=Decimal("5.041"),
                cost=Decimal(4),
                currency="units",
            ),
        ),
        (
            "hiapi",
            "succeeded",
            Status(state=JobState.SUCCEEDED, video_url="https://static.hiapi.ai/o/clip.mp4"),
        ),
        (
            "hiapi",
            "succeeded_by_blog",
            Status(state=JobState.SUCCEEDED, video_url="https://static.hiapi.ai/o/clip.mp4"),
        ),
        (
            "runware",
            "succeeded",
            Status(
                state=JobState.SUCCEEDED,
                video_url="https://vm.runware.ai/video/clip.mp4",
                cost=Decimal("0.56"),
                currency="USD",
            ),
        ),
        (
            "apimodels",
            "succeeded",
            Status(state=JobState.SUCCEEDED, video_url="https://r2.apimodels.app/videos/clip.mp4"),
        ),
    ],
)
def test_a_success_names_the_clip_and_what_it_cost(name: str, which: str, expected: Status) -> None:
    assert provider(name).read_poll(UUID, reply(name, which)) == expected


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("which", "state", "says"),
    [
        ("running", JobState.RUNNING, False),
        ("failed", JobState.FAILED, True),
        ("unknown_state", JobState.RUNNING, True),
        ("succeeded_without_address", JobState.RUNNING, True),
        ("internal", JobState.RUNNING, True),
        ("wrong_key", JobState.RUNNING, True),
        ("unknown_task", JobState.LOST, True),
    ],
)
def test_a_job_runs_on_until_the_provider_says_otherwise(
    name: str, which: str, state: JobState, *, says: bool
) -> None:
    status = provider(name).read_poll(UUID, reply(name, which))

    assert status.state is state
    assert bool(status.message) is says
    assert status.video_url is None


def test_runware_answers_for_one_task_only() -> None:
    look = provider("runware").read_poll

    assert look(UUID, reply("runware", "failed_beside_another")).state is JobState.RUNNING
    assert look("another", reply("runware", "failed")).state is JobState.RUNNING
    assert look(UUID, reply("runware", "nothing")).state is JobState.RUNNING
    assert look(UUID, reply("runware", "too_fast")).state is JobState.RUNNING
    failed = look(UUID, reply("runware", "failed"))
    assert failed.message == "refused by the model (positivePrompt, inputs)"


def test_kling_finds_a_task_by_our_id() -> None:
    read = provider("kling").read_find

    assert read(OURS, reply("kling", "running")) == Accepted("831842")
    assert read(OURS, reply("kling", "unknown_task")) is None
    assert isinstance(read("ks-another-1", reply("kling", "running")), Unclear)
    assert isinstance(read(OURS, reply("kling", "internal")), Unclear)
    assert isinstance(read(OURS, Reply(status=404, body=None, text="<html>")), Unclear)


def test_runware_never_proves_that_a_task_is_absent() -> None:
    read = provider("runware").read_find

    assert read(UUID, reply("runware", "running")) == Accepted(UUID)
    assert read(UUID, reply("runware", "succeeded")) == Accepted(UUID)
    assert read(UUID, reply("runware", "failed")) == Accepted(UUID)
    for which in ("nothing", "unknown_task", "internal", "wrong_key"):
        assert isinstance(read(UUID, reply("runware", which)), Unclear)


def test_an_upload_names_where_the_file_can_be_fetched() -> None:
    read = provider("apimodels").read_upload

    assert read(reply("apimodels", "uploaded")) == "https://r2.apimodels.app/files/a.png"
    assert read(reply("apimodels", "no_money")) is None
    assert read(Reply(status=200, body={"data": {"publicUrl": "file:///etc/passwd"}})) is None


def test_requests_are_described_with_the_job_in_its_place() -> None:
    assert provider("kling").poll("a/../b?c").path == "/v1/videos/omni-video/a%2F..%2Fb%3Fc"
    assert provider("hiapi").poll("tk-1").path == "/v1/tasks/tk-1"
    assert provider("apimodels").poll("clx").query == {"task_id": "clx"}
    look = provider("runware").poll(UUID)
    assert (look.method, look.path) == ("POST", "/v1")
    assert look.json == [{"taskType": "getResponse", "taskUUID": UUID}]
    upload = provider("apimodels").upload
    assert upload is not None
    assert upload("a.png", b"png").file == ("a.png", b"png")


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_key_makes_a_bearer_header_and_a_missing_one_is_named(name: str) -> None:
    wanted = provider(name)
    setting = f"{name.upper()}_API_KEY"

    assert wanted.authorize({setting: "sk-1"}, NOW) == {"Authorization": "Bearer sk-1"}
    with pytest.raises(KeyError, match=re.escape(name.upper())):
        wanted.authorize({}, NOW)
    assert (setting,) in wanted.credentials


def test_kling_signs_a_token_with_the_older_key_pair() -> None:
    secret = "s" * 32
    keys = {"KLING_ACCESS_KEY": "ak-1", "KLING_SECRET_KEY": secret, "KLING_API_KEY": ""}
    seconds = int(NOW.timestamp())

    later = provider("kling").authorize(keys, NOW + timedelta(seconds=1))
    token = provider("kling").authorize(keys, NOW)["Authorization"].removeprefix("Bearer ")

    claims = jwt.decode(
        token, secret, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False}
    )
    assert claims == {"iss": "ak-1", "exp": seconds + 1800, "nbf": seconds - 5}
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    assert later["Authorization"] != f"Bearer {token}"


# -- whatever comes ------------------------------------------------------------------------------

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1e999999999", "NaN", "-1", "5", "succeed", "success", "https://x.example/a"])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
RECORDED = sorted((path.parent.name, path.stem) for path in REPLIES.glob("*/*.json"))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Reply]:
    """A recorded reply in which one value, somewhere, has become anything or is gone."""
    name, which = draw(st.sampled_from(RECORDED))
    recorded = reply(name, which)
    box: Any = [json.loads(json.dumps(recorded.body))]
    node, key = box, 0
    while isinstance(node[key], dict | list) and node[key] and draw(st.integers(0, 4)):
        node = node[key]
        key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    if node is not box and draw(st.booleans()):
        del node[key]
    else:
        node[key] = draw(ANYTHING)
    return name, Reply(status=draw(st.just(recorded.status) | st.integers(100, 599)), body=box[0])


def read_all(name: str, answer: Reply) -> None:
    wanted = provider(name)
    assert isinstance(wanted.read_submit(answer), Accepted | Refused | Unclear)
    status = wanted.read_poll(UUID, answer)
    assert isinstance(status, Status)
    assert (status.video_url is not None) == (status.state is JobState.SUCCEEDED)
    assert status.cost is None or (status.cost > 0 and status.currency)
    assert status.seconds is None or 0 < status.seconds < 10**12
    wanted.read_find(OURS, answer)
    wanted.read_upload(answer)


@given(mutated())
def test_readers_never_raise_on_a_reply_that_changed(case: tuple[str, Reply]) -> None:
    read_all(*case)


@given(st.sampled_from(PROVIDERS), st.integers(), ANYTHING)
def test_readers_never_raise_on_anything(name: str, status: int, body: Any) -> None:
    read_all(name, Reply(status=status, body=body))


@given(mutated(), st.integers(400, 599))
def test_a_reply_that_is_an_error_never_ends_a_job_but_by_name(case: tuple[str, Reply], status: int) -> None:
    name, answer = case
    if name == "runware":
        return  # its errors name the task, and come with any status

    state = provider(name).read_poll(UUID, Reply(status=status, body=answer.body)).state

    assert state in {JobState.RUNNING, JobState.LOST}
