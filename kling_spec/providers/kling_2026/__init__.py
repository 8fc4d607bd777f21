"""Kling itself, by the second standard of its API, of 2026: the model in the path, inputs as named contents.

It shares names with the first standard and little else: defaults differ (720p, cut into shots), references
are written `@alias`, shots are told in the prompt, and only the plain API key opens it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kling_spec.ir import Ask, ElementId, Media, MediaKind, Text
from kling_spec.providers._contract import (
    Batch,
    ElementStatus,
    Provider,
    Reply,
    Request,
    Script,
    Unsaid,
    Wire,
)
from kling_spec.providers._words import with_negative
from kling_spec.providers.kling.callback import CALLBACKS
from kling_spec.providers.kling.library import LIBRARY
from kling_spec.providers.kling_2026.limits import limits
from kling_spec.providers.kling_2026.reply import read_find, read_page, read_poll, read_submit

_ENDS_A_SHOT = ";"


def _contents(*items: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"contents": list(items)}


def _settings(**fields: Any) -> Mapping[str, Any]:
    return {"settings": fields}


# -- references --


def _alias(kind: MediaKind, number: int) -> str:
    """Return the n-th alias of a kind.

    None is part of another while there are fewer than ten, and no prompt holds one by accident: text
    that looks like one is refused.
    """
    return f"{kind.value}_{number}"


def _listed(ask: Ask) -> Iterator[tuple[str, Media]]:
    """Yield everything that goes in with its alias, in the order of the table below."""
    count: dict[MediaKind, int] = {}
    videos = (ask.reference_video, ask.edit)
    for media in (ask.first_frame, ask.last_frame, *ask.images, *ask.elements, *videos):
        if media is not None:
            count[media.kind] = count.get(media.kind, 0) + 1
            yield _alias(media.kind, count[media.kind]), media


def _items(ask: Ask, kind: str, *wanted: Media | None) -> Mapping[str, Any]:
    """Return contents of one kind for the wanted media, each under its alias."""
    aliases = {id(media): alias for alias, media in _listed(ask)}
    return _contents(
        *({"type": kind, **_file(media), "id": aliases[id(media)]} for media in wanted if media is not None)
    )


def _file(media: Media) -> Mapping[str, Any]:
    if media.kind is not MediaKind.ELEMENT:
        return {"url": media}
    return {"element_id": str(media.source.id) if isinstance(media.source, ElementId) else media}


# -- words --


def _prompt(ask: Ask) -> Mapping[str, Any] | Unsaid:
    if ask.storyboard:
        return Unsaid("the shots of the storyboard speak alone, so say it in each of them")
    return _contents({"type": "prompt", "text": with_negative(ask.prompt, ask.negative_prompt)})


def _negative(ask: Ask) -> Mapping[str, Any]:
    """Say it where nothing else is said; else it stands with the prompt or in the storyboard."""
    if ask.prompt or ask.storyboard:
        return {}
    return _contents({"type": "prompt", "text": with_negative(Text(), ask.negative_prompt)})


def _storyboard(ask: Ask) -> Mapping[str, Any]:
    shots = tuple(
        (f"shot {number}, {beat.duration}, ", with_negative(beat.prompt, ask.negative_prompt))
        for number, beat in enumerate(ask.storyboard, 1)
    )
    return _contents({"type": "prompt", "text": Script(shots, _ENDS_A_SHOT)})


# -- settings --


def _base(ask: Ask, _model_id: str) -> Mapping[str, Any]:
    """Say what this standard would decide otherwise: it cuts into shots where nothing is said."""
    decided = ask.aspect_ratio or ask.first_frame or ask.video
    return _settings(
        **({} if ask.model == "o1" else {"multi_shot": bool(ask.storyboard or ask.auto_storyboard)}),
        **({} if decided else {"aspect_ratio": "16:9"}),
    )


def _aspect_ratio(ask: Ask) -> Mapping[str, Any] | Unsaid:
    if ask.edit:
        return Unsaid("the film takes the shape of the edited video")
    if ask.first_frame:
        return Unsaid("the film takes the shape of its first frame")
    return _settings(aspect_ratio=ask.aspect_ratio)


def _duration(ask: Ask) -> Mapping[str, Any] | Unsaid:
    if ask.edit:
        return Unsaid("the film gets the length of the edited video")
    return _settings(duration=ask.duration)


def _audio(ask: Ask) -> Mapping[str, Any]:
    kept = "original" if ask.keep_sound and ask.video is not None else "off"
    return _settings(audio="native" if ask.sound else kept)


def _keep_sound(ask: Ask) -> Mapping[str, Any] | Unsaid:
    """Say nothing of its own: it is one of three values of `audio`."""
    return {} if ask.video else Unsaid("no video goes in whose sound could be kept")


# -- calls --


def _authorize(settings: Mapping[str, str], _now: datetime) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {settings['KLING_API_KEY']}"}


def _read_element(task: str, reply: Reply) -> ElementStatus:
    """Return the element as the first standard tells of it, its id as text, which this one wants."""
    status = LIBRARY.read_poll(task, reply)
    return replace(status, id=None if status.id is None else str(status.id))


PROVIDER = Provider(
    name="kling-2026",
    asks={
        "prompt": _prompt,
        "negative_prompt": _negative,
        "storyboard": _storyboard,
        "auto_storyboard": lambda _: {},  # said by `multi_shot`, which is always sent
        "resolution": lambda ask: _settings(resolution=ask.resolution.value),
        "aspect_ratio": _aspect_ratio,
        "duration": _duration,
        "sound": _audio,
        "first_frame": lambda ask: _items(ask, "first_frame", ask.first_frame),
        "last_frame": lambda ask: _items(ask, "last_frame", ask.last_frame),
        "images": lambda ask: _items(ask, "refer_image", *ask.images),
        "elements": lambda ask: _items(ask, "element", *ask.elements),
        "reference_video": lambda ask: _items(ask, "feature_video", ask.reference_video),
        "edit": lambda ask: _items(ask, "base_video", ask.edit),
        "keep_sound": _keep_sound,
    },
    base=_base,
    model_id=lambda _, ids: ids["any"],
    path="/omni-video/{model}",
    mark=lambda media, number, _ask: f"@{_alias(media.kind, number)}",
    mark_runs_on=True,
    wires={MediaKind.IMAGE: Wire.BASE64, MediaKind.VIDEO: Wire.URL_ONLY},
    limits=limits,
    emulates={
        "negative_prompt": "written behind the prompt, as what to avoid",
        "storyboard": "told in the prompt, shot by shot",
    },
    settings={"callback_url": lambda url: {"options": {"callback_url": url}}},
    client_id=lambda ours: {"options": {"external_task_id": ours}},
    authorize=_authorize,
    credentials=(("KLING_API_KEY",),),
    read_submit=read_submit,
    poll=lambda job: Request(method="GET", path="/tasks", query={"task_ids": job}),
    read_poll=read_poll,
    batch=Batch(
        request=lambda jobs, _page: Request(method="GET", path="/tasks", query={"task_ids": ",".join(jobs)}),
        read=read_page,
        size=50,
        most=20,
    ),
    find=lambda ours: Request(method="GET", path="/tasks", query={"external_task_ids": ours}),
    read_find=read_find,
    library=replace(LIBRARY, read_poll=_read_element),
    callbacks=CALLBACKS,
)
