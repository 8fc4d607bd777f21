"""Tell links, data URIs and bare base64 apart, and hold media against documented limits."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from .shape import Check, shown

Facts: TypeAlias = Mapping[str, str | float]
Media: TypeAlias = Mapping[str, Facts]

MIB = 1024 * 1024
UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
DATA_URI = re.compile(r"data:(image|video)/([a-z0-9.+-]+);base64,(.*)", re.DOTALL)
MAGIC = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpg": re.compile(rb"\xff\xd8\xff"),
    "gif": re.compile(rb"GIF8[79]a"),
    "webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "mp4": re.compile(rb"....ftyp", re.DOTALL),
}


@dataclass(frozen=True)
class Range:
    """What a page allows of one measure; a side left open is not documented."""

    least: float | None = None
    most: float | None = None

    def faults(self, value: float | None, what: str) -> Iterator[str]:
        if value is None:
            return
        if self.least is not None and value < self.least:
            yield f"{what} is {value:.10g}, at least {self.least:.10g} is needed"
        if self.most is not None and value > self.most:
            yield f"{what} is {value:.10g}, at most {self.most:.10g} is allowed"


ANY = Range()


@dataclass(frozen=True)
class Limits:
    """What a page allows of one kind of medium."""

    kind: str
    manners: frozenset[str]
    formats: frozenset[str] | None = None
    size: Range = ANY
    side: Range = ANY
    area: Range = ANY
    ratio: Range = ANY
    seconds: Range = ANY
    rate: Range = ANY


def medium(where: str, source: str, media: Media, limits: Limits) -> Iterator[str]:
    manner = manner_of(source)
    if manner not in limits.manners:
        allowed = ", ".join(sorted(limits.manners))
        yield f"{where} is given as {manner}, allowed is: {allowed} ({shown(source)})"
        return
    if manner == "url" and is_private(source):  # trap 60
        yield f"{where} points at a private address: {shown(source)}"
    yield from measured(where, {**seen_inside(source), **media.get(source, {})}, limits)


def measured(where: str, facts: Facts, limits: Limits) -> Iterator[str]:
    kind = facts.get("kind", limits.kind)
    if kind != limits.kind:
        yield f"{where} must be {limits.kind}, not {kind}"
    kept = same_format(str(facts["format"])) if "format" in facts else None
    if limits.formats is not None and kept is not None and kept not in limits.formats:
        yield f"{where} is {kept}, allowed is: {', '.join(sorted(limits.formats))}"
    width, height = measure(facts, "width"), measure(facts, "height")
    yield from limits.size.faults(measure(facts, "bytes"), f"{where}: its size in bytes")
    yield from limits.side.faults(width, f"{where}: its width")
    yield from limits.side.faults(height, f"{where}: its height")
    if width and height:
        yield from limits.area.faults(width * height, f"{where}: its area")
        yield from limits.ratio.faults(width / height, f"{where}: its aspect ratio")
    yield from limits.seconds.faults(measure(facts, "seconds"), f"{where}: its length in seconds")
    yield from limits.rate.faults(measure(facts, "fps"), f"{where}: its frame rate")


def measure(facts: Facts, key: str) -> float | None:
    value = facts.get(key)
    return None if isinstance(value, str) else value


def same_format(name: str) -> str:
    plain = name.lower().removeprefix(".")
    return "jpg" if plain == "jpeg" else plain


def manner_of(source: str) -> str:
    """Name the way in which a medium is handed over."""
    if is_link(source):
        return "url"
    if source.startswith("asset://"):
        return "asset"
    if source.startswith("data:"):
        return "data" if decoded(source) else "a broken data URI"
    if re.fullmatch(UUID, source):
        return "uuid"
    return "base64" if decoded(source) else "neither a link nor base64"


def is_link(source: str) -> bool:
    return bool(re.fullmatch(r"https?://\S+", source)) and bool(host_of(source))


def host_of(source: str) -> str:
    try:
        return urlsplit(source).hostname or ""
    except ValueError:
        return ""


def is_private(link: str) -> bool:
    host = host_of(link)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local


def decoded(source: str) -> bytes:
    found = DATA_URI.fullmatch(source)
    try:
        return base64.b64decode(found.group(3) if found else source, validate=True)
    except (binascii.Error, ValueError):
        return b""


def seen_inside(source: str) -> Facts:
    """Read what a medium sent inside the body says about itself."""
    if manner_of(source) not in {"data", "base64"}:
        return {}
    content = decoded(source)
    facts: dict[str, str | float] = {"bytes": len(content)}
    if found := DATA_URI.fullmatch(source):
        facts.update(kind=found.group(1), format=found.group(2))
    for name, start in MAGIC.items():
        if start.match(content):
            facts.update(kind="video" if name == "mp4" else "image", format=name)
    return facts


def link(*, secure: bool = False, empty: bool = False) -> Check:
    """Check the shape of an address that is no medium: a callback or an upload place."""

    def check(value: object, where: str) -> Iterator[str]:
        if empty and value == "":
            return
        if not isinstance(value, str) or not is_link(value):
            yield f"{where} must be a link, not {shown(value)}"
        elif secure and not value.startswith("https://"):
            yield f"{where} must be an https link, not {shown(value)}"

    return check
