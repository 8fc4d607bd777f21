"""What the sandbox tells by itself: in each provider's shape, signed, again until it is taken."""

import json
import socket
import threading
import time
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from loopback import Handler, Loopback
from rehearsal import DONE, PROVIDERS

from kling_spec.providers import JobState
from kling_spec.providers import provider as back_end
from kling_spec.sandbox import Sandbox, SandboxError

FAILS = "a fox [sandbox:fail]"
SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
every_provider = pytest.mark.parametrize("provider", PROVIDERS)


class Came(NamedTuple):
    path: str
    headers: dict[str, str]
    data: bytes
    at: float

    @property
    def body(self):
        return json.loads(self.data)


class Listener(Loopback):
    """Takes callbacks, the first ones with the statuses that it is given."""

    def __init__(self, statuses=()):
        super().__init__(_Hook)
        self.came = []
        self.statuses = list(statuses)

    @property
    def url(self):
        return f"{super().url}/hook?token=t"


class _Hook(Handler):
    def reply(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        listener = self.owner
        listener.came.append(Came(self.path, headers, self.content(), time.monotonic()))
        self.send(listener.statuses.pop(0) if listener.statuses else 200, b"")


@pytest.fixture
def listener():
    with Listener() as open_:
        yield open_


@pytest.fixture
def told(until):
    """Wait until so many callbacks have been settled, and return what the book says of them."""

    def wait(caller, count):
        return until(
            lambda: caller.book()["callbacks"],
            lambda notices: len(notices) == count and all(n["outcome"] != "waiting" for n in notices),
        )

    return wait


COUNTS = {"kling": 3, "kling-2026": 3, "hiapi": 1, "runware": 1, "apimodels": 1}


@every_provider
def test_the_provider_s_reader_understands_what_is_told(faulty, listener, told, provider):
    with faulty() as caller:
        job = caller.job(provider, callback=listener.url)
        notices = told(caller, COUNTS[provider])
        polled = caller.poll(provider, job)

    read = [back_end(provider).callbacks.read(came.body) for came in listener.came]
    assert {name for name, _ in read} == {job}
    assert [status.state for _, status in read[:-1]] == [JobState.RUNNING] * (COUNTS[provider] - 1)
    assert read[-1][1].state is JobState.SUCCEEDED
    assert [read[-1][1].video_url.reveal()] == polled.urls
    assert {came.path for came in listener.came} == {"/hook?token=t"}
    assert {came.headers["content-type"] for came in listener.came} == {"application/json"}
    assert {notice["outcome"] for notice in notices} == {"delivered"}
    assert notices[-1]["status"] == DONE[provider]


@every_provider
def test_a_failure_is_told_as_well(faulty, listener, told, provider):
    with faulty() as caller:
        job = caller.job(provider, FAILS, callback=listener.url)
        told(caller, COUNTS[provider])

    name, status = back_end(provider).callbacks.read(listener.came[-1].body)
    assert (name, status.state) == (job, JobState.FAILED)


def test_kling_tells_of_every_change_in_the_shape_of_either_standard(faulty, listener, told):
    with faulty(seconds=0.5) as caller:
        caller.job("kling", FAILS, callback=listener.url)
        caller.job("kling-2026", FAILS, callback=listener.url)
        told(caller, 6)

    older = [came.body for came in listener.came if "task_id" in came.body]
    newer = [came.body for came in listener.came if "id" in came.body]
    assert [body["task_status"] for body in older] == ["submitted", "processing", "failed"]
    assert [body["status"] for body in newer] == ["submitted", "processing", "failed"]
    assert older[0].keys() >= {"task_status_msg", "task_info", "created_at", "updated_at"}
    assert newer[0].keys() == {
        "id",
        "status",
        "message",
        "create_time",
        "update_time",
        "external_id",
        "outputs",
        "billing",
    }
    assert newer[2]["billing"]
    assert older[2]["final_unit_deduction"] == "1.8"
    assert "final_unit_deduction" not in older[1]


def test_hiapi_tells_of_the_bare_task(faulty, listener, told):
    with faulty() as caller:
        job = caller.job("hiapi", callback=listener.url)
        told(caller, 1)
        task = caller.query("hiapi", job).json["data"]

    assert [came.body for came in listener.came] == [task]


def test_apimodels_wraps_json_in_strings(faulty, listener, told):
    with faulty() as caller:
        job = caller.job("apimodels", callback=listener.url)
        told(caller, 1)
        _, body = caller.order("apimodels", callback=listener.url)
        (url,) = caller.poll("apimodels", job).urls

    (came,) = listener.came
    data = came.body["data"]
    assert (came.body["code"], came.body["msg"]) == (200, "success")
    assert json.loads(data["param"]) == body
    assert json.loads(data["resultJson"]) == {"resultUrls": [url], "videoDuration": 3}
    assert data["model"] == "kling-video/kling-v3-omni"
    assert (data["failCode"], data["failMsg"]) == (None, None)
    assert data["costTime"] == data["completeTime"] - data["createTime"] >= 0
    assert "resultUrls" not in data


def test_runware_tells_of_each_result_by_itself(faulty, listener, told):
    with faulty() as caller:
        path, (task,) = caller.order("runware", callback=listener.url)
        assert caller.ask("POST", path, [{**task, "numberResults": 2}]).status == 200
        told(caller, 2)
        polled = caller.query("runware", task["taskUUID"]).json["data"]

    assert [came.body for came in listener.came] == [{"data": [result]} for result in polled]


def test_the_making_of_an_element_is_told(faulty, listener, told, encoded):
    image = encoded()
    body = {
        "element_name": "Zhang",
        "element_description": "a man",
        "reference_type": "image_refer",
        "element_image_list": {"frontal_image": image, "refer_images": [{"image_url": image}]},
        "callback_url": listener.url,
    }
    with faulty() as caller:
        made = caller.ask("POST", "/v1/general/advanced-custom-elements", body)
        assert made.status == 200, made
        told(caller, 3)

    assert [came.body["task_status"] for came in listener.came] == ["submitted", "processing", "succeed"]
    assert listener.came[2].body["task_result"]["elements"][0]["element_name"] == "Zhang"


# -- signed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", ["kling", "kling-2026", "hiapi"])
def test_a_callback_is_signed_where_the_provider_signs(faulty, listener, told, provider):
    with faulty(callback_secret=SECRET) as caller:
        caller.job(provider, FAILS, callback=listener.url)
        told(caller, COUNTS[provider])

    check = back_end(provider).callbacks.is_signed
    for came in listener.came:
        assert check(came.headers, came.data, SECRET, datetime.now(UTC))
        assert not check(came.headers, came.data + b" ", SECRET, datetime.now(UTC))


@every_provider
def test_nothing_is_signed_without_a_secret_or_where_nobody_does(faulty, listener, told, provider):
    signs = provider in {"kling", "kling-2026", "hiapi"}
    with faulty(callback_secret=None if signs else SECRET) as caller:
        caller.job(provider, FAILS, callback=listener.url)
        told(caller, COUNTS[provider])

    assert not any("signature" in name for came in listener.came for name in came.headers)


def test_a_secret_that_nobody_can_use_is_refused():
    with pytest.raises(SandboxError):
        Sandbox(callback_secret="short!")


# -- again -------------------------------------------------------------------------------------


def test_what_is_not_taken_is_told_again(faulty, told):
    with Listener(statuses=[500, 302]) as slow, faulty() as caller:
        caller.job("apimodels", FAILS, callback=slow.url)
        (notice,) = told(caller, 1)
        came = list(slow.came)

    assert (notice["outcome"], notice["tries"], notice["said"]) == ("delivered", 3, "200")
    assert [one.data for one in came] == [came[0].data] * 3
    assert came[1].at - came[0].at == pytest.approx(1, abs=0.5)
    assert came[2].at - came[1].at == pytest.approx(2, abs=0.5)


def test_what_was_not_taken_is_told_by_the_next_sandbox_and_the_rest_is_not(faulty, told, until):
    with Listener(statuses=[200, 200, 500]) as slow:
        with faulty() as caller:
            caller.job("kling", FAILS, callback=slow.url)
            until(lambda: caller.book()["callbacks"], lambda notices: len(notices) == 3)
        with faulty() as caller:
            notices = told(caller, 3)

    stages = [came.body["task_status"] for came in slow.came]
    assert stages == ["submitted", "processing", "failed", "failed"]
    assert {notice["outcome"] for notice in notices} == {"delivered"}


def test_nobody_there_is_noted(faulty, until):
    with Listener() as gone:
        url = gone.url
    with faulty() as caller:
        caller.job("hiapi", FAILS, callback=url)
        (notice,) = until(lambda: caller.book()["callbacks"], bool)

    assert notice["outcome"] == "waiting"
    assert notice["said"] == "ConnectionRefusedError"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook",
        "http://10.0.0.1/hook",
        "http://127.0.0.1.example.com/",
        "http://2130706433/",
    ],
)
def test_no_other_machine_is_ever_called(faulty, told, url, monkeypatch):
    called = []
    monkeypatch.setattr("kling_spec.sandbox._lane.post", lambda *words: called.append(words) or 200)
    with faulty() as caller:
        caller.job("apimodels", FAILS, callback=url)
        (notice,) = told(caller, 1)

    assert called == []
    assert (notice["outcome"], notice["url"], notice["tries"]) == ("not contacted", url, 0)


def test_hiapi_calls_back_by_https_or_to_this_machine(faulty):
    with faulty() as caller:
        answers = {
            url: caller.submit("hiapi", FAILS, callback=url).status
            for url in ("https://example.com/", "http://example.com/", "http://localhost:1/", "here")
        }

    assert list(answers.values()) == [200, 400, 200, 400]


def test_without_an_address_nothing_is_told_and_no_thread_is_there(faulty):
    before = set(threading.enumerate())
    with faulty() as caller:
        caller.job("kling", FAILS)
        names = {thread.name for thread in set(threading.enumerate()) - before}

        assert caller.book()["callbacks"] == []
    assert not names & {"sandbox-courier", "sandbox-lane"}


def test_a_stop_waits_for_nobody_who_does_not_answer(faulty, until):
    before = set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as silent, faulty() as caller:
        caller.job("hiapi", FAILS, callback=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        connection, _ = silent.accept()
        with connection:
            began = time.monotonic()
            caller.sandbox.stop()
            took = time.monotonic() - began

    assert took < 10
    until(
        lambda: [one for one in set(threading.enumerate()) - before if one.name == "sandbox-lane"],
        lambda left: not left,
    )


# -- faults ------------------------------------------------------------------------------------


def test_a_callback_comes_twice(faulty, listener, told):
    with faulty("duplicate-callback", callback_secret=SECRET) as caller:
        caller.job("kling", FAILS, callback=listener.url)
        told(caller, 3)
        fired = caller.fired()

    stages = [came.body["task_status"] for came in listener.came]
    assert sorted(stages) == sorted(["submitted", "processing", "failed"] * 2)
    assert len({came.headers["webhook-id"] for came in listener.came}) == 3
    assert fired == {"duplicate-callback": 3}


def test_the_last_callback_comes_first(faulty, listener, told):
    with faulty("disorder-callback") as caller:
        caller.job("kling-2026", FAILS, callback=listener.url)
        told(caller, 3)

        assert caller.fired() == {"disorder-callback": 1}
    assert [came.body["status"] for came in listener.came] == ["failed", "processing", "submitted"]


def test_a_callback_never_comes(faulty, listener, told):
    with faulty("lost-callback") as caller:
        caller.job("kling", FAILS, callback=listener.url)
        notices = told(caller, 3)

        assert caller.fired() == {"lost-callback": 3}
    assert listener.came == []
    assert {notice["outcome"] for notice in notices} == {"lost"}


@every_provider
def test_a_stuck_task_is_never_told_to_have_ended(faulty, listener, until, provider):
    with faulty("stuck") as caller:
        caller.job(provider, FAILS, callback=listener.url)
        if COUNTS[provider] > 1:
            until(lambda: len(listener.came), lambda count: count == 2)
        time.sleep(0.3)

    read = [back_end(provider).callbacks.read(came.body)[1].state for came in listener.came]
    assert read == [JobState.RUNNING] * (COUNTS[provider] - 1)


@every_provider
def test_a_callback_names_no_address_either(faulty, listener, told, provider):
    with faulty("no-url") as caller:
        caller.job(provider, callback=listener.url)
        told(caller, COUNTS[provider])

    assert b"/clips/" not in listener.came[-1].data
    assert back_end(provider).callbacks.read(listener.came[-1].body)[1].state is JobState.SUCCEEDED


def test_a_callback_of_a_lost_reply_names_the_job(faulty, listener, told):
    with faulty("lost-reply") as caller:
        assert caller.breaks("POST", *caller.order("apimodels", FAILS, callback=listener.url))
        told(caller, 1)
        (charge,) = caller.book()["charges"]

    assert listener.came[0].body["data"]["taskId"] == charge["job"]
