"""Runware: a list of task objects, our own UUID as the task's id, the resolution in the model's."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from mimetypes import guess_type
from types import MappingProxyType
from typing import Any
from uuid import UUID

from kling_spec.ir import Ask, MediaKind, Resolution, Text
from kling_spec.providers._contract import Batch, Callbacks, Never, Provider, Request, Unsaid, Wire
from kling_spec.providers._omni import mark
from kling_spec.providers._words import with_negative
from kling_spec.providers.runware._elements import element
from kling_spec.providers.runware.limits import limits
from kling_spec.providers.runware.reply import (
    read_callback,
    read_find,
    read_page,
    read_poll,
    read_submit,
    read_upload,
)

_PATH = "/v1"
_SIDES: Mapping[Resolution, tuple[int, int, int]] = MappingProxyType(
    {
        Resolution.P720: (1280, 720, 960),
        Resolution.P1080: (1920, 1080, 1440),
        Resolution.K4: (3840, 2160, 2880),
    }
)
"""The long side, the short side, and the side of a square; no other sizes are taken."""


def _kling(**settings: Any) -> Mapping[str, Any]:
    return {"providerSettings": {"klingai": settings}}


def _size(ask: Ask) -> Mapping[str, Any]:
    long, short, square = _SIDES[ask.resolution]
    width, height = {"9:16": (short, long), "1:1": (square, square)}.get(
        ask.aspect_ratio or "", (long, short)
    )
    return {"width": width, "height": height}


def _decider(ask: Ask) -> str | None:
    """Return what gives the film its shape, so that no size may be sent."""
    if ask.edit:
        return "the edited video"
    if ask.first_frame or ask.last_frame:
        return "its first frame"
    if "resolution" in ask.options:
        return "what goes in, as 'resolution' in provider_options says"
    return "its reference images" if ask.model == "o1" and ask.images else None


def _aspect_ratio(ask: Ask) -> Mapping[str, Any] | Unsaid:
    decider = _decider(ask)
    if decider is None:
        return _size(ask)
    is_written = "aspect_ratio" in ask.origins
    return Unsaid(f"the film takes the shape of {decider}") if is_written else {}


def _base(ask: Ask, model_id: str) -> Mapping[str, Any]:
    always: Mapping[str, Any] = {
        "taskType": "videoInference",
        "model": model_id,
        "outputType": "URL",
        "deliveryMethod": "async",
        "includeCost": True,
    }
    return always if ask.aspect_ratio or _decider(ask) else {**always, **_size(ask)}


def _prompt(ask: Ask) -> Mapping[str, Any] | Unsaid:
    if ask.storyboard:
        return Unsaid("the shots of the storyboard speak alone, so say it in each of them")
    return {"positivePrompt": with_negative(ask.prompt, ask.negative_prompt)}


def _negative(ask: Ask) -> Mapping[str, Any]:
    """Say it where nothing else is said; else it stands with the prompt or in the storyboard."""
    if ask.prompt or ask.storyboard:
        return {}
    return {"positivePrompt": with_negative(Text(), ask.negative_prompt)}


def _storyboard(ask: Ask) -> Mapping[str, Any]:
    return _kling(
        multiPrompt=[
            {"prompt": with_negative(beat.prompt, ask.negative_prompt), "duration": beat.duration}
            for beat in ask.storyboard
        ]
    )


def _client_id(fingerprint: str, attempt: int) -> str:
    """Return a UUID of version 4's shape that the same attempt at the same task always gets."""
    return str(UUID(bytes=sha256(f"{fingerprint}/{attempt}".encode()).digest()[:16], version=4))


def _authorize(settings: Mapping[str, str], _now: datetime) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {settings['RUNWARE_API_KEY']}"}


def _look(task: str) -> Request:
    return Request(method="POST", path=_PATH, json=[{"taskType": "getResponse", "taskUUID": task}])


def _look_at_all(tasks: Sequence[str], _page: int) -> Request:
    looks = [{"taskType": "getResponse", "taskUUID": task} for task in tasks]
    return Request(method="POST", path=_PATH, json=looks)


def _upload(name: str, content: bytes, ours: UUID) -> Request:
    """Describe an upload to the media storage."""
    kind = guess_type(name)[0] or "application/octet-stream"
    task = {
        "taskType": "mediaStorage",
        "taskUUID": str(ours),
        "operation": "upload",
        "media": f"data:{kind};base64,{b64encode(content).decode()}",
    }
    return Request(method="POST", path=_PATH, json=[task])


PROVIDER = Provider(
    name="runware",
    asks={
        "prompt": _prompt,
        "negative_prompt": _negative,
        "storyboard": _storyboard,
        "auto_storyboard": Never(
            "Runware has no field for it",
            "write the shots as a storyboard of their own, with a duration each",
        ),
        "resolution": lambda _: {},  # said by the model's id
        "aspect_ratio": _aspect_ratio,
        "duration": lambda ask: (
            Unsaid("the film gets the length of the edited video") if ask.edit else {"duration": ask.duration}
        ),
        # not to be sent at all where it cannot be chosen
        "sound": lambda ask: {} if ask.video or ask.model == "o1" else _kling(sound=ask.sound),
        "first_frame": lambda ask: {
            "inputs": {"frameImages": [{"image": ask.first_frame, "frame": "first"}]}
        },
        "last_frame": lambda ask: {"inputs": {"frameImages": [{"image": ask.last_frame, "frame": "last"}]}},
        "images": lambda ask: {"inputs": {"referenceImages": list(ask.images)}},
        "elements": lambda ask: {"inputs": {"elements": [element(media) for media in ask.elements]}},
        "reference_video": lambda ask: {"inputs": {"referenceVideos": [ask.reference_video]}},
        "edit": lambda ask: {"inputs": {"video": ask.edit}},
        "keep_sound": lambda ask: (
            _kling(keepOriginalSound=ask.keep_sound)
            if ask.video
            else Unsaid("no video goes in whose sound could be kept")
        ),
    },
    base=_base,
    model_id=lambda ask, ids: ids[ask.resolution],
    path=_PATH,
    mark=mark,
    wires={MediaKind.IMAGE: Wire.DATA_URI, MediaKind.VIDEO: Wire.UPLOAD, MediaKind.AUDIO: Wire.UPLOAD},
    limits=limits,
    client_id=lambda ours: {"taskUUID": ours},
    client_id_format=_client_id,
    wrap=lambda body: [body],
    authorize=_authorize,
    credentials=(("RUNWARE_API_KEY",),),
    read_submit=read_submit,
    poll=_look,
    read_poll=read_poll,
    batch=Batch(request=_look_at_all, read=read_page, size=50, most=20),
    find=_look,
    read_find=read_find,
    repeats_for=timedelta(hours=23),  # a known taskUUID is answered with a conflict
    upload=_upload,
    read_upload=read_upload,
    emulates={"negative_prompt": "written behind the prompt, as what to avoid"},
    settings={
        "callback_url": lambda url: {"webhookURL": url},
        "upload_endpoint": lambda url: {"uploadEndpoint": url},
    },
    callbacks=Callbacks(read=read_callback),
)
