"""Images and videos as they stand in a body: what they are, how large, and whether they may be there.

The only user of Pillow here; it is imported when the first image comes.
"""

import base64
import binascii
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kling_spec.sandbox._known import Known
from kling_spec.sandbox._links import KLING_IMAGES, link_faults
from kling_spec.sandbox._shape import Fault

_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,(.*)", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_SMALLEST = 300
_WIDEST = 2.5


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of an image after its head has been read."""

    format: str
    width: int
    height: int
    size: int
    """In bytes."""


def is_url(value: str) -> bool:
    """Whether a value is an address on the web."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def is_data_uri(value: str) -> bool:
    """Whether a value carries its bytes with a `data:` prefix."""
    return value.startswith("data:")


def content(value: str) -> bytes | None:
    """Return the bytes that a value carries itself, as base64 or data URI; None when it carries none."""
    if is_url(value):
        return None
    match = _DATA_URI.fullmatch(value)
    if match is None and is_data_uri(value):
        return None
    encoded = "".join((match[1] if match else value).split())
    if not _BASE64.fullmatch(encoded):
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None


def open_picture(data: bytes) -> Picture | None:
    """Return what an image file is; None when it is no image."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            return Picture(image.format or "", image.width, image.height, len(data))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None


def picture_faults(
    field: str, data: bytes | None, *, formats: tuple[str, ...], megabytes: int
) -> Iterator[Fault]:
    """Yield what is wrong with the bytes of an image: format, size, sides and their ratio."""
    picture = None if data is None else open_picture(data)
    if picture is None:
        yield Fault(field, "holds no image that can be opened")
        return
    if picture.format not in formats:
        yield Fault(field, f"is {picture.format}, only {', '.join(formats)} are read")
    if picture.size > megabytes * 1024 * 1024:
        yield Fault(field, f"is larger than {megabytes} MB")
    short, long = sorted((picture.width, picture.height))
    if short < _SMALLEST:
        yield Fault(field, f"is {picture.width}x{picture.height}, its sides must be {_SMALLEST} px or more")
    elif long > short * _WIDEST:
        yield Fault(field, f"is {picture.width}x{picture.height}, outside of 1:2.5 to 2.5:1")


def kling_picture_faults(field: str, value: str, known: Known, *, megabytes: int) -> Iterator[Fault]:
    """Yield what is wrong with an image that Kling is sent: an address, or bare base64.

    Of an address only those bytes are looked at that were uploaded to this server.
    """
    if is_data_uri(value):
        yield Fault(field, "must be bare base64, without the data: prefix")
        return
    if is_url(value):
        yield from link_faults(field, value, known, endings=KLING_IMAGES)
    data = known.picture(value) if is_url(value) else content(value)
    if data is not None or not is_url(value):
        yield from picture_faults(field, data, formats=("JPEG", "PNG"), megabytes=megabytes)


def link(value: Any, path: str) -> Iterator[Fault]:
    """Demand an address, or an empty string for none."""
    if not isinstance(value, str) or (value and not is_url(value)):
        yield Fault(path, "must be a URL")
