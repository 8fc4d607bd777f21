"""Hold bodies that the providers accept: the pages' own samples, shortened, and what the facts allow beyond."""

from typing import Final

from .links import Media
from .shape import Fields

Case = tuple[str, object, Media]

PICTURE: Final = "https://example.com/a.png"
OTHER: Final = "https://example.com/b.jpg"
THIRD: Final = "https://example.com/c.jpg"
FILM: Final = "https://example.com/a.mp4"
PNG: Final = "iVBORw0KGgoAAAANSUhEUgAA"  # the first bytes of one
JPG: Final = "/9j/4AAQSkZJRgABAQAAAQAB"
WEBP: Final = "UklGRiQAAABXRUJQVlA4IBgA"
LONG_ID: Final = 9_223_372_036_854_775_807
TASK_ID: Final = "7f3c1a52-9d4e-4b61-8a27-5c0e9b1d2f34"

KLING: Final = "/v1/videos/omni-video"
OMNI: Final = "/omni-video/kling-3.0-omni"
O1: Final = "/omni-video/kling-o1"
HIAPI: Final = "/v1/tasks"
RUNWARE: Final = "/v1"
APIMODELS: Final = "/api/v1/video/generations"


# Kling, the older standard


def shots(*lengths: str) -> list[Fields]:
    return [
        {"index": place, "prompt": f"scene {place}", "duration": length}
        for place, length in enumerate(lengths, start=1)
    ]


TEXT_TO_VIDEO: Final[Fields] = {
    "model_name": "kling-video-o1",
    "prompt": "A person dances.",
    "mode": "pro",
    "aspect_ratio": "1:1",
    "duration": "7",
}
V3_TEXT: Final[Fields] = {**TEXT_TO_VIDEO, "model_name": "kling-v3-omni"}
REFERENCE: Final[Fields] = {
    "model_name": "kling-video-o1",
    "prompt": "The person in <<<image_1>>> waves.",
    "image_list": [{"image_url": PICTURE}],
    "duration": "5",
    "mode": "pro",
    "aspect_ratio": "16:9",
    "callback_url": "",
    "external_task_id": "",
}
ELEMENTS: Final[Fields] = {
    "model_name": "kling-video-o1",
    "prompt": "<<<image_1>>> meets <<<element_1>>> and <<<element_2>>> in the style of <<<image_2>>>",
    "image_list": [{"image_url": PICTURE}, {"image_url": OTHER}],
    "element_list": [{"element_id": 160}, {"element_id": LONG_ID}],
    "mode": "pro",
    "aspect_ratio": "1:1",
    "duration": "7",
}
BASE: Final[Fields] = {"video_url": FILM, "refer_type": "base", "keep_original_sound": "yes"}
FEATURE: Final[Fields] = {"video_url": FILM, "refer_type": "feature", "keep_original_sound": "yes"}
EDIT: Final[Fields] = {
    "model_name": "kling-video-o1",
    "prompt": "Put the crown from <<<image_1>>> on the girl in <<<video_1>>>.",
    "image_list": [{"image_url": PICTURE}],
    "video_list": [BASE],
    "mode": "pro",
}
NEXT_SHOT: Final[Fields] = {
    "model_name": "kling-video-o1",
    "prompt": "After <<<video_1>>>, make the next shot.",
    "video_list": [FEATURE],
    "mode": "pro",
}
FIRST: Final[Fields] = {"image_url": PICTURE, "type": "first_frame"}
END: Final[Fields] = {"image_url": OTHER, "type": "end_frame"}
FRAMES: Final[Fields] = {
    "model_name": "kling-video-o1",
    "prompt": "A person dances.",
    "image_list": [FIRST, END],
    "mode": "pro",
}
V3_FRAMES: Final[Fields] = {**FRAMES, "model_name": "kling-v3-omni"}
SHOTS: Final[Fields] = {
    "model_name": "kling-v3-omni",
    "multi_shot": True,
    "shot_type": "customize",
    "prompt": "",
    "multi_prompt": shots("2", "3", "3", "3", "3", "1"),
    "image_list": [],
    "sound": "on",
    "element_list": [],
    "video_list": [],
    "mode": "pro",
    "aspect_ratio": "16:9",
    "duration": "15",
    "callback_url": "https://example.com/hook",
    "external_task_id": "",
}

KLING_GOOD: dict[str, Case] = {
    "first sample": (KLING, REFERENCE, {}),
    "elements": (KLING, ELEMENTS, {}),
    "edit": (KLING, EDIT, {}),
    "feature video beside images and elements": (
        KLING,
        {
            **ELEMENTS,
            "prompt": "As in <<<video_1>>>: <<<element_1>>> and <<<element_2>>> meet <<<image_1>>>",
            "image_list": [{"image_url": PICTURE}],
            "video_list": [FEATURE],
        },
        {},
    ),
    "next shot": (KLING, NEXT_SHOT, {}),
    "frames": (KLING, FRAMES, {}),
    "text": (KLING, TEXT_TO_VIDEO, {}),
    "image with shots": (
        f"{KLING}/",
        {
            **SHOTS,
            "image_list": [{"image_url": PICTURE}, {"image_url": OTHER}],
            "multi_prompt": [
                {"index": 1, "prompt": "A couple <<<image_1>>> reads.", "duration": "2"},
                {"index": 2, "prompt": "The boy <<<image_2>>> looks up.", "duration": "3"},
            ],
            "duration": "5",
        },
        {},
    ),
    "six shots": (KLING, SHOTS, {}),
    "shots between frames": (KLING, {**V3_FRAMES, **SHOTS, "image_list": [FIRST, END]}, {}),
    "shots left to the model": (KLING, {**V3_TEXT, "multi_shot": True, "shot_type": "intelligence"}, {}),
    "shots left to the model, after a video": (
        KLING,
        {**NEXT_SHOT, "model_name": "kling-v3-omni", "multi_shot": True, "shot_type": "intelligence"},
        {},
    ),
    "4k": (KLING, {**V3_TEXT, "mode": "4k"}, {}),
    "bare base64": (KLING, {**REFERENCE, "image_list": [{"image_url": PNG}]}, {}),
    "O1, first frame alone": (
        KLING,
        {"prompt": "Go.", "image_list": [FIRST], "duration": "10", "watermark_info": {"enabled": True}},
        {},
    ),
    "V3, first frame alone": (
        KLING,
        {"model_name": "kling-v3-omni", "prompt": "Go.", "image_list": [FIRST], "duration": "7"},
        {},
    ),
    "elements made from videos": (
        KLING,
        {**ELEMENTS, "model_name": "kling-v3-omni"},
        {"element:160": {"kind": "video"}, f"element:{LONG_ID}": {"kind": "images"}},
    ),
    "fine media": (
        KLING,
        EDIT,
        {
            PICTURE: {"kind": "image", "format": "JPEG", "bytes": 9_000_000, "width": 300, "height": 750},
            FILM: {
                "kind": "video",
                "format": "mp4",
                "width": 1280,
                "height": 720,
                "seconds": 10.0,
                "fps": 30.0,
            },
        },
    ),
    "a mail address": (KLING, {**V3_TEXT, "prompt": "A sign says mail@example.com and 1 < 2."}, {}),
}

# Kling, the newer standard


def prompt(text: str) -> Fields:
    return {"type": "prompt", "text": text}


def element(name: str, alias: str) -> Fields:
    return {"type": "element", "element_id": name, "id": alias}


def image(kind: str, link: str, **more: str) -> Fields:
    return {"type": kind, "url": link, **more}


def body(*contents: Fields, **settings: object) -> Fields:
    return {"contents": list(contents), "settings": settings}


WIDE: Final = "16:9"
START: Final = image("first_frame", PICTURE)
LAST: Final = image("last_frame", OTHER)
REFER: Final = image("refer_image", THIRD)
SOURCE: Final = image("base_video", FILM)
GUIDE: Final = image("feature_video", FILM)
ANN: Final = element("160", "Ann")
BOB: Final = element("161", "Bob")
ANN_FILMED: Final[Media] = {"element:160": {"kind": "video"}}
TWO_SHOTS: Final = "shot 1, 3, a hill; shot 2, 4, a lake, seen from above;"

KLING_2026_GOOD: dict[str, Case] = {
    "text": (
        OMNI,
        {
            **body(prompt("A hill."), aspect_ratio=WIDE, multi_shot=False, duration=3, resolution="4k"),
            "options": {
                "callback_url": "https://example.com/hook",
                "external_task_id": "a-1",
                "watermark_info": {"enabled": False},
            },
        },
        {},
    ),
    "shots": (OMNI, body(prompt(TWO_SHOTS), aspect_ratio=WIDE, duration=7, audio="native"), {}),
    "shots in Chinese": (OMNI, body(prompt("镜头1,2,山;镜头2,3,湖;"), aspect_ratio=WIDE), {}),
    "frames with shots": (OMNI, body(prompt(TWO_SHOTS), START, LAST, multi_shot=True, duration=7), {}),
    "aliases": (
        OMNI,
        body(
            prompt("@Ann's hat is on @Bob, mail a@b.example, at @style."),
            ANN,
            BOB,
            {**REFER, "id": "style"},
            aspect_ratio="9:16",
        ),
        {},
    ),
    "edit": (OMNI, body(prompt("Snow in @clip"), {**SOURCE, "id": "clip"}, REFER, audio="original"), {}),
    "feature video between frames": (OMNI, body(prompt("Go on."), GUIDE, START, LAST), {}),
    "feature video with shots": (OMNI, body(prompt(TWO_SHOTS), GUIDE, multi_shot=True, duration=7), {}),
    "one element made from a video, beside a video": (
        OMNI,
        body(prompt("@Ann in @clip"), ANN, {**GUIDE, "id": "clip"}),
        ANN_FILMED,
    ),
    "elements of both kinds": (
        OMNI,
        body(prompt("@Ann, @Bob"), ANN, BOB, REFER, REFER, REFER, aspect_ratio="1:1"),
        ANN_FILMED,
    ),
    "base64 either way": (
        OMNI,
        body(
            prompt("Go."),
            image("first_frame", PNG),
            image("last_frame", f"data:image/png;base64,{PNG}"),
        ),
        {},
    ),
    "a large image, a long video": (
        OMNI,
        body(prompt("Go."), GUIDE, REFER),
        {
            THIRD: {"kind": "image", "bytes": 45_000_000},
            FILM: {"kind": "video", "width": 3840, "height": 2160, "seconds": 15.4},
        },
    ),
    "O1 text": (O1, body(prompt("A hill."), aspect_ratio=WIDE, duration=7, resolution="1080p"), {}),
    "O1 first frame alone": (O1, body(prompt("Go."), START, duration=10), {}),
    "O1 first frame and image": (O1, body(prompt("Go."), START, REFER, duration=7), {}),
    "O1 first and last": (O1, body(prompt("Go."), START, LAST, duration=7), {}),
    "O1 feature video": (O1, body(prompt("@Ann goes."), GUIDE, START, ANN, audio="original"), {}),
}

# HiAPI

T2V: Final = "kling-3.0-omni/text-to-video"
I2V: Final = "kling-3.0-omni/image-to-video"
FOX: Final[Fields] = {
    "prompt": "A red fox runs.",
    "aspect_ratio": "16:9",
    "resolution": "1080p",
    "duration": 5,
    "sound": True,
}
STILL: Final[Fields] = {
    "image_urls": [PICTURE],
    "prompt": "Waves roll in.",
    "resolution": "1080p",
    "duration": 5,
    "sound": True,
}

HIAPI_GOOD: dict[str, Case] = {
    "text": (HIAPI, {"model": T2V, "input": FOX}, {}),
    "4K": (HIAPI, {"model": T2V, "input": {**FOX, "resolution": "4K", "sound": False}}, {}),
    "vertical": (
        HIAPI,
        {"model": T2V, "input": {**FOX, "aspect_ratio": "9:16", "resolution": "720p", "duration": 8}},
        {},
    ),
    "prompt alone": (HIAPI, {"model": T2V, "input": {"prompt": "shot 1, 3, a hill; shot 2, 2, a lake;"}}, {}),
    "still": (HIAPI, {"model": I2V, "input": STILL}, {}),
    "two stills": (
        HIAPI,
        {
            "model": I2V,
            "input": {
                "image_urls": [PICTURE, OTHER],
                "resolution": "720p",
                "duration": 5,
                "sound": False,
            },
        },
        {},
    ),
    "still in 4K": (HIAPI, {"model": I2V, "input": {**STILL, "resolution": "4K", "sound": False}}, {}),
    "callback and the rest": (
        HIAPI,
        {
            "model": T2V,
            "input": FOX,
            "callback": {"url": "https://example.com/hook", "when": "final"},
            "route": "default",
            "storage": "persistent",
        },
        {},
    ),
    "asset and data": (
        HIAPI,
        {"model": I2V, "input": {"image_urls": ["asset://abc", f"data:image/webp;base64,{WEBP}"]}},
        {PICTURE: {"format": "webp"}},
    ),
}

# Runware

O3: Final = "klingai:kling-video@o3-standard"
PRO: Final = "klingai:kling-video@o3-pro"
ULTRA: Final = "klingai:kling-video@o3-4k"
ONE: Final = "klingai:kling@o1"
ONE_STANDARD: Final = "klingai:kling@o1-standard"
UPLOADED: Final = "0d7f9c1e-5a3b-4c2d-9e8f-1a2b3c4d5e6f"


def task(model: str = O3, /, **more: object) -> dict[str, object]:
    named = {"taskType": "videoInference", "taskUUID": TASK_ID, "model": model}
    return {**named, "positivePrompt": "A hill.", **more}


def without_prompt(given: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in given.items() if key != "positivePrompt"}


def klingai(**more: object) -> Fields:
    return {"klingai": more}


SMALL: Final[dict[str, object]] = {"width": 1280, "height": 720}
LARGE: Final[dict[str, object]] = {"width": 1080, "height": 1920}
HERO: Final[Fields] = {"id": "hero", "frontalImage": PICTURE, "images": [OTHER], "voices": [UPLOADED]}

RUNWARE_GOOD: dict[str, Case] = {
    "text": (RUNWARE, [task(**SMALL)], {}),
    "everything about delivery": (
        RUNWARE,
        [
            task(
                **SMALL,
                outputType="URL",
                outputFormat="MOV",
                outputQuality=95,
                webhookURL="https://example.com/hook?token=1",
                deliveryMethod="async",
                uploadEndpoint="https://example.com/put",
                safety={"checkContent": True, "mode": "none"},
                ttl=60,
                includeCost=True,
                numberResults=4,
                duration=15,
                providerSettings=klingai(sound=True),
            )
        ],
        {},
    ),
    "frames": (RUNWARE, [task(inputs={"frameImages": [PICTURE, PNG]}, resolution="720p")], {}),
    "placed frames": (
        RUNWARE,
        [
            task(
                PRO,
                inputs={
                    "frameImages": [
                        {"image": UPLOADED, "frame": "first"},
                        {"image": f"data:image/jpeg;base64,{JPG}", "frame": -1},
                    ]
                },
            )
        ],
        {},
    ),
    "elements and images": (
        RUNWARE,
        [
            task(
                ULTRA,
                width=2880,
                height=2880,
                inputs={"elements": [HERO, {"id": "prop", "videos": [FILM]}], "referenceImages": [THIRD]},
                positivePrompt="<<<element_1>>> holds <<<element_2>>> as in <<<image_1>>> and @Image1",
            )
        ],
        {},
    ),
    "edit": (
        RUNWARE,
        [
            task(
                PRO,
                inputs={"video": UPLOADED},
                resolution="1080p",
                providerSettings=klingai(keepOriginalSound=True),
            )
        ],
        {},
    ),
    "reference video": (RUNWARE, [task(PRO, **LARGE, inputs={"referenceVideos": [FILM]}, duration=7)], {}),
    "shots": (
        RUNWARE,
        [
            without_prompt(
                task(
                    **SMALL,
                    duration=6,
                    providerSettings=klingai(
                        multiPrompt=[
                            {"prompt": "a hill", "duration": 2},
                            {"prompt": "a lake", "duration": 4.0},
                        ]
                    ),
                )
            )
        ],
        {},
    ),
    "O1 text": (RUNWARE, [task(ONE, **LARGE, duration=7)], {}),
    "O1 frames": (RUNWARE, [task(ONE_STANDARD, inputs={"frameImages": [PICTURE]}, duration=10)], {}),
    "O1 images": (RUNWARE, [task(ONE_STANDARD, inputs={"referenceImages": [PICTURE]}, duration=7)], {}),
    "O1 edit": (RUNWARE, [task(ONE, inputs={"video": FILM, "referenceImages": [PICTURE]})], {}),
}

# APIModels

DANCE: Final[Fields] = {
    "model": "kling-video-o1",
    "prompt": "A girl dances on a beach.",
    "mode": "std",
    "duration": "5",
    "aspect_ratio": "16:9",
}
V3_DANCE: Final[Fields] = {**DANCE, "model": "kling-v3-omni"}

APIMODELS_GOOD: dict[str, Case] = {
    "sample": (APIMODELS, DANCE, {}),
    "sound on O1": (APIMODELS, {**DANCE, "sound": "on", "callback_url": "https://example.com/hook"}, {}),
    "image alone": (APIMODELS, {"model": "kling-v3-omni", "image_list": [FIRST]}, {}),
    "edit": (
        APIMODELS,
        {"model": "kling-video-o1", "prompt": "Snow in <<<video_1>>>", "video_list": [BASE], "sound": "off"},
        {},
    ),
    "elements": (
        APIMODELS,
        {**V3_DANCE, "prompt": "<<<element_1>>>", "element_list": [{"element_id": 160}], "duration": "15"},
        {},
    ),
    "shots": (
        APIMODELS,
        {**V3_DANCE, "multi_shot": True, "shot_type": "customize", "multi_prompt": shots("2", "3")},
        {},
    ),
}

GOOD: dict[str, dict[str, Case]] = {
    "kling": KLING_GOOD,
    "kling-2026": KLING_2026_GOOD,
    "hiapi": HIAPI_GOOD,
    "runware": RUNWARE_GOOD,
    "apimodels": APIMODELS_GOOD,
}
