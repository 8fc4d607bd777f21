"""HiAPI: two models, one from text and one from frames; everything but the model under `input`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from kling_spec.ir import Ask, Media, MediaKind, Text
from kling_spec.providers._contract import Batch, Callbacks, Never, Provider, Request, Unsaid, Wire
from kling_spec.providers._words import with_negative
from kling_spec.providers.hiapi.catalogue import CATALOGUE, RESOLUTIONS
from kling_spec.providers.hiapi.limits import limits
from kling_spec.providers.hiapi.reply import (
    PAGE_SIZE,
    is_signed,
    read_callback,
    read_page,
    read_poll,
    read_submit,
)

_PATH = "/v1/tasks"
_FRAMES_ONLY = "HiAPI's Kling models take a first and a last frame only"
_NO_VIDEO = "HiAPI's Kling models take no video"


def _input(**fields: Any) -> Mapping[str, Any]:
    return {"input": fields}


def _starts_from_a_frame(ask: Ask) -> bool:
    return ask.first_frame is not None or ask.last_frame is not None


def _mark(media: Media, _number: int, ask: Ask) -> str:
    """Name a frame in words: HiAPI has no syntax for references."""
    if ask.first_frame is not None and media.name == ask.first_frame.name:
        return "the first frame"
    if ask.last_frame is not None and media.name == ask.last_frame.name:
        return "the last frame"
    return media.name


def _aspect_ratio(ask: Ask) -> Mapping[str, Any] | Unsaid:
    if _starts_from_a_frame(ask):
        return Unsaid("the film takes the shape of its first frame")
    return _input(aspect_ratio=ask.aspect_ratio)


def _negative(ask: Ask) -> Mapping[str, Any]:
    """Say it where there is no prompt; else it stands with that."""
    return {} if ask.prompt else _input(prompt=with_negative(Text(), ask.negative_prompt))


def _base(ask: Ask, model_id: str) -> Mapping[str, Any]:
    shape = {} if ask.aspect_ratio or _starts_from_a_frame(ask) else {"aspect_ratio": "16:9"}
    return {"model": model_id, **_input(**shape)}


def _authorize(settings: Mapping[str, str], _now: datetime) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {settings['HIAPI_API_KEY']}"}


PROVIDER = Provider(
    name="hiapi",
    asks={
        "prompt": lambda ask: _input(prompt=with_negative(ask.prompt, ask.negative_prompt)),
        "negative_prompt": _negative,
        "storyboard": Never(
            "HiAPI has no field for shots",
            "tell the shots in 'prompt', or use kling or runware for this shot",
        ),
        "auto_storyboard": Never(
            "HiAPI has no switch for it; its model cuts a film that the prompt tells in shots",
            "remove 'storyboard: auto' and tell the shots in 'prompt'",
        ),
        "resolution": lambda ask: _input(resolution=RESOLUTIONS[ask.resolution]),
        "aspect_ratio": _aspect_ratio,
        "duration": lambda ask: _input(duration=ask.duration),
        "sound": lambda ask: _input(sound=ask.sound),
        "first_frame": lambda ask: _input(image_urls=[ask.first_frame]),
        "last_frame": lambda ask: _input(image_urls=[ask.last_frame]),
        "images": Never(_FRAMES_ONLY, "use 'first_frame', or kling, runware or apimodels for this shot"),
        "elements": Never(_FRAMES_ONLY, "use 'first_frame', or kling, runware or apimodels for this shot"),
        "reference_video": Never(_NO_VIDEO, "use kling, runware or apimodels for this shot"),
        "edit": Never(_NO_VIDEO, "use kling, runware or apimodels for this shot"),
        "keep_sound": Never(_NO_VIDEO, "remove 'keep_sound'"),
    },
    base=_base,
    model_id=lambda ask, ids: ids["frames" if _starts_from_a_frame(ask) else "text"],
    path=_PATH,
    mark=_mark,
    wires={MediaKind.IMAGE: Wire.DATA_URI, MediaKind.VIDEO: Wire.URL_ONLY},
    limits=limits,
    submit_headers=lambda ours: {"Idempotency-Key": ours},
    authorize=_authorize,
    credentials=(("HIAPI_API_KEY",),),
    read_submit=read_submit,
    poll=lambda job: Request(method="GET", path=f"{_PATH}/{quote(job, safe='')}"),
    read_poll=read_poll,
    batch=Batch(
        request=lambda _jobs, page: Request(
            method="GET", path=_PATH, query={"page": str(page + 1), "size": str(PAGE_SIZE)}
        ),
        read=read_page,
        most=20,
    ),
    repeats_for=timedelta(hours=23),  # an Idempotency-Key is kept for about a day
    emulates={"negative_prompt": "written behind the prompt, as what to avoid"},
    settings={
        "callback_url": lambda url: {"callback": {"url": url, "when": "final"}},
        "storage": lambda kind: {"storage": kind},
        "route": lambda name: {"route": name},
    },
    catalogue=CATALOGUE,
    callbacks=Callbacks(read=read_callback, is_signed=is_signed),
)
