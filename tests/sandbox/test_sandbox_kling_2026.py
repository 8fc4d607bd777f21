"""Kling's second standard over real HTTP: keys, tasks, pages, bills and a clip that plays."""

import time
from uuid import uuid4

import httpx
import jwt
import pytest

from kling_spec.sandbox import Sandbox

OMNI = "/omni-video/kling-3.0-omni"
O1 = "/omni-video/kling-o1"
# ends as failed, so that no clip is rendered
FAILS = "a fox [sandbox:fail]"


def asked(text=FAILS, *items, options=None, **settings):
    body = {"contents": [{"type": "prompt", "text": text}, *items], "settings": settings}
    return body if options is None else {**body, "options": options}


def token(**claims):
    now = int(time.time())
    claims = {"iss": "access", "exp": now + 1800, "nbf": now - 5, **claims}
    return jwt.encode(claims, "a secret of thirty-two characters", algorithm="HS256")


def code(answer):
    body = answer.json()
    assert body["request_id"]
    assert body["message"]
    assert "data" not in body
    return answer.status_code, body["code"]


@pytest.fixture
def ended(client, until):
    def wait(job):
        return until(
            lambda: client.get("/tasks", params={"task_ids": job}).json()["data"][0],
            lambda task: task["status"] in {"succeeded", "failed"},
        )

    return wait


def test_a_clip_is_made_and_billed(sandbox, client, ended):
    name = f"ks-{uuid4().hex}"
    options = {"external_task_id": name, "watermark_info": {"enabled": True}}
    body = asked("a fox runs", duration=3, audio="native", aspect_ratio="9:16", options=options)

    created = client.post(OMNI, json=body, headers={"X-Kling-Spec-Task": "-/fox"}).json()
    assert created["code"] == 0
    assert set(created["data"]) == {"id", "status", "create_time", "update_time", "external_id"}
    assert created["data"]["status"] == "submitted"
    assert created["data"]["external_id"] == name
    assert created["data"]["create_time"] > 10**12
    task = ended(created["data"]["id"])

    assert task["status"] == "succeeded", task
    assert task["message"] == ""
    assert task["billing"] == [{"charge_type": "unit", "amount": "2.4", "package_type": "video"}]
    [output] = task["outputs"]
    assert output["type"] == "video"
    assert output["duration"] == "3"
    assert output["watermark_url"]
    clip = client.get(output["url"])
    assert clip.headers["content-type"] == "video/mp4"
    by_name = client.get("/tasks", params={"external_task_ids": f"{name},nobody"}).json()["data"]
    assert by_name == [task]
    charge = next(charge for charge in sandbox.book().charges if charge.client_id == name)
    assert (charge.provider, charge.task, str(charge.amount)) == ("kling-2026", "-/fox", "0.336")


def test_an_edit_takes_the_length_of_its_video(client, ended):
    made = ended(client.post(OMNI, json=asked("a fox", duration=4)).json()["data"]["id"])
    base = {"type": "base_video", "url": made["outputs"][0]["url"]}

    job = client.post(OMNI, json=asked("snow", base, multi_shot=False, resolution="1080p")).json()["data"]
    edited = ended(job["id"])

    assert edited["outputs"][0]["duration"] == "4"
    assert edited["billing"][0]["amount"] == "4.8"


def test_a_bill_can_be_in_money(client, ended):
    job = client.post(O1, json=asked(f"{FAILS} [sandbox:cash]")).json()["data"]["id"]

    assert ended(job)["billing"] == [
        {
            "charge_type": "cash",
            "cash_type": "balance",
            "amount": "0.42",
            "currency": "USD",
            "list_price": "0.42",
        }
    ]


def test_a_failed_task_says_why(client, ended):
    task = ended(client.post(O1, json=asked()).json()["data"]["id"])

    assert task["status"] == "failed"
    assert task["message"]
    assert task["outputs"] == []


def test_a_task_goes_through_its_states():
    with Sandbox(seconds=60) as slow, httpx.Client(base_url=slow.url) as client:
        client.headers["Authorization"] = "Bearer key"
        job = client.post(O1, json=asked()).json()["data"]["id"]
        [early] = client.get("/tasks", params={"task_ids": job}).json()["data"]

    assert early["status"] == "submitted"
    assert early["outputs"] == early["billing"] == []


# -- who may ask -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "number"),
    [
        pytest.param(None, 1001, id="none"),
        pytest.param("Bearer", 1000, id="empty"),
        pytest.param("key", 1000, id="no scheme"),
        pytest.param(f"Bearer {token()}", 1002, id="a signed token"),
    ],
)
@pytest.mark.parametrize("call", [("POST", OMNI), ("GET", "/tasks?task_ids=1"), ("POST", "/tasks")])
def test_only_an_api_key_is_taken(sandbox, call, header, number):
    headers = {} if header is None else {"Authorization": header}

    answer = httpx.request(*[call[0], sandbox.url + call[1]], headers=headers, content=b"{}")

    assert code(answer) == (401, number)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param({}, (404, 1203), id="fresh"),
        pytest.param({"exp": int(time.time()) - 9}, (401, 1004), id="expired"),
        pytest.param({"nbf": int(time.time()) + 900}, (401, 1003), id="not yet valid"),
        pytest.param({"iss": ""}, (401, 1002), id="of nobody"),
    ],
)
def test_the_first_standard_takes_signed_tokens_in_their_time(sandbox, claims, expected):
    headers = {"Authorization": f"Bearer {token(**claims)}"}

    assert code(httpx.get(f"{sandbox.url}/v1/videos/omni-video/1", headers=headers)) == expected


# -- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b"NaN", b"5", b"[]"])
def test_a_body_that_is_no_task_is_refused(client, content):
    assert code(client.post(OMNI, content=content))[0] == 400
    assert code(client.post("/tasks", content=content))[0] == 400


def test_a_wrong_value_is_named(client):
    answer = client.post(OMNI, json=asked(duration="5"))

    assert code(answer) == (400, 1201)
    assert "settings.duration" in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/omni-video/kling-v3-omni", (404, 1203)),
        ("POST", "/omni-video", (404, 1203)),
        ("GET", "/omni-video/kling-9", (404, 1203)),
        ("GET", OMNI, (404, 1202)),
        ("DELETE", "/tasks", (404, 1202)),
        ("GET", "/tasks/1", (404, 1203)),
    ],
)
def test_paths_that_are_not_there(client, method, path, expected):
    assert code(client.request(method, path, json=asked() if method == "POST" else None)) == expected


def test_an_external_id_is_taken_once_in_both_standards(client):
    name = f"ks-{uuid4().hex}"
    first_standard = {"model_name": "kling-v3-omni", "prompt": FAILS, "aspect_ratio": "16:9"}

    assert client.post(OMNI, json=asked(options={"external_task_id": name})).status_code == 200
    for path, body in {
        OMNI: asked(options={"external_task_id": name}),
        "/v1/videos/omni-video": {**first_standard, "external_task_id": name},
    }.items():
        again = client.post(path, json=body)
        assert code(again) == (400, 1201)
        assert "external_task_id" in again.json()["message"]
    name = f"ks-{uuid4().hex}"
    body = {**first_standard, "external_task_id": name}
    assert client.post("/v1/videos/omni-video", json=body).status_code == 200
    assert code(client.post(O1, json=asked(options={"external_task_id": name}))) == (400, 1201)


def test_an_empty_external_id_is_none(client):
    for _ in range(2):
        assert client.post(O1, json=asked(options={"external_task_id": ""})).status_code == 200


def test_a_prompt_can_ask_for_trouble(client):
    assert code(client.post(OMNI, json=asked("[sandbox:refuse]"))) == (400, 1301)
    name = uuid4().hex
    tries = [
        client.post(
            OMNI, json=asked(f"{FAILS} [sandbox:busy] {name}", options={"external_task_id": f"{name}{n}"})
        )
        for n in range(3)
    ]
    assert [answer.status_code for answer in tries] == [429, 429, 200]
    assert code(tries[0]) == (429, 1303)


# -- many tasks --------------------------------------------------------------------------------


def test_tasks_are_asked_for_by_one_kind_of_id(client):
    assert code(client.get("/tasks", params={"task_ids": "1", "external_task_ids": "2"})) == (400, 1201)
    assert code(client.get("/tasks")) == (400, 1201)
    unknown = client.get("/tasks", params={"task_ids": "1,2"})
    assert unknown.status_code == 200
    assert unknown.json()["data"] == []


def test_an_id_of_ours_is_none_of_theirs(client):
    name = f"ks-{uuid4().hex}"
    job = client.post(O1, json=asked(options={"external_task_id": name})).json()["data"]["id"]

    assert client.get("/tasks", params={"task_ids": name}).json()["data"] == []
    assert client.get("/tasks", params={"external_task_ids": job}).json()["data"] == []
    two = client.get("/tasks", params={"task_ids": f"{job}, {job},9"}).json()["data"]
    assert [task["id"] for task in two] == [job]


def test_a_cursor_leads_through_all_tasks():
    with Sandbox(seconds=0) as fresh, httpx.Client(base_url=fresh.url) as client:
        client.headers["Authorization"] = "Bearer key"
        jobs = [client.post(O1, json=asked()).json()["data"]["id"] for _ in range(5)]
        seen, cursor = [], ""
        while True:
            page = client.post("/tasks", json={"limit": 2, "cursor": cursor}).json()["data"]
            assert page["count"] == len(page["result"])
            seen += [task["id"] for task in page["result"]]
            # what comes in meanwhile moves no page
            client.post(O1, json=asked())
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break

        def count(**body):
            return client.post("/tasks", json=body).json()["data"]["count"]

        assert seen == jobs[::-1]
        assert count() == 8
        assert count(filters=[{"key": "status", "values": ["succeeded"]}]) == 0
        assert count(filters=[{"key": "status", "values": ["failed", "submitted"]}]) == 8
        assert count(filters=[{"key": "product_type", "values": ["image"]}]) == 0
        assert count(start_time="1", end_time="2") == 0


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"limit": 501}, id="too many"),
        pytest.param({"limit": "2"}, id="limit as a string"),
        pytest.param({"start_time": 5}, id="time as a number"),
        pytest.param({"start_time": "5", "end_time": "5"}, id="no time between"),
        pytest.param({"cursor": "mine"}, id="a cursor of one's own"),
        pytest.param({"filters": [{"key": "model", "values": ["a"]}]}, id="no such key"),
        pytest.param({"filters": [{"key": "status", "values": ["succeed"]}]}, id="the first standard's word"),
        pytest.param({"page": 1}, id="no such field"),
    ],
)
def test_a_search_that_is_not_right_is_refused(client, body):
    assert code(client.post("/tasks", json=body)) == (400, 1201)


def test_tasks_outlive_the_sandbox(tmp_path):
    headers = {"Authorization": "Bearer key"}
    with Sandbox(seconds=0, folder=tmp_path) as before:
        options = {"external_task_id": "mine"}
        job = httpx.post(before.url + O1, json=asked(options=options), headers=headers).json()["data"]["id"]
    with Sandbox(seconds=0, folder=tmp_path) as after:
        url = f"{after.url}/tasks?external_task_ids=mine"
        [task] = httpx.get(url, headers=headers).json()["data"]
        again = httpx.post(after.url + O1, json=asked(options=options), headers=headers)

    assert task["id"] == job
    assert again.status_code == 400
