"""The payload for Runware equals, field by field, what Runware's own SDK sends for the same job.

The SDK's public `videoInference` is called as it is, against a websocket on loopback. What it cannot say:
a MOV (its type of `outputFormat` names MP4 and WEBM; at run time it passes), the voices of an element (its
field is called `voice`), and an element's pictures from files (it encodes frames and references only).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from kling_spec.providers import provider
from kling_spec.sandbox import Sandbox, runware_rules
from kling_spec.sandbox._schema import schema_faults
from kling_spec.session import Checked, Session

_WHY = "no SDK of Runware: pip install 'runware>=0.5.24,<0.6'"
pytest.importorskip("runware.server", minversion="0.5.24", reason=_WHY)  # another package has the same name
sdk: Any = pytest.importorskip("runware")
pytest.importorskip("websockets.asyncio.server", reason=_WHY)
from relay import Relay  # noqa: E402 - it needs the websockets that come with the SDK

Body = Callable[..., dict[str, Any]]

DIFFERENCES: Mapping[str, str] = {
    "outputType": "left out by the SDK where nobody says it; we say URL, the one value that these models take",
    "includeCost": "the SDK asks for the cost only where it is told to; the ledger always wants it",
    "providerSettings.klingai.keepOriginalSound": "we say false where a video goes in and the spec is silent",
    "inputs.elements[1].id": "a name of the caller's own choosing",
    "inputs.elements[2].id": "as above",
    "positivePrompt": "what to avoid is written behind the prompt",
    "negativePrompt": "the SDK has the field for other models; these have none, and refuse what they lack",
}
"""What may differ, by the field, and why."""
ALWAYS = frozenset({"outputType", "includeCost"})

LINK = "https://files.example.com"
ASSETS: Mapping[str, Any] = {
    "bottle": {"image": f"{LINK}/bottle.png"},
    "card": {"image": f"{LINK}/card.jpg"},
    "walk": {"video": f"{LINK}/walk.mp4", "duration": 6},
    "host": {"element": 829382103, "from": "images"},
    "keeper": {
        "element": {"frontal": f"{LINK}/front.png", "images": [f"{LINK}/side.png"]},
        "description": "an old keeper",
    },
    "dog": {"element": {"video": f"{LINK}/dog.mp4"}, "description": "a wet dog"},
}


@dataclass(frozen=True)
class Job:
    """One film, as a shot of a spec and in the SDK's own words."""

    shot: Mapping[str, Any]
    says: Callable[[], Mapping[str, Any]]
    """Made anew for each use: the SDK changes what it is given."""
    model: str = "v3-omni"
    differs: frozenset[str] = ALWAYS
    assets: tuple[str, ...] = ()
    settings: str = ""


def kling(**settings: Any) -> Any:
    return sdk.IKlingAIProviderSettings(**settings)


def sized(width: int, height: int, **more: Any) -> dict[str, Any]:
    return {"width": width, "height": height, "duration": 5, "providerSettings": kling(sound=False), **more}


def text_job(model: str, resolution: str, ratio: str, says: Callable[[], Mapping[str, Any]]) -> Job:
    shot = {"prompt": "A fox runs\n", "resolution": resolution, "aspect_ratio": ratio, "duration": 5}
    return Job(shot, lambda: {"positivePrompt": "A fox runs\n", **says()}, model=model)


JOBS: Mapping[str, Job] = {
    "text, 3.0 omni standard": text_job(
        "v3-omni", "720p", "16:9", lambda: sized(1280, 720, model="klingai:kling-video@o3-standard")
    ),
    "text, 3.0 omni pro": text_job(
        "v3-omni", "1080p", "1:1", lambda: sized(1440, 1440, model="klingai:kling-video@o3-pro")
    ),
    "text, 3.0 omni 4k": text_job(
        "v3-omni", "4k", "9:16", lambda: sized(2160, 3840, model="klingai:kling-video@o3-4k")
    ),
    "text, o1 standard": text_job(
        "o1",
        "720p",
        "9:16",
        lambda: sized(720, 1280, model="klingai:kling@o1-standard", providerSettings=None),
    ),
    "text, o1 pro": text_job(
        "o1", "1080p", "16:9", lambda: sized(1920, 1080, model="klingai:kling@o1", providerSettings=None)
    ),
    "sound": Job(
        {"prompt": "Rain", "sound": True, "duration": 15, "aspect_ratio": "16:9"},
        lambda: sized(1920, 1080, positivePrompt="Rain", duration=15, providerSettings=kling(sound=True)),
    ),
    "first frame": Job(
        {"prompt": "It turns", "first_frame": "bottle", "duration": 3},
        lambda: {
            "positivePrompt": "It turns",
            "duration": 3,
            "providerSettings": kling(sound=False),
            "inputs": sdk.IVideoInputs(
                frameImages=[sdk.IInputFrame(image=f"{LINK}/bottle.png", frame="first")]
            ),
        },
        assets=("bottle",),
    ),
    "first and last frame": Job(
        {"prompt": "It turns", "first_frame": "bottle", "last_frame": "card", "duration": 5},
        lambda: {
            "positivePrompt": "It turns",
            "duration": 5,
            "providerSettings": kling(sound=False),
            "inputs": sdk.IVideoInputs(
                frameImages=[
                    sdk.IInputFrame(image=f"{LINK}/bottle.png", frame="first"),
                    sdk.IInputFrame(image=f"{LINK}/card.jpg", frame="last"),
                ]
            ),
        },
        assets=("bottle", "card"),
    ),
    "reference images": Job(
        {"prompt": "{{ bottle }} beside {{ card }}", "aspect_ratio": "16:9", "duration": 5},
        lambda: sized(
            1920,
            1080,
            positivePrompt="<<<image_1>>> beside <<<image_2>>>",
            inputs=sdk.IVideoInputs(referenceImages=[f"{LINK}/bottle.png", f"{LINK}/card.jpg"]),
        ),
        assets=("bottle", "card"),
    ),
    "reference images, o1": Job(
        {"prompt": "{{ bottle }} turns", "duration": 7},
        lambda: {
            "model": "klingai:kling@o1",
            "positivePrompt": "<<<image_1>>> turns",
            "duration": 7,
            "inputs": sdk.IVideoInputs(referenceImages=[f"{LINK}/bottle.png"]),
        },
        model="o1",
        assets=("bottle",),
    ),
    "reference video": Job(
        {"prompt": "Move as in {{ walk }}", "reference_video": "walk", "aspect_ratio": "16:9", "duration": 5},
        lambda: sized(
            1920,
            1080,
            positivePrompt="Move as in <<<video_1>>>",
            providerSettings=None,
            inputs=sdk.IVideoInputs(referenceVideos=[f"{LINK}/walk.mp4"]),
        ),
        differs=ALWAYS | {"providerSettings.klingai.keepOriginalSound"},
        assets=("walk",),
    ),
    "edit that keeps the sound": Job(
        {"prompt": "Turn {{ walk }} into snow", "edit": "walk", "keep_sound": True},
        lambda: {
            "positivePrompt": "Turn <<<video_1>>> into snow",
            "providerSettings": kling(keepOriginalSound=True),
            "inputs": sdk.IVideoInputs(video=f"{LINK}/walk.mp4"),
        },
        assets=("walk",),
    ),
    "storyboard": Job(
        {
            "storyboard": [{"prompt": "Rain", "duration": 2}, {"prompt": "A door", "duration": 3}],
            "aspect_ratio": "16:9",
            "sound": True,
        },
        lambda: sized(
            1920,
            1080,
            providerSettings=kling(
                sound=True,
                multiPrompt=[
                    sdk.IKlingMultiPrompt(prompt="Rain", duration=2),
                    sdk.IKlingMultiPrompt(prompt="A door", duration=3),
                ],
            ),
        ),
    ),
    "elements": Job(
        {"prompt": "{{ host }} waves at {{ keeper }} and {{ dog }}", "aspect_ratio": "16:9", "duration": 5},
        lambda: sized(
            1920,
            1080,
            positivePrompt="<<<element_1>>> waves at <<<element_2>>> and <<<element_3>>>",
            inputs=sdk.IVideoInputs(
                elements=[
                    sdk.IElements(id="829382103"),
                    sdk.IElements(
                        id="keeper",
                        description="an old keeper",
                        frontalImage=f"{LINK}/front.png",
                        images=[f"{LINK}/side.png"],
                    ),
                    sdk.IElements(id="dog", description="a wet dog", videos=[f"{LINK}/dog.mp4"]),
                ]
            ),
        ),
        differs=ALWAYS | {"inputs.elements[1].id", "inputs.elements[2].id"},
        assets=("host", "keeper", "dog"),
    ),
    "what to avoid": Job(
        {"prompt": "A fox", "negative_prompt": "text, logos", "aspect_ratio": "16:9", "duration": 5},
        lambda: sized(1920, 1080, positivePrompt="A fox", negativePrompt="text, logos"),
        differs=ALWAYS | {"positivePrompt", "negativePrompt"},
    ),
    "options, and all that we always say": Job(
        {
            "prompt": "A fox",
            "aspect_ratio": "16:9",
            "duration": 5,
            "provider_options": {
                "runware": {
                    "ttl": 3600,
                    "outputQuality": 90,
                    "outputFormat": "MOV",
                    "safety": {"checkContent": True, "mode": "fast"},
                }
            },
        },
        lambda: sized(
            1920,
            1080,
            positivePrompt="A fox",
            ttl=3600,
            outputQuality=90,
            outputFormat="MOV",
            safety=sdk.ISafety(checkContent=True, mode="fast"),
            outputType="URL",
            includeCost=True,
        ),
        differs=frozenset(),
    ),
    "settings": Job(
        {"prompt": "A fox", "aspect_ratio": "16:9", "duration": 5},
        lambda: sized(
            1920,
            1080,
            positivePrompt="A fox",
            webhookURL="https://hooks.example.com/done/$token",  # a secret of each submit's own
            uploadEndpoint="https://films.example.com/fox.mp4",
        ),
        settings="""
            [providers.runware]
            callback_url = "https://hooks.example.com/done"
            upload_endpoint = "https://films.example.com/fox.mp4"
        """,
    ),
}


@asynccontextmanager
async def talking(relay: Relay) -> AsyncIterator[Any]:
    async with relay.listening():
        runware = sdk.Runware(api_key="key", url=relay.url)
        await runware.connect()
        try:
            yield runware
        finally:
            await runware.disconnect()


def request(says: Mapping[str, Any]) -> Any:
    return sdk.IVideoInference(**{"model": "klingai:kling-video@o3-pro", **says})


async def all_sent() -> dict[str, dict[str, Any]]:
    relay = Relay()
    async with talking(relay) as runware:
        for job in JOBS.values():
            await runware.videoInference(requestVideo=request(job.says()))
    return dict(zip(JOBS, relay.seen, strict=True))


@pytest.fixture(scope="module")
def theirs() -> dict[str, dict[str, Any]]:
    """What the SDK sends for each job."""
    return asyncio.run(all_sent())


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value with its path, as JSON: so 5 is not 5.0, and 1 is not true."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from fields(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for place, item in enumerate(value):
            yield from fields(item, f"{path}[{place}]")
    else:
        yield path, json.dumps(value)


def differing(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    """Return what each says of every field on which they differ; the task's own id is always another."""
    left, right = dict(fields(ours)), dict(fields(theirs))
    return {
        path: (left.get(path), right.get(path))
        for path in sorted(left | right)
        if left.get(path) != right.get(path) and path != "taskUUID"
    }


def compiled(body: Body, job: Job) -> dict[str, Any]:
    used = {name: ASSETS[name] for name in job.assets}
    more = {"assets": used} if used else {}
    return body("runware", dict(job.shot), job.settings, model=job.model, **more)


@pytest.mark.parametrize("name", JOBS)
def test_the_payload_is_what_the_sdk_sends(name: str, body: Body, theirs: dict[str, dict[str, Any]]) -> None:
    job = JOBS[name]

    found = differing(compiled(body, job), theirs[name])

    assert set(found) == job.differs, found


def test_every_difference_is_explained_and_met() -> None:
    assert {path for job in JOBS.values() for path in job.differs} == set(DIFFERENCES)


@pytest.mark.parametrize("name", [name for name, job in JOBS.items() if "negativePrompt" not in job.differs])
def test_the_sandbox_takes_what_the_sdk_sends(name: str, theirs: dict[str, dict[str, Any]]) -> None:
    assert not list(runware_rules.faults(theirs[name]))
    assert not list(schema_faults("runware", theirs[name]))


def test_a_file_is_uploaded_as_the_sdk_does_it_but_for_the_word_before_its_content(tmp_path: Path) -> None:
    """The page takes a data URI and base64 alike; the SDK sends base64, we say what kind of file it is."""
    film = tmp_path / "walk.mp4"
    film.write_bytes(b"a film")

    async def sent() -> dict[str, Any]:
        relay = Relay()
        async with talking(relay) as runware:
            await runware.uploadMedia(str(film))
        return dict(relay.seen[0])

    upload = provider("runware").upload
    assert upload is not None
    (ours,) = upload(film.name, film.read_bytes(), UUID(int=0)).json
    theirs = asyncio.run(sent())

    assert ours | {"media": ours["media"].removeprefix("data:video/mp4;base64,")} == {
        **theirs,
        "taskUUID": str(UUID(int=0)),
    }


def test_the_sdk_gets_its_film_from_the_sandbox(sandbox: Sandbox) -> None:
    async def film() -> Any:
        async with talking(Relay(sandbox.url)) as runware:
            says = sized(1280, 720, model="klingai:kling-video@o3-standard", duration=3)
            job = request({**says, "positivePrompt": "A fox runs", "includeCost": True})
            accepted = await runware.videoInference(requestVideo=job)
            (video,) = await runware.getResponse(taskUUID=accepted.taskUUID)
            return video

    video = asyncio.run(film())

    assert video.status == "success"
    assert video.cost == pytest.approx(3 * 0.084)
    assert httpx.get(video.videoURL).headers["Content-Type"] == "video/mp4"


def test_the_sdk_reads_a_refusal_of_the_sandbox_as_one(sandbox: Sandbox) -> None:
    async def refused() -> None:
        async with talking(Relay(sandbox.url)) as runware:
            says = sized(1280, 720, model="klingai:kling-video@o3-standard")
            await runware.videoInference(
                requestVideo=request({**says, "positivePrompt": "A fox [sandbox:refuse]"})
            )

    with pytest.raises(sdk.RunwareAPIError, match="the prompt was refused") as error:
        asyncio.run(refused())

    assert error.value.code == "contentPolicyViolation"


def test_a_picture_from_a_file_goes_out_as_the_sdk_sends_it(sandbox: Sandbox, tmp_path: Path) -> None:
    picture = tmp_path / "bottle.png"
    Image.new("RGB", (640, 360), "teal").save(picture)
    spec = tmp_path / "spec.yaml"
    shot = {"prompt": "It turns", "first_frame": "bottle", "resolution": "720p", "duration": 3}
    assets = {"bottle": {"image": "bottle.png"}}
    spec.write_text(json.dumps({"kling_spec": 1, "assets": assets, "shots": {"shot": shot}}))
    (tmp_path / "kling-spec.toml").write_text("[providers.runware]\npoll_seconds = 0.1\n")
    environment = {"RUNWARE_API_KEY": "key", "RUNWARE_BASE_URL": sandbox.url}

    (line,) = Checked(spec, provider="runware").compile()
    session = Session(spec, provider="runware", environment=environment)
    session.begin(session.plan()).wait(60)

    async def sent() -> dict[str, Any]:
        relay = Relay()
        async with talking(relay) as runware:
            frames = sdk.IVideoInputs(frameImages=[sdk.IInputFrame(image=str(picture), frame="first")])
            says = {"positivePrompt": "It turns", "duration": 3, "inputs": frames}
            job = {**says, "model": "klingai:kling-video@o3-standard", "providerSettings": kling(sound=False)}
            await runware.videoInference(requestVideo=request(job))
        return dict(relay.seen[0])

    (task,) = json.loads(line)["request"]["json"]
    look = [{"taskType": "getTaskDetails", "taskUUID": task["taskUUID"]}]
    answer = httpx.post(f"{sandbox.url}/v1", json=look, headers={"Authorization": "Bearer key"}).json()
    assert set(differing(answer["data"][0]["request"], asyncio.run(sent()))) == ALWAYS
