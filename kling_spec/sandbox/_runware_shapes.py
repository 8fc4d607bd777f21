"""The parameters of a Runware videoInference task for the Kling omni models: types, values, lengths."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kling_spec.sandbox._pictures import is_url
from kling_spec.sandbox._shape import Fault, Shape, fields, flag, number, rows, text, whole, word
from kling_spec.sandbox.runware_media_rules import film, image, sound, uuid4

SIZES = {
    "720p": ((1280, 720), (720, 1280), (960, 960)),
    "1080p": ((1920, 1080), (1080, 1920), (1440, 1440)),
    "4k": ((3840, 2160), (2160, 3840), (2880, 2880)),
}


@dataclass(frozen=True, slots=True)
class Model:
    """What one of Runware's Kling omni models makes."""

    tier: str
    is_o1: bool = False


MODELS = {
    "klingai:kling-video@o3-standard": Model("720p"),
    "klingai:kling-video@o3-pro": Model("1080p"),
    "klingai:kling-video@o3-4k": Model("4k"),
    "klingai:kling@o1-standard": Model("720p", is_o1=True),
    "klingai:kling@o1": Model("1080p", is_o1=True),
}


def _address(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, str) or not is_url(value):
        yield Fault(path, "must be a URL")


def _frame(value: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, str):
        yield from image(value, path)
    else:
        yield from fields({"image": image}, {"frame": _position})(value, path)


def _position(value: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, bool) or value not in ("first", "last", 0, -1):
        yield Fault(path, "must be one of first, last, 0, -1")


_ELEMENT = fields(
    {"id": text(shortest=1)},
    {
        "description": text(),
        "frontalImage": image,
        "images": rows(image, least=1, most=3),
        "videos": rows(film, least=1, most=1),
        "voices": rows(sound, least=1, most=1),
        "tags": rows(text(shortest=1), least=1),
    },
)
_SHOT = fields({"prompt": text(shortest=1, longest=512), "duration": number(1)})
TASK: Shape = fields(
    {"taskType": word("videoInference"), "taskUUID": uuid4, "model": word(*MODELS)},
    {
        "outputType": word("URL"),
        "outputFormat": word("MP4", "WEBM", "MOV"),
        "outputQuality": whole(20, 99),
        "webhookURL": _address,
        "deliveryMethod": word("async"),
        "uploadEndpoint": _address,
        "safety": fields({}, {"checkContent": flag, "mode": word("none", "fast", "full")}),
        "ttl": whole(60),
        "includeCost": flag,
        "numberResults": whole(1, 4),
        "positivePrompt": text(shortest=2, longest=2500),
        "width": whole(1),
        "height": whole(1),
        "resolution": word(*SIZES),
        "duration": whole(3, 15),
        "inputs": fields(
            {},
            {
                "referenceImages": rows(image, least=1, most=7),
                "frameImages": rows(_frame, least=1, most=2),
                "video": film,
                "referenceVideos": rows(film, least=1, most=1),
                "elements": rows(_ELEMENT, least=1, most=3),
            },
        ),
        "providerSettings": fields(
            {},
            {
                "klingai": fields(
                    {},
                    {"keepOriginalSound": flag, "multiPrompt": rows(_SHOT, least=1, most=6), "sound": flag},
                )
            },
        ),
    },
)
