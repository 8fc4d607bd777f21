"""HiAPI's price list, its list of tasks and its idempotency keys, over real HTTP."""

from decimal import Decimal
from uuid import uuid4

import httpx
import pytest

from kling_spec.sandbox import Sandbox

MODELS = ["kling-3.0-omni/text-to-video", "kling-3.0-omni/image-to-video"]
# ends as failed, so that no clip is rendered
FAILS = "a fox [sandbox:fail]"


def body(prompt=FAILS, **more):
    return {"model": MODELS[0], "input": {"prompt": prompt, "duration": 3, **more}}


def estimate(row, asked):
    """Return what a second costs by the rules of the list: the policy that says most about the input."""
    fits = [
        policy
        for policy in row["policies"]
        if all(asked.get(name) == condition["match"] for name, condition in policy["rule"].items())
    ]
    best = max(fits, key=lambda policy: len(policy["rule"]), default={"usd_value": row["base_usd_value"]})
    return best["usd_value"] if "usd_value" in best else row["base_usd_value"] * best["times"]


def test_the_price_list_needs_no_key_and_has_both_models(sandbox):
    answer = httpx.get(f"{sandbox.url}/api/pricing")

    rows = {row["model_name"]: row for row in answer.json()["data"]}
    assert sorted(rows) == sorted(MODELS)
    for row in rows.values():
        assert row["factors"] == ["duration"]
        assert row["base_usd_value"] > 0
        kinds = {"times" if "times" in policy else "usd_value" for policy in row["policies"]}
        assert kinds == {"times", "usd_value"}
    assert "rehearsal" in answer.text


@pytest.mark.parametrize("resolution", ["720p", "1080p", "4K", None])
@pytest.mark.parametrize("sound", [True, False])
def test_the_book_charges_what_the_list_says(resolution, sound):
    asked = {"sound": sound} if resolution is None else {"sound": sound, "resolution": resolution}
    with Sandbox(seconds=0) as fresh, httpx.Client(base_url=fresh.url) as client:
        client.headers["Authorization"] = "Bearer key"
        row = client.get("/api/pricing").json()["data"][0]
        client.post("/v1/tasks", json=body(**asked))
        (charge,) = fresh.book().charges

    expected = estimate(row, {"resolution": "1080p", **asked})
    assert charge.amount == pytest.approx(Decimal(str(round(expected * 3, 6))))


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/api/pricing", 405), ("GET", "/api/pricing/x", 404)]
)
def test_there_is_no_more_to_the_price_list(client, method, path, status):
    answer = client.request(method, path, content=b"")

    assert answer.status_code == status
    assert answer.json()["code"] == status


def test_tasks_are_listed_newest_first_by_pages():
    with Sandbox(seconds=0) as fresh, httpx.Client(base_url=fresh.url) as client:
        client.headers["Authorization"] = "Bearer key"
        jobs = [client.post("/v1/tasks", json=body()).json()["data"]["taskId"] for _ in range(3)]

        def listed(**query):
            return client.get("/v1/tasks", params=query).json()["data"]

        assert [task["taskId"] for task in listed()["tasks"]] == jobs[::-1]
        page = listed(page=2, size=2)
        assert [task["taskId"] for task in page["tasks"]] == jobs[:1]
        assert (page["page"], page["size"], page["total"]) == (2, 2, 3)
        assert listed(page=9)["tasks"] == []
        refused = client.get("/v1/tasks", params={"size": 0})
        assert (refused.status_code, refused.json()["error_code"]) == (400, "INVALID_REQUEST")


def test_a_key_is_in_the_works_two_times_and_then_replayed(sandbox, client):
    headers = {"Idempotency-Key": f"ks-{uuid4().hex}"}
    asked = body(f"{FAILS} [sandbox:processing]")

    answers = [client.post("/v1/tasks", json=asked, headers=headers) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [409, 409, 200, 200]
    assert answers[0].json()["error_code"] == "IDEMPOTENCY_KEY_PROCESSING"
    assert answers[0].json()["data"] is None
    assert answers[0].headers["retry-after"] == "1"
    assert [answer.headers.get("idempotent-replay") for answer in answers[2:]] == ["true", "true"]
    assert sum(charge.client_id == headers["Idempotency-Key"] for charge in sandbox.book().charges) == 1


def test_without_a_key_every_body_is_a_task_of_its_own(client):
    asked = body(f"{FAILS} [sandbox:processing]")

    jobs = {client.post("/v1/tasks", json=asked).json()["data"]["taskId"] for _ in range(2)}

    assert len(jobs) == 2


def test_a_key_may_be_255_bytes_long(client):
    start = uuid4().hex

    def status(key):
        return client.post("/v1/tasks", json=body(), headers={"Idempotency-Key": key}).status_code

    assert status(start.ljust(255, "x")) == 200
    assert status(start.ljust(256, "x")) == 400


def test_a_refused_body_does_not_use_its_key_up(client):
    headers = {"Idempotency-Key": f"ks-{uuid4().hex}"}

    refused = client.post("/v1/tasks", json=body(duration=99), headers=headers)
    taken = client.post("/v1/tasks", json=body(), headers=headers)

    assert refused.status_code == 400
    assert taken.status_code == 200
    assert "idempotent-replay" not in taken.headers
