"""Runware's storage, elements, details and results by the number, over real HTTP."""

import base64
from uuid import uuid4

import pytest

from kling_spec.media import render_clip
from kling_spec.sandbox import Sandbox

URL = "https://example.com/a.png"
FILM = "https://example.com/a.mp4"


def task(**more):
    body = {
        "taskType": "videoInference",
        "taskUUID": str(uuid4()),
        "model": "klingai:kling-video@o3-standard",
        "positivePrompt": "a fox [sandbox:fail]",
    }
    return {**body, **more}


def sized(**more):
    return task(width=1280, height=720, **more)


@pytest.fixture
def ask(client):
    """Send one task and return its item of data, or its error."""

    def send(body):
        reply = client.post("/v1", json=[body])
        answer = reply.json()
        if answer.get("errors"):
            (error,) = answer["errors"]
            assert error["message"]
            return error
        (item,) = answer["data"]
        assert item["taskUUID"] == body["taskUUID"]
        return item

    return send


@pytest.fixture
def store(ask):
    """Store media and return the answer."""
    return lambda media, **more: ask(
        {
            "taskType": "mediaStorage",
            "taskUUID": str(uuid4()),
            "operation": "upload",
            "media": media,
            **more,
        }
    )


@pytest.fixture
def results(client, until):
    """Wait for all results of a task."""

    def wait(job):
        poll = [{"taskType": "getResponse", "taskUUID": job}]
        reply = until(
            lambda: client.post("/v1", json=poll).json(),
            lambda reply: "errors" in reply or all(item["status"] == "success" for item in reply["data"]),
        )
        assert "errors" not in reply, reply
        return reply["data"]

    return wait


# -- storage -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["data uri", "base64"])
def test_a_picture_is_stored_and_used_by_its_uuid(client, store, ask, picture, encoded, form):
    media = encoded() if form == "base64" else f"data:image/png;base64,{encoded()}"

    stored = store(media)

    assert stored["taskType"] == "mediaStorage"
    assert client.get(stored["mediaURL"]).content == picture()
    uuid = stored["mediaUUID"]
    assert "code" not in ask(task(inputs={"frameImages": [{"image": uuid, "frame": "first"}]}))
    assert "code" not in ask(sized(inputs={"referenceImages": [uuid]}))
    assert "code" not in ask(
        sized(inputs={"elements": [{"id": "a", "frontalImage": uuid, "images": [uuid]}]})
    )
    assert ask(task(inputs={"video": uuid}))["parameter"] == "inputs.video"


def test_an_image_can_be_uploaded_by_the_older_task(ask, encoded):
    head = {"taskType": "imageUpload", "taskUUID": str(uuid4())}

    stored = ask({**head, "image": f"data:image/jpeg;base64,{encoded(kind='JPEG')}"})

    assert stored["taskType"] == "imageUpload"
    assert "code" not in ask(task(inputs={"frameImages": [stored["imageUUID"]]}))


def test_the_clip_takes_the_shape_of_a_stored_frame(store, ask, results, encoded):
    stored = store(encoded(400, 700))
    body = task(inputs={"frameImages": [stored["mediaUUID"]]}, positivePrompt="it moves", duration=3)

    ask(body)
    (made,) = results(body["taskUUID"])
    edit = task(inputs={"video": made["videoUUID"]}, positivePrompt="in snow", includeCost=True)
    ask(edit)
    (edited,) = results(edit["taskUUID"])

    assert edited["cost"] == pytest.approx(3 * 0.126)


def test_a_video_is_stored_and_measured(store, ask, tmp_path):
    def stored(seconds, width, height):
        file = tmp_path / "film.mp4"
        render_clip(
            file, seconds=seconds, width=width, height=height, sound=False, title="", lines=(), seed=1
        )
        return store(f"data:video/mp4;base64,{base64.b64encode(file.read_bytes()).decode()}")["mediaUUID"]

    right, small = stored(3, 720, 720), stored(3, 320, 320)

    assert "code" not in ask(task(inputs={"video": right}))
    assert "code" not in ask(sized(inputs={"referenceVideos": [right]}))
    assert ask(task(inputs={"video": small}))["parameter"] == "inputs.video"
    assert ask(task(inputs={"frameImages": [right]}))["parameter"] == "inputs.frameImages[0]"


def test_media_of_another_server_are_stored_by_their_address(store, ask):
    stored = store(URL)

    assert stored["mediaURL"] == URL
    assert "code" not in ask(task(inputs={"frameImages": [stored["mediaUUID"]]}))
    assert "code" not in ask(task(inputs={"video": stored["mediaUUID"]}))


def test_media_are_deleted_and_then_unknown(store, ask, encoded):
    uuid = store(encoded())["mediaUUID"]
    delete = {"taskType": "mediaStorage", "taskUUID": str(uuid4()), "operation": "delete", "mediaUUID": uuid}

    assert ask(delete)["mediaUUID"] == uuid
    assert ask(delete)["code"] == "mediaNotFound"
    assert ask(task(inputs={"frameImages": [uuid]}))["parameter"] == "inputs.frameImages[0]"


@pytest.mark.parametrize(
    ("inputs", "parameter"),
    [
        ({"frameImages": ["0b5f8a53-3d5e-4e8f-9c67-2a1c4a8f9b01"]}, "inputs.frameImages[0]"),
        ({"frameImages": [{"image": "0b5f8a53-3d5e-4e8f-9c67-2a1c4a8f9b02"}]}, "inputs.frameImages[0]"),
        ({"video": "0b5f8a53-3d5e-4e8f-9c67-2a1c4a8f9b03"}, "inputs.video"),
    ],
)
def test_a_uuid_that_nobody_stored_is_refused(ask, inputs, parameter):
    error = ask(task(inputs=inputs))

    assert (error["code"], error["parameter"]) == ("invalidParameter", parameter)


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        pytest.param({"operation": "list"}, "operation", id="no such operation"),
        pytest.param({"media": ""}, "media", id="nothing"),
        pytest.param({"media": 5}, "media", id="a number"),
        pytest.param({"media": "bm90ZXMgb2YgbWluZSwgbm8gcGljdHVyZQ=="}, "media", id="no media"),
        pytest.param({"media": URL, "name": "x"}, "name", id="a parameter too many"),
        pytest.param({"media": URL, "taskUUID": "x"}, "taskUUID", id="no uuid"),
        pytest.param({"operation": "delete"}, "mediaUUID", id="delete nothing"),
    ],
)
def test_what_cannot_be_stored_is_refused(store, change, parameter):
    assert store(**{"media": URL, **change})["parameter"] == parameter


def test_stored_media_outlive_the_sandbox(tmp_path, encoded):
    import httpx

    upload = {"taskType": "mediaStorage", "taskUUID": str(uuid4()), "operation": "upload", "media": encoded()}
    headers = {"Authorization": "Bearer key"}
    body = sized(inputs={"elements": [{"id": "ks-a", "frontalImage": URL, "images": [URL]}]})
    with Sandbox(seconds=0, folder=tmp_path) as before:
        stored = httpx.post(f"{before.url}/v1", json=[upload, body], headers=headers).json()["data"][0]
    again = sized(inputs={"elements": [{"id": "ks-a"}], "referenceImages": [stored["mediaUUID"]]})
    with Sandbox(seconds=0, folder=tmp_path) as after:
        reply = httpx.post(f"{after.url}/v1", json=[again], headers=headers).json()

    assert "errors" not in reply


# -- elements ----------------------------------------------------------------------------------


def test_an_element_is_made_by_its_first_use_and_then_named(ask):
    name = f"ks-{uuid4().hex}"
    alone = {"elements": [{"id": name}]}

    unknown = ask(sized(inputs=alone))
    made = ask(sized(inputs={"elements": [{"id": name, "frontalImage": URL, "images": [URL]}]}))
    named = ask(sized(inputs=alone))

    assert (unknown["code"], unknown["parameter"]) == ("invalidParameter", "inputs.elements[0].id")
    assert "code" not in made
    assert "code" not in named


def test_an_element_of_a_video_is_made_too(ask):
    name = f"ks-{uuid4().hex}"

    assert "code" not in ask(sized(inputs={"elements": [{"id": name, "videos": [FILM]}]}))
    assert "code" not in ask(sized(inputs={"elements": [{"id": name}]}))


def test_a_task_that_was_refused_makes_no_element(ask):
    name = f"ks-{uuid4().hex}"
    element = {"id": name, "frontalImage": URL, "images": [URL]}

    assert ask(sized(inputs={"elements": [element]}, duration=99))["code"] == "invalidParameter"
    assert ask(sized(inputs={"elements": [{"id": name}]}))["parameter"] == "inputs.elements[0].id"


# -- results and details -----------------------------------------------------------------------


def test_each_result_is_an_item_with_its_cost(sandbox, ask, results):
    body = sized(positivePrompt="four foxes", numberResults=3, duration=3, includeCost=True)

    ask(body)
    items = results(body["taskUUID"])

    assert len({item["videoUUID"] for item in items}) == len({item["videoURL"] for item in items}) == 3
    assert len({item["seed"] for item in items}) == 3
    assert [item["cost"] for item in items] == pytest.approx([3 * 0.084] * 3)
    charge = next(charge for charge in sandbox.book().charges if charge.job == body["taskUUID"])
    assert float(charge.amount) == pytest.approx(9 * 0.084)


def test_the_cost_is_told_only_when_it_is_asked_for(ask, results):
    body = sized(positivePrompt="one fox", duration=3, safety={"checkContent": True, "mode": "fast"})

    ask(body)
    (item,) = results(body["taskUUID"])

    assert "cost" not in item
    assert item["NSFWContent"] is False


def test_the_details_hold_what_was_sent_and_what_came(ask, results):
    body = sized(positivePrompt="one fox", duration=3)

    ask(body)
    (item,) = results(body["taskUUID"])
    details = ask({"taskType": "getTaskDetails", "taskUUID": body["taskUUID"]})

    assert details["request"] == body
    assert details["response"]["data"] == [item]


@pytest.mark.parametrize("kind", ["getResponse", "getTaskDetails"])
@pytest.mark.parametrize("uuid", ["d6115ca2-a567-47b5-9131-154a9340cadd", "x", 5, None])
def test_a_task_that_was_never_sent_is_an_error_item(client, kind, uuid):
    answer = client.post("/v1", json=[{"taskType": kind, "taskUUID": uuid}])

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "taskNotFound"
    assert answer.json()["errors"][0]["parameter"] == "taskUUID"


@pytest.mark.parametrize("body", [sized(), {"taskType": "getResponse"}, {}, "x"])
def test_a_body_that_is_no_array_is_refused(client, body):
    answer = client.post("/v1", json=body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "invalidRequest"
