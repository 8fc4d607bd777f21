"""Elements as Runware takes them: made on their first use, known by the same id ever after."""

from collections.abc import Mapping
from typing import Any

from kling_spec.ir import ElementId, ElementParts, Link, LocalFile, Media, MediaKind
from kling_spec.providers._place import parts_digest


def element(media: Media) -> Mapping[str, Any]:
    """Return the element; one of a library is its id alone."""
    match media.source:
        case ElementId(id=number):
            return {"id": str(number)}
        case ElementParts() as parts:
            said = {"description": media.description} if media.description else {}
            # changes with what the element is made of; longer than 20 characters is refused
            tags = {"tags": list(parts.tags)} if parts.tags else {}
            return {"id": f"ks-{parts_digest(media, parts)[:16]}", **said, **_parts(media, parts), **tags}
        case _:
            return {"id": media.name}


def _parts(media: Media, parts: ElementParts) -> Mapping[str, Any]:
    if parts.video is not None:
        return {"videos": [_part(media, parts.video, MediaKind.VIDEO)]}
    if parts.frontal is None:
        return {}
    voices = {"voices": [_part(media, parts.voice, MediaKind.AUDIO)]} if parts.voice is not None else {}
    # the list of images is demanded in practice, so the frontal one stands in for others
    images = parts.images or (parts.frontal,)
    return {
        "frontalImage": _part(media, parts.frontal, MediaKind.IMAGE),
        "images": [_part(media, image, MediaKind.IMAGE) for image in images],
        **voices,
    }


def _part(media: Media, source: Link | LocalFile, kind: MediaKind) -> Media:
    return Media(name=media.name, kind=kind, source=source)
