"""Hold the rules of the flat omni fields, which Kling's older standard and APIModels share."""

# Numbers name sections and traps of the facts, S3 the page of the older standard.

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from .links import MIB, Limits, Media, Range, medium
from .marks import angle_marks, no_at_marks
from .shape import Check, Fields, flag, many, matching, one_of, record, rows, text, whole, words

O1 = "kling-video-o1"
V3 = "kling-v3-omni"
CUSTOM = "customize"
ASPECTS = ("16:9", "9:16", "1:1")

IMAGE = Limits(
    kind="image",
    manners=frozenset({"url", "base64"}),  # 1.4: no data: prefix
    formats=frozenset({"jpg", "png"}),
    size=Range(most=10 * MIB),
    side=Range(least=300),
    ratio=Range(1 / 2.5, 2.5),
)


def video_limits(model: str) -> Limits:
    return Limits(
        kind="video",
        manners=frozenset({"url"}),
        formats=frozenset({"mp4", "mov"}),
        size=Range(most=200 * MIB),
        side=Range(720, 2160),  # 1.13.6
        seconds=Range(3, 10 if model == O1 else 15),  # 1.13.5
        rate=Range(24, 60),
    )


def longest(model: str) -> int:
    return 10 if model == O1 else 15


SHOT = record(
    {
        "index": whole(1),
        "prompt": text(most=512),
        "duration": matching(r"[1-9]\d*", "whole seconds in a string"),
    }
)
PICTURE = record({"image_url": text(1)}, {"type": one_of("first_frame", "end_frame")})
ELEMENT = record({"element_id": whole(0, 2**63 - 1)})
VIDEO = record(
    {"video_url": text(1)},
    {"refer_type": one_of("feature", "base"), "keep_original_sound": one_of("yes", "no")},
)


def shared_fields(model: str) -> dict[str, Check]:
    """Give the fields that both providers take, apart from model, mode and callback."""
    return {
        "multi_shot": flag,
        "shot_type": one_of("customize", "intelligence"),
        "prompt": text(most=2500),
        "multi_prompt": many(SHOT, most=6),
        "image_list": many(PICTURE),
        "element_list": many(ELEMENT),
        "video_list": many(VIDEO, most=1),
        "sound": one_of("on", "off"),
        "aspect_ratio": one_of(*ASPECTS),
        "duration": one_of(*(str(second) for second in range(3, longest(model) + 1))),
        "watermark_info": record({"enabled": flag}),
        "external_task_id": text(),
    }


@dataclass(frozen=True)
class Request:
    """A body whose shape is right."""

    body: Fields
    model: str
    media: Media

    @property
    def prompt(self) -> str:
        return words(self.body, "prompt")

    @property
    def seconds(self) -> int:
        return int(words(self.body, "duration", "5"))

    @property
    def multi_shot(self) -> bool:
        return self.body.get("multi_shot") is True

    @property
    def customized(self) -> bool:
        return self.multi_shot and self.body.get("shot_type") == CUSTOM

    @property
    def shots(self) -> list[Fields]:
        return rows(self.body, "multi_prompt")

    @property
    def images(self) -> list[Fields]:
        return rows(self.body, "image_list")

    @property
    def frames(self) -> list[str]:
        return [words(image, "type") for image in self.images if "type" in image]

    @property
    def elements(self) -> list[str]:
        return [str(element["element_id"]) for element in rows(self.body, "element_list")]

    @property
    def characters(self) -> int:
        """Count the elements known to be made from a video."""
        known = (self.media.get(f"element:{name}", {}) for name in self.elements)
        return sum(facts.get("kind") == "video" for facts in known)

    @property
    def videos(self) -> list[Fields]:
        return rows(self.body, "video_list")

    @property
    def edits(self) -> bool:
        return any(words(video, "refer_type", "base") == "base" for video in self.videos)


Rule: TypeAlias = Callable[[Request], Iterator[str]]


def shot_type_given(request: Request) -> Iterator[str]:  # S3, trap 26
    if request.multi_shot and "shot_type" not in request.body:
        yield "shot_type is needed when multi_shot is true"


def shots_given(request: Request) -> Iterator[str]:  # S3, trap 26
    if request.customized and not request.shots:
        yield "multi_prompt is needed when shot_type is customize"


def shots_switched_on(request: Request) -> Iterator[str]:  # S3
    if request.multi_shot:
        return
    if "shot_type" in request.body:
        yield "shot_type is invalid while multi_shot is false"
    if request.shots:
        yield "multi_prompt is invalid while multi_shot is false"


def shots_numbered(request: Request) -> Iterator[str]:  # 1.4
    indexes = [shot["index"] for shot in request.shots]
    if indexes != list(range(1, len(indexes) + 1)):
        yield f"the indexes of multi_prompt must run from 1, not {indexes}"


def shots_fill_duration(request: Request) -> Iterator[str]:  # 1.4
    total = sum(int(words(shot, "duration")) for shot in request.shots)
    if request.shots and total != request.seconds:
        yield f"the shots last {total} s together, duration says {request.seconds} s"


def o1_has_one_shot(request: Request) -> Iterator[str]:  # 1.4
    if request.model == O1 and request.multi_shot:
        yield "multi_shot does not exist for kling-video-o1"


def shots_beside_video(request: Request) -> Iterator[str]:  # 1.4, trap 45
    if request.multi_shot and request.edits:
        yield "a video to edit allows no multi_shot"
    elif request.customized and request.videos:
        yield "a feature video allows multi_shot as intelligence only"


def one_frame_each(request: Request) -> Iterator[str]:  # 1.5
    for frame in ("first_frame", "end_frame"):
        if request.frames.count(frame) > 1:
            yield f"there is more than one {frame}"


def end_needs_first(request: Request) -> Iterator[str]:  # S3, trap 32
    if "end_frame" in request.frames and "first_frame" not in request.frames:
        yield "an end_frame needs a first_frame"


def frames_or_edit(request: Request) -> Iterator[str]:  # S3, trap 35
    if request.frames and request.edits:
        yield "frames cannot be set when a video is edited"


def o1_frames_stand_alone(request: Request) -> Iterator[str]:  # S3, trap 42
    if request.model == O1 and request.frames and len(request.images) > 2:
        yield "kling-video-o1 takes no frames among more than two images"


def elements_beside_frames(request: Request) -> Iterator[str]:  # S3, trap 40
    count = len(request.elements)
    if request.frames and count > 3:
        yield f"there are {count} elements beside frames, 3 are allowed"
    if request.model == O1 and "end_frame" in request.frames and count:
        yield "kling-video-o1 takes no element beside first and end frame"


def references_counted(request: Request) -> Iterator[str]:  # 1.4: frames count as images
    most = 4 if request.videos else 7
    total = len(request.images) + len(request.elements)
    if total > most:
        yield f"there are {total} images and elements, {most} are allowed"


def characters_counted(request: Request) -> Iterator[str]:  # 1.4, 1.13.4
    characters = request.characters
    if not characters:
        return
    if request.model == O1:
        yield "kling-video-o1 takes no element made from a video"
    if request.videos:
        yield "an element made from a video cannot stand beside a video"
    if characters > 3:
        yield f"there are {characters} elements made from videos, 3 are allowed"
    others = len(request.images) + len(request.elements) - characters
    if others > 4:
        yield f"there are {others} images and other elements beside elements made from videos, 4 are allowed"


def silent_beside_video(request: Request) -> Iterator[str]:  # S3, trap 37
    if request.videos and request.body.get("sound") == "on":
        yield "sound must be off beside a video"


def references_lead_somewhere(request: Request) -> Iterator[str]:  # 1.4
    listed = {
        "image": len(request.images),
        "element": len(request.elements),
        "video": len(request.videos),
    }
    texts = {"prompt": request.prompt}
    texts |= {
        f"multi_prompt[{place}].prompt": words(shot, "prompt") for place, shot in enumerate(request.shots)
    }
    for where, prompt in texts.items():
        yield from angle_marks(prompt, where, listed)
        yield from no_at_marks(prompt, where)


def media_allowed(request: Request) -> Iterator[str]:  # the table in 1.5
    see = partial(medium, media=request.media)
    for place, image in enumerate(request.images):
        yield from see(f"image_list[{place}].image_url", words(image, "image_url"), limits=IMAGE)
    for video in request.videos:
        limits = video_limits(request.model)
        yield from see("video_list[0].video_url", words(video, "video_url"), limits=limits)


SHARED_RULES: tuple[Rule, ...] = (
    shot_type_given,
    shots_given,
    shots_switched_on,
    shots_numbered,
    shots_fill_duration,
    o1_has_one_shot,
    shots_beside_video,
    one_frame_each,
    end_needs_first,
    frames_or_edit,
    o1_frames_stand_alone,
    elements_beside_frames,
    references_counted,
    characters_counted,
    silent_beside_video,
    references_lead_somewhere,
    media_allowed,
)
