"""Traps 75 to 95: sending, waiting, being called back, and what is never sent twice."""

import hmac
import json
import os
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from trap_remote import KEY, Answer, Call, Remote
from trap_specs import ALL, checked, errors, payload, recorded, rows, shot

from kling_spec.ir import Secret
from kling_spec.providers import (
    Accepted,
    JobState,
    Provider,
    Refusal,
    Refused,
    Reply,
    Status,
    Unclear,
    provider,
    read_profile,
)
from kling_spec.runner import RunLocked
from kling_spec.sandbox import Sandbox
from kling_spec.session import Session

RECORDED = ("kling", "hiapi", "runware", "apimodels")
NOW = datetime(2026, 9, 21, 12, 0, tzinfo=UTC)
UUID_ = "6f0e7f3c-5b1d-4a52-9d5e-0a1b2c3d4e5f"
FOX = "kling_spec: 1\nshots: {fox: {prompt: A fox runs, duration: 3, resolution: 720p}}\n"
SUBMITS = {
    "kling": "/v1/videos/omni-video",
    "kling-2026": "/omni-video/kling-3.0-omni",
    "hiapi": "/v1/tasks",
    "runware": "/v1",
    "apimodels": "/api/v1/video/generations",
}
FINAL, RETRY, STOP = Refusal.FINAL, Refusal.RETRY, Refusal.STOP


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kling_spec.session._run._REHEARSAL_DOUBT", 0.3)


def look(name: str, which: str, job: str = UUID_) -> Status:
    """What a recorded answer to a poll comes to."""
    return provider(name).read_poll(job, recorded(name, which))


def second_standard(status: str, **more: Any) -> dict[str, Any]:
    """A task as Kling's second standard tells of it."""
    return {"id": "t-1", "status": status, "message": "", "external_id": "ks-1", **more}


def listed(*tasks: dict[str, Any]) -> Reply:
    return Reply(status=200, body={"code": 0, "message": "SUCCEED", "request_id": "r", "data": list(tasks)})


CLIP = {
    "outputs": [{"type": "video", "id": "v", "url": "https://p1.example.com/clip.mp4", "duration": "3.0"}]
}


def rehearsal(folder: Path, prompt: str = "A fox runs", name: str = "kling") -> Session:
    """A spec of one shot in the folder, to be sent to the sandbox."""
    path = folder / "fox.yaml"
    path.write_text(f'kling_spec: 1\nshots: {{fox: {{prompt: "{prompt}", duration: 3, resolution: 720p}}}}\n')
    return Session(path, provider=name, sandbox=True, environment={"PATH": os.environ["PATH"]})


def charges(session: Session) -> int:
    """How many clips were paid for in rehearsals of the session."""
    with Sandbox(folder=session.state / "server") as sandbox:
        return len(sandbox.book().charges)


# -- words and codes -----------------------------------------------------------------------------


def test_trap_75_every_word_for_done_is_known_and_an_unknown_one_is_said() -> None:
    """succeed, succeeded, success, completed; a word of another provider is never an end without a word."""
    clips = {
        "kling": "https://p1.a.kwimgs.com/clip.mp4",
        "hiapi": "https://static.hiapi.ai/o/clip.mp4",
        "runware": "https://vm.runware.ai/video/clip.mp4",
        "apimodels": "https://r2.apimodels.app/videos/clip.mp4",
    }
    for name, url in clips.items():
        done = look(name, "succeeded")
        assert (done.state, done.video_url) == (JobState.SUCCEEDED, Secret(url, "clip"))
        assert look(name, "failed").state is JobState.FAILED
        odd = look(name, "unknown_state")
        assert odd.state is JobState.RUNNING
        assert odd.message.startswith("an unknown state '")

    read = provider("kling-2026").read_poll
    for word in ("succeed", "succeeded", "Succeeded"):
        assert read("t-1", listed(second_standard(word, **CLIP))).state is JobState.SUCCEEDED
    assert read("t-1", listed(second_standard("failed"))).state is JobState.FAILED
    assert read("t-1", listed(second_standard("completed"))).message == "an unknown state 'completed'"


def test_trap_76_a_refusal_behind_200_is_a_refusal() -> None:
    """The code in the body counts, and each provider has another one for fine."""

    def refused(name: str) -> tuple[Refusal, str]:
        answer = provider(name).read_submit(recorded(name, "error_behind_200"))
        assert isinstance(answer, Refused)
        return answer.kind, answer.code

    assert refused("kling") == (RETRY, "1303")
    assert refused("hiapi") == (STOP, "402")
    assert refused("runware") == (FINAL, "missingPositivePrompt")
    assert refused("apimodels") == (STOP, "402")
    for name in RECORDED:
        state = look(name, "error_behind_200").state  # Runware's names the task, the others' may be a hiccup
        assert state is (JobState.FAILED if name == "runware" else JobState.RUNNING)
        assert isinstance(provider(name).read_submit(recorded(name, "accepted")), Accepted)
    swapped = {"kling": 200, "kling-2026": 200, "hiapi": 0, "apimodels": 0}
    for name, code in swapped.items():
        body = {"code": code, "data": {"task_id": "1", "id": "1", "taskId": "1"}}
        assert isinstance(provider(name).read_submit(Reply(status=200, body=body)), Unclear)


@pytest.mark.parametrize("code", [1100, 1101, 1102, 1304])
@pytest.mark.parametrize("name", ["kling", "kling-2026"])
def test_trap_77_a_429_about_the_account_ends_the_run(name: str, code: int) -> None:
    """Only 1302 and 1303 are about the pace; to ask again about the others would never end."""

    def kind(number: int) -> Refusal:
        answer = provider(name).read_submit(Reply(status=429, body={"code": number, "message": "no"}))
        assert isinstance(answer, Refused)
        assert answer.code == str(number)
        return answer.kind

    assert kind(code) is STOP
    assert (kind(1302), kind(1303)) == (RETRY, RETRY)


# -- once and no more ----------------------------------------------------------------------------


def hang_up(name: str, look_up: Answer) -> Callable[[Call], Answer]:
    """Take every task and say nothing; `look_up` answers the search for one."""

    def answer(call: Call) -> Answer:
        is_submit = call.method == "POST" and "getResponse" not in call.content.decode()
        return None if is_submit and call.path == SUBMITS[name] else look_up

    return answer


NOTHING: dict[str, Answer] = {
    "kling": (404, {"code": 1203, "message": "no such task"}),
    "kling-2026": (200, {"code": 0, "data": []}),
    "hiapi": (404, {"code": 404, "message": "no such task"}),
    "runware": (200, {"data": []}),
    "apimodels": (404, {"code": 404, "msg": "no such task"}),
}


@pytest.mark.parametrize("name", ALL)
def test_trap_78_what_may_have_been_accepted_is_not_sent_as_another(tmp_path: Path, name: str) -> None:
    """Kling is asked by our own id, HiAPI and Runware take the same bytes as one, APIModels gets no second try."""
    with Remote(hang_up(name, NOTHING[name])) as server:
        first = server.run(FOX, name, tmp_path)
        second = server.run(FOX, name, tmp_path)
        sent = server.posts(SUBMITS[name])

    submits = [call for call in sent if b"getResponse" not in call.content]
    assert len({call.content for call in submits}) == 1
    assert len(first.outcome.unknown) == len(second.outcome.unknown) == 1
    searched = [call.path for call in server.calls if call.method == "GET"]
    match name:
        case "kling":
            assert len(submits) == 1
            ours = submits[0].json["external_task_id"]
            assert set(searched) == {f"/v1/videos/omni-video/{ours}"}
        case "kling-2026":
            assert len(submits) == 1
            ours = submits[0].json["options"]["external_task_id"]
            assert set(searched) == {f"/tasks?external_task_ids={ours}"}
        case "hiapi":
            assert len(submits) > 1
            [ours] = {call.headers["idempotency-key"] for call in submits}
            assert ours.startswith("ks-")
        case "runware":
            assert len(submits) > 1
            assert UUID(submits[0].json[0]["taskUUID"]).version == 4
        case _:
            assert len(submits) == 1
            assert searched == []


def test_trap_79_an_intended_second_try_has_an_id_of_its_own(tmp_path: Path) -> None:
    """Our ids come from what is asked, and end in the number of the attempt, which a failure raises."""
    session = rehearsal(tmp_path, "A fox runs [sandbox:fail]")
    first = session.plan()
    session.begin(first, cuts=False).wait(60)

    [one], [two] = first.orders, session.plan().orders

    assert one.fingerprint == two.fingerprint
    assert one.client_id == f"ks-{one.fingerprint[:24]}-1"
    assert two.client_id == f"ks-{one.fingerprint[:24]}-2"
    for name in ALL:
        ids = [provider(name).client_id_format("f" * 64, attempt) for attempt in (1, 1, 2)]
        assert len(set(ids)) == 2, name


# -- Runware's transport -------------------------------------------------------------------------


def runware(call: Call) -> Answer:
    """Take one task, be at work once, and then report that it failed."""
    [task] = call.json
    row = {"taskType": "videoInference", "taskUUID": task["taskUUID"]}
    if task["taskType"] == "getResponse":
        error = {"code": "invalidProviderContent", "message": "no", "taskUUID": task["taskUUID"]}
        return 200, {"data": [], "errors": [error]}
    return 200, {"data": [row]}


def test_trap_80_runware_is_asked_for_the_task_that_was_sent(tmp_path: Path) -> None:
    """The id of the question is that of the submit, not a fresh one."""
    with Remote(runware) as server:
        server.run(FOX, "runware", tmp_path)

    [submit, *looks] = server.posts("/v1")
    ours = submit.json[0]["taskUUID"]
    assert submit.json[0]["taskType"] == "videoInference"
    assert len(looks) >= 1
    assert [call.json for call in looks] == [[{"taskType": "getResponse", "taskUUID": ours}]] * len(looks)


def test_trap_81_runware_gets_a_list_even_for_one_task(tmp_path: Path) -> None:
    """So it is in what is printed, and on the wire."""
    [row] = rows(FOX, "runware")

    with Remote(runware) as server:
        server.run(FOX, "runware", tmp_path)

    assert isinstance(row["request"]["json"], list)
    assert len(row["request"]["json"]) == 1
    assert [call.content[:1] for call in server.posts("/v1")] == [b"["] * len(server.posts("/v1"))
    assert server.posts("/v1")[0].json == row["request"]["json"]


def test_trap_82_results_and_errors_in_one_answer_are_told_apart() -> None:
    """Each counts for the task that it names; what an error is about may be a text or a list."""
    both = recorded("runware", "failed_beside_another")

    assert provider("runware").read_submit(both) == Accepted(UUID_)
    assert look("runware", "failed_beside_another").state is JobState.RUNNING
    other = provider("runware").read_poll("a-different-task", both)
    assert (other.state, other.message) == (JobState.FAILED, "no")
    failed = look("runware", "failed")
    assert (failed.state, failed.message) == (
        JobState.FAILED,
        "refused by the model (positivePrompt, inputs)",
    )
    named = {"code": "invalidDuration", "message": "no", "parameter": "duration", "taskUUID": UUID_}
    read = provider("runware").read_poll(UUID_, Reply(status=200, body={"errors": [named]}))
    assert read.message == "no (duration)"


def test_trap_83_kling_is_asked_by_one_kind_of_id_and_may_know_nothing() -> None:
    """Never both kinds in one question; an unknown id is answered by an empty list and 200."""
    kling = provider("kling-2026")
    assert kling.find is not None

    assert kling.poll("t-1").query == {"task_ids": "t-1"}
    assert kling.find("ks-1").query == {"external_task_ids": "ks-1"}
    assert kling.poll("t-1").path == kling.find("ks-1").path == "/tasks"
    assert kling.read_poll("t-1", listed()).state is JobState.LOST
    assert kling.read_find("ks-1", listed()) is None
    assert kling.read_find("ks-1", listed(second_standard("processing"))) == Accepted("t-1")
    assert isinstance(kling.read_find("ks-2", listed(second_standard("processing"))), Unclear)


def test_trap_84_no_time_of_a_provider_is_read_to_know_whether_a_task_is_done() -> None:
    """Seconds here, milliseconds there, and 0 for not yet: the word alone counts, and no time is kept."""
    assert {field.name for field in fields(Status)} == {
        "state",
        "video_url",
        "seconds",
        "message",
        "cost",
        "currency",
    }
    assert recorded("hiapi", "succeeded_by_blog").body["data"]["completed"] == 0
    assert look("hiapi", "succeeded_by_blog").state is JobState.SUCCEEDED
    assert recorded("hiapi", "running").body["data"]["completed"] == 0
    assert look("hiapi", "running").state is JobState.RUNNING
    assert look("hiapi", "succeeded").seconds is None
    assert look("apimodels", "succeeded").seconds is None
    assert str(look("kling", "succeeded").seconds) == "5.041"
    stamp = str(int(NOW.timestamp()))
    for unit, is_held in ((stamp, True), (f"{stamp}000", False)):
        headers = {"x-hiapi-timestamp": unit, "x-hiapi-signature": by_hiapi(b"{}", unit, "s" * 16)}
        assert signed("hiapi")(headers, b"{}", "s" * 16, NOW) is is_held


# -- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        "header",
        "words",
    ],
)
def test_trap_85_the_second_standard_is_opened_by_the_plain_key_alone(part: str) -> None:
    """A signed token gets 1002 there, as a wrong key does; the answer talks of an access key and misleads."""
    kling = provider("kling-2026")
    pair = {"KLING_ACCESS_KEY": "ak", "KLING_SECRET_KEY": "s" * 32}
    answer = kling.read_submit(Reply(status=401, body={"code": 1002, "message": "access key not found"}))

    assert isinstance(answer, Refused)
    assert (answer.kind, answer.code) == (STOP, "1002")
    if part == "header":
        assert kling.credentials == (("KLING_API_KEY",),)
        assert kling.authorize({**pair, "KLING_API_KEY": "k"}, NOW) == {"Authorization": "Bearer k"}
        with pytest.raises(KeyError, match="KLING_API_KEY"):
            kling.authorize(pair, NOW)
    else:
        assert "KLING_API_KEY" in answer.message


@pytest.mark.parametrize("name", ALL)
def test_trap_86_the_scheme_is_bearer_with_all_of_ours(tmp_path: Path, name: str) -> None:
    """The one provider with another scheme is not here; this is what travels."""
    with Remote(lambda _: (400, {"code": 400, "message": "no"})) as server:
        server.run(FOX, name, tmp_path)

    [call] = server.posts(SUBMITS[name])
    assert call.headers["authorization"] == f"Bearer {KEY}"


# -- callbacks -----------------------------------------------------------------------------------

HOOK = "https://hooks.example.com/kling"
SENT = f"{HOOK}/$token"  # a secret of each submit's own takes the place of the word


@pytest.mark.parametrize(
    ("name", "path", "told"),
    [
        ("kling", (), {"callback_url": SENT}),
        ("kling-2026", ("options",), {"callback_url": SENT}),
        ("hiapi", (), {"callback": {"url": SENT, "when": "final"}}),
        ("runware", (), {"webhookURL": SENT}),
        ("apimodels", (), {"callback_url": SENT}),
    ],
)
def test_trap_87_the_callback_stands_where_each_provider_reads_it(
    tmp_path: Path, name: str, path: tuple[str, ...], told: dict[str, Any]
) -> None:
    """The settings name one address for all; a spec may not set one."""
    (tmp_path / "kling-spec.toml").write_text(f'[providers.{name}]\ncallback_url = "{HOOK}"\n')
    body: Any = payload(FOX, name, tmp_path)
    [key] = told

    assert str(body).count(HOOK) == 1
    for step in path:
        body = body[step]
    assert body[key] == told[key]
    option = f"{name}: {{{key}: {HOOK}}}"
    if name != "kling-2026":
        wrong = shot("prompt: A fox", "provider_options:", f"  {option}")
        assert errors(wrong, name) == [("KS405", option)]


def called(name: str, body: Any) -> tuple[str, Status] | None:
    """What a callback comes to."""
    callbacks = provider(name).callbacks
    assert callbacks is not None
    return callbacks.read(body)


def test_trap_88_a_callback_is_read_the_same_however_often_it_comes() -> None:
    """Kling calls on every change and the others at the end: each body says where the task stands, no more."""
    task = {**recorded("kling", "running").body["data"], "task_status": "submitted"}
    steps = [
        called("kling", {**task, "task_status": word}) for word in ("submitted", "processing", "processing")
    ]
    done = recorded("kling", "succeeded").body["data"]

    assert [step and (step[0], step[1].state) for step in steps] == [("831842", JobState.RUNNING)] * 3
    assert called("kling", done) == called("kling", done)
    assert called("kling", done) == ("831842", look("kling", "succeeded"))
    assert called("hiapi", recorded("hiapi", "succeeded").body["data"]) == (
        "tk-hiapi-01hzx3k9m2n4p6q8r0s2t4v6w8",
        look("hiapi", "succeeded"),
    )
    assert called("runware", recorded("runware", "succeeded").body) == (UUID_, look("runware", "succeeded"))


def test_trap_89_the_bodies_of_callbacks_have_four_shapes() -> None:
    """Bare in two shapes, a bare task, and wrapped with JSON in a text; what is none of them is no callback."""
    bill = {"charge_type": "cash", "amount": "0.42", "currency": "USD"}
    new = second_standard("succeeded", **CLIP, billing=[bill])
    result = json.dumps({"resultUrls": ["https://r2.apimodels.app/videos/clip.mp4"]})
    wrapped = {
        "code": 200,
        "msg": "success",
        "data": {"taskId": "clx1a2b3c", "state": "completed", "param": "{}", "resultJson": result},
    }

    for name in ("kling", "kling-2026"):  # either standard may come from either
        first, second = called(name, recorded("kling", "succeeded").body["data"]), called(name, new)
        assert first == ("831842", look("kling", "succeeded"))
        assert second is not None
        assert (second[0], second[1].state, second[1].currency) == ("t-1", JobState.SUCCEEDED, "USD")
        assert second[1].video_url == Secret("https://p1.example.com/clip.mp4", "clip")
    assert called("apimodels", wrapped) == ("clx1a2b3c", look("apimodels", "succeeded"))
    assert called("hiapi", recorded("hiapi", "failed").body["data"]) == (
        "tk-hiapi-01hzx3k9m2n4p6q8r0s2t4v6w8",
        look("hiapi", "failed"),
    )
    for name in ALL:
        for body in (None, [], "text", {}, {"code": 0}):
            assert called(name, body) is None, (name, body)


def signed(name: str) -> Callable[..., bool]:
    callbacks = provider(name).callbacks
    assert callbacks is not None
    assert callbacks.is_signed is not None
    return callbacks.is_signed


def by_hiapi(body: bytes, stamp: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()


def test_trap_90_signatures_are_held_against_the_raw_body() -> None:
    """Base64 over id, time and body at Kling, hex over time and body at HiAPI, none elsewhere."""
    secret = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
    body = (
        b'{"id":"1234567890","status":"succeeded","message":"",'
        b'"create_time":1781080778802,"update_time":1781080794151}'
    )
    headers = {
        "webhook-id": "9876543210",
        "webhook-timestamp": "1781080794",
        "webhook-signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
    }
    then = datetime.fromtimestamp(1781080794, UTC)
    rotated = {
        **headers,
        "webhook-signature": f"v1,{b64encode(b'old').decode()} {headers['webhook-signature']}",
    }
    written_anew = json.dumps(json.loads(body)).encode()

    for name in ("kling", "kling-2026"):
        check = signed(name)
        assert check(headers, body, secret, then)
        assert check(rotated, body, secret, then)
        assert not check(headers, written_anew, secret, then)
        assert not check({**headers, "webhook-id": "1"}, body, secret, then)
        assert not check(headers, body, "whsec_b3RoZXI=", then)
        assert check(headers, body, secret, then + timedelta(seconds=300))
        assert not check(headers, body, secret, then + timedelta(seconds=301))
        assert not check({}, body, secret, then)

    stamp = str(int(NOW.timestamp()))
    raw = b'{"taskId": "tk-1",  "status":"success"}'
    own = {"x-hiapi-timestamp": stamp, "x-hiapi-signature": by_hiapi(raw, stamp, "a secret of 24 characters")}
    check = signed("hiapi")
    assert check(own, raw, "a secret of 24 characters", NOW)
    assert not check(own, json.dumps(json.loads(raw)).encode(), "a secret of 24 characters", NOW)
    assert not check(own, raw, "another secret, as long!", NOW)
    assert not check(own, raw, "a secret of 24 characters", NOW + timedelta(seconds=301))
    for name in ("runware", "apimodels"):
        callbacks = provider(name).callbacks
        assert callbacks is not None
        assert callbacks.is_signed is None


# -- results -------------------------------------------------------------------------------------


def test_trap_91_a_clip_is_fetched_before_its_address_expires(tmp_path: Path) -> None:
    """Kept for 30 days or 7: the run itself stores it, and a second run needs no address."""
    kept = {name: read_profile(name).retention_days for name in ALL}
    session = rehearsal(tmp_path)

    finished = session.begin(session.plan(), cuts=False).wait(60)

    assert kept == {"kling": 30, "kling-2026": 30, "hiapi": 7, "runware": None, "apimodels": 7}
    [clip] = finished.clips.values()
    assert clip.is_file()
    assert clip.is_relative_to(session.state)
    assert [row.action for row in session.plan().rows] == ["reuse"]
    option = shot("prompt: A fox runs", "provider_options: {runware: {ttl: 86400}}")
    assert payload(option, "runware")["ttl"] == 86400


def test_trap_92_apimodels_names_and_addresses_are_read_in_both_their_forms() -> None:
    """The model comes back with a prefix, which nothing compares; addresses stand bare or in a JSON text."""
    assert recorded("apimodels", "accepted").body["data"]["model"] == "kling-video/kling-v3-omni"
    assert payload(FOX, "apimodels")["model"] == "kling-v3-omni"
    assert provider("apimodels").read_submit(recorded("apimodels", "accepted")) == Accepted("clx1a2b3c")
    url = "https://r2.apimodels.app/videos/clip.mp4"
    direct = look("apimodels", "succeeded")
    called_back = called(
        "apimodels",
        {
            "code": 200,
            "data": {
                "taskId": "clx1a2b3c",
                "model": "kling-video/kling-v3-omni",
                "state": "completed",
                "resultJson": json.dumps({"resultUrls": [url]}),
            },
        },
    )
    assert direct == Status(state=JobState.SUCCEEDED, video_url=Secret(url, "clip"))
    assert called_back == ("clx1a2b3c", direct)


# -- stopping and sharing ------------------------------------------------------------------------


def test_trap_93_a_stop_cancels_nothing_and_pays_for_nothing_twice(tmp_path: Path) -> None:
    """No provider can be told to stop: the job goes on, and the next run takes it up."""
    assert not [field.name for field in fields(Provider) if "cancel" in field.name]
    session = rehearsal(tmp_path)
    heard: list[Any] = []
    job = session.begin(session.plan(), heard.append, cuts=False)
    while not any(event.kind == "accepted" for event in heard):
        time.sleep(0.01)

    job.stop()
    first = job.wait(30)
    second = session.begin(session.plan(), cuts=False).wait(60)

    assert not first.clips
    assert len(first.outcome.unfinished) == 1
    assert len(second.clips) == 1
    assert second.outcome.submitted == 0
    assert charges(session) == 1


def test_trap_94_one_account_is_shared_by_all_runs(tmp_path: Path) -> None:
    """A full pack is waited for, a second run in the folder is refused, and the settings say how much at once."""
    full = provider("kling").read_submit(recorded("kling", "too_parallel"))
    assert isinstance(full, Refused)
    assert (full.kind, full.code) == (RETRY, "1303")
    assert checked(FOX, "kling", tmp_path).settings.of("kling").concurrency == 4
    (tmp_path / "kling-spec.toml").write_text("[providers.kling]\nconcurrency = 1\n")
    assert checked(FOX, "kling", tmp_path).settings.of("kling").concurrency == 1
    (tmp_path / "kling-spec.toml").unlink()

    session = rehearsal(tmp_path, "A fox runs [sandbox:busy]")
    plan = session.plan()
    first = session.begin(plan, cuts=False)
    while not (session.state / "run.lock").exists():
        time.sleep(0.01)
    with pytest.raises(RunLocked):
        session.begin(plan, cuts=False).wait(30)

    assert len(first.wait(60).clips) == 1
    assert charges(session) == 1


@pytest.mark.parametrize(
    "field",
    [
        "audio: true",
        "customize_multi_shots: true",
        "prefer_multi_shots: true",
        "elements: []",
        "aspect_ratio: auto",
        "resolution: 4k",
    ],
)
def test_trap_95_no_field_of_a_sibling_service_reaches_hiapi(field: str) -> None:
    """It has the same ids of models and other fields: ours are HiAPI's, and the others are refused as options."""
    option = f"hiapi: {{{field}}}"

    assert errors(shot("prompt: A fox", "provider_options:", f"  {option}"), "hiapi") == [("KS405", option)]
    sent = payload(shot("prompt: A fox", "sound: true", "resolution: 4k"), "hiapi")
    assert sent == {
        "model": "kling-3.0-omni/text-to-video",
        "input": {
            "prompt": "A fox",
            "resolution": "4K",
            "aspect_ratio": "16:9",
            "duration": 5,
            "sound": True,
        },
    }
    ids = {identifier for model in read_profile("hiapi").models for identifier in model.ids.values()}
    assert ids == {"kling-3.0-omni/text-to-video", "kling-3.0-omni/image-to-video"}
