"""What HiAPI refuses for the two Kling 3.0 Omni models, read from its pages."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from kling_spec.sandbox._known import NOTHING, Known
from kling_spec.sandbox._links import KLING_IMAGES, link_faults
from kling_spec.sandbox._pictures import content, is_data_uri, is_url, picture_faults
from kling_spec.sandbox._post import is_here
from kling_spec.sandbox._shape import Fault, fields, flag, rows, text, whole, word

T2V = "kling-3.0-omni/text-to-video"
I2V = "kling-3.0-omni/image-to-video"
_LONGEST_PROMPT = 3072
_FORMATS = ("JPEG", "PNG", "WEBP")
_ENDINGS = KLING_IMAGES | {".webp"}

_COMMON = {
    "resolution": word("720p", "1080p", "4K"),
    "duration": whole(3, 15),
    "sound": flag,
}
_INPUTS = {
    T2V: fields(
        {"prompt": text(shortest=1, longest=_LONGEST_PROMPT)},
        {**_COMMON, "aspect_ratio": word("16:9", "9:16", "1:1")},
    ),
    I2V: fields(
        {"image_urls": rows(text(shortest=1), least=1, most=2)},
        {**_COMMON, "prompt": text(longest=_LONGEST_PROMPT)},
    ),
}
_ENVELOPE = fields(
    {"model": word(*_INPUTS), "input": lambda _value, _path: iter(())},
    {
        "callback": fields({"url": text(shortest=1)}, {"when": word("final")}),
        "route": text(shortest=1),
        "storage": word("temp", "persistent"),
    },
)


def faults(body: Any, known: Known = NOTHING) -> Iterator[Fault]:
    """Yield what is wrong with a body."""
    wrong = list(_ENVELOPE(body, ""))
    if not wrong:
        wrong = list(_INPUTS[body["model"]](body["input"], "input"))
    yield from wrong
    if wrong:
        return
    if "callback" in body and not _can_be_called(body["callback"]["url"]):
        yield Fault("callback.url", "must be an https address")
    if not body["input"].get("prompt", "-").strip() and body["model"] == T2V:
        yield Fault("input.prompt", "must not be empty")
    for place, image in enumerate(body["input"].get("image_urls", ())):
        yield from _image(f"input.image_urls[{place}]", image, known)


def _can_be_called(url: str) -> bool:
    """Whether HiAPI would call back there; to this machine the sandbox does by http as well."""
    return is_here(url) or (is_url(url) and urlsplit(url).scheme == "https")


def _image(field: str, value: str, known: Known) -> Iterator[Fault]:
    """Yield what is wrong with an image; sides and ratio are those of Kling, which decides further up."""
    if value.startswith("asset://"):
        return
    if is_data_uri(value):
        yield from picture_faults(field, content(value), formats=_FORMATS, megabytes=20)
    elif not is_url(value):
        yield Fault(field, "must be a URL, an asset:// id or a data URI")
    elif not known.holds(value) and urlsplit(value).scheme != "https":
        yield Fault(field, "must be an https address")
    else:
        yield from link_faults(field, value, known, endings=_ENDINGS)
        data = known.picture(value)
        if data is not None:
            yield from picture_faults(field, data, formats=_FORMATS, megabytes=20)
