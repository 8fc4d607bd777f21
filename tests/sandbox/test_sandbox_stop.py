"""Clips that take long: ending in the middle of one, and one that is too large to be sent back."""

import threading
import time

import httpx

from kling_spec.sandbox import Sandbox

HEADERS = {"Authorization": "Bearer key"}
OMNI = "/v1/videos/omni-video"
LARGE = {
    "model_name": "kling-v3-omni",
    "prompt": "a fox",
    "mode": "4k",
    "aspect_ratio": "16:9",
    "duration": "15",
}


def test_a_stop_waits_for_no_render(tmp_path, until):
    before = set(threading.enumerate())
    with Sandbox(seconds=0, folder=tmp_path) as sandbox:
        for number in range(4):
            body = {**LARGE, "prompt": f"fox {number}"}
            assert httpx.post(f"{sandbox.url}{OMNI}", json=body, headers=HEADERS).status_code == 200
        until(lambda: list(tmp_path.glob("clips/*")), bool)

        began = time.monotonic()
        sandbox.stop()
        took = time.monotonic() - began

    assert took < 10
    assert not list(tmp_path.glob("clips/*.mp4"))
    until(
        lambda: {thread.name for thread in set(threading.enumerate()) - before},
        lambda names: not any(name.startswith("sandbox-studio") for name in names),
        seconds=5,
    )
    assert not list(tmp_path.glob("clips/*"))


def test_a_clip_in_4k_is_too_large_to_be_edited(client, until):
    job = client.post(OMNI, json={**LARGE, "duration": "3"}).json()["data"]["task_id"]
    task = until(
        lambda: client.get(f"{OMNI}/{job}").json()["data"],
        lambda task: task["task_status"] in {"succeed", "failed"},
    )
    body = {
        "model_name": "kling-v3-omni",
        "prompt": "in snow",
        "video_list": [{"video_url": task["task_result"]["videos"][0]["url"]}],
    }

    answer = client.post(OMNI, json=body)

    assert answer.status_code == 400
    assert "is 3840x2160, its sides must be 720 to 2160 px" in answer.json()["message"]
