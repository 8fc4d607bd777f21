"""Check bodies for HiAPI, POST /v1/tasks."""

from collections.abc import Iterator
from dataclasses import replace

from .links import MIB, Limits, Media, Range, link, manner_of, medium
from .marks import no_angle_marks, no_at_marks
from .shape import Check, flag, inner, many, one_of, record, strings, text, whole, words

PATH = "/v1/tasks"
TEXT = "kling-3.0-omni/text-to-video"
IMAGES = "kling-3.0-omni/image-to-video"
LONGEST_PROMPT = 3072  # 2.4: not stated, what Kling takes at most holds

IMAGE = Limits(
    kind="image",
    manners=frozenset({"url", "asset", "data"}),
    formats=frozenset({"jpg", "png", "webp"}),
)
INLINE = replace(IMAGE, size=Range(most=20 * MIB))  # 2.4

COMMON: dict[str, Check] = {
    "resolution": one_of("720p", "1080p", "4K"),
    "duration": whole(3, 15),
    "sound": flag,
}
INPUTS: dict[str, Check] = {
    TEXT: record(
        {"prompt": text(1, LONGEST_PROMPT)}, COMMON | {"aspect_ratio": one_of("16:9", "9:16", "1:1")}
    ),
    IMAGES: record({"image_urls": many(text(1), 1, 2)}, COMMON | {"prompt": text(most=LONGEST_PROMPT)}),
}


def shape(model: str) -> Check:
    return record(
        {"model": one_of(*INPUTS), "input": INPUTS[model]},
        {
            "callback": record({"url": link(secure=True)}, {"when": one_of("final")}),
            "route": text(1),  # 2.1
            "storage": one_of("temp", "persistent"),  # 2.1
        },
    )


def no_references(prompt: str) -> Iterator[str]:  # 2.4: there is nothing to refer to
    yield from no_angle_marks(prompt, "input.prompt")
    yield from no_at_marks(prompt, "input.prompt")


def images_allowed(links: list[str], media: Media) -> Iterator[str]:  # 2.4
    for place, source in enumerate(links):
        limits = INLINE if manner_of(source) == "data" else IMAGE
        yield from medium(f"input.image_urls[{place}]", source, media, limits)


def faults(path: str, body: object, media: Media) -> list[str]:
    if path != PATH:
        return [f"the path is {PATH}, not {path}"]
    model = IMAGES if isinstance(body, dict) and body.get("model") == IMAGES else TEXT
    wrong = list(shape(model)(body, "body"))
    if wrong or not isinstance(body, dict):
        return wrong
    given = inner(body, "input")
    return [*no_references(words(given, "prompt")), *images_allowed(strings(given, "image_urls"), media)]
