"""Each fault strikes and does what it says, and the book stays honest, over plain http.client."""

import base64
import json
import socket
import threading
import time
from email.utils import parsedate_to_datetime
from http.client import IncompleteRead, RemoteDisconnected
from itertools import pairwise
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from rehearsal import DONE, FOX, PROVIDERS, Caller

from kling_spec.sandbox import Sandbox, SandboxError, fault_list

FAILS = "a fox [sandbox:fail]"
"""Ends as failed, so that no clip is rendered."""
every_provider = pytest.mark.parametrize("provider", PROVIDERS)


@pytest.fixture
def done(until):
    """Poll until the job is done, and return what is told of it then."""

    def wait(caller, provider, job):
        return until(lambda: caller.poll(provider, job), lambda told: told.status == DONE[provider])

    return wait


# -- how they are written ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("lostreply", "did you mean 'lost-reply'"),
        ("earthquake", "'--fault list' shows them all"),
        ("", "no fault is called ''"),
        ("drop=2", "from 0 to 1, not '2'"),
        ("drop@1.5", "from 0 to 1, not '1.5'"),
        ("drop=often", "from 0 to 1, not 'often'"),
        ("drop=1@1", "takes no value"),
        ("slow=-1", "the SECONDS of 'slow' must be a number from 0"),
        ("slow=nan", "not 'nan'"),
        ("slots", "the JOBS of 'slots' is missing: write 'slots=3'"),
        ("slots=1.5", "must be a whole number"),
        ("stuck:poll", "cannot be kept to one kind of call"),
        ("drop:cut", "can be kept to submit, element, upload, poll, list, clip, not to 'cut'"),
        ("drop/0", "how often 'drop' strikes must be a number from 1"),
    ],
)
def test_what_is_no_fault_is_refused_before_anything_starts(asked, said):
    with pytest.raises(SandboxError) as refused:
        Sandbox(faults=(asked,))

    assert said in str(refused.value)


def test_the_list_has_each_fault_with_one_line():
    listed = dict(fault_list())

    assert len(listed) == 29
    assert "slots=JOBS" in listed
    assert listed["slow[=SECONDS]"].endswith("(3)")
    assert all("\n" not in text and text for text in listed.values())
    for written in listed:
        name = written.partition("[")[0].partition("=")[0]
        Sandbox(faults=(f"{name}=1" if "=" in written and name != "expired-link" else name,))


def test_without_faults_the_book_has_none(sandbox):
    assert sandbox.book().faults == {}
    assert sandbox.book().to_json()["faults"] == {}


# -- the connection ----------------------------------------------------------------------------


@every_provider
def test_a_lost_reply_is_charged(faulty, provider):
    with faulty("lost-reply") as caller:
        broken = caller.breaks("POST", *caller.order(provider, FAILS))

        assert isinstance(broken, RemoteDisconnected)
        assert caller.charges() == 1
        assert caller.fired() == {"lost-reply": 1}


@every_provider
def test_a_reply_of_a_refused_order_is_not_lost(faulty, provider):
    with faulty("lost-reply") as caller:
        assert caller.submit(provider, "[sandbox:refuse]").status == 400
        assert caller.fired() == {}


@every_provider
def test_a_dropped_order_is_not_taken(faulty, provider):
    with faulty("drop") as caller:
        broken = caller.breaks("POST", *caller.order(provider, FAILS))

        assert isinstance(broken, RemoteDisconnected)
        assert caller.charges() == 0
        assert caller.fired() == {"drop": 1}
        assert caller.book()["requests"] == {}


@every_provider
def test_half_of_an_answer_comes(faulty, provider):
    with faulty("truncate:submit") as caller:
        broken = caller.breaks("POST", *caller.order(provider, FAILS))

        assert isinstance(broken, IncompleteRead)
        assert len(broken.partial) == pytest.approx(broken.expected, abs=1)
        assert caller.charges() == 1


def test_an_answer_comes_late(faulty):
    with faulty("slow=2/1") as caller:
        began = time.monotonic()
        caller.job("kling", FAILS)
        first = time.monotonic() - began
        caller.job("kling", FAILS)
        second = time.monotonic() - began - first

    assert first > 2 > second


def test_a_stop_waits_for_no_late_answer(faulty):
    with faulty("slow=600", "drip:submit=600") as caller:
        thread = threading.Thread(target=caller.breaks, args=("POST", *caller.order("kling", FAILS)))
        thread.start()
        time.sleep(0.2)
        began = time.monotonic()

    assert time.monotonic() - began < 60
    thread.join(5)
    assert not thread.is_alive()


# -- answers of nobody's in particular ---------------------------------------------------------


@every_provider
@pytest.mark.parametrize(("fault", "status"), [("html-500", 500), ("502", 502), ("504", 504)])
def test_the_page_of_a_proxy_hides_that_the_order_was_taken(faulty, provider, fault, status):
    with faulty(fault) as caller:
        answer = caller.submit(provider, FAILS)

        assert answer.status == status
        assert answer.headers["content-type"] == "text/html"
        assert answer.data.startswith(b"<html>")
        assert caller.charges() == 1
        assert caller.fired() == {fault: 1}


@every_provider
@pytest.mark.parametrize(("fault", "status"), [("json-500", 500), ("503", 503)])
def test_an_error_of_the_providers_own_takes_nothing(faulty, provider, fault, status):
    with faulty(fault) as caller:
        answer = caller.submit(provider, FAILS)

        assert answer.status == status
        codes = {"kling": {500: 5000, 503: 5001}, "hiapi": {500: 500, 503: 503}}
        codes |= {"kling-2026": codes["kling"], "apimodels": codes["hiapi"]}
        if provider == "runware":
            assert answer.json["errors"][0]["code"] in {"serverError", "providerUnavailable"}
        else:
            assert answer.json["code"] == codes[provider][status]
        assert caller.charges() == 0


@every_provider
def test_a_fault_is_kept_to_a_kind_of_call(faulty, provider):
    with faulty("502:poll") as caller:
        job = caller.job(provider, FAILS)

        assert caller.query(provider, job).status == 502
        assert caller.fired() == {"502": 1}


@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        ("list", ("GET", "/v1/videos/omni-video")),
        ("list", ("GET", "/v1/tasks?page=1&size=1")),
        ("list", ("POST", "/tasks", {})),
        ("list", ("GET", "/v1/general/advanced-custom-elements")),
        ("element", ("POST", "/v1/general/advanced-custom-elements", {})),
        ("upload", ("POST", "/api/v1/files", {})),
        ("upload", ("PUT", "/files/a.png", {})),
        ("upload", ("POST", "/v1", [{"taskType": "mediaStorage"}])),
        ("poll", ("POST", "/v1", [{"taskType": "getResponse", "taskUUID": "x"}])),
        ("poll", ("GET", "/tasks?task_ids=1")),
        ("clip", ("GET", "/clips/0.mp4")),
    ],
)
def test_every_call_is_of_a_kind(faulty, kind, ask):
    with faulty(f"502:{kind}") as caller:
        assert caller.ask(*ask).status == 502
    with faulty(
        *(
            f"502:{other}"
            for other in ("submit", "element", "upload", "poll", "list", "clip")
            if other != kind and (kind, other) != ("list", "poll")
        )
    ) as caller:
        assert caller.ask(*ask).status != 502


def test_the_book_and_the_price_list_are_always_there(faulty):
    with faulty("drop", "502", "truncate", "503") as caller:
        assert caller.ask("GET", "/book").status == 200
        assert caller.ask("GET", "/api/pricing").status == 200
        assert caller.ask("GET", "/api/v1/models").status == 200


# -- the account -------------------------------------------------------------------------------

BUSY = {
    "kling": 1303,
    "kling-2026": 1303,
    "hiapi": "RATE_LIMITED",
    "runware": "rateLimitExceeded",
    "apimodels": 429,
}
EMPTY = {
    "kling": 1102,
    "kling-2026": 1102,
    "hiapi": "INSUFFICIENT_BALANCE",
    "runware": "insufficientCredits",
    "apimodels": 402,
}


def code_of(provider, answer):
    if provider == "runware":
        (error,) = answer.json["errors"]
        assert error["taskUUID"]
        return error["code"]
    return answer.json["error_code" if provider == "hiapi" else "code"]


@every_provider
def test_an_order_is_refused_for_now_two_times(faulty, provider):
    with faulty("busy") as caller:
        answers = [caller.submit(provider, FAILS) for _ in range(3)]

        assert [answer.status for answer in answers] == [429, 429, 200]
        assert code_of(provider, answers[0]) == BUSY[provider]
        assert answers[0].headers["retry-after"] == "1"
        assert caller.charges() == 1
        assert caller.fired() == {"busy": 2}


@every_provider
def test_there_are_so_many_slots_for_an_account_and_model(faulty, provider):
    with faulty("slots=2", seconds=60) as caller:
        statuses = []
        threads = [
            threading.Thread(
                target=lambda n=n: statuses.append(caller.submit(provider, FAILS, task=f"-/{n}").status)
            )
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(statuses) == [200, 200] + [429] * 6
        assert code_of(provider, caller.submit(provider, FAILS)) == BUSY[provider]
        assert caller.charges() == 2
        assert caller.fired() == {"slots": 7}
        assert Caller(caller.sandbox, "another key").submit(provider, FAILS).status == 200


def test_a_slot_is_free_when_its_job_has_ended_also_after_a_restart(faulty, until):
    with faulty("slots=1", seconds=1.5) as caller:
        assert caller.submit("kling", FAILS).status == 200
    with faulty("slots=1", seconds=0) as caller:
        assert caller.submit("kling", FAILS).status == 429
        until(lambda: caller.submit("kling", FAILS).status, lambda status: status == 200)


@every_provider
def test_nothing_is_left_to_pay_with_after_so_many_jobs(faulty, provider):
    with faulty("empty=2") as caller:
        answers = [caller.submit(provider, FAILS, task=f"-/{number}") for number in range(4)]

        status = 429 if "kling" in provider else 402
        assert [answer.status for answer in answers] == [200, 200, status, status]
        assert code_of(provider, answers[2]) == EMPTY[provider]
        assert caller.charges() == 2


def token(issued, issuer="ak"):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": issuer, "exp": int(issued) + 1800, "nbf": int(issued) - 5}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.c2ln"


@pytest.mark.parametrize(("skew", "code"), [(7200, 1004), (-7200, 1003)])
def test_a_token_is_judged_by_the_clock_of_the_provider(faulty, skew, code):
    with faulty(f"clock={skew}") as caller:
        caller.key = token(time.time())
        refused = caller.submit("kling", FAILS)
        there = parsedate_to_datetime(refused.headers["date"]).timestamp()
        caller.key = token(there)
        taken = caller.submit("kling", FAILS)

        assert (refused.status, refused.json["code"]) == (401, code)
        assert there == pytest.approx(time.time() + skew, abs=10)
        assert taken.status == 200
        assert caller.fired() == {"clock": 1}


def test_a_new_token_is_the_same_account(faulty):
    with faulty("slots=1", seconds=60) as caller:
        statuses = []
        for ago in (0, 60):
            caller.key = token(time.time() - ago)
            statuses.append(caller.submit("kling", FAILS).status)

        assert statuses == [200, 429]


# -- the task ----------------------------------------------------------------------------------


@every_provider
def test_a_task_that_is_done_is_not_found_every_other_time(faulty, done, provider):
    with faulty("flip-flop") as caller:
        job = caller.job(provider)
        done(caller, provider, job)
        told = [caller.poll(provider, job).status for _ in range(4)]

        assert told == [None, DONE[provider], None, DONE[provider]]
        assert caller.fired() == {"flip-flop": 2}


@every_provider
def test_a_task_is_not_found_for_a_while(faulty, until, provider):
    with faulty("forget=1") as caller:
        job = caller.job(provider, FAILS)
        early = caller.query(provider, job)
        until(lambda: caller.query(provider, job).data, lambda data: job.encode() in data)

        assert job.encode() not in early.data or provider == "runware"
        assert early.status == (200 if provider == "kling-2026" else 404)
        assert caller.fired()["forget"] >= 1


@pytest.mark.parametrize(
    ("provider", "ask"),
    [
        ("kling", ("GET", "/v1/videos/omni-video")),
        ("kling-2026", ("POST", "/tasks", {})),
        ("hiapi", ("GET", "/v1/tasks")),
    ],
)
def test_a_forgotten_task_is_in_no_list(faulty, provider, ask):
    with faulty("forget=60", seconds=60) as caller:
        job = caller.job(provider, FAILS)

        assert job not in caller.ask(*ask).data.decode()
        assert caller.ask(*ask).status == 200


def test_a_runware_array_tells_of_the_others(faulty):
    with faulty("forget=60@0.5", seconds=60) as caller:
        jobs = [caller.job("runware", FAILS, task=f"-/{number}") for number in range(12)]
        answer = caller.ask("POST", "/v1", [{"taskType": "getResponse", "taskUUID": job} for job in jobs])

        told = {task["taskUUID"] for task in answer.json["data"]}
        missing = {error["taskUUID"]: error["code"] for error in answer.json["errors"]}
        assert answer.status == 200
        assert told | set(missing) == set(jobs)
        assert not told & set(missing)
        assert set(missing.values()) == {"taskNotFound"}


@every_provider
def test_a_stuck_task_never_ends(faulty, provider):
    with faulty("stuck") as caller:
        job = caller.job(provider)
        time.sleep(0.3)

        assert caller.poll(provider, job).status in {"processing", "handling"}
        assert caller.poll(provider, job).urls == []
        assert caller.charges() == 1
        assert caller.fired() == {"stuck": 1}


@every_provider
def test_a_status_word_is_one_that_nobody_documents(faulty, done, provider):
    with faulty("unknown-word") as caller:
        job = caller.job(provider)
        time.sleep(0.2)
        told = [caller.poll(provider, job) for _ in range(2)]

        assert [(one.status, one.urls) for one in told] == [("hibernating", [])] * 2
        assert done(caller, provider, job).urls
        assert caller.fired() == {"unknown-word": 2}


@every_provider
def test_a_task_is_done_without_an_address(faulty, done, provider):
    with faulty("no-url") as caller:
        told = done(caller, provider, caller.job(provider))

        assert told.urls == []
        assert caller.fired() == {"no-url": 1}


@pytest.mark.parametrize("provider", ["kling", "kling-2026", "runware"])
def test_a_task_is_done_and_does_not_say_what_it_cost(faulty, done, provider):
    with faulty("no-cost") as caller:
        told = done(caller, provider, caller.job(provider))

        assert not told.cost
        assert told.urls
        assert caller.charges() == 1
        assert caller.fired() == {"no-cost": 1}


@pytest.mark.parametrize(
    ("provider", "cost"),
    [
        ("kling", "4.5"),
        ("kling-2026", [{"charge_type": "unit", "amount": "4.5", "package_type": "video"}]),
        ("runware", pytest.approx(3 * 0.084 * 2.5)),
    ],
)
def test_the_bill_is_so_many_times_the_list(faulty, done, provider, cost):
    with faulty("double-bill=2.5") as caller, faulty(folder=caller.sandbox._folder.parent / "plain") as plain:
        told = done(caller, provider, caller.job(provider))
        plain.job(provider)
        charged, listed = (float(one.book()["charges"][0]["amount"]) for one in (caller, plain))

        assert told.cost == cost
        assert charged == pytest.approx(listed * 2.5)
        assert caller.fired() == {"double-bill": 1}


# -- the clip ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "status"), [("expired-link", 403), ("expired-link=410", 410)])
@every_provider
def test_an_address_has_expired_until_the_task_is_asked_for_again(faulty, done, provider, fault, status):
    with faulty(fault) as caller:
        job = caller.job(provider)
        (url,) = done(caller, provider, job).urls
        early = [caller.clip(url).status for _ in range(2)]
        caller.poll(provider, job)

        assert early == [status, status]
        assert caller.clip(url).status == 200
        assert caller.fired() == {"expired-link": 2}


@pytest.fixture
def url(done):
    """Make the fox, and return the address of its clip."""

    def make(caller, provider="kling"):
        return done(caller, provider, caller.job(provider)).urls[0]

    return make


def test_a_clip_ends_early_and_nothing_says_so(faulty, url):
    with faulty("short-clip/1") as caller:
        address = url(caller)
        short, whole = caller.clip(address), caller.clip(address)

        assert short.status == 200
        assert len(short.data) == len(whole.data) * 2 // 3
        assert int(short.headers["content-length"]) == len(short.data)
        assert whole.data.startswith(short.data)
        assert caller.fired() == {"short-clip": 1}


def test_a_connection_ends_in_the_middle_of_a_clip(faulty, url):
    with faulty("truncate:clip/1") as caller:
        address = url(caller)

        assert isinstance(caller.breaks("GET", urlsplit(address).path), IncompleteRead)
        assert caller.clip(address).status == 200


def test_a_clip_comes_byte_by_byte(faulty, url):
    with faulty("drip=0.2") as caller:
        address = url(caller)
        moments = []
        with socket.create_connection(urlsplit(address).netloc.split(":")) as connection:
            connection.sendall(f"GET {urlsplit(address).path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            connection.settimeout(5)
            said = b""
            while b"\r\n\r\n" not in said:
                said += connection.recv(65536)
            while len(moments) < 4:
                assert len(connection.recv(65536)) == 1
                moments.append(time.monotonic())

    assert all(later - earlier > 0.1 for earlier, later in pairwise(moments))


def test_a_page_comes_in_the_place_of_a_clip(faulty, url):
    with faulty("html-clip") as caller:
        answer = caller.clip(url(caller))

        assert answer.status == 200
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.data.startswith(b"<html>")


def test_an_address_leads_on_to_a_private_one(faulty, url):
    with faulty("redirect-private") as caller:
        answer = caller.clip(url(caller))
        place = urlsplit(answer.headers["location"])

        assert answer.status == 302
        assert place.hostname == "localhost"
        assert caller.fired() == {"redirect-private": 1}
        assert caller.ask("GET", place.path).status == 404
        assert caller.fired() == {"redirect-private": 1, "redirect-private followed": 1}


def test_a_clip_is_larger_than_any_clip(faulty, url):
    with faulty("big-clip=3") as caller:
        address = url(caller)
        answer = caller.clip(address)
        part = caller.clip(address, Range=f"bytes=-{4 * 1024 * 1024}")

        assert len(answer.data) > 3 * 1024 * 1024
        assert answer.data.endswith(b"\0" * 3 * 1024 * 1024)
        assert int(answer.headers["content-length"]) == len(answer.data)
        assert part.data == answer.data[-len(part.data) :]


# -- how likely --------------------------------------------------------------------------------


def struck(faulty, tmp_path, seed, order, fault="503=0.5"):
    with faulty(fault, fault_seed=seed, folder=tmp_path / uuid4().hex) as caller:
        return {n: caller.submit("apimodels", FAILS, task=f"-/{n}").status == 503 for n in order}


def test_half_of_the_calls_are_struck_and_the_same_again_in_any_order(faulty, tmp_path):
    forth = struck(faulty, tmp_path, 1, range(40))
    back = struck(faulty, tmp_path, 1, reversed(range(40)))
    other = struck(faulty, tmp_path, 2, range(40))

    assert 10 < sum(forth.values()) < 30
    assert forth == back
    assert forth != other


@pytest.mark.parametrize("fault", ["503=0", "503@0"])
def test_what_never_strikes_never_strikes(faulty, tmp_path, fault):
    assert not any(struck(faulty, tmp_path, 1, range(20), fault).values())


def test_the_next_try_is_drawn_anew(faulty):
    with faulty("503=0.5", fault_seed=3) as caller:
        statuses = {caller.submit("kling", FAILS).status for _ in range(20)}

    assert statuses == {200, 503}


def test_half_of_the_tasks_are_stuck_for_good(faulty):
    with faulty("stuck@0.5", fault_seed=1) as caller:
        jobs = [caller.job("hiapi", FAILS, task=f"-/{number}") for number in range(20)]
        first, second = ([caller.poll("hiapi", job).status for job in jobs] for _ in range(2))

        assert first == second
        assert set(first) == {"handling", "fail"}
        assert caller.fired() == {"stuck": first.count("handling")}


def test_a_fault_strikes_a_task_as_often_as_it_may(faulty):
    with faulty("504:poll/3") as caller:
        jobs = [caller.job("kling", FAILS, task=task) for task in ("-/a", "-/b")]
        seen = {job: [caller.query("kling", job).status for _ in range(5)] for job in jobs}

        assert list(seen.values()) == [[504, 504, 504, 200, 200]] * 2
        assert caller.fired() == {"504": 6}


def test_the_count_outlives_the_sandbox(faulty):
    with faulty("503/1") as caller:
        caller.submit("kling", FAILS)
    with faulty() as caller:
        assert caller.fired() == {"503": 1}


@every_provider
def test_a_repeated_order_of_ours_is_charged_once_whatever_was_lost(faulty, provider):
    if provider == "apimodels":
        pytest.skip("knows no ids of the caller's")
    ours = str(uuid4())
    with faulty("lost-reply/1") as caller:
        path, body = caller.order(provider, FOX, ours=ours)
        headers = {"Idempotency-Key": ours} if provider == "hiapi" else {}
        lost = caller.breaks("POST", path, body, **headers)
        again = caller.ask("POST", path, body, **headers)

        assert isinstance(lost, RemoteDisconnected)
        assert again.status == (200 if provider == "hiapi" else 400)
        assert caller.charges() == 1
