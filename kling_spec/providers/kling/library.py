"""Kling's element library, which both of its standards share: elements are made there once, and kept.

From Kling's element management page, as copied 2026-09-20.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from kling_spec.ir import ElementParts, Link, LocalFile, Media, MediaKind
from kling_spec.providers._answer import by_word, is_fine, unread
from kling_spec.providers._contract import ElementStatus, Finding, JobState, Library, Reply, Request
from kling_spec.providers._json import message, rows, word
from kling_spec.providers.kling.reply import UNKNOWN_ID, read_submit
from kling_spec.providers.kling.task import STATES

_PATH = "/v1/general/advanced-custom-elements"
TAGS = MappingProxyType(
    {
        "hottest": "o_101",
        "character": "o_102",
        "animal": "o_103",
        "item": "o_104",
        "costume": "o_105",
        "scene": "o_106",
        "effect": "o_107",
        "other": "o_108",
    }
)
"""Kling's ids of the kinds that a library element may be filed under."""
_DELETED = "deleted"
_LONGEST_NAME, _LONGEST_DESCRIPTION, _LONGEST_ID = 20, 100, 20


def _body(media: Media, ours: str) -> Mapping[str, Any]:
    head: dict[str, Any] = {
        "element_name": media.name[:_LONGEST_NAME],
        "element_description": media.description or media.name,
        "external_task_id": ours,
    }
    parts = media.source
    if not isinstance(parts, ElementParts):
        raise TypeError(f"'{media.name}' is not made of parts")
    if parts.tags:
        head["tag_list"] = [{"tag_id": TAGS[tag]} for tag in parts.tags if tag in TAGS]
    if parts.video is not None:
        videos = [{"video_url": _part(media, parts.video, MediaKind.VIDEO)}]
        return {**head, "reference_type": "video_refer", "element_video_list": {"refer_videos": videos}}
    images = [{"image_url": _part(media, image, MediaKind.IMAGE)} for image in parts.images]
    frontal = _part(media, parts.frontal, MediaKind.IMAGE) if parts.frontal is not None else ""
    pictures = {"frontal_image": frontal, "refer_images": images}
    return {**head, "reference_type": "image_refer", "element_image_list": pictures}


def _part(media: Media, source: Link | LocalFile, kind: MediaKind) -> Media:
    return Media(name=media.name, kind=kind, source=source)


def _limits(media: Media) -> Iterator[Finding]:
    length = len(media.description)
    if length > _LONGEST_DESCRIPTION:
        yield Finding(
            ask="elements",
            message=f"describes '{media.name}' in {length} characters; Kling takes {_LONGEST_DESCRIPTION}",
            help="shorten the asset's 'description'",
            code="KS403",
        )
    parts = media.source
    if not isinstance(parts, ElementParts):
        return
    for tag in parts.tags:
        if tag not in TAGS:
            yield Finding(
                ask="elements",
                message=f"tags '{media.name}' as '{tag}', which Kling's library does not know",
                help=f"its tags: {', '.join(TAGS)}",
            )
    if parts.voice is not None:
        yield Finding(
            ask="elements",
            message=f"gives '{media.name}' a voice from a file; Kling's library takes one by its own id only",
            help="make the element with its voice in Kling's console and write its id, or use runware",
        )


def _look(task: str) -> Request:
    """Describe the look at one element's making, by Kling's id or by ours."""
    return Request(method="GET", path=f"{_PATH}/{quote(task, safe='')}")


def _read_poll(_task: str, reply: Reply) -> ElementStatus:
    body: Any = reply.body
    code, said = word(body, "code"), message(body, "message")
    if reply.status == 404 or code == UNKNOWN_ID:
        return ElementStatus(state=JobState.LOST, message=said or "Kling does not know the element")
    if not is_fine(reply) or code not in ("", "0"):
        odd = unread(reply, " ".join(filter(None, (code, said))))
        return ElementStatus(state=odd.state, message=odd.message)
    state, odd_word = by_word(word(body, "data", "task_status"), STATES)
    why = odd_word or message(body, "data", "task_status_msg")
    made = next(iter(rows(body, "data", "task_result", "elements")), {})
    number = word(made, "element_id")
    is_id = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_ID and int(number) > 0
    if _DELETED in (word(made, "status").lower(), word(body, "data", "task_status").lower()):
        return ElementStatus(state=JobState.FAILED, message="it was deleted from Kling's library")
    if state is JobState.SUCCEEDED and not is_id:
        return ElementStatus(state=state, message="reported as made, but no id came with it")
    return ElementStatus(state=state, id=int(number) if is_id else None, message=why)


LIBRARY = Library(
    path=_PATH,
    body=_body,
    limits=_limits,
    read_submit=read_submit,
    poll=_look,
    read_poll=_read_poll,
)
