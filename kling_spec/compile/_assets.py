"""Assets to media."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from kling_spec.compile._names import asset_kind
from kling_spec.ir import ElementId, ElementParts, Link, LocalFile, Media, MediaKind, Source
from kling_spec.spec import Asset, ElementPictures

_LOCAL = (".local", ".localhost", ".internal", ".lan", ".home")


def is_link(written: str) -> bool:
    """Whether the text is an address rather than a path; `asset://` is a provider's own store."""
    return written.lower().startswith(("https://", "http://", "asset://"))


def is_outside(written: str) -> bool:
    """Whether a path names a place of its own instead of one in the project: `/x`, `~/x`, `C:x`, a host."""
    return written.startswith(("/", "~", "\\")) or written[1:2] == ":" or "\0" in written


def is_private(link: str) -> bool:
    """Whether an address leads to this machine or to a private network, where no provider can fetch it."""
    try:
        host = (urlsplit(link).hostname or "").rstrip(".")
    except ValueError:
        return True
    if host.endswith(_LOCAL) or ("." not in host and ":" not in host):
        return link.lower().startswith(("https://", "http://"))
    if not (host[-1].isdigit() or ":" in host):
        return False
    return not _is_public(host)


def _is_public(host: str) -> bool:
    """Whether a number is an address of the internet; some of version 6 stand for one of version 4."""
    from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

    try:
        address = ip_address(host)
    except ValueError:
        return False
    inner: list[IPv4Address] = []
    if isinstance(address, IPv6Address):
        inner = [one for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if one]
        if any(address in IPv6Network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")):
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and all(one.is_global for one in inner)


def paths_of(asset: Asset) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every path or address of the asset, and where below it that stands."""
    for kind in ("image", "video", "audio", "font", "captions"):
        if (value := getattr(asset, kind)) is not None:
            yield (kind,), value
    if isinstance(asset.element, ElementPictures):
        if asset.element.frontal is not None:
            yield ("element", "frontal"), asset.element.frontal
        yield from (
            (("element", "images", number), image) for number, image in enumerate(asset.element.images)
        )
        if asset.element.video is not None:
            yield ("element", "video"), asset.element.video
        if asset.element.voice is not None:
            yield ("element", "voice"), asset.element.voice


def placed(written: str, files: Mapping[str, LocalFile | None]) -> Link | LocalFile:
    """Return the address or the file that the text names."""
    return Link(written) if is_link(written) else files.get(written) or LocalFile(written, "")


def media(name: str, asset: Asset, files: Mapping[str, LocalFile | None]) -> Media:
    """Return what a task points to when it uses the asset. The asset is an image, a video or an element."""
    kind = MediaKind(asset_kind(asset) or "image")
    source = _source(asset, files)
    return Media(
        name=name,
        kind=kind,
        source=source,
        description=asset.description or "",
        seconds=measured(source) or asset.duration,
    )


def measured(source: Source) -> Decimal | None:
    """Return how many seconds a local video lasts, where it was looked at."""
    return source.facts.seconds if isinstance(source, LocalFile) and source.facts is not None else None


def _source(asset: Asset, files: Mapping[str, LocalFile | None]) -> Source:
    if isinstance(asset.element, ElementPictures):
        element = asset.element
        return ElementParts(
            frontal=placed(element.frontal, files) if element.frontal else None,
            images=tuple(placed(image, files) for image in element.images),
            video=placed(element.video, files) if element.video else None,
            voice=placed(element.voice, files) if element.voice else None,
            tags=tuple(element.tags),
        )
    if asset.element is not None:
        return ElementId(asset.element, asset.made_from)
    return placed(asset.image or asset.video or asset.audio or "", files)
