"""Each provider from submit to a clip that plays, over real HTTP."""

import io
from uuid import uuid4

import av
import pytest

from kling_spec.sandbox import Sandbox

KLING = {
    "model_name": "kling-v3-omni",
    "prompt": "a fox runs over snow",
    "mode": "std",
    "sound": "on",
    "aspect_ratio": "9:16",
    "duration": "3",
}
BLUE = (0x33, 0x66, 0x99)
"""Of all pictures that are sent here."""
SPOTS = [(20, 20), (360, 640), (700, 1260)]
RUNWARE = {
    "taskType": "videoInference",
    "model": "klingai:kling-video@o3-standard",
    "positivePrompt": "a fox",
    "includeCost": True,
}


@pytest.fixture
def film(client, tmp_path):
    """Fetch a clip and say what it is: width, height, frames, whether it has sound."""

    def fetch(url):
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "video/mp4"
        assert int(answer.headers["content-length"]) == len(answer.content)
        file = tmp_path / "clip.mp4"
        file.write_bytes(answer.content)
        with av.open(str(file)) as opened:
            stream = opened.streams.video[0]
            frames = sum(1 for _ in opened.decode(stream))
            return stream.width, stream.height, frames, bool(opened.streams.audio)

    return fetch


def test_kling_makes_a_clip_that_both_ids_lead_to(client, until, film):
    name = f"ks-{uuid4().hex}"

    created = client.post("/v1/videos/omni-video", json={**KLING, "external_task_id": name}).json()
    assert created["code"] == 0
    assert created["data"]["task_status"] == "submitted"
    assert created["data"]["task_info"] == {"external_task_id": name}
    job = created["data"]["task_id"]
    task = until(
        lambda: client.get(f"/v1/videos/omni-video/{name}").json()["data"],
        lambda task: task["task_status"] in {"succeed", "failed"},
    )

    assert task["task_id"] == job
    assert task["task_status"] == "succeed", task
    assert task["final_unit_deduction"] == "2.4"
    assert task["updated_at"] >= task["created_at"] > 10**12
    video = task["task_result"]["videos"][0]
    assert video["duration"] == "3"
    assert film(video["url"]) == (720, 1280, 72, True)
    listed = client.get("/v1/videos/omni-video", params={"pageNum": 1, "pageSize": 500}).json()["data"]
    assert job in {item["task_id"] for item in listed}
    assert client.get(f"/v1/videos/omni-video/{job}").json()["data"] == task


def test_hiapi_makes_a_silent_clip_in_the_shape_of_its_first_frame(client, until, film, encoded):
    image = f"data:image/png;base64,{encoded(500, 520)}"
    body = {
        "model": "kling-3.0-omni/image-to-video",
        "input": {"image_urls": [image], "resolution": "720p", "duration": 3},
    }

    created = client.post("/v1/tasks", json=body).json()
    job = created["data"]["taskId"]
    assert created["code"] == 200
    assert job.startswith("tk-hiapi-")
    assert len(job) == len("tk-hiapi-") + 26
    task = until(
        lambda: client.get(f"/v1/tasks/{job}").json()["data"],
        lambda task: task["status"] in {"success", "fail"},
    )

    assert task["status"] == "success", task
    assert 10**9 < task["created"] <= task["completed"] < 10**11
    output = task["output"][0]
    assert output["type"] == "video"
    assert output["expireAt"] == task["completed"] + 7 * 24 * 3600
    assert film(output["url"]) == (960, 960, 72, False)
    assert job in {item["taskId"] for item in client.get("/v1/tasks").json()["data"]["tasks"]}


def test_runware_makes_a_clip_and_edits_it_in_its_own_length_and_size(client, until, film):
    def make(**body):
        job = str(uuid4())
        acknowledged = client.post("/v1", json=[{**RUNWARE, "taskUUID": job, **body}])
        assert acknowledged.json() == {"data": [{"taskType": "videoInference", "taskUUID": job}]}
        poll = [{"taskType": "getResponse", "taskUUID": job}]
        result = until(
            lambda: client.post("/v1", json=poll).json(),
            lambda reply: "errors" in reply or reply["data"][0]["status"] == "success",
        )
        assert "errors" not in result, result
        return result["data"][0]

    made = make(width=720, height=1280, duration=3, providerSettings={"klingai": {"sound": True}})
    edited = make(
        inputs={"video": made["videoURL"]}, providerSettings={"klingai": {"keepOriginalSound": True}}
    )

    assert made["cost"] == pytest.approx(3 * 0.112)
    assert edited["cost"] == pytest.approx(3 * 0.126)
    assert isinstance(made["seed"], int)
    assert film(edited["videoURL"]) == (720, 1280, 72, True)


def test_apimodels_makes_a_clip_from_an_uploaded_frame(client, until, film, picture):
    uploaded = client.post("/api/v1/files", files={"file": ("frame.png", picture(400, 700))}).json()
    frame = uploaded["data"]["publicUrl"]
    assert client.get(frame).content == picture(400, 700)
    body = {
        "model": "kling-v3-omni",
        "prompt": "it moves",
        "duration": "3",
        "image_list": [{"image_url": frame, "type": "first_frame"}],
    }

    created = client.post("/api/v1/video/generations", json=body).json()
    assert created["data"]["state"] == "pending"
    assert created["data"]["model"] == "kling-video/kling-v3-omni"
    task = until(
        lambda: client.get("/api/v1/video/generations", params={"task_id": created["data"]["taskId"]}).json()[
            "data"
        ],
        lambda task: task["state"] in {"completed", "failed"},
    )

    assert task["state"] == "completed", task
    assert task["completeTime"] >= task["createTime"] > 10**12
    assert film(task["resultUrls"][0]) == (720, 1280, 72, False)
    with av.open(io.BytesIO(client.get(task["resultUrls"][0]).content)) as clip:
        first, *_, last = (frame.to_image() for frame in clip.decode(video=0))
    assert all(abs(a - b) <= 4 for spot in SPOTS for a, b in zip(first.getpixel(spot), BLUE, strict=True))
    assert any(abs(a - b) > 30 for spot in SPOTS for a, b in zip(last.getpixel(spot), BLUE, strict=True))


def test_an_edit_of_an_uploaded_video_takes_its_length_and_size(sandbox, client, until, film, tmp_path):
    from kling_spec.media import render_clip

    video = tmp_path / "own.mp4"
    render_clip(video, seconds=4, width=720, height=720, sound=True, title="own", lines=(), seed=1)
    uploaded = client.post(
        "/api/v1/files", files={"file": ("own.mp4", video.read_bytes(), "video/mp4")}
    ).json()
    address = uploaded["data"]["publicUrl"]
    body = {
        "model": "kling-v3-omni",
        "prompt": "in snow, as in <<<video_1>>>",
        "video_list": [{"video_url": address, "refer_type": "base", "keep_original_sound": "yes"}],
    }

    job = client.post("/api/v1/video/generations", json=body).json()["data"]["taskId"]
    task = until(
        lambda: client.get("/api/v1/video/generations", params={"task_id": job}).json()["data"],
        lambda task: task["state"] in {"completed", "failed"},
    )

    assert film(task["resultUrls"][0]) == (720, 720, 96, True)
    charge = next(charge for charge in sandbox.book().charges if charge.job == job)
    assert str(charge.amount) == "0.3412"


def test_equal_tasks_render_once_and_a_clip_can_be_fetched_in_parts(sandbox, client, until):
    rendered = len(list(sandbox._folder.glob("clips/*")))

    def make(task):
        body = {"model": "kling-v3-omni", "prompt": "twice the same", "duration": "3"}
        created = client.post("/api/v1/video/generations", json=body, headers={"X-Kling-Spec-Task": task})
        query = {"task_id": created.json()["data"]["taskId"]}
        done = until(
            lambda: client.get("/api/v1/video/generations", params=query).json()["data"],
            lambda task: task["state"] in {"completed", "failed"},
        )
        return done["resultUrls"][0]

    one, other = make("-/fox"), make("-/fox")
    assert len(list(sandbox._folder.glob("clips/*"))) == rendered + 1

    whole = client.get(one).content
    assert one != other
    assert client.get(other).content == whole
    assert "-/fox" in {charge.task for charge in sandbox.book().charges}
    for asked, part in {
        "bytes=0-9": whole[:10],
        "bytes=10-": whole[10:],
        "bytes=-10": whole[-10:],
        f"bytes=5-{len(whole) * 2}": whole[5:],
    }.items():
        answer = client.get(one, headers={"Range": asked})
        assert answer.status_code == 206
        assert answer.content == part
        assert answer.headers["content-range"].endswith(f"/{len(whole)}")
    beyond = client.get(one, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"
    head = client.head(one)
    assert head.headers["content-length"] == str(len(whole))
    assert head.content == b""


def test_a_job_goes_through_its_states_in_time():
    import httpx

    with Sandbox(seconds=60) as slow, httpx.Client(base_url=slow.url) as client:
        client.headers["Authorization"] = "Bearer key"
        job = client.post("/v1/videos/omni-video", json={**KLING, "prompt": "[sandbox:fail]"}).json()["data"]
        early = client.get(f"/v1/videos/omni-video/{job['task_id']}").json()["data"]

    assert early["task_status"] == "submitted"
    assert "task_result" not in early
    assert "final_unit_deduction" not in early
