"""A client of HiAPI that other people wrote works with the sandbox and with our bodies.

`hiapi-seedance` is made for another model and takes any: `create` sends an input as it is given, and its
door for text names its fields as Kling's model does. Its door for images names them otherwise.
"""

import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from kling_spec.providers import Reply
from kling_spec.providers.hiapi.reply import read_poll
from kling_spec.sandbox import Sandbox

client = pytest.importorskip(
    "hiapi_seedance", minversion="0.1.0", reason="no client of HiAPI: pip install 'hiapi-seedance>=0.1,<0.2'"
)

Body = Callable[..., dict[str, Any]]
SHORT = {"resolution": "720p", "duration": 3, "aspect_ratio": "16:9", "sound": True}
BOTTLE = {"bottle": {"image": "https://files.example.com/bottle.png"}}


@pytest.fixture
def hiapi(sandbox: Sandbox) -> Any:
    return client.Seedance("key", base_url=sandbox.url)


def check_the_film(task: Any, model: str, sandbox: Sandbox) -> None:
    assert task.succeeded
    assert task.model == model
    (output,) = task.output
    assert output.type == "video"
    assert output.expire_at > 0
    assert output.url.startswith(sandbox.url)
    ours = read_poll(task.task_id, Reply(status=200, body={"code": 200, "data": task.raw}))
    assert ours.video_url.reveal() == output.url
    with urllib.request.urlopen(output.url) as clip:  # noqa: S310 - the sandbox's own address
        assert clip.headers["Content-Type"] == "video/mp4"
        assert clip.read(8)[4:] == b"ftyp"


def test_our_body_goes_through_its_open_door_to_a_film(body: Body, hiapi: Any, sandbox: Sandbox) -> None:
    shot = {"prompt": "It turns", "first_frame": "bottle", "resolution": "720p", "duration": 3}
    ours = body("hiapi", shot, assets=BOTTLE)

    created = hiapi.create(input=ours["input"], model=ours["model"])
    task = hiapi.wait(created.task_id, poll_interval=0.05, timeout=60)

    assert task.task_id == created.task_id
    check_the_film(task, "kling-3.0-omni/image-to-video", sandbox)


def test_its_door_for_text_names_the_fields_as_we_do(body: Body, hiapi: Any, sandbox: Sandbox) -> None:
    ours = body("hiapi", {"prompt": "A fox runs", **SHORT})
    assert set(ours["input"]) == {"prompt", "resolution", "duration", "aspect_ratio", "sound"}

    task = hiapi.text_to_video(model=ours["model"], poll_interval=0.05, timeout=60, **ours["input"])

    check_the_film(task, "kling-3.0-omni/text-to-video", sandbox)


@pytest.mark.parametrize(
    ("change", "error_code", "word"),
    [
        ({"prompt": "A fox [sandbox:refuse]"}, "TASK_FAILED", "content policy"),
        ({"duration": 99}, "INVALID_REQUEST", "duration"),
        ({"generate_audio": True}, "INVALID_REQUEST", "generate_audio"),
    ],
)
def test_a_refusal_is_read_as_one(
    body: Body, hiapi: Any, change: dict[str, Any], error_code: str, word: str
) -> None:
    ours = body("hiapi", {"prompt": "A fox runs", **SHORT})

    with pytest.raises(client.APIError) as refused:
        hiapi.create(input=ours["input"] | change, model=ours["model"])

    assert (refused.value.status, refused.value.error_code) == (400, error_code)
    assert word in str(refused.value)


def test_a_failed_task_is_read_as_one(body: Body, hiapi: Any) -> None:
    ours = body("hiapi", {"prompt": "A fox runs [sandbox:fail]", **SHORT})
    created = hiapi.create(input=ours["input"], model=ours["model"])

    with pytest.raises(client.TaskFailed, match="refused the content") as failed:
        hiapi.wait(created.task_id, poll_interval=0.05, timeout=60)

    assert failed.value.code == "TASK_FAILED"


def test_a_task_that_nobody_knows_is_read_as_not_found(hiapi: Any) -> None:
    with pytest.raises(client.APIError, match="no such task") as unknown:
        hiapi.retrieve("tk-hiapi-00000000000000000000000000")

    assert unknown.value.status == 404
