"""What may stand together in an omni body: Kling's own endpoint, and APIModels, which forwards to it.

Read from Kling's legacy omni page, with its changelog up to 2026-06-17 where that is newer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kling_spec.sandbox._films import FilmLimit
from kling_spec.sandbox._job import Order
from kling_spec.sandbox._known import Known
from kling_spec.sandbox._pictures import link
from kling_spec.sandbox._shape import Fault, Shape, fields, flag, rows, text, whole, word
from kling_spec.sandbox._wire import Call

O1 = "kling-video-o1"
V3 = "kling-v3-omni"

FILMS = {V3: FilmLimit(longest=15.5, sides=(720, 2160)), O1: FilmLimit(longest=10.5, sides=(720, 2160))}
"""What an input video may be like; half a second is nothing that these documents speak of."""

_TIERS = {"std": "720p", "pro": "1080p", "4k": "4k"}
_SECONDS = tuple(str(seconds) for seconds in range(3, 16))
_REFERENCE = re.compile(r"<<<(.*?)>>>", re.DOTALL)
_NAME = re.compile(r"(image|element|video)_([1-9]\d*)")

SHAPES: dict[str, Shape] = {
    "multi_shot": flag,
    "shot_type": word("customize", "intelligence"),
    "prompt": text(longest=2500),
    "multi_prompt": rows(
        fields(
            {"index": whole(1), "prompt": text(shortest=1, longest=512), "duration": text(shortest=1)},
        ),
        most=6,
    ),
    "image_list": rows(
        fields({"image_url": text(shortest=1)}, {"type": word("first_frame", "end_frame")}), most=7
    ),
    "element_list": rows(fields({"element_id": whole(1)}), most=7),
    "video_list": rows(
        fields(
            {"video_url": text(shortest=1)},
            {"refer_type": word("feature", "base"), "keep_original_sound": word("yes", "no")},
        ),
        most=1,
    ),
    "sound": word("on", "off"),
    "aspect_ratio": word("16:9", "9:16", "1:1"),
    "duration": word(*_SECONDS),
    "watermark_info": fields({"enabled": flag}),
    "callback_url": link,
    "external_task_id": text(longest=255),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Omni:
    """A body whose shapes are right, with the defaults filled in."""

    model: str
    mode: str
    prompt: str
    seconds: int
    sound: bool
    multi_shot: bool
    shot_type: str | None
    shots: tuple[dict[str, Any], ...]
    images: tuple[dict[str, Any], ...]
    element_ids: tuple[str, ...]
    video: dict[str, Any] | None

    @classmethod
    def read(cls, body: dict[str, Any], *, model: str, mode: str) -> "Omni":
        """Return the view of a body that has passed its shape."""
        videos = body.get("video_list") or [None]
        return cls(
            model=model,
            mode=mode,
            prompt=body.get("prompt", ""),
            seconds=int(body.get("duration", "5")),
            sound=body.get("sound") == "on",
            multi_shot=body.get("multi_shot", False),
            shot_type=body.get("shot_type"),
            shots=tuple(body.get("multi_prompt", ())),
            images=tuple(body.get("image_list", ())),
            element_ids=tuple(str(element["element_id"]) for element in body.get("element_list", ())),
            video=videos[0],
        )

    def frame(self, kind: str) -> str | None:
        """Return the address of the first or end frame."""
        return next((image["image_url"] for image in self.images if image.get("type") == kind), None)

    @property
    def elements(self) -> int:
        """How many elements of either kind there are."""
        return len(self.element_ids)

    @property
    def frames(self) -> int:
        """How many of the images are frames."""
        return sum("type" in image for image in self.images)

    @property
    def edits(self) -> bool:
        """Whether the video is the one to be edited, which is what leaving refer_type out means."""
        return self.video is not None and self.video.get("refer_type", "base") == "base"

    @property
    def keeps_sound(self) -> bool:
        """Whether the input video's own sound is asked for."""
        return self.video is not None and self.video.get("keep_original_sound") == "yes"

    @property
    def words(self) -> str:
        """All that is said of the pictures, one shot a line."""
        if not self.shots:
            return self.prompt
        return "\n".join(f"{shot['index']}. {shot['prompt']} ({shot['duration']} s)" for shot in self.shots)

    def order(self, provider: str, call: Call, body: dict[str, Any]) -> Order:
        """Return what the stand-in acts on; the case of the price table is the provider's to say."""
        return Order(
            provider=provider,
            model=self.model,
            prompt=self.words,
            body=body,
            task=call.task,
            account=call.account,
            seconds=self.seconds,
            tier=_TIERS[self.mode],
            ratio=body.get("aspect_ratio"),
            sound=self.sound,
            keeps_sound=self.keeps_sound,
            first_frame=self.frame("first_frame"),
            edited=self.video["video_url"] if self.video and self.edits else None,
        )


def omni_faults(omni: Omni, known: Known) -> Iterator[Fault]:
    """Yield every combination that the omni endpoint refuses."""
    yield from _shots(omni)
    yield from _frames(omni)
    yield from _counts(omni, sum(known.element(name) == "video" for name in omni.element_ids))
    yield from _video(omni)
    yield from _o1(omni)
    yield from _references(omni)


def _shots(omni: Omni) -> Iterator[Fault]:
    if not omni.multi_shot:
        for field, given in (("shot_type", omni.shot_type), ("multi_prompt", omni.shots)):
            if given:
                yield Fault(field, "has no effect unless multi_shot is true", "conflict")
        return
    if omni.model == O1:
        yield Fault("multi_shot", f"is not offered by {O1}", "conflict")
    if omni.shot_type is None:
        yield Fault("shot_type", "is required when multi_shot is true", "missing")
    elif omni.shot_type == "intelligence":
        if omni.shots:
            yield Fault("multi_prompt", "is for shot_type customize only", "conflict")
    elif not omni.shots:
        yield Fault("multi_prompt", "is required when shot_type is customize", "missing")
    else:
        yield from _storyboard(omni)


def _storyboard(omni: Omni) -> Iterator[Fault]:
    total = 0
    for place, shot in enumerate(omni.shots):
        if shot["index"] != place + 1:
            yield Fault(f"multi_prompt[{place}].index", f"must be {place + 1}, shots count from 1")
        if not re.fullmatch(r"[1-9]\d?", shot["duration"]):
            yield Fault(f"multi_prompt[{place}].duration", "must be a whole number of seconds, 1 or more")
            return
        total += int(shot["duration"])
    if total != omni.seconds:
        yield Fault(
            "multi_prompt",
            f"lasts {total} s in all, which is not the duration of {omni.seconds} s",
            "conflict",
        )


def _frames(omni: Omni) -> Iterator[Fault]:
    for kind in ("first_frame", "end_frame"):
        if sum(image.get("type") == kind for image in omni.images) > 1:
            yield Fault("image_list", f"has more than one {kind}", "conflict")
    if omni.frame("end_frame") and not omni.frame("first_frame"):
        yield Fault("image_list", "has an end_frame without a first_frame", "conflict")
    if omni.frames and omni.edits:
        yield Fault("image_list", "cannot hold frames while a base video is edited", "conflict")
    if omni.frames and omni.elements > 3:
        yield Fault("element_list", "takes at most 3 elements beside a frame", "conflict")


def _counts(omni: Omni, characters: int) -> Iterator[Fault]:
    """Yield each limit that is passed; an element that was not made here counts as one of images."""
    if characters and omni.model == O1:
        yield Fault("element_list", f"holds a video character, which {O1} does not take", "conflict")
    elif characters and omni.video:
        yield Fault("element_list", "takes no video character beside a video", "conflict")
    elif characters > 3:
        yield Fault("element_list", f"holds {characters} video characters, at most 3 are allowed", "conflict")
    most = 4 if omni.video or characters else 7
    total = len(omni.images) + omni.elements - characters
    if total > most:
        where = (
            "with a video" if omni.video else "with a video character" if characters else "without a video"
        )
        yield Fault(
            "image_list", f"and element_list hold {total} together, at most {most} {where}", "conflict"
        )


def _video(omni: Omni) -> Iterator[Fault]:
    if omni.video is None:
        return
    if omni.sound:
        yield Fault("sound", "can only be off when there is a video", "conflict")
    if omni.edits and omni.multi_shot:
        yield Fault("multi_shot", "is not offered while a base video is edited", "conflict")
    elif omni.multi_shot and omni.shot_type == "customize":
        yield Fault("shot_type", "must be intelligence beside a feature video", "conflict")


def _o1(omni: Omni) -> Iterator[Fault]:
    if omni.model != O1:
        return
    if omni.seconds > 10 and not omni.edits:
        yield Fault("duration", f"must be between 3 and 10 for {O1}")
    if omni.frames and len(omni.images) > 2:
        yield Fault("image_list", f"cannot hold frames among more than two images for {O1}", "conflict")
    if omni.frame("end_frame") and omni.elements:
        yield Fault("element_list", f"takes no element beside first and end frame for {O1}", "conflict")
    if omni.frame("end_frame") and omni.video:
        yield Fault("image_list", f"takes no end_frame beside a video for {O1}", "conflict")
    nothing_else = omni.frames == len(omni.images) == 1 and not omni.elements and omni.video is None
    if nothing_else and omni.seconds not in {5, 10}:
        yield Fault("duration", f"must be 5 or 10 from a first frame alone for {O1}")


def _references(omni: Omni) -> Iterator[Fault]:
    there = {"image": len(omni.images), "element": omni.elements, "video": int(omni.video is not None)}
    texts = {f"multi_prompt[{place}].prompt": shot["prompt"] for place, shot in enumerate(omni.shots)}
    for field, words in {"prompt": omni.prompt, **texts}.items():
        yield from reference_faults(field, words, there)


def reference_faults(field: str, words: str, there: dict[str, int]) -> Iterator[Fault]:
    """Yield each `<<<kind_n>>>` of a prompt that names nothing that was sent along."""
    for inner in _REFERENCE.findall(words):
        name = _NAME.fullmatch(inner)
        if name is None:
            yield Fault(field, f"mentions <<<{inner[:40]}>>>, which is no reference")
        elif int(name[2][:6]) > there[name[1]]:
            yield Fault(
                field, f"mentions <<<{inner}>>>, and there are {there[name[1]]} {name[1]}s", "conflict"
            )
