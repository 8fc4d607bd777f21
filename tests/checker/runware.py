"""Check bodies for Runware, POST /v1 with an array of one task."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from .links import Limits, Media, link, medium
from .marks import angle_marks, capital_marks
from .shape import (
    Check,
    Fields,
    amount,
    anything,
    flag,
    inner,
    many,
    matching,
    number,
    one_of,
    record,
    rows,
    strings,
    text,
    whole,
    words,
)

PATH = "/v1"
UUID4 = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"


@dataclass(frozen=True)
class Model:
    """What differs between the models (3.2, 3.3)."""

    sizes: tuple[tuple[int, int], ...]
    resolution: str = ""
    longest: int = 15

    @property
    def is_o1(self) -> bool:
        return not self.resolution


SMALL = ((1280, 720), (720, 1280), (960, 960))
LARGE = ((1920, 1080), (1080, 1920), (1440, 1440))
HUGE = ((3840, 2160), (2160, 3840), (2880, 2880))
MODELS = {
    "klingai:kling-video@o3-standard": Model(SMALL, "720p"),
    "klingai:kling-video@o3-pro": Model(LARGE, "1080p"),
    "klingai:kling-video@o3-4k": Model(HUGE, "4k"),
    "klingai:kling@o1-standard": Model(SMALL, longest=10),
    "klingai:kling@o1": Model(LARGE, longest=10),
}
PRO = "klingai:kling-video@o3-pro"

IMAGE = Limits(kind="image", manners=frozenset({"uuid", "url", "data", "base64"}))
VIDEO = Limits(kind="video", manners=frozenset({"uuid", "url"}))

ELEMENT = record(
    {"id": text(1)},
    {
        "description": text(),
        "frontalImage": text(1),
        "images": many(text(1), 1, 3),
        "videos": many(text(1), 1, 1),
        "voices": many(text(1), 1, 1),
        "tags": many(text(1), 1),
    },
)
PLACED = record({"image": text(1)}, {"frame": one_of("first", "last", 0, -1)})
SHOT = record({"prompt": text(most=512), "duration": number(1)})  # trap 28, trap 27


def frames(value: object, where: str) -> Iterator[str]:
    """Check frameImages: all strings or all objects (3.5)."""
    plain = isinstance(value, list) and all(isinstance(item, str) for item in value)
    yield from many(text(1) if plain else PLACED, 1, 2)(value, where)


def inputs(model: Model) -> Check:
    known: dict[str, Check] = {
        "referenceImages": many(text(1), 1, 7),
        "frameImages": frames,
        "video": text(1),
        "referenceVideos": many(text(1), 1, 1),
    }
    return record({}, known if model.is_o1 else known | {"elements": many(ELEMENT, 1, 3)})


def provider_settings(model: Model) -> Check:
    known: dict[str, Check] = {"keepOriginalSound": flag}
    if not model.is_o1:
        known |= {"sound": flag, "multiPrompt": many(SHOT, 1, 6)}
    return record({}, {"klingai": record({}, known)})


DELIVERY: dict[str, Check] = {
    "outputType": one_of("URL"),
    "outputFormat": one_of("MP4", "WEBM", "MOV"),
    "outputQuality": whole(20, 99),
    "webhookURL": link(),
    "deliveryMethod": one_of("async"),
    "uploadEndpoint": link(),
    "safety": record({}, {"checkContent": flag, "mode": text(1)}),
    "ttl": whole(60),
    "includeCost": flag,
    "numberResults": whole(1, 4),
    "routing": anything,  # 3.1
}


def shape(model: Model) -> Check:
    fields: dict[str, Check] = {
        "inputs": inputs(model),
        "positivePrompt": text(2, 2500),
        "width": whole(),
        "height": whole(),
        "duration": whole(3, model.longest),
        "providerSettings": provider_settings(model),
    }
    if model.resolution:
        fields["resolution"] = one_of(model.resolution)
    needed = {
        "taskType": one_of("videoInference"),
        "taskUUID": matching(UUID4, "a UUID of version 4"),
        "model": one_of(*MODELS),
    }
    return many(record(needed, DELIVERY | fields), 1, 1)


@dataclass(frozen=True)
class Task:
    """A task whose shape is right."""

    fields: Fields
    model: Model
    media: Media

    @property
    def inputs(self) -> Fields:
        return inner(self.fields, "inputs")

    @property
    def settings(self) -> Fields:
        return inner(inner(self.fields, "providerSettings"), "klingai")

    @property
    def shots(self) -> list[Fields]:
        return rows(self.settings, "multiPrompt")

    @property
    def sized(self) -> bool:
        return "width" in self.fields or "height" in self.fields

    @property
    def frames(self) -> list[str]:
        placed = [words(frame, "image") for frame in rows(self.inputs, "frameImages")]
        return placed or strings(self.inputs, "frameImages")

    @property
    def elements(self) -> list[Fields]:
        return rows(self.inputs, "elements")

    @property
    def filmed(self) -> bool:
        """Tell whether a video is handed over, to edit or to refer to."""
        return "video" in self.inputs or "referenceVideos" in self.inputs


Rule: TypeAlias = Callable[[Task], Iterator[str]]


def prompt_given(task: Task) -> Iterator[str]:  # 3.4
    prompt, shots = "positivePrompt" in task.fields, "multiPrompt" in task.settings
    if prompt and shots:
        yield "positivePrompt and multiPrompt exclude each other"
    if not prompt and not shots:
        yield "positivePrompt is needed" if task.model.is_o1 else "positivePrompt or multiPrompt is needed"


def size_listed(task: Task) -> Iterator[str]:  # 3.3
    size = (task.fields.get("width"), task.fields.get("height"))
    if task.sized and size not in task.model.sizes:
        yield f"width and height must be one of {task.model.sizes}, not {size}"


def one_source(task: Task) -> Iterator[str]:  # 3.4, 3.7.3
    """Check that one thing alone decides the shape of the picture."""
    kinds = ["frameImages", "referenceImages" if task.model.is_o1 else "video"]
    named = [kind for kind in kinds if kind in task.inputs] + ["width and height"] * task.sized
    if len(named) > 1:
        yield f"these exclude each other: {named}"
    by_media = task.filmed if task.model.is_o1 else "resolution" in task.fields
    if not named and not by_media:
        yield f"one of these is needed: {[*kinds, 'width and height']}"


def edit_stands_alone(task: Task) -> Iterator[str]:  # 3.4, traps 49 and 62
    if "video" not in task.inputs:
        return
    for key in ("referenceVideos", "elements"):
        if key in task.inputs:
            yield f"{key} cannot stand beside video"
    if "duration" in task.fields:
        yield "duration cannot stand beside video"


def silent_beside_video(task: Task) -> Iterator[str]:  # 3.4
    for key in ("sound", "multiPrompt"):
        if task.filmed and key in task.settings:
            yield f"{key} cannot stand beside a video"


def kept_sound_needs_video(task: Task) -> Iterator[str]:  # 3.4, trap 38
    if "keepOriginalSound" in task.settings and not task.filmed:
        yield "keepOriginalSound needs a video"


def resolution_needs_media(task: Task) -> Iterator[str]:  # 3.4
    if "resolution" not in task.fields:
        return
    if not task.inputs:
        yield "resolution needs input media"
    elif task.fields["model"] == PRO and not task.filmed:
        yield "resolution needs a video on this model"


def references_counted(task: Task) -> Iterator[str]:  # 3.4, 3.7.5
    images = len(strings(task.inputs, "referenceImages"))
    total, most = images + len(task.elements), 4 if task.filmed else 7
    if total > most:
        yield f"there are {total} reference images and elements, {most} are allowed"


def frames_placed(task: Task) -> Iterator[str]:  # 3.5, trap 32
    ends = {-1: "last", 0: "first", "first": "first", "last": "last"}
    placed = [
        ends[place]
        for frame in rows(task.inputs, "frameImages")
        if isinstance(place := frame.get("frame"), str | int)
    ]
    if len(placed) > len(set(placed)):
        yield f"two frames are placed at the same end: {placed}"
    if placed == ["last"] and len(task.frames) == 1:
        yield "a last frame needs a first frame"


def elements_whole(task: Task) -> Iterator[str]:  # 3.5
    for element in task.elements:
        name = words(element, "id")
        if "images" in element and "frontalImage" not in element:
            yield f"element {name} has images but no frontalImage"
        if "videos" in element and ("images" in element or "voices" in element):
            yield f"element {name} has videos beside images or voices"
        if "voices" in element and "images" not in element:
            yield f"element {name} has voices but no images"


def elements_named_once(task: Task) -> Iterator[str]:  # 3.5
    names = [words(element, "id") for element in task.elements]
    if len(names) > len(set(names)):
        yield f"two elements have the same id: {names}"


def shots_fill_duration(task: Task) -> Iterator[str]:  # 3.5
    total, duration = sum(amount(shot, "duration") for shot in task.shots), amount(task.fields, "duration", 5)
    if task.shots and abs(total - duration) > 1e-6:
        yield f"the shots last {total:g} s together, duration says {duration:g} s"


def o1_frames_duration(task: Task) -> Iterator[str]:  # 3.4
    if task.model.is_o1 and task.frames and task.fields.get("duration", 5) not in {5, 10}:
        yield "frameImages on this model last 5 or 10 s"


def references_lead_somewhere(task: Task) -> Iterator[str]:  # 3.5
    given = task.inputs
    listed = {
        "image": len(task.frames) + len(strings(given, "referenceImages")),
        "video": len(strings(given, "referenceVideos")) + ("video" in given),
        "element": len(task.elements),
    }
    texts = {"positivePrompt": words(task.fields, "positivePrompt")}
    texts |= {f"multiPrompt[{place}].prompt": words(shot, "prompt") for place, shot in enumerate(task.shots)}
    for where, prompt in texts.items():
        yield from angle_marks(prompt, where, listed)
        yield from capital_marks(prompt, where, listed)


def media_allowed(task: Task) -> Iterator[str]:
    image = partial(medium, media=task.media, limits=IMAGE)
    video = partial(medium, media=task.media, limits=VIDEO)
    for source in [*task.frames, *strings(task.inputs, "referenceImages")]:
        yield from image("an input image", source)
    for source in [words(task.inputs, "video")] * ("video" in task.inputs):
        yield from video("inputs.video", source)
    for source in strings(task.inputs, "referenceVideos"):
        yield from video("inputs.referenceVideos", source)
    for element in task.elements:
        for source in [words(element, "frontalImage")] * ("frontalImage" in element) + strings(
            element, "images"
        ):
            yield from image(f"an image of element {words(element, 'id')}", source)
        for source in strings(element, "videos"):
            yield from video(f"the video of element {words(element, 'id')}", source)


RULES: tuple[Rule, ...] = (
    prompt_given,
    size_listed,
    one_source,
    edit_stands_alone,
    silent_beside_video,
    kept_sound_needs_video,
    resolution_needs_media,
    references_counted,
    frames_placed,
    elements_whole,
    elements_named_once,
    shots_fill_duration,
    o1_frames_duration,
    references_lead_somewhere,
    media_allowed,
)


def model_of(body: object) -> Model:
    first = body[0] if isinstance(body, list) and body else None
    named = first.get("model") if isinstance(first, dict) else None
    return MODELS.get(str(named), MODELS[PRO])


def faults(path: str, body: object, media: Media) -> list[str]:
    if path != PATH:
        return [f"the path is {PATH}, not {path}"]
    model = model_of(body)
    wrong = list(shape(model)(body, "body"))
    if wrong or not isinstance(body, list):
        return wrong
    task = Task(body[0], model, media)
    return [fault for rule in RULES for fault in rule(task)]
