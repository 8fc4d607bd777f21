"""Check bodies for Kling's newer standard: contents, settings and options, the model in the path."""

# All rules are from section 1.5 of the facts where nothing else is noted.

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from .links import MIB, Limits, Media, Range, link, medium
from .marks import alias_marks, aliases_clash, no_angle_marks
from .shape import Check, Fields, amount, flag, inner, many, one_of, record, rows, text, variant, whole, words

OMNI = "/omni-video/kling-3.0-omni"
O1 = "/omni-video/kling-o1"

SHOT = re.compile(r"\s*(?:shot|镜头)\s*(\d+)\s*,\s*(\d+)\s*,(.*)", re.IGNORECASE | re.DOTALL)
SHOT_HEAD = re.compile(
    r"(?:^|[;\uff1b])\s*(?:shot|镜头)\s*\d+\s*[,\uff0c]\s*[\d.]+\s*s?\s*[,\uff0c]",
    re.IGNORECASE | re.MULTILINE,
)  # also with the full-width signs that would be wrong

IMAGE = Limits(
    kind="image",
    manners=frozenset({"url", "base64", "data"}),
    formats=frozenset({"jpg", "png"}),
    size=Range(most=50 * MIB),
    side=Range(least=300),
    ratio=Range(1 / 2.5, 2.5),
)


def video_limits(path: str) -> Limits:
    own = path == OMNI
    return Limits(
        kind="video",
        manners=frozenset({"url"}),
        formats=frozenset({"mp4", "mov"}),
        size=Range(most=200 * MIB),
        side=Range(700, 4553 if own else 2160),
        area=Range(most=8_294_400) if own else Range(),
        ratio=Range(0.4, 2) if own else Range(),
        seconds=Range(3, 15.5 if own else 10),  # 1.13.5
        rate=Range(24, 60),
    )


def shape(path: str) -> Check:
    own = path == OMNI
    kind = {"type": text(1)}
    picture = record({**kind, "url": text(1)}, {"id": text(1)})
    contents = {
        "prompt": record({**kind, "text": text(1, 3072 if own else 2500)}),
        "first_frame": picture,
        "last_frame": picture,
        "refer_image": picture,
        "feature_video": picture,
        "base_video": picture,
        "element": record({**kind, "element_id": text(1), "id": text(1)}),
    }
    return record(
        {"contents": many(variant("type", contents), least=1)},
        {"settings": record({}, settings(path)), "options": OPTIONS},
    )


def settings(path: str) -> dict[str, Check]:
    shared = {"aspect_ratio": one_of("16:9", "9:16", "1:1")}
    if path == O1:
        return shared | {
            "audio": one_of("original", "off"),
            "resolution": one_of("720p", "1080p"),
            "duration": whole(3, 10),
        }
    return shared | {
        "multi_shot": flag,
        "audio": one_of("native", "original", "off"),
        "resolution": one_of("720p", "1080p", "4k"),
        "duration": whole(3, 15),
    }


OPTIONS = record(
    {},
    {
        "callback_url": link(empty=True),
        "external_task_id": text(),
        "watermark_info": record({"enabled": flag}),
    },
)


@dataclass(frozen=True)
class Request:
    """A body whose shape is right, and the path that names its model."""

    body: Fields
    path: str
    media: Media

    @property
    def contents(self) -> list[Fields]:
        return rows(self.body, "contents")

    @property
    def settings(self) -> Fields:
        return inner(self.body, "settings")

    def count(self, *kinds: str) -> int:
        return sum(words(item, "type") in kinds for item in self.contents)

    @property
    def prompt(self) -> str:
        return "".join(words(item, "text") for item in self.contents if item["type"] == "prompt")

    @property
    def videos(self) -> int:
        return self.count("feature_video", "base_video")

    @property
    def characters(self) -> int:
        """Count the elements known to be made from a video."""
        named = (words(item, "element_id") for item in self.contents if item["type"] == "element")
        return sum(self.media.get(f"element:{name}", {}).get("kind") == "video" for name in named)

    @property
    def pictured(self) -> int:
        """Count the elements made from images, and those of which nothing is known."""
        return self.count("element") - self.characters

    @property
    def seconds(self) -> int:
        return int(amount(self.settings, "duration", 5))

    @property
    def shots(self) -> bool:
        """Tell whether the prompt lays out shots."""
        return SHOT_HEAD.search(self.prompt) is not None


Rule: TypeAlias = Callable[[Request], Iterator[str]]


def one_prompt(request: Request) -> Iterator[str]:
    if (count := request.count("prompt")) != 1:
        yield f"contents must hold one prompt, not {count}"


def one_of_each(request: Request) -> Iterator[str]:
    for kind in ("first_frame", "last_frame"):
        if request.count(kind) > 1:
            yield f"contents hold more than one {kind}"
    if request.videos > 1:
        yield f"contents hold {request.videos} videos, one is allowed"


def last_needs_first(request: Request) -> Iterator[str]:
    if request.count("last_frame") and not request.count("first_frame"):
        yield "a last_frame needs a first_frame"


def frames_or_edit(request: Request) -> Iterator[str]:
    if request.count("base_video") and request.count("first_frame", "last_frame"):
        yield "a base_video takes no frames"


def references_counted(request: Request) -> Iterator[str]:
    total = request.count("refer_image") + request.pictured
    most = 4 if request.videos or (request.characters and request.pictured) else 7
    if total > most:
        yield f"there are {total} images and elements made from images, {most} are allowed"


def characters_counted(request: Request) -> Iterator[str]:
    most = 1 if request.videos else 3
    if request.characters > most:
        yield f"there are {request.characters} elements made from videos, {most} are allowed"


def characters_beside_video(request: Request) -> Iterator[str]:
    if not (request.videos and request.characters):
        return
    if request.count("refer_image"):
        yield "beside a video, an element made from a video allows no image"
    if request.pictured:
        yield "beside a video, elements of both kinds are forbidden"


def elements_beside_frames(request: Request) -> Iterator[str]:
    if request.count("first_frame") and request.count("element") > 3:
        yield f"there are {request.count('element')} elements beside a first frame, 3 are allowed"


def feature_is_silent(request: Request) -> Iterator[str]:
    if request.count("feature_video") and words(request.settings, "audio", "off") != "off":
        yield "audio must be off beside a feature_video"


def edit_has_no_native_audio(request: Request) -> Iterator[str]:
    if request.count("base_video") and request.settings.get("audio") == "native":
        yield "audio cannot be native beside a base_video"


def edit_has_no_shots(request: Request) -> Iterator[str]:
    if not request.count("base_video"):
        return
    if request.settings.get("multi_shot") is True:
        yield "multi_shot cannot be true beside a base_video"
    if request.shots:
        yield "a base_video allows no shots in the prompt"


def shots_switched_on(request: Request) -> Iterator[str]:  # trap 25
    if request.shots and request.settings.get("multi_shot") is False:
        yield "the prompt lays out shots, but multi_shot false keeps them from taking effect"


def shots_written_well(request: Request) -> Iterator[str]:
    """Check the prose of the shots: number, seconds, text and a semicolon, over and over."""
    if not request.shots:
        return
    *pieces, rest = request.prompt.split(";")
    if rest.strip():
        yield f"the prompt goes on after the last semicolon: {rest.strip()[:40]!r}"
    found = [SHOT.fullmatch(piece) for piece in pieces]
    for piece, shot in zip(pieces, found, strict=True):
        if shot is None or not shot.group(3).strip() or SHOT_HEAD.search(shot.group(3)):
            yield f"this is not one shot: {piece.strip()[:40]!r}"
        elif len(shot.group(3).strip()) > 512:
            yield f"shot {shot.group(1)} has more than 512 characters"
    whole_shots = [(int(shot.group(1)), int(shot.group(2))) for shot in found if shot]
    yield from shots_counted([number for number, _ in whole_shots])
    yield from shots_fill_duration([seconds for _, seconds in whole_shots], request.seconds)


def shots_counted(numbers: list[int]) -> Iterator[str]:
    if len(numbers) > 6:
        yield f"there are {len(numbers)} shots, 6 are allowed"
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the shots must be numbered from 1, not {numbers}"


def shots_fill_duration(seconds: list[int], duration: int) -> Iterator[str]:
    if any(length < 1 for length in seconds):
        yield f"every shot must last at least 1 s: {seconds}"
    if sum(seconds) != duration:
        yield f"the shots last {sum(seconds)} s together, duration says {duration} s"


def aspect_given(request: Request) -> Iterator[str]:
    free = request.count("first_frame") or request.videos
    if not free and "aspect_ratio" not in request.settings:
        yield "aspect_ratio is needed without a first frame and without a video"


def references_lead_somewhere(request: Request) -> Iterator[str]:
    aliases = [words(item, "id") for item in request.contents if "id" in item]
    yield from aliases_clash(aliases)
    yield from alias_marks(request.prompt, "the prompt", aliases)
    yield from no_angle_marks(request.prompt, "the prompt")


def media_allowed(request: Request) -> Iterator[str]:
    see = partial(medium, media=request.media)
    for place, item in enumerate(request.contents):
        if "url" in item:
            film = words(item, "type").endswith("video")
            limits = video_limits(request.path) if film else IMAGE
            yield from see(f"contents[{place}].url", words(item, "url"), limits=limits)


def o1_frames_stand_alone(request: Request) -> Iterator[str]:
    if request.count("last_frame") and request.count("refer_image", "element"):
        yield "kling-o1 takes no image and no element beside first and last frame"


def o1_last_frame_beside_video(request: Request) -> Iterator[str]:  # trap 36
    if request.count("last_frame") and request.count("feature_video"):
        yield "kling-o1 takes no last_frame beside a feature_video"


def o1_has_no_characters(request: Request) -> Iterator[str]:
    if request.characters:
        yield "kling-o1 takes no element made from a video"


def o1_has_one_shot(request: Request) -> Iterator[str]:  # 1.6
    if request.shots:
        yield "kling-o1 has no shots"


def o1_first_frame_duration(request: Request) -> Iterator[str]:
    others = request.count("last_frame", "refer_image", "feature_video", "base_video")
    if request.count("first_frame") and not others and request.seconds not in {5, 10}:
        yield f"kling-o1 with a first frame alone lasts 5 or 10 s, not {request.seconds} s"


SHARED_RULES: tuple[Rule, ...] = (
    one_prompt,
    one_of_each,
    last_needs_first,
    frames_or_edit,
    references_counted,
    elements_beside_frames,
    aspect_given,
    references_lead_somewhere,
    media_allowed,
)
RULES: dict[str, tuple[Rule, ...]] = {
    OMNI: (
        *SHARED_RULES,
        characters_counted,
        characters_beside_video,
        feature_is_silent,
        edit_has_no_native_audio,
        edit_has_no_shots,
        shots_switched_on,
        shots_written_well,
    ),
    O1: (
        *SHARED_RULES,
        o1_frames_stand_alone,
        o1_last_frame_beside_video,
        o1_has_no_characters,
        o1_has_one_shot,
        o1_first_frame_duration,
    ),
}


def faults(path: str, body: object, media: Media) -> list[str]:
    if path not in RULES:
        return [f"the path is one of {list(RULES)}, not {path}"]
    wrong = list(shape(path)(body, "body"))
    if wrong or not isinstance(body, dict):
        return wrong
    request = Request(body, path, media)
    return [fault for rule in RULES[path] for fault in rule(request)]
