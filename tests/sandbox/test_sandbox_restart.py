"""A sandbox that ends, or is killed, and another that goes on in its folder at another port."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from uuid import uuid4

import av
import httpx
import pytest

from kling_spec.media import render_clip
from kling_spec.sandbox import Sandbox, SandboxError

OMNI = "/v1/videos/omni-video"
GENERATIONS = "/api/v1/video/generations"
HEADERS = {"Authorization": "Bearer key", "X-Kling-Spec-Task": "harbor/fox"}
KLING = {
    "model_name": "kling-v3-omni",
    "prompt": "a fox",
    "mode": "std",
    "aspect_ratio": "1:1",
    "duration": "3",
    "external_task_id": "ks-one",
}
HIAPI = {
    "model": "kling-3.0-omni/text-to-video",
    "input": {"prompt": "a fox", "duration": 3, "resolution": "720p"},
}
RUNWARE = {
    "taskType": "videoInference",
    "taskUUID": "50836053-a0ee-4cf5-b9d6-ae7c5d140ada",
    "model": "klingai:kling-video@o3-standard",
    "positivePrompt": "a fox",
    "width": 720,
    "height": 1280,
    "duration": 3,
}
APIMODELS = {"model": "kling-v3-omni", "prompt": "a fox", "duration": "3"}
SERVE = """
import sys, time
from pathlib import Path
from kling_spec.sandbox import Sandbox
with Sandbox(seconds=0, folder=Path(sys.argv[1])) as sandbox:
    print(sandbox.url, flush=True)
    time.sleep(60)
"""


@contextmanager
def speaking_to(sandbox):
    """Speak to a running sandbox."""
    with httpx.Client(base_url=sandbox.url, headers=HEADERS, timeout=30) as client:
        yield client


@pytest.fixture
def after(tmp_path):
    """Start another sandbox in the folder, at another port than the one before."""

    @contextmanager
    def start(earlier_url, seconds=0):
        with socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", int(earlier_url.rpartition(":")[2])))
            with Sandbox(seconds=seconds, folder=tmp_path) as sandbox, speaking_to(sandbox) as client:
                assert sandbox.url != earlier_url
                yield sandbox, client

    return start


def kling_job(client, until, job):
    """Poll a job of Kling to its end."""
    task = until(
        lambda: client.get(f"{OMNI}/{job}").json()["data"],
        lambda task: task["task_status"] in {"succeed", "failed"},
    )
    assert task["task_status"] == "succeed", task
    return task


def submit(client):
    """Send one job to each provider and return the answers."""
    return {
        "kling": client.post(OMNI, json=KLING),
        "hiapi": client.post("/v1/tasks", json=HIAPI, headers={"Idempotency-Key": "ks-two"}),
        "runware": client.post("/v1", json=[RUNWARE]),
    }


def size_of(clip):
    with av.open(io.BytesIO(clip)) as opened:
        return opened.streams.video[0].width, opened.streams.video[0].height


def test_every_job_goes_on_at_another_port_and_is_paid_once(tmp_path, after, until):
    with Sandbox(seconds=0, folder=tmp_path) as first, speaking_to(first) as client:
        sent = submit(client)
        forwarded = client.post(GENERATIONS, json=APIMODELS).json()["data"]["taskId"]
        paid = first.book()
    assert [answer.status_code for answer in sent.values()] == [200, 200, 200]
    assert len(paid.charges) == 4

    with after(first.url) as (second, client):
        again = submit(client)
        task = kling_job(client, until, "ks-one")
        assert task["task_id"] == sent["kling"].json()["data"]["task_id"]
        job = sent["hiapi"].json()["data"]["taskId"]
        output = until(
            lambda: client.get(f"/v1/tasks/{job}").json()["data"], lambda task: task["status"] == "success"
        )["output"]
        poll = [{"taskType": "getResponse", "taskUUID": RUNWARE["taskUUID"]}]
        video = until(
            lambda: client.post("/v1", json=poll).json()["data"][0],
            lambda result: result["status"] == "success",
        )
        made = until(
            lambda: client.get(GENERATIONS, params={"task_id": forwarded}).json()["data"],
            lambda task: task["state"] == "completed",
        )
        urls = [
            task["task_result"]["videos"][0]["url"],
            output[0]["url"],
            video["videoURL"],
            made["resultUrls"][0],
        ]
        sizes = [size_of(client.get(url).content) for url in urls]
        book = second.book()
        shown = client.get("/book").json()

    assert all(url.startswith(f"{second.url}/clips/") for url in urls)
    assert sizes == [(960, 960), (1280, 720), (720, 1280), (1280, 720)]
    assert again["kling"].json()["code"] == 1201
    assert again["hiapi"].headers["idempotent-replay"] == "true"
    assert again["hiapi"].json() == sent["hiapi"].json()
    assert again["runware"].json()["errors"][0]["code"] == "conflictTaskUUID"
    assert book.charges == paid.charges
    assert book.seen("submit") == paid.seen("submit") + 3
    assert shown["charges"] == [charge.to_json() for charge in paid.charges]


def test_an_idempotency_key_still_minds_its_body_after_a_restart(tmp_path, after):
    with Sandbox(folder=tmp_path) as first, speaking_to(first) as client:
        client.post("/v1/tasks", json=HIAPI, headers={"Idempotency-Key": "ks-two"})

    with after(first.url) as (_, client):
        other = {**HIAPI, "input": {**HIAPI["input"], "duration": 4}}
        answer = client.post("/v1/tasks", json=other, headers={"Idempotency-Key": "ks-two"})

    assert answer.json()["error_code"] == "IDEMPOTENCY_KEY_MISMATCH"


def test_a_killed_sandbox_has_forgotten_nothing_that_it_answered(tmp_path, after, until):
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            job = httpx.post(f"{url}{OMNI}", json=KLING, headers=HEADERS).json()["data"]["task_id"]
            with pytest.raises(SandboxError, match=rf"another sandbox \(process {process.pid}\) is working"):
                Sandbox(folder=tmp_path).start()
        finally:
            os.kill(process.pid, signal.SIGKILL)

    with after(url) as (second, client):
        task = kling_job(client, until, job)
        assert size_of(client.get(task["task_result"]["videos"][0]["url"]).content) == (960, 960)
        assert client.post(OMNI, json=KLING).json()["code"] == 1201
        charges = second.book().charges

    assert process.returncode == -signal.SIGKILL
    assert [(charge.job, charge.client_id, charge.task) for charge in charges] == [
        (job, "ks-one", "harbor/fox")
    ]
    assert not list(tmp_path.glob("clips/*draft*"))


def test_a_clip_that_was_rendered_is_found_again(tmp_path, after, until):
    with Sandbox(seconds=0, folder=tmp_path) as first, speaking_to(first) as client:
        job = client.post(OMNI, json=KLING).json()["data"]["task_id"]
        before = kling_job(client, until, job)
        clip = client.get(before["task_result"]["videos"][0]["url"]).content
    (file,) = tmp_path.glob("clips/*.mp4")
    made = file.stat()

    with after(first.url) as (_, client):
        task = client.get(f"{OMNI}/{job}").json()["data"]
        assert client.get(task["task_result"]["videos"][0]["url"]).content == clip

    assert task["task_status"] == "succeed"
    assert task["updated_at"] == before["updated_at"]
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (made.st_ino, made.st_mtime_ns)


def test_the_clock_of_a_job_goes_on(tmp_path, after):
    fails = {**KLING, "prompt": "[sandbox:fail]"}
    with Sandbox(seconds=60, folder=tmp_path) as first, speaking_to(first) as client:
        slow = client.post(OMNI, json=fails).json()["data"]
    with after(first.url, seconds=0.3) as (second, client):
        assert client.get(f"{OMNI}/{slow['task_id']}").json()["data"]["task_status"] == "submitted"
        fast = client.post(OMNI, json={**fails, "external_task_id": "ks-fast"}).json()["data"]
    time.sleep(0.4)
    with after(second.url, seconds=60) as (_, client):
        tasks = {task["task_id"]: task for task in client.get(OMNI).json()["data"]}

    assert list(tasks) == [fast["task_id"], slow["task_id"]]
    assert tasks[fast["task_id"]]["task_status"] == "failed"
    assert tasks[slow["task_id"]]["task_status"] == "submitted"
    assert tasks[slow["task_id"]]["created_at"] == slow["created_at"]


@pytest.mark.parametrize("file", ["jobs.jsonl", "requests.jsonl"])
@pytest.mark.parametrize("torn", [b'{"id":"12', b'["kling"', b"{}", b"\xff"])
def test_a_torn_last_line_is_cut_off(tmp_path, after, file, torn):
    fails = {**KLING, "prompt": "[sandbox:fail]"}
    with Sandbox(seconds=0, folder=tmp_path) as first, speaking_to(first) as client:
        client.post(OMNI, json=fails)
    with (tmp_path / file).open("ab") as journal:
        journal.write(torn)

    with after(first.url) as (second, client):
        client.post(OMNI, json={**fails, "external_task_id": "ks-more"})
    with after(second.url) as (third, client):
        assert len(client.get(OMNI).json()["data"]) == 2
        book = third.book()

    assert [charge.client_id for charge in book.charges] == ["ks-one", "ks-more"]
    assert book.requests == {"kling": {"submit": 2, "list": 1}}


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "1"}', "5"])
def test_a_line_that_was_spoilt_is_named(tmp_path, line):
    (tmp_path / "jobs.jsonl").write_text(f"{line}\n")

    with pytest.raises(SandboxError, match=r"line 1 of .*jobs\.jsonl .* move the folder away"):
        Sandbox(folder=tmp_path).start()
    (tmp_path / "jobs.jsonl").write_text("")
    with Sandbox(folder=tmp_path) as sandbox:
        assert sandbox.book().charges == ()


def test_a_job_that_cannot_be_written_down_is_not_accepted(tmp_path, after):
    fails = {**KLING, "prompt": "[sandbox:fail]"}
    with Sandbox(seconds=0, folder=tmp_path) as first, speaking_to(first) as client:
        first._desk._journal.close()
        assert client.post(OMNI, json=fails).status_code == 500
        assert first.book().charges == ()

    with after(first.url) as (_, client):
        assert client.post(OMNI, json=fails).status_code == 200


def test_addresses_of_an_earlier_port_are_still_its_own(tmp_path, after, until, picture):
    film = tmp_path / "own.mp4"
    render_clip(film, seconds=4, width=720, height=960, sound=True, title="own", lines=(), seed=1)
    small = tmp_path / "small.mp4"
    render_clip(small, seconds=3, width=320, height=320, sound=False, title="small", lines=(), seed=1)

    def upload(name, data):
        sent = client.post("/api/v1/files", files={"file": (name, data)}).json()
        return sent["data"]["publicUrl"]

    with Sandbox(seconds=0, folder=tmp_path) as first, speaking_to(first) as client:
        video, tiny = upload("own.mp4", film.read_bytes()), upload("small.mp4", small.read_bytes())
        frame = upload("frame.png", picture(400, 700))
        job = client.post(OMNI, json=KLING).json()["data"]["task_id"]
        clip = kling_job(client, until, job)["task_result"]["videos"][0]["url"]
    edits = {key: KLING[key] for key in ("model_name", "prompt", "mode")}

    with after(first.url) as (second, client):
        for address in (clip, video, video.replace("127.0.0.1", "localhost")):
            answer = client.post(OMNI, json={**edits, "video_list": [{"video_url": address}]})
            assert answer.status_code == 200, answer.text
        refused = client.post(OMNI, json={**edits, "video_list": [{"video_url": tiny}]})
        started = {**APIMODELS, "image_list": [{"image_url": frame, "type": "first_frame"}]}
        accepted = client.post(GENERATIONS, json=started)
        lost = clip.replace("/clips/", "/clips/0")
        unknown = client.post(GENERATIONS, json={**APIMODELS, "video_list": [{"video_url": lost}]})
        uuid = str(uuid4())
        edit = {key: RUNWARE[key] for key in ("taskType", "model", "positivePrompt")}
        client.post("/v1", json=[{**edit, "taskUUID": uuid, "inputs": {"video": video}}])
        downloaded = client.get(f"{second.url}/files/{frame.rpartition('/')[2]}")
        jobs = {job.id: job for who in ("kling", "runware", "apimodels") for job in second._desk.jobs(who)}
        units = [charge.units for charge in second.book().charges if charge.provider == "kling"][1:]

    assert [billed * 3 for billed in units] == [units[0] * seconds for seconds in (3, 4, 4)]
    assert "is 320x320" in refused.json()["message"]
    assert accepted.status_code == 200
    scene = jobs[accepted.json()["data"]["taskId"]].clips[0].scene
    assert (scene.width, scene.height) == (720, 1280)
    assert "private address" in unknown.json()["msg"]
    scene = jobs[uuid].clips[0].scene
    assert (scene.seconds, scene.width, scene.height) == (4, 720, 960)
    assert downloaded.content == picture(400, 700)


def test_two_sandboxes_do_not_share_a_folder(tmp_path):
    with Sandbox(folder=tmp_path) as first:
        with pytest.raises(SandboxError, match=rf"process {os.getpid()}.*a folder of its own"):
            Sandbox(folder=tmp_path).start()
        assert httpx.get(first.url).status_code == 200

    with Sandbox(folder=tmp_path), Sandbox(), Sandbox():
        pass
