"""Who may ask, what happens twice, what is refused, and in whose words."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from kling_spec.sandbox import Sandbox

# These bodies end as failed, so that no clip is rendered for them.
PROMPT = "a fox [sandbox:fail]"


def kling(prompt=PROMPT, **more):
    return {"model_name": "kling-v3-omni", "prompt": prompt, "aspect_ratio": "16:9", "mode": "std", **more}


def hiapi(prompt=PROMPT):
    return {"model": "kling-3.0-omni/text-to-video", "input": {"prompt": prompt, "duration": 3}}


def runware(prompt=PROMPT, **more):
    task = {
        "taskType": "videoInference",
        "taskUUID": str(uuid4()),
        "model": "klingai:kling-video@o3-standard",
        "positivePrompt": prompt,
        "width": 1280,
        "height": 720,
    }
    return [{**task, **more}]


def apimodels(prompt=PROMPT, **more):
    return {"model": "kling-v3-omni", "prompt": prompt, **more}


SUBMITS = {
    "kling": ("/v1/videos/omni-video", kling),
    "hiapi": ("/v1/tasks", hiapi),
    "runware": ("/v1", runware),
    "apimodels": ("/api/v1/video/generations", apimodels),
}
EACH = pytest.mark.parametrize("provider", SUBMITS)


def words(provider, answer):
    """Return the provider's own code for what went wrong; fails where its error body has another shape."""
    body = answer.json()
    match provider:
        case "kling":
            assert body["request_id"]
            assert body["message"]
            assert "data" not in body
            return body["code"]
        case "hiapi":
            assert body["code"] == answer.status_code
            assert body["message"]
            assert body["data"] is None
            return body["error_code"]
        case "runware":
            error = body["errors"][0]
            assert error["message"]
            assert error["documentation"]
            return error["code"]
        case _:
            assert body["msg"]
            assert body["code"] == answer.status_code
            return body["code"]


# -- keys --------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize(
    "header", [None, "Bearer", "key", "Basic a2V5"], ids=["none", "empty", "no scheme", "basic"]
)
def test_a_key_is_needed(sandbox, provider, header):
    path, body = SUBMITS[provider]
    headers = {} if header is None else {"Authorization": header}

    answer = httpx.post(sandbox.url + path, json=body(), headers=headers)

    assert answer.status_code == 401
    expected = {
        "kling": 1001 if header is None else 1000,
        "hiapi": "UNAUTHORIZED",
        "runware": "invalidApiKey",
        "apimodels": 401,
    }
    assert words(provider, answer) == expected[provider]


def test_runware_takes_the_key_from_the_first_task_too(sandbox):
    body = [{"taskType": "authentication", "apiKey": "key"}, *runware()]

    answer = httpx.post(f"{sandbox.url}/v1", json=body)

    assert [item["taskType"] for item in answer.json()["data"]] == ["authentication", "videoInference"]


# -- bodies ------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 50_000, b"NaN", b"5"],
    ids=["empty", "open", "bytes", "deep", "nan", "5"],
)
def test_a_body_that_is_no_task_is_refused_in_the_providers_words(client, provider, content):
    answer = client.post(SUBMITS[provider][0], content=content)

    assert answer.status_code == 400
    assert words(provider, answer) in {1200, 1201, "INVALID_REQUEST", "invalidRequest", 400}


@EACH
def test_a_huge_body_is_refused(client, provider):
    answer = client.post(SUBMITS[provider][0], content=b"x" * (64 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    words(provider, answer)


@EACH
def test_other_methods_are_refused(client, provider):
    path = SUBMITS[provider][0]

    assert words(provider, client.delete(path))
    assert words(provider, client.put(path, json={}))
    assert client.patch(path, json={}).status_code in {404, 405}


@EACH
def test_a_wrong_value_is_refused_by_its_name(client, provider):
    path, _ = SUBMITS[provider]
    body = {
        "kling": kling(duration=5),
        "hiapi": {"model": "kling-3.0-omni/text-to-video", "input": {"prompt": "a", "duration": "5"}},
        "runware": runware(duration="5"),
        "apimodels": apimodels(duration=5),
    }[provider]

    answer = client.post(path, json=body)

    assert answer.status_code == 400
    assert words(provider, answer) in {1201, "INVALID_REQUEST", "invalidParameter", 400}
    assert "duration" in answer.text
    if provider == "runware":
        error = answer.json()["errors"][0]
        assert error["parameter"] == "duration"
        assert error["taskUUID"] == body[0]["taskUUID"]


def test_kling_does_not_know_another_providers_model(client):
    answer = client.post("/v1/videos/omni-video", json=kling(model_name="kling-3.0-omni"))

    assert answer.status_code == 404
    assert words("kling", answer) == 1203


def test_runware_does_what_it_can_and_says_what_it_cannot(client):
    good, bad = runware()[0], runware(width=1)[0]

    reply = client.post("/v1", json=[good, bad]).json()

    assert [item["taskUUID"] for item in reply["data"]] == [good["taskUUID"]]
    assert [item["taskUUID"] for item in reply["errors"]] == [bad["taskUUID"]]


# -- the same thing twice ----------------------------------------------------------------------


def test_kling_takes_an_external_id_once(client):
    body = kling(external_task_id=f"ks-{uuid4().hex}")

    assert client.post("/v1/videos/omni-video", json=body).status_code == 200
    again = client.post("/v1/videos/omni-video", json=body)

    assert again.status_code == 400
    assert words("kling", again) == 1201
    assert "external_task_id" in again.json()["message"]


def test_runware_takes_a_task_uuid_once(client):
    body = runware()

    assert client.post("/v1", json=body).status_code == 200
    again = client.post("/v1", json=body)

    assert again.status_code == 400
    assert words("runware", again) == "conflictTaskUUID"


def test_hiapi_replays_an_idempotency_key_and_minds_the_body(client):
    headers = {"Idempotency-Key": f"ks-{uuid4().hex}"}

    first = client.post("/v1/tasks", json=hiapi(), headers=headers)
    again = client.post("/v1/tasks", json=hiapi(), headers=headers)
    other = client.post("/v1/tasks", json=hiapi(f"{PROMPT}!"), headers=headers)

    assert again.json() == first.json()
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert other.status_code == 422
    assert words("hiapi", other) == "IDEMPOTENCY_KEY_MISMATCH"


@pytest.mark.parametrize("provider", ["kling", "hiapi", "runware"])
def test_of_many_at_the_same_moment_one_is_charged(sandbox, provider):
    name = str(uuid4())
    path, headers = SUBMITS[provider][0], {"Authorization": "Bearer key"}
    body = {"kling": kling(external_task_id=name), "hiapi": hiapi(), "runware": runware(taskUUID=name)}[
        provider
    ]
    if provider == "hiapi":
        headers["Idempotency-Key"] = name

    with ThreadPoolExecutor(8) as crowd:
        answers = list(
            crowd.map(lambda _: httpx.post(sandbox.url + path, json=body, headers=headers), range(16))
        )

    assert sum(charge.client_id == name for charge in sandbox.book().charges) == 1
    fine = [answer for answer in answers if answer.status_code == 200]
    assert len(fine) >= 1 if provider == "hiapi" else len(fine) == 1
    if provider == "hiapi":
        assert len({answer.text for answer in fine}) == 1
        late = [answer for answer in answers if answer not in fine]
        assert {words("hiapi", answer) for answer in late} <= {"IDEMPOTENCY_KEY_PROCESSING"}


# -- jobs that are not there -------------------------------------------------------------------


def test_an_unknown_job_is_not_found(client):
    lost = str(uuid4())

    assert words("kling", client.get(f"/v1/videos/omni-video/{lost}")) == 1203
    assert words("hiapi", client.get(f"/v1/tasks/{lost}")) == "TASK_NOT_FOUND"
    assert (
        words("runware", client.post("/v1", json=[{"taskType": "getResponse", "taskUUID": lost}]))
        == "taskNotFound"
    )
    assert words("apimodels", client.get("/api/v1/video/generations", params={"task_id": lost})) == 404


@pytest.mark.parametrize("query", ["pageNum=0", "pageNum=1001", "pageSize=501", "pageSize=x"])
def test_kling_minds_the_bounds_of_its_list(client, query):
    assert words("kling", client.get(f"/v1/videos/omni-video?{query}")) == 1201


# -- rehearsed trouble -------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("word", ["refuse", "broke"])
def test_a_prompt_can_ask_to_be_refused(sandbox, client, provider, word):
    path, body = SUBMITS[provider]
    before = len(sandbox.book().charges)

    answer = client.post(path, json=body(f"a fox [sandbox:{word}]"))

    expected = {
        "refuse": {
            "kling": 1301,
            "hiapi": "TASK_FAILED",
            "runware": "contentPolicyViolation",
            "apimodels": 400,
        },
        "broke": {
            "kling": 1102,
            "hiapi": "INSUFFICIENT_BALANCE",
            "runware": "insufficientCredits",
            "apimodels": 402,
        },
    }[word]
    status = 400 if word == "refuse" else 429 if provider == "kling" else 402
    assert answer.status_code == status
    assert words(provider, answer) == expected[provider]
    assert len(sandbox.book().charges) == before


@EACH
@pytest.mark.parametrize("word", ["busy", "down"])
def test_a_prompt_can_ask_for_trouble_that_passes(client, provider, word):
    path, body = SUBMITS[provider]
    asked = [client.post(path, json=body(f"[sandbox:{word}] {PROMPT}")) for _ in range(3)]

    status = 429 if word == "busy" else 500 if provider == "apimodels" else 503
    assert [answer.status_code for answer in asked] == [status, status, 200]
    expected = {
        "busy": {"kling": 1303, "hiapi": "RATE_LIMITED", "runware": "rateLimitExceeded", "apimodels": 429},
        "down": {
            "kling": 5001,
            "hiapi": "MODEL_UNAVAILABLE",
            "runware": "providerUnavailable",
            "apimodels": 500,
        },
    }[word]
    assert words(provider, asked[0]) == expected[provider]
    if provider == "hiapi":
        assert asked[0].headers["retry-after"] == "1"


def test_a_prompt_can_ask_to_fail_in_each_providers_words(client, until):
    def ended(ask, is_over):
        return until(ask, is_over)

    job = client.post("/v1/videos/omni-video", json=kling()).json()["data"]["task_id"]
    task = ended(
        lambda: client.get(f"/v1/videos/omni-video/{job}").json()["data"],
        lambda task: task["task_status"] == "failed",
    )
    assert task["task_status_msg"]
    job = client.post("/v1/tasks", json=hiapi()).json()["data"]["taskId"]
    task = ended(lambda: client.get(f"/v1/tasks/{job}").json()["data"], lambda task: task["status"] == "fail")
    assert task["error"]["code"] == "TASK_FAILED"
    body = runware()
    client.post("/v1", json=body)
    poll = [{"taskType": "getResponse", "taskUUID": body[0]["taskUUID"]}]
    reply = ended(lambda: client.post("/v1", json=poll), lambda reply: "errors" in reply.json())
    assert reply.json()["errors"][0]["status"] == "error"
    assert words("runware", reply) == "invalidProviderContent"
    job = client.post("/api/v1/video/generations", json=apimodels()).json()["data"]["taskId"]
    task = ended(
        lambda: client.get("/api/v1/video/generations", params={"task_id": job}).json()["data"],
        lambda task: task["state"] == "failed",
    )
    assert task["failMsg"]


# -- the book ----------------------------------------------------------------------------------


def test_every_accepted_job_stands_in_the_book_once():
    with Sandbox(seconds=0) as fresh, httpx.Client(base_url=fresh.url) as client:
        client.headers["Authorization"] = "Bearer key"
        client.headers["X-Kling-Spec-Task"] = "-/füchse"
        for path, body in SUBMITS.values():
            client.post(path, json=body())
            client.post(path, json={"nothing": "right"})
        client.get("/v1/videos/omni-video/lost")
        book = fresh.book()
        shown = client.get("/book").json()

    assert [charge.provider for charge in book.charges] == list(SUBMITS)
    amounts = {charge["provider"]: charge["amount"] for charge in shown["charges"]}
    assert amounts == {"kling": "0.42", "hiapi": "0.30", "runware": "0.420", "apimodels": "0.0000"}
    assert {charge.task for charge in book.charges} == {"-/füchse"}
    assert book.charges[0].units == 3
    assert book.seen("submit") == 7
    assert book.requests["kling"] == {"submit": 2, "poll": 1}
    assert shown == book.to_json()


def test_the_book_can_be_read_after_the_end():
    with Sandbox() as short:
        pass

    assert short.book().charges == ()
    with pytest.raises(httpx.ConnectError):
        httpx.get(short.url)


# -- the house ---------------------------------------------------------------------------------


def test_the_first_page_says_what_this_is(client):
    page = client.get("/")

    assert page.headers["content-type"].startswith("text/plain")
    assert "stand-in" in page.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/clips/x.mp4", "/files/x", "/files/../_book.py", "/clips/%2e%2e/a.mp4"]
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_own_pages_are_only_read(client):
    assert client.post("/book", json={}).status_code == 405


def test_a_file_that_was_put_there_is_served_and_read(client, picture):
    address = f"/files/{'ab' * 32}.png"
    small = f"/files/{'cd' * 32}.png"

    assert client.put(address, content=picture()).status_code == 201
    assert client.put(small, content=picture(100, 100)).status_code == 201

    assert client.get(address).content == picture()
    body = kling(image_list=[{"image_url": f"{client.base_url}{address}"}])
    assert client.post("/v1/videos/omni-video", json=body).status_code == 200
    body = kling(image_list=[{"image_url": f"{client.base_url}{small}"}])
    assert words("kling", client.post("/v1/videos/omni-video", json=body)) == 1201


@pytest.mark.parametrize("name", ["", "a/b", "%2e%2e", ".hidden", "a" * 201])
def test_a_file_needs_a_name_that_can_be_one(client, name):
    assert client.put(f"/files/{name}", content=b"x").status_code == 400


def test_nobody_but_this_machine_can_ask(sandbox):
    assert sandbox.url.startswith("http://127.0.0.1:")


def test_broken_connections_leave_the_sandbox_standing(sandbox, client):
    port = int(sandbox.url.rpartition(":")[2])
    for noise in (
        b"",
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST /v1 HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"\x16\x03\x01",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
            raw.sendall(noise)

    assert client.get("/").status_code == 200


def test_a_taken_port_is_an_error_and_leaves_nothing_behind(sandbox):
    port = int(sandbox.url.rpartition(":")[2])

    with pytest.raises(OSError, match="in use"):
        Sandbox(port=port).start()


def test_a_sandbox_can_be_started_again(tmp_path):
    again = Sandbox(seconds=0, folder=tmp_path)
    for _ in range(2):
        with again:
            assert httpx.get(again.url).status_code == 200
    again.stop()

    assert tmp_path.exists()


def test_a_sandbox_that_never_started_says_so():
    with pytest.raises(RuntimeError, match="not been started"):
        Sandbox().book()


def test_heavy_modules_wait_until_they_are_needed():
    heavy = {"jsonschema", "PIL", "av", "httpx"}
    code = f"import sys, kling_spec.sandbox; print({heavy!r} & set(sys.modules) or 'none')"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "none"
