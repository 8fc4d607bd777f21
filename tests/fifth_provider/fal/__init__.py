"""fal.ai, as an example of one more provider: text and a first and last frame, by its queue."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kling_spec.ir import Ask, MediaKind, Secret
from kling_spec.providers import (
    Accepted,
    Answer,
    JobState,
    Never,
    Provider,
    Refusal,
    Refused,
    Reply,
    Request,
    Status,
    Unclear,
    Wire,
)

_NOT_HERE = "this example knows words and frames only"


def _kind(ask: Ask) -> str:
    return "image-to-video" if ask.first_frame else "text-to-video"


def _authorize(settings: Mapping[str, str], _now: datetime) -> Mapping[str, str]:
    return {"Authorization": f"Key {settings['FAL_KEY']}"}


def _read_submit(reply: Reply) -> Answer:
    body: Any = reply.body if isinstance(reply.body, dict) else {}
    if reply.status == 200 and isinstance(body.get("request_id"), str):
        return Accepted(body["request_id"])
    if 400 <= reply.status < 500:
        return Refused(Refusal.FINAL, str(reply.status), reply.text)
    return Unclear(f"HTTP status {reply.status}")


def _read_poll(_job: str, reply: Reply) -> Status:
    body: Any = reply.body if isinstance(reply.body, dict) else {}
    video = body.get("video") if isinstance(body.get("video"), dict) else {}
    url = video.get("url")
    if not isinstance(url, str):
        return Status(state=JobState.RUNNING)
    return Status(state=JobState.SUCCEEDED, video_url=Secret(url, "address of a clip"))


PROVIDER = Provider(
    name="fal",
    asks={
        "prompt": lambda ask: {"prompt": ask.prompt},
        "negative_prompt": Never(_NOT_HERE),
        "storyboard": lambda ask: {
            "multi_prompt": [
                {"prompt": shot.prompt, "duration": str(shot.duration)} for shot in ask.storyboard
            ]
        },
        "auto_storyboard": Never(_NOT_HERE),
        "resolution": lambda _: {},
        "aspect_ratio": lambda ask: {"aspect_ratio": ask.aspect_ratio},
        "duration": lambda ask: {"duration": str(ask.duration)},
        "sound": lambda ask: {"generate_audio": ask.sound},
        "first_frame": lambda ask: {"image_url": ask.first_frame},
        "last_frame": lambda ask: {"end_image_url": ask.last_frame},
        "images": Never(_NOT_HERE),
        "elements": Never(_NOT_HERE),
        "reference_video": Never(_NOT_HERE),
        "edit": Never(_NOT_HERE),
        "keep_sound": Never(_NOT_HERE),
    },
    base=lambda _ask, _model_id: {},
    model_id=lambda ask, ids: f"{ids[ask.resolution]}/{_kind(ask)}",
    path="/{model}",
    mark=lambda media, number, _ask: f"@{media.kind.value.title()}{number}",
    wires={MediaKind.IMAGE: Wire.DATA_URI, MediaKind.VIDEO: Wire.URL_ONLY},
    limits=lambda _ask: (),
    authorize=_authorize,
    credentials=(("FAL_KEY",),),
    read_submit=_read_submit,
    poll=lambda job: Request(method="GET", path=f"/requests/{job}"),
    read_poll=_read_poll,
)
