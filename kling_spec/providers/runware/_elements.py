"""Elements as Runware takes them: made on their first use, known by the same id ever after."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from kling_spec.ir import ElementId, ElementParts, Link, LocalFile, Media, MediaKind


def element(media: Media) -> Mapping[str, Any]:
    """Return the element; one of a library is its id alone."""
    match media.source:
        case ElementId(id=number):
            return {"id": str(number)}
        case ElementParts() as parts:
            said = {"description": media.description} if media.description else {}
            return {"id": _name_of(media, parts), **said, **_parts(media, parts)}
        case _:
            return {"id": media.name}


def _parts(media: Media, parts: ElementParts) -> Mapping[str, Any]:
    if parts.video is not None:
        return {"videos": [_part(media, parts.video, MediaKind.VIDEO)]}
    if parts.frontal is None:
        return {}
    # the list of images is demanded in practice, so the frontal one stands in for others
    images = parts.images or (parts.frontal,)
    return {
        "frontalImage": _part(media, parts.frontal, MediaKind.IMAGE),
        "images": [_part(media, image, MediaKind.IMAGE) for image in images],
    }


def _part(media: Media, source: Link | LocalFile, kind: MediaKind) -> Media:
    return Media(name=media.name, kind=kind, source=source)


def _name_of(media: Media, parts: ElementParts) -> str:
    """Return an id that changes with what the element is made of; longer than 20 characters is refused."""
    made_of = [part for part in (parts.frontal, *parts.images, parts.video) if part is not None]
    names = [part.url if isinstance(part, Link) else part.sha256 for part in made_of]
    told = "\n".join((media.description, *names))
    return f"ks-{sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
