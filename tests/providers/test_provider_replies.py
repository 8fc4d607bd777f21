"""What providers answer, as their documents show it, and what becomes of it when it is anything else."""

import re
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import jwt
import pytest
from provider_asks import NOW, PROVIDERS
from provider_replies import OURS, REPLIES, UUID, record, recorded, reply

from kling_spec.ir import Secret
from kling_spec.providers import Accepted, JobState, Refusal, Refused, Reply, Status, Unclear, provider

FINAL, RETRY, STOP, SIGN = Refusal.FINAL, Refusal.RETRY, Refusal.STOP, Refusal.SIGN


SUBMITS: list[tuple[str, str, Accepted | Refusal | None]] = [
    ("kling", "accepted", Accepted("831842")),
    ("kling", "pack_empty", STOP),
    ("kling", "in_arrears", STOP),
    ("kling", "not_on_the_list", STOP),
    ("kling", "wrong_key", STOP),
    ("kling", "expired_token", SIGN),
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
    ("kling", "task_beside_error", None),
    ("kling", "a_list_of_tasks", None),
    ("kling-2026", "accepted", Accepted("831842")),
    ("kling-2026", "wrong_key", STOP),
    ("kling-2026", "pack_empty", STOP),
    ("kling-2026", "too_fast", RETRY),
    ("kling-2026", "error_behind_200", RETRY),
    ("kling-2026", "bad_parameter", FINAL),
    ("kling-2026", "internal", None),
    ("kling-2026", "maintenance", None),
    ("kling-2026", "no_json", None),
    ("kling-2026", "no_task", None),
    ("kling-2026", "no_data", None),
    ("kling-2026", "unknown_task", None),
    ("kling-2026", "accepted_beside_error", None),
    ("hiapi", "accepted", Accepted("tk-hiapi-01hzx3k9m2n4p6q8r0s2t4v6w8")),
    ("hiapi", "invalid", FINAL),
    ("hiapi", "wrong_key", STOP),
    ("hiapi", "no_money", STOP),
    ("hiapi", "error_behind_200", STOP),
    ("hiapi", "too_fast", RETRY),
    ("hiapi", "model_down", RETRY),
    ("hiapi", "key_at_work", RETRY),
    ("hiapi", "key_mismatch", FINAL),
    ("hiapi", "refused_at_once", FINAL),
    ("hiapi", "not_allowed", STOP),
    ("hiapi", "unknown_task", FINAL),
    ("hiapi", "storage_down", None),
    ("hiapi", "took_too_long", None),
    ("hiapi", "accepted_beside_error", None),
    ("hiapi", "no_json", None),
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
    ("runware", "unauthorized", STOP),
    ("runware", "no_balance", STOP),
    ("runware", "over_quota", STOP),
    ("runware", "missing_parameter", FINAL),
    ("runware", "incompatible", FINAL),
    ("runware", "content_refused", FINAL),
    ("runware", "lost_model", FINAL),
    ("runware", "provider_timed_out", None),
    ("runware", "accepted_beside_error", None),
    ("runware", "nothing", None),
    ("runware", "no_json", None),
    ("runware", "internal", None),
    ("apimodels", "accepted", Accepted("clx1a2b3c")),
    ("apimodels", "bad_parameter", FINAL),
    ("apimodels", "wrong_key", STOP),
    ("apimodels", "no_money", STOP),
    ("apimodels", "error_behind_200", STOP),
    ("apimodels", "not_allowed", STOP),
    ("apimodels", "too_fast", RETRY),
    ("apimodels", "unknown_task", FINAL),
    ("apimodels", "accepted_beside_error", None),
    ("apimodels", "no_json", None),
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


CODES: list[tuple[int, int, Refusal | None]] = [
    (1000, 401, STOP),
    (1001, 401, STOP),
    (1002, 401, STOP),
    (1003, 401, SIGN),
    (1004, 401, SIGN),
    (1100, 429, STOP),
    (1101, 429, STOP),
    (1102, 429, STOP),
    (1103, 403, STOP),
    (1200, 400, FINAL),
    (1201, 400, FINAL),
    (1202, 404, FINAL),
    (1203, 404, FINAL),
    (1300, 400, FINAL),
    (1301, 400, FINAL),
    (1302, 429, RETRY),
    (1303, 429, RETRY),
    (1304, 429, STOP),
    (5000, 500, None),
    (5001, 503, None),
    (5002, 504, None),
]
"""Every code of Kling's error page, the status that it comes with, and what becomes of the task."""


@pytest.mark.parametrize("name", ["kling", "kling-2026"])
@pytest.mark.parametrize(("code", "status", "kind"), CODES)
def test_each_error_code_of_kling_is_known_whatever_status_it_comes_with(
    name: str, code: int, status: int, kind: Refusal | None
) -> None:
    read = provider(name).read_submit

    for body in ({"code": code, "message": "no"}, {"code": str(code), "message": "no", "data": None}):
        for with_status in (status, 200):
            answer = read(Reply(status=with_status, body=body))
            if kind is None:
                assert isinstance(answer, Unclear)
            else:
                assert isinstance(answer, Refused)
                assert (answer.kind, answer.code) == (kind, str(code))
                assert "no" in answer.message


@pytest.mark.parametrize("name", ["kling", "kling-2026"])
def test_each_error_code_of_kling_was_recorded_with_its_status(name: str) -> None:
    bodies = [record(name, which) for which in recorded(name)]
    seen = {
        (whole["body"]["code"], whole["status"])
        for whole in bodies
        if isinstance(whole["body"], dict) and whole["status"] != 200
    }

    assert seen == {(code, status) for code, status, _ in CODES}


@pytest.mark.parametrize("name", ["kling", "kling-2026"])
def test_no_error_code_of_kling_ends_a_job_that_may_run(name: str) -> None:
    for code, status, _ in CODES:
        found = provider(name).read_poll("831842", Reply(status=status, body={"code": code, "message": "no"}))
        is_lost = name == "kling" and status == 404
        assert found.state is (JobState.LOST if is_lost else JobState.RUNNING)
        assert found.message


def test_a_wrong_key_is_told_by_the_name_of_its_setting() -> None:
    for name in ("kling", "kling-2026"):
        answer = provider(name).read_submit(reply(name, "wrong_key"))
        assert isinstance(answer, Refused)
        assert "KLING_API_KEY" in answer.message
        assert ("KLING_ACCESS_KEY" in answer.message) is (name == "kling")


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
    wanted = {"accepted", "running", "succeeded", "failed", "unknown_state", "unknown_task"}

    assert wanted <= set(recorded(name))
    assert len(recorded(name)) >= 12


@pytest.mark.parametrize("folder", sorted(path.name for path in REPLIES.iterdir()))
def test_each_reply_was_recorded_with_its_source_and_date_and_without_a_secret(folder: str) -> None:
    for which in recorded(folder):
        whole = record(folder, which)
        assert whole["source"]
        assert date.fromisoformat(whole["as_of"]) <= NOW.date()
        assert 100 <= whole["status"] < 600
        assert not re.search(r"\bsk[-_]\w{8}|Bearer|whsec_", str(whole["body"]))


JOBS = {
    "kling": "831842",
    "kling-2026": "831842",
    "hiapi": "tk-hiapi-01hzx3k9m2n4p6q8r0s2t4v6w8",
    "runware": UUID,
    "apimodels": "clx1a2b3c",
}
"""Under which id each was looked at."""


@pytest.mark.parametrize(
    ("name", "which", "expected"),
    [
        (
            "kling",
            "succeeded",
            Status(
                state=JobState.SUCCEEDED,
                video_url=Secret("https://p1.a.kwimgs.com/clip.mp4", "clip"),
                seconds=Decimal("5.041"),
                cost=Decimal(4),
                currency="units",
            ),
        ),
        *(
            (
                "kling-2026",
                which,
                Status(
                    state=JobState.SUCCEEDED,
                    video_url=Secret("https://p1.a.kwimgs.com/clip.mp4", "clip"),
                    seconds=Decimal("5.041"),
                    cost=Decimal(cost),
                    currency=currency,
                ),
            )
            for which, cost, currency in (
                ("succeeded", "4", "units"),
                ("succeeded_for_cash", "0.56", "USD"),
                ("succeeded_for_two_balances", "0.56", "USD"),
                ("succeeded_for_units_and_cash", "3", "units"),
                ("succeeded_in_yuan", "4.00", "CNY"),
                ("succeeded_with_watermark", "4", "units"),
                ("succeeded_behind_a_picture", "4", "units"),
                ("two_tasks", "4", "units"),
            )
        ),
        (
            "runware",
            "two_results",
            Status(
                state=JobState.SUCCEEDED,
                video_url=Secret("https://vm.runware.ai/video/clip.mp4", "clip"),
                cost=Decimal("0.56"),
                currency="USD",
            ),
        ),
        (
            "hiapi",
            "succeeded",
            Status(state=JobState.SUCCEEDED, video_url=Secret("https://static.hiapi.ai/o/clip.mp4", "clip")),
        ),
        (
            "hiapi",
            "succeeded_by_blog",
            Status(state=JobState.SUCCEEDED, video_url=Secret("https://static.hiapi.ai/o/clip.mp4", "clip")),
        ),
        (
            "runware",
            "succeeded",
            Status(
                state=JobState.SUCCEEDED,
                video_url=Secret("https://vm.runware.ai/video/clip.mp4", "clip"),
                cost=Decimal("0.56"),
                currency="USD",
            ),
        ),
        (
            "apimodels",
            "succeeded",
            Status(
                state=JobState.SUCCEEDED, video_url=Secret("https://r2.apimodels.app/videos/clip.mp4", "clip")
            ),
        ),
    ],
)
def test_a_success_names_the_clip_and_what_it_cost(name: str, which: str, expected: Status) -> None:
    assert provider(name).read_poll(JOBS[name], reply(name, which)) == expected


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("which", "state", "says"),
    [
        ("running", JobState.RUNNING, False),
        ("failed", JobState.FAILED, True),
        ("unknown_state", JobState.RUNNING, True),
        ("succeeded_without_address", JobState.SUCCEEDED, True),
        ("internal", JobState.RUNNING, True),
        ("wrong_key", JobState.RUNNING, True),
        ("unknown_task", JobState.LOST, True),
    ],
)
def test_a_job_runs_on_until_the_provider_says_otherwise(
    name: str, which: str, state: JobState, *, says: bool
) -> None:
    status = provider(name).read_poll(JOBS[name], reply(name, which))

    assert status.state is state
    assert bool(status.message) is says
    assert status.video_url is None


ODD: list[tuple[str, str, JobState]] = [
    ("kling", "queued", JobState.RUNNING),
    ("kling", "no_state", JobState.RUNNING),
    ("kling", "no_task", JobState.RUNNING),
    ("kling", "a_list_of_tasks", JobState.RUNNING),
    ("kling", "task_beside_error", JobState.RUNNING),
    ("kling", "clip_over_ftp", JobState.SUCCEEDED),
    ("kling-2026", "queued", JobState.RUNNING),
    ("kling-2026", "no_state", JobState.RUNNING),
    ("kling-2026", "another_task", JobState.RUNNING),
    ("kling-2026", "one_task", JobState.RUNNING),
    ("kling-2026", "no_data", JobState.RUNNING),
    ("kling-2026", "list_of_nothing", JobState.RUNNING),
    ("kling-2026", "error_behind_200", JobState.RUNNING),
    ("kling-2026", "task_beside_error", JobState.RUNNING),
    ("kling-2026", "succeeded_with_a_picture_only", JobState.SUCCEEDED),
    ("kling-2026", "no_json", JobState.RUNNING),
    ("hiapi", "queued", JobState.RUNNING),
    ("hiapi", "timed_out", JobState.FAILED),
    ("hiapi", "no_state", JobState.RUNNING),
    ("hiapi", "a_list_of_tasks", JobState.RUNNING),
    ("hiapi", "task_beside_error", JobState.RUNNING),
    ("hiapi", "no_json", JobState.RUNNING),
    ("runware", "pending", JobState.RUNNING),
    ("runware", "no_state", JobState.RUNNING),
    ("runware", "provider_failed", JobState.FAILED),
    ("runware", "content_refused", JobState.FAILED),
    ("runware", "provider_timed_out", JobState.RUNNING),
    ("runware", "lost_model", JobState.LOST),
    ("runware", "over_quota", JobState.RUNNING),
    ("runware", "no_json", JobState.RUNNING),
    ("apimodels", "queued", JobState.RUNNING),
    ("apimodels", "failed_with_code", JobState.FAILED),
    ("apimodels", "no_state", JobState.RUNNING),
    ("apimodels", "task_beside_error", JobState.RUNNING),
    ("apimodels", "no_json", JobState.RUNNING),
]


@pytest.mark.parametrize(("name", "which", "state"), ODD)
def test_an_odd_answer_gives_no_clip_and_is_told(name: str, which: str, state: JobState) -> None:
    status = provider(name).read_poll(JOBS[name], reply(name, which))

    assert status.state is state
    assert status.video_url is None
    assert bool(status.message) is (which not in {"queued", "pending"})


@pytest.mark.parametrize(
    "which", ["running", "succeeded", "failed", "unknown_state", "succeeded_without_address"]
)
@pytest.mark.parametrize("name", [name for name in PROVIDERS if provider(name).batch is not None])
def test_jobs_that_are_looked_at_together_stand_as_they_do_alone(name: str, which: str) -> None:
    batch, job = provider(name).batch, JOBS[name]
    answer = reply(name, which)
    assert batch is not None
    if isinstance(answer.body["data"], dict):
        answer.body["data"] = [answer.body["data"]]

    page = batch.read(["another", job], answer)

    assert page.statuses == {job: provider(name).read_poll(job, reply(name, which))}
    for odd in ("internal", "wrong_key", "no_json"):
        shown = batch.read([job], reply(name, odd)).statuses
        assert {status.state for status in shown.values()} <= {JobState.RUNNING}


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


def test_the_second_standard_finds_a_task_by_our_id_or_shows_an_empty_list() -> None:
    read = provider("kling-2026").read_find

    for which in ("running", "queued", "succeeded", "failed", "unknown_state", "no_state"):
        assert read(OURS, reply("kling-2026", which)) == Accepted("831842")
    assert read(OURS, reply("kling-2026", "two_tasks")) == Accepted("831842")
    assert read(OURS, reply("kling-2026", "unknown_task")) is None


@pytest.mark.parametrize(
    "which",
    [
        "another_task",
        "one_task",
        "no_data",
        "no_task",
        "list_of_nothing",
        "error_behind_200",
        "task_beside_error",
        "no_json",
        "internal",
        "timed_out",
        "unknown_model",
        "too_fast",
    ],
)
def test_the_second_standard_proves_an_absence_by_nothing_else(which: str) -> None:
    assert isinstance(provider("kling-2026").read_find(OURS, reply("kling-2026", which)), Unclear)


@pytest.mark.parametrize("name", ["kling", "kling-2026"])
def test_a_look_that_the_account_may_not_take_stops_the_run(name: str) -> None:
    answer = provider(name).read_find(OURS, reply(name, "wrong_key"))

    assert isinstance(answer, Refused)
    assert answer.kind is STOP


def test_an_error_beside_a_task_is_no_proof_of_it() -> None:
    assert isinstance(provider("kling").read_find(OURS, reply("kling", "task_beside_error")), Unclear)


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


@pytest.mark.parametrize("which", ["uploaded", "uploaded_image"])
def test_an_upload_to_the_media_storage_names_the_file_by_its_id(which: str) -> None:
    read = provider("runware").read_upload

    assert read(reply("runware", which)) == "c1b6a0a5-38a1-4a53-9c0e-5f0a4be4ad36"
    for other in ("accepted", "no_money", "nothing", "no_json"):
        assert read(reply("runware", other)) is None


@pytest.mark.parametrize("name", ["kling", "kling-2026", "hiapi"])
def test_nothing_is_uploaded_where_there_is_no_place_for_it(name: str) -> None:
    assert provider(name).upload is None
    assert provider(name).read_upload(reply("runware", "uploaded")) is None


def test_requests_are_described_with_the_job_in_its_place() -> None:
    assert provider("kling").poll("a/../b?c").path == "/v1/videos/omni-video/a%2F..%2Fb%3Fc"
    assert provider("hiapi").poll("tk-1").path == "/v1/tasks/tk-1"
    assert provider("apimodels").poll("clx").query == {"task_id": "clx"}
    look = provider("runware").poll(UUID)
    assert (look.method, look.path) == ("POST", "/v1")
    assert look.json == [{"taskType": "getResponse", "taskUUID": UUID}]
    assert provider("kling-2026").poll("831842").query == {"task_ids": "831842"}


def test_a_file_is_uploaded_as_a_form_or_as_a_task_of_its_own() -> None:
    form, task = provider("apimodels").upload, provider("runware").upload
    assert form is not None
    assert task is not None

    assert form("a.png", b"png", uuid.UUID(UUID)).file == ("a.png", b"png")
    sent = task("walk.mp4", b"mp4", uuid.UUID(UUID))
    assert (sent.method, sent.path, sent.file) == ("POST", "/v1", None)
    assert sent.json == [
        {
            "taskType": "mediaStorage",
            "taskUUID": UUID,
            "operation": "upload",
            "media": "data:video/mp4;base64,bXA0",
        }
    ]
    assert task("walk", b"", uuid.UUID(UUID)).json[0]["media"] == "data:application/octet-stream;base64,"


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_key_makes_a_bearer_header_and_a_missing_one_is_named(name: str) -> None:
    wanted = provider(name)
    vendor = "KLING" if name.startswith("kling") else name.upper()  # one key opens both of its standards
    setting = f"{vendor}_API_KEY"

    assert wanted.authorize({setting: "sk-1"}, NOW) == {"Authorization": "Bearer sk-1"}
    with pytest.raises(KeyError, match=vendor):
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
