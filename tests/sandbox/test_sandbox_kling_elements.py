"""Kling's element library: making elements, what is refused, and what their ids mean afterwards."""

import time
from uuid import uuid4

import httpx
import jwt
import pytest

from kling_spec.sandbox import Sandbox
from kling_spec.sandbox._frame import Footage
from kling_spec.sandbox._known import Known
from kling_spec.sandbox.kling_elements_rules import faults

PATH = "/v1/general/advanced-custom-elements"
OMNI = "/omni-video/kling-3.0-omni"
URL = "https://example.com/a.png"
HEAD = {"element_name": "Grace", "element_description": "a woman in a red coat"}
IMAGES = {"frontal_image": URL, "refer_images": [{"image_url": URL}]}
FILM = {"refer_videos": [{"video_url": "https://example.com/a.mp4"}]}
OF_IMAGES = {**HEAD, "reference_type": "image_refer", "element_image_list": IMAGES}
OF_FILM = {**HEAD, "reference_type": "video_refer", "element_video_list": FILM}


def without(body, name):
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(None, "body", id="null"),
        pytest.param(without(OF_IMAGES, "element_name"), "element_name", id="no name"),
        pytest.param({**OF_IMAGES, "element_name": ""}, "element_name", id="empty name"),
        pytest.param({**OF_IMAGES, "element_name": "x" * 21}, "element_name", id="name too long"),
        pytest.param(without(OF_IMAGES, "element_description"), "element_description", id="no description"),
        pytest.param({**OF_IMAGES, "element_description": "x" * 101}, "element_description", id="too long"),
        pytest.param(without(OF_IMAGES, "reference_type"), "reference_type", id="no type"),
        pytest.param({**OF_IMAGES, "reference_type": "images"}, "reference_type", id="no such type"),
        pytest.param(without(OF_IMAGES, "element_image_list"), "element_image_list", id="no images"),
        pytest.param({**OF_IMAGES, "element_image_list": [URL]}, "element_image_list", id="images in a list"),
        pytest.param(
            {**OF_IMAGES, "element_image_list": without(IMAGES, "frontal_image")},
            "element_image_list.frontal_image",
            id="no frontal image",
        ),
        pytest.param(
            {**OF_IMAGES, "element_image_list": {**IMAGES, "frontal_image": ""}},
            "element_image_list.frontal_image",
            id="empty frontal image",
        ),
        pytest.param(
            {**OF_IMAGES, "element_image_list": {**IMAGES, "refer_images": []}},
            "element_image_list.refer_images",
            id="no other image",
        ),
        pytest.param(
            {**OF_IMAGES, "element_image_list": {**IMAGES, "refer_images": [{"image_url": URL}] * 4}},
            "element_image_list.refer_images",
            id="four other images",
        ),
        pytest.param(
            {**OF_IMAGES, "element_image_list": {**IMAGES, "refer_images": [URL]}},
            "element_image_list.refer_images[0]",
            id="an image without a key",
        ),
        pytest.param(
            {**OF_IMAGES, "element_image_list": {**IMAGES, "frontal_image": "data:image/png;base64,AAAA"}},
            "element_image_list.frontal_image",
            id="data prefix",
        ),
        pytest.param({**OF_IMAGES, "element_video_list": FILM}, "element_video_list", id="both lists"),
        pytest.param({**OF_FILM, "element_image_list": IMAGES}, "element_image_list", id="both lists again"),
        pytest.param(without(OF_FILM, "element_video_list"), "element_video_list", id="no video"),
        pytest.param(
            {**OF_FILM, "element_video_list": {"refer_videos": FILM["refer_videos"] * 2}},
            "element_video_list.refer_videos",
            id="two videos",
        ),
        pytest.param(
            {**OF_FILM, "element_video_list": {"refer_videos": [{"video_url": "AAAA"}]}},
            "element_video_list.refer_videos[0].video_url",
            id="video in base64",
        ),
        pytest.param({**OF_IMAGES, "tag_list": ["o_102"]}, "tag_list[0]", id="tag without a key"),
        pytest.param(
            {**OF_IMAGES, "tag_list": [{"tag_id": "o_109"}]}, "tag_list[0].tag_id", id="no such tag"
        ),
        pytest.param({**OF_IMAGES, "element_voice_id": 5}, "element_voice_id", id="voice as a number"),
        pytest.param({**OF_IMAGES, "callback_url": "here"}, "callback_url", id="callback that is no url"),
        pytest.param({**OF_IMAGES, "model_name": "kling-v3"}, "model_name", id="a field of another path"),
    ],
)
def test_a_wrong_element_is_refused_by_the_field_that_is_at_fault(body, field):
    assert field in {fault.field for fault in faults(body)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(OF_IMAGES, id="images"),
        pytest.param(OF_FILM, id="video"),
        pytest.param(
            {
                **OF_IMAGES,
                "element_name": "x" * 20,
                "element_description": "x" * 100,
                "element_image_list": {**IMAGES, "refer_images": [{"image_url": URL}] * 3},
                "element_voice_id": "",
                "tag_list": [{"tag_id": "o_101"}, {"tag_id": "o_108"}],
                "callback_url": "https://example.com/cb",
                "external_task_id": "",
            },
            id="all of it",
        ),
    ],
)
def test_a_right_element_is_not_refused(body):
    assert not list(faults(body))


@pytest.mark.parametrize(
    ("film", "is_right"),
    [
        pytest.param(Footage(8, 1920, 1080, sound=True), True, id="longest"),
        pytest.param(Footage(3, 1080, 1920, sound=True), True, id="upright"),
        pytest.param(Footage(9, 1920, 1080, sound=True), False, id="too long"),
        pytest.param(Footage(2, 1920, 1080, sound=True), False, id="too short"),
        pytest.param(Footage(5, 1280, 720, sound=True), False, id="720p"),
        pytest.param(Footage(5, 1440, 1080, sound=True), False, id="another shape"),
    ],
)
def test_a_video_that_is_known_is_measured(film, is_right):
    assert (not list(faults(OF_FILM, Known(footage=lambda _: film)))) is is_right


@pytest.mark.parametrize(("size", "is_right"), [((300, 300), True), ((299, 300), False)])
def test_the_images_are_looked_at(encoded, size, is_right):
    body = {**OF_IMAGES, "element_image_list": {**IMAGES, "frontal_image": encoded(*size)}}

    assert (not list(faults(body))) is is_right


# -- over HTTP ---------------------------------------------------------------------------------


@pytest.fixture
def made(client, until):
    """Make an element and return what came of it."""

    def make(body):
        task = client.post(PATH, json=body).json()["data"]
        done = until(
            lambda: client.get(f"{PATH}/{task['task_id']}").json()["data"],
            lambda task: task["task_status"] in {"succeed", "failed"},
        )
        assert done["task_status"] == "succeed"
        return done["task_result"]["elements"][0]

    return make


def test_an_element_is_made_and_found_by_both_ids(sandbox, client, encoded):
    name = f"ks-{uuid4().hex}"
    pictures = {"frontal_image": encoded(400, 400), "refer_images": [{"image_url": URL}]}
    before = len(sandbox.book().charges)

    created = client.post(
        PATH, json={**OF_IMAGES, "element_image_list": pictures, "external_task_id": name}
    ).json()
    assert created["code"] == 0
    assert created["data"]["task_status"] == "submitted"
    assert created["data"]["task_info"] == {"external_task_id": name}
    task = client.get(f"{PATH}/{name}").json()["data"]

    assert task["task_id"] == created["data"]["task_id"]
    assert client.get(f"{PATH}/{task['task_id']}").json()["data"] == task
    assert task in client.get(PATH, params={"pageSize": 500}).json()["data"]
    [element] = task["task_result"]["elements"]
    assert element["status"] == "succeed"
    assert element["element_name"] == "Grace"
    assert type(element["element_id"]) is int
    assert int(float(element["element_id"])) != element["element_id"]
    assert client.get(element["element_image_list"]["frontal_image"]).status_code == 200
    assert len(sandbox.book().charges) == before


def test_an_element_is_made_in_its_time():
    with Sandbox(seconds=60) as slow, httpx.Client(base_url=slow.url) as client:
        client.headers["Authorization"] = "Bearer key"
        job = client.post(PATH, json=OF_IMAGES).json()["data"]["task_id"]
        task = client.get(f"{PATH}/{job}").json()["data"]

    assert task["task_status"] == "submitted"
    assert "task_result" not in task


def test_what_an_element_is_made_of_is_known_in_both_standards(client, made):
    image = {"image_url": URL}
    film = {"video_url": "https://example.com/a.mp4", "refer_type": "feature"}
    number = {kind: made(body)["element_id"] for kind, body in {"images": OF_IMAGES, "film": OF_FILM}.items()}

    def legacy(kind, **more):
        body = {"model_name": "kling-v3-omni", "prompt": "[sandbox:fail]", "aspect_ratio": "16:9", **more}
        return client.post(
            "/v1/videos/omni-video", json={**body, "element_list": [{"element_id": number[kind]}]}
        )

    def newer(kind, *items, path=OMNI):
        element = {"type": "element", "element_id": str(number[kind]), "id": "Grace"}
        contents = [{"type": "prompt", "text": "@Grace [sandbox:fail]"}, element, *items]
        return client.post(path, json={"contents": contents})

    assert legacy("images", video_list=[film]).status_code == 200
    assert legacy("film", video_list=[film]).json()["code"] == 1201
    assert legacy("film", image_list=[image] * 4).status_code == 200
    assert legacy("film", image_list=[image] * 5).json()["code"] == 1201
    refer = {"type": "refer_image", "url": URL}
    feature = {"type": "feature_video", "url": "https://example.com/a.mp4"}
    assert newer("images", feature, refer).status_code == 200
    assert newer("film", feature).status_code == 200
    assert newer("film", feature, refer).json()["code"] == 1201
    assert newer("film", path="/omni-video/kling-o1").json()["code"] == 1201
    assert newer("images", path="/omni-video/kling-o1").status_code == 200


def test_an_element_that_was_not_made_here_counts_as_one_of_images(client):
    body = {"model_name": "kling-v3-omni", "prompt": "[sandbox:fail]", "aspect_ratio": "16:9"}
    elements = [{"element_id": 829382103 + n} for n in range(7)]

    assert client.post("/v1/videos/omni-video", json={**body, "element_list": elements}).status_code == 200


def test_a_key_is_needed_and_a_signed_token_is_taken_too(sandbox):
    now = int(time.time())
    token = jwt.encode({"iss": "a", "exp": now + 1800}, "a secret of thirty-two characters", "HS256")

    def code(**headers):
        return httpx.get(sandbox.url + PATH, headers=headers).json()["code"]

    assert code() == 1001
    assert code(Authorization="Basic x") == 1000
    assert code(Authorization=f"Bearer {token}") == 0


def test_refusals_are_in_klings_words(client):
    def code(answer):
        assert answer.json()["request_id"]
        return answer.status_code, answer.json()["code"]

    name = f"ks-{uuid4().hex}"
    assert code(client.post(PATH, content=b"{")) == (400, 1200)
    assert code(client.post(PATH, json={**OF_IMAGES, "tag_list": 5})) == (400, 1201)
    assert code(client.get(f"{PATH}/lost")) == (404, 1203)
    assert code(client.get(f"{PATH}?pageNum=0")) == (400, 1201)
    assert code(client.delete(PATH)) == (404, 1202)
    assert code(client.get("/v1/general/nothing")) == (404, 1203)
    assert code(client.post(PATH, json={**OF_IMAGES, "external_task_id": name})) == (200, 0)
    assert code(client.post(PATH, json={**OF_IMAGES, "external_task_id": name})) == (400, 1201)
    said = {**OF_IMAGES, "element_description": "[sandbox:refuse]"}
    assert code(client.post(PATH, json=said)) == (400, 1301)
    said = {**OF_IMAGES, "element_description": f"[sandbox:busy] {name}"}
    assert [client.post(PATH, json=said).status_code for _ in range(3)] == [429, 429, 200]
    job = client.post(PATH, json={**OF_IMAGES, "element_description": "[sandbox:fail]"}).json()["data"][
        "task_id"
    ]
    task = client.get(f"{PATH}/{job}").json()["data"]
    assert task["task_status"] == "failed"
    assert task["task_status_msg"]


def test_elements_outlive_the_sandbox(tmp_path):
    headers = {"Authorization": "Bearer key"}
    body = {**OF_FILM, "external_task_id": "mine"}
    with Sandbox(seconds=0, folder=tmp_path) as before:
        httpx.post(before.url + PATH, json=body, headers=headers)
        made = httpx.get(f"{before.url}{PATH}/mine", headers=headers).json()["data"]
    with Sandbox(seconds=0, folder=tmp_path) as after:
        found = httpx.get(f"{after.url}{PATH}/mine", headers=headers).json()["data"]
        again = httpx.post(after.url + PATH, json=body, headers=headers)

    assert found == made
    assert again.status_code == 400
