"""APIModels over real HTTP: its files, its models, and its own few error bodies."""

import httpx
import pytest

PATH = "/api/v1/video/generations"
OMNI = {"model": "kling-v3-omni", "prompt": "a fox [sandbox:fail]"}


def told(answer):
    """Return status and code; fails where the error body has another shape."""
    body = answer.json()
    assert set(body) == {"code", "msg"}
    assert body["msg"]
    return answer.status_code, body["code"]


def upload(client, data, name="frame.png", field="file"):
    return client.post("/api/v1/files", files={field: (name, data)})


def test_the_models_are_listed(client):
    reply = client.get("/api/v1/models").json()

    assert reply["code"] == 200
    assert [model["id"] for model in reply["data"]] == ["kling-video-o1", "kling-v3-omni"]


def test_a_file_is_served_back_under_its_address(client, picture):
    reply = upload(client, picture()).json()

    assert reply["code"] == 200
    address = reply["data"]["publicUrl"]
    answer = client.get(address)
    assert answer.content == picture()
    assert answer.headers["content-type"] == "image/png"


def test_a_file_is_named_by_what_it_is(client, picture):
    address = upload(client, picture(kind="JPEG"), "frame.png").json()["data"]["publicUrl"]

    assert address.endswith(".jpg")


@pytest.mark.parametrize(
    ("size", "kind", "is_right"),
    [((400, 400), "PNG", True), ((299, 400), "PNG", False), ((400, 400), "WEBP", False)],
)
def test_an_uploaded_picture_is_looked_at(client, picture, size, kind, is_right):
    address = upload(client, picture(*size, kind=kind)).json()["data"]["publicUrl"]

    answer = client.post(PATH, json={**OMNI, "image_list": [{"image_url": address}]})

    assert answer.status_code == (200 if is_right else 400)


def test_an_upload_that_is_no_video_cannot_be_edited(client):
    address = upload(client, b"no film", "film.mp4").json()["data"]["publicUrl"]

    answer = client.post(PATH, json={**OMNI, "video_list": [{"video_url": address}]})

    assert told(answer) == (400, 400)
    assert "video_list[0].video_url" in answer.json()["msg"]


def test_every_kind_of_error_has_its_status(sandbox, client):
    assert told(httpx.post(sandbox.url + PATH, json=OMNI)) == (401, 401)
    assert told(httpx.get(f"{sandbox.url}/api/v1/models")) == (401, 401)
    assert told(httpx.post(f"{sandbox.url}/api/v1/files")) == (401, 401)
    assert told(client.post(PATH, json={**OMNI, "prompt": "[sandbox:broke]"})) == (402, 402)
    assert told(client.get(PATH, params={"task_id": "lost"})) == (404, 404)
    assert told(client.get("/api/v1/nothing")) == (404, 404)
    assert told(client.get(PATH)) == (400, 400)
    assert told(client.put("/api/v1/models", json={})) == (405, 405)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"content": b"x", "headers": {"Content-Type": "image/png"}}, id="bare bytes"),
        pytest.param({"files": {"image": ("a.png", b"x")}}, id="another field"),
        pytest.param({"files": {"file": ("a.png", b"")}}, id="an empty file"),
        pytest.param({"json": {"file": "x"}}, id="json"),
    ],
)
def test_an_upload_needs_a_field_named_file(client, more):
    assert told(client.post("/api/v1/files", **more)) == (400, 400)
