"""Hold the checker against bodies that the providers accept and bodies that they refuse."""

import json

import pytest

from . import CHECKERS, faults
from . import samples as s
from .links import Media
from .shape import Fields

# A name, the path, the body, the media, and a part of the sentence that is expected.
Bad = tuple[str, str, object, Media, str]


def kling(name: str, body: object, part: str, media: Media | None = None, path: str = s.KLING) -> Bad:
    return name, path, body, media or {}, part


def without(body: Fields, *keys: str) -> Fields:
    return {key: value for key, value in body.items() if key not in keys}


def images(count: int) -> list[Fields]:
    return [{"image_url": s.PICTURE}] * count


def elements(count: int) -> list[Fields]:
    return [{"element_id": 160 + place} for place in range(count)]


KLING_BAD = [
    kling("another path", s.TEXT_TO_VIDEO, "the path", path="/v1/videos/text2video"),
    kling("no object", [s.TEXT_TO_VIDEO], "must be an object"),
    kling("unknown field", {**s.V3_TEXT, "negative_prompt": "rain"}, "no field negative_prompt"),
    kling("unknown model", {**s.V3_TEXT, "model_name": "kling-v3"}, "model_name must be one of"),
    kling(
        "model for model_name",
        {**without(s.V3_TEXT, "model_name"), "model": "kling-v3-omni"},
        "no field model",
    ),
    kling("integer duration", {**s.V3_TEXT, "duration": 5}, "duration must be one of"),
    kling("too short", {**s.V3_TEXT, "duration": "2"}, "duration must be one of"),
    kling("too long for O1", {**s.TEXT_TO_VIDEO, "duration": "11"}, "duration must be one of"),
    kling("boolean sound", {**s.V3_TEXT, "sound": True}, "sound must be one of"),
    kling("resolution as mode", {**s.V3_TEXT, "mode": "1080p"}, "mode must be one of"),
    kling("4k on O1", {**s.TEXT_TO_VIDEO, "mode": "4k"}, "mode must be one of"),
    kling("4K in capitals", {**s.V3_TEXT, "mode": "4K"}, "mode must be one of"),
    kling("another aspect", {**s.V3_TEXT, "aspect_ratio": "4:3"}, "aspect_ratio must be one of"),
    kling("no aspect", without(s.V3_TEXT, "aspect_ratio"), "aspect_ratio is needed"),
    kling("aspect on an edit", {**s.EDIT, "aspect_ratio": "1:1"}, "not supported when a video"),
    kling(
        "aspect beside a first frame",
        {**s.V3_FRAMES, "image_list": [s.FIRST], "aspect_ratio": "1:1"},
        "frame alone",
    ),
    kling("duration on an edit", {**s.EDIT, "duration": "5"}, "duration cannot be given"),
    kling("no prompt", without(s.V3_TEXT, "prompt"), "prompt must not be empty"),
    kling("blank prompt", {**s.V3_TEXT, "prompt": "  "}, "prompt must not be empty"),
    kling("long prompt", {**s.V3_TEXT, "prompt": "a" * 2501}, "2501 characters"),
    kling("image not listed", {**s.REFERENCE, "prompt": "<<<image_2>>>"}, "not listed"),
    kling("element not listed", {**s.REFERENCE, "prompt": "<<<element_1>>>"}, "not listed"),
    kling("video not listed", {**s.REFERENCE, "prompt": "<<<video_1>>>"}, "not listed"),
    kling(
        "in a shot",
        {**s.SHOTS, "multi_prompt": [{"index": 1, "prompt": "<<<image_1>>>", "duration": "15"}]},
        "not listed",
    ),
    kling("number nought", {**s.REFERENCE, "prompt": "<<<image_0>>>"}, "no mark of this provider"),
    kling("spaces inside", {**s.REFERENCE, "prompt": "<<< image_1 >>>"}, "no mark of this provider"),
    kling("the page's brackets", {**s.REFERENCE, "prompt": "<<>> waves"}, "no mark of this provider"),
    kling("two brackets", {**s.REFERENCE, "prompt": "<<image_1>>"}, "no mark of this provider"),
    kling("one bracket", {**s.REFERENCE, "prompt": "<image_1>"}, "no mark of this provider"),
    kling("voice", {**s.REFERENCE, "prompt": "<<<voice_1>>>"}, "no mark of this provider"),
    kling("half a mark", {**s.REFERENCE, "prompt": "<<<image_1"}, "half a mark"),
    kling("alias", {**s.REFERENCE, "prompt": "@hero waves"}, "another provider"),
    kling(
        "null type",
        {**s.REFERENCE, "image_list": [{"image_url": s.PICTURE, "type": None}]},
        "type must be one of",
    ),
    kling(
        "last_frame",
        {**s.FRAMES, "image_list": [s.FIRST, {**s.END, "type": "last_frame"}]},
        "type must be one of",
    ),
    kling("empty link", {**s.REFERENCE, "image_list": [{"image_url": ""}]}, "at least 1"),
    kling(
        "a file's name",
        {**s.REFERENCE, "image_list": [{"image_url": "images/a.png"}]},
        "neither a link nor base64",
    ),
    kling("broken link", {**s.REFERENCE, "image_list": [{"image_url": "http://[::1"}]}, "neither a link"),
    kling(
        "data URI",
        {**s.REFERENCE, "image_list": [{"image_url": f"data:image/png;base64,{s.PNG}"}]},
        "given as data",
    ),
    kling("webp inside", {**s.REFERENCE, "image_list": [{"image_url": s.WEBP}]}, "is webp"),
    kling(
        "private address",
        {**s.REFERENCE, "image_list": [{"image_url": "http://localhost/a.png"}]},
        "private address",
    ),
    kling(
        "end without first",
        {**s.V3_FRAMES, "image_list": [s.END], "aspect_ratio": "1:1"},
        "needs a first_frame",
    ),
    kling("two first frames", {**s.V3_FRAMES, "image_list": [s.FIRST, s.FIRST]}, "more than one first_frame"),
    kling("frame on an edit", {**s.EDIT, "image_list": [s.FIRST]}, "frames cannot be set"),
    kling(
        "O1 frames among three",
        {**s.FRAMES, "image_list": [s.FIRST, s.END, *images(1)]},
        "more than two images",
    ),
    kling("O1 first frame, 7 s", {**s.FRAMES, "image_list": [s.FIRST], "duration": "7"}, "5 or 10 s"),
    kling(
        "string as element", {**s.ELEMENTS, "element_list": [{"element_id": "160"}] * 2}, "must be an integer"
    ),
    kling(
        "float as element", {**s.ELEMENTS, "element_list": [{"element_id": 1.6e2}] * 2}, "must be an integer"
    ),
    kling(
        "element beyond a long",
        {**s.ELEMENTS, "element_list": [{"element_id": 2**63}] * 2},
        "must be at most",
    ),
    kling("four elements beside a frame", {**s.V3_FRAMES, "element_list": elements(4)}, "beside frames"),
    kling("O1 element beside frames", {**s.FRAMES, "element_list": elements(1)}, "takes no element"),
    kling(
        "eight references", {**s.V3_TEXT, "image_list": images(5), "element_list": elements(3)}, "there are 8"
    ),
    kling("five references beside a video", {**s.EDIT, "image_list": images(5)}, "there are 5"),
    kling("O1 filmed element", s.ELEMENTS, "made from a video", media=s.ANN_FILMED),
    kling(
        "filmed element beside a video",
        {**s.NEXT_SHOT, "model_name": "kling-v3-omni", "element_list": elements(1)},
        "beside a video",
        media=s.ANN_FILMED,
    ),
    kling(
        "four filmed elements",
        {**s.V3_TEXT, "element_list": elements(4)},
        "made from videos, 3",
        media={f"element:{160 + place}": {"kind": "video"} for place in range(4)},
    ),
    kling(
        "filmed element beside five images",
        {**s.V3_TEXT, "image_list": images(5), "element_list": elements(1)},
        "4 are allowed",
        media=s.ANN_FILMED,
    ),
    kling("two videos", {**s.NEXT_SHOT, "video_list": [s.FEATURE, s.FEATURE]}, "1 are allowed"),
    kling(
        "video as base64",
        {**s.NEXT_SHOT, "video_list": [{**s.FEATURE, "video_url": s.PNG}]},
        "given as base64",
    ),
    kling(
        "boolean kept sound",
        {**s.EDIT, "video_list": [{**s.BASE, "keep_original_sound": True}]},
        "must be one of",
    ),
    kling(
        "sound beside a video",
        {**s.NEXT_SHOT, "model_name": "kling-v3-omni", "sound": "on"},
        "sound must be off",
    ),
    kling("O1 with sound", {**s.TEXT_TO_VIDEO, "sound": "on"}, "has no sound"),
    kling(
        "O1 with shots",
        {**s.TEXT_TO_VIDEO, "multi_shot": True, "shot_type": "intelligence"},
        "does not exist",
    ),
    kling("no shot_type", {**s.V3_TEXT, "multi_shot": True}, "shot_type is needed"),
    kling("no shots", without(s.SHOTS, "multi_prompt"), "multi_prompt is needed"),
    kling("prompt beside shots", {**s.SHOTS, "prompt": "In black and white."}, "not read"),
    kling("shots switched off", {**s.V3_TEXT, "multi_prompt": s.shots("7")}, "invalid while"),
    kling("shot_type switched off", {**s.V3_TEXT, "shot_type": "intelligence"}, "invalid while"),
    kling(
        "intelligence without prompt",
        {**s.SHOTS, "shot_type": "intelligence", "multi_prompt": []},
        "must not be empty",
    ),
    kling("string multi_shot", {**s.V3_TEXT, "multi_shot": "false"}, "true or false"),
    kling("seven shots", {**s.SHOTS, "multi_prompt": s.shots(*["1"] * 7), "duration": "7"}, "6 are allowed"),
    kling("shots too short", {**s.SHOTS, "multi_prompt": s.shots("2", "3")}, "last 5 s"),
    kling("no duration beside shots", without(s.SHOTS, "duration"), "duration says 5 s"),
    kling("shot of no length", {**s.SHOTS, "multi_prompt": s.shots("0", "15")}, "whole seconds"),
    kling(
        "integer in a shot",
        {**s.SHOTS, "multi_prompt": [{"index": 1, "prompt": "a", "duration": 15}]},
        "whole seconds",
    ),
    kling("no index", {**s.SHOTS, "multi_prompt": [{"prompt": "a", "duration": "15"}]}, "lacks index"),
    kling(
        "index from nought",
        {**s.SHOTS, "multi_prompt": [{"index": 0, "prompt": "a", "duration": "15"}]},
        "at least 1",
    ),
    kling(
        "index left out",
        {**s.SHOTS, "multi_prompt": [{"index": 2, "prompt": "a", "duration": "15"}]},
        "run from 1",
    ),
    kling(
        "long shot",
        {**s.SHOTS, "multi_prompt": [{"index": 1, "prompt": "a" * 513, "duration": "15"}]},
        "513 characters",
    ),
    kling("shots in an edit", {**s.EDIT, **s.SHOTS, "video_list": [s.BASE], "sound": "off"}, "no multi_shot"),
    kling(
        "custom shots beside a video",
        {**s.SHOTS, "video_list": [s.FEATURE], "sound": "off"},
        "intelligence only",
    ),
    kling("watermark as a boolean", {**s.V3_TEXT, "watermark_info": True}, "must be an object"),
    kling("callback that is no link", {**s.V3_TEXT, "callback_url": "xxx"}, "must be a link"),
    kling("large image", s.REFERENCE, "size in bytes", media={s.PICTURE: {"bytes": 11_000_000}}),
    kling("webp", s.REFERENCE, "is webp", media={s.PICTURE: {"format": "webp"}}),
    kling("small image", s.REFERENCE, "its width", media={s.PICTURE: {"width": 299, "height": 300}}),
    kling("narrow image", s.REFERENCE, "aspect ratio", media={s.PICTURE: {"width": 300, "height": 751}}),
    kling("video as image", s.REFERENCE, "must be image", media={s.PICTURE: {"kind": "video"}}),
    kling("O1, 11 s of video", s.NEXT_SHOT, "length", media={s.FILM: {"seconds": 11}}),
    kling("2 s of video", s.NEXT_SHOT, "length", media={s.FILM: {"seconds": 2.5}}),
    kling("small video", s.NEXT_SHOT, "its height", media={s.FILM: {"width": 1200, "height": 700}}),
    kling("fast video", s.NEXT_SHOT, "frame rate", media={s.FILM: {"fps": 120}}),
    kling("webm", s.NEXT_SHOT, "is webm", media={s.FILM: {"format": "webm"}}),
]


def newer(name: str, body: object, part: str, media: Media | None = None, path: str = s.OMNI) -> Bad:
    return name, path, body, media or {}, part


def text(words: str, *more: Fields, **settings: object) -> Fields:
    return s.body(s.prompt(words), *more, **{"aspect_ratio": s.WIDE, **settings})


FOUR = [s.element(str(160 + place), name) for place, name in enumerate(["Ann", "Bob", "Cid", "Dee"])]
ALL_FILMED: Media = {f"element:{160 + place}": {"kind": "video"} for place in range(4)}

KLING_2026_BAD = [
    newer("another path", text("a"), "the path", path="/omni-video/kling-v3-omni"),
    newer("flat fields", {"model_name": "kling-v3-omni", "prompt": "a"}, "no field model_name"),
    newer("no contents", {"contents": [], "settings": {"aspect_ratio": s.WIDE}}, "at least 1"),
    newer("no prompt", s.body(s.START), "one prompt, not 0"),
    newer("two prompts", text("a", s.prompt("b")), "one prompt, not 2"),
    newer("blank prompt", text(" "), "at least 1"),
    newer("long prompt", text("a" * 3073), "3073 characters"),
    newer("long prompt on O1", text("a" * 2501), "2501 characters", path=s.O1),
    newer("end_frame", text("a", s.START, s.image("end_frame", s.OTHER)), "type must be one of"),
    newer("no type", text("a", {"url": s.PICTURE}), "type must be one of"),
    newer("image_url", text("a", {"type": "refer_image", "image_url": s.PICTURE}), "no field image_url"),
    newer("string duration", text("a", duration="5"), "must be an integer"),
    newer("too long", text("a", duration=16), "at most 15"),
    newer("too long for O1", text("a", duration=11), "at most 10", path=s.O1),
    newer("1080 alone", text("a", resolution="1080"), "must be one of"),
    newer("4k on O1", text("a", resolution="4k"), "must be one of", path=s.O1),
    newer("audio on", text("a", audio="on"), "must be one of"),
    newer("native on O1", text("a", audio="native"), "must be one of", path=s.O1),
    newer("multi_shot on O1", text("a", multi_shot=False), "no field multi_shot", path=s.O1),
    newer("string multi_shot", text("a", multi_shot="true"), "true or false"),
    newer("callback at the top", {**text("a"), "callback_url": ""}, "no field callback_url"),
    newer("watermark", {**text("a"), "options": {"watermark_info": {"enabled": "yes"}}}, "true or false"),
    newer("no aspect", s.body(s.prompt("a")), "aspect_ratio is needed"),
    newer("no aspect beside an image", s.body(s.prompt("a"), s.REFER), "aspect_ratio is needed"),
    newer("last without first", text("a", s.LAST), "needs a first_frame"),
    newer("two first frames", text("a", s.START, s.START), "more than one first_frame"),
    newer("two videos", text("a", s.GUIDE, s.SOURCE), "one is allowed"),
    newer("frame on an edit", text("a", s.SOURCE, s.START), "takes no frames"),
    newer("eight images", text("a", *[s.REFER] * 8), "there are 8"),
    newer("five images beside a video", text("a", s.GUIDE, *[s.REFER] * 5), "there are 5"),
    newer("four elements beside a frame", text("a", s.START, *FOUR), "beside a first frame"),
    newer("four filmed elements", text("a", *FOUR), "made from videos, 3", media=ALL_FILMED),
    newer(
        "both kinds, five others", text("a", s.ANN, s.BOB, *[s.REFER] * 4), "there are 5", media=s.ANN_FILMED
    ),
    newer("both kinds beside a video", text("a", s.GUIDE, s.ANN, s.BOB), "both kinds", media=s.ANN_FILMED),
    newer(
        "filmed element and image", text("a", s.GUIDE, s.ANN, s.REFER), "allows no image", media=s.ANN_FILMED
    ),
    newer(
        "two filmed beside a video", text("a", s.GUIDE, *FOUR[:2]), "made from videos, 1", media=ALL_FILMED
    ),
    newer("native beside feature", text("a", s.GUIDE, audio="native"), "audio must be off"),
    newer("original beside feature", text("a", s.GUIDE, audio="original"), "audio must be off"),
    newer("native edit", text("a", s.SOURCE, audio="native"), "cannot be native"),
    newer("multi_shot edit", text("a", s.SOURCE, multi_shot=True), "cannot be true"),
    newer("shots in an edit", text(s.TWO_SHOTS, s.SOURCE, duration=7), "no shots"),
    newer("shots switched off", text(s.TWO_SHOTS, multi_shot=False, duration=7), "taking effect"),
    newer("shots too short", text(s.TWO_SHOTS, duration=8), "last 7 s"),
    newer("shots without duration", text(s.TWO_SHOTS), "duration says 5 s"),
    newer("seven shots", text("".join(f"shot {n}, 1, a;" for n in range(1, 8)), duration=7), "6 are allowed"),
    newer("shots misnumbered", text("shot 1, 3, a; shot 3, 2, b;"), "numbered from 1"),
    newer("shot of no length", text("shot 1, 5, a; shot 2, 0, b;"), "at least 1 s"),
    newer("shot in fractions", text("shot 1, 2.5, a; shot 2, 2.5, b;"), "not one shot"),
    newer("semicolon in a shot", text("shot 1, 3, a; with b; shot 2, 2, c;"), "not one shot"),
    newer("full-width semicolon", text("shot 1, 3, a\uff1b shot 2, 2, b;"), "not one shot"),
    newer("no last semicolon", text("shot 1, 3, a; shot 2, 2, b"), "last semicolon"),
    newer("style before the shots", text("In sepia.\nshot 1, 3, a; shot 2, 2, b;"), "not one shot"),
    newer("long shot", text(f"shot 1, 5, {'a' * 513};"), "512 characters"),
    newer("shots on O1", text("shot 1, 3, a; shot 2, 2, b;"), "no shots", path=s.O1),
    newer("number as element", text("a", {**s.ANN, "element_id": 160}), "must be a string"),
    newer("element without alias", text("a", {"type": "element", "element_id": "160"}), "lacks id"),
    newer("alias twice", text("a", s.ANN, {**s.REFER, "id": "Ann"}), "used twice"),
    newer("alias as prefix", text("a", s.ANN, {**s.REFER, "id": "Anna"}), "is part of"),
    newer("alias not listed", text("@Bob waves", s.ANN), "not listed"),
    newer("alias run on", text("@Annabel waves", s.ANN), "runs on"),
    newer("alias in a mail address", text("write to me@Ann.example", s.ANN), "within another word"),
    newer("angle brackets", text("<<<image_1>>>", s.REFER), "another provider"),
    newer("video as base64", text("a", s.image("base_video", s.PNG)), "given as base64"),
    newer("webp", text("a", s.image("refer_image", f"data:image/webp;base64,{s.WEBP}")), "is webp"),
    newer("large image", text("a", s.START), "size in bytes", media={s.PICTURE: {"bytes": 53_000_000}}),
    newer("16 s of video", text("a", s.GUIDE), "length", media={s.FILM: {"seconds": 16}}),
    newer("11 s of video on O1", text("a", s.GUIDE), "length", media={s.FILM: {"seconds": 11}}, path=s.O1),
    newer("area", text("a", s.GUIDE), "area", media={s.FILM: {"width": 4000, "height": 2200}}),
    newer(
        "wide on O1", text("a", s.GUIDE), "width", media={s.FILM: {"width": 2161, "height": 1080}}, path=s.O1
    ),
    newer("O1 frames and image", text("a", s.START, s.LAST, s.REFER), "no image", path=s.O1),
    newer("O1 frames and element", text("a", s.START, s.LAST, s.ANN), "no element", path=s.O1),
    newer("O1 last frame beside video", text("a", s.START, s.LAST, s.GUIDE), "no last_frame", path=s.O1),
    newer("O1 filmed element", text("a", s.ANN), "made from a video", media=s.ANN_FILMED, path=s.O1),
    newer("O1 first frame, 7 s", text("a", s.START, duration=7), "5 or 10", path=s.O1),
]


def hiapi(name: str, body: object, part: str, media: Media | None = None, path: str = s.HIAPI) -> Bad:
    return name, path, body, media or {}, part


def fox(**more: object) -> Fields:
    return {"model": s.T2V, "input": {**s.FOX, **more}}


def still(**more: object) -> Fields:
    return {"model": s.I2V, "input": {**s.STILL, **more}}


HIAPI_BAD = [
    hiapi("another path", fox(), "the path", path="/v1/videos"),
    hiapi("an array", [fox()], "must be an object"),
    hiapi("another model", {**fox(), "model": "kling-3.0-omni/reference-to-video"}, "model must be one of"),
    hiapi("no input", {"model": s.T2V}, "lacks input"),
    hiapi("no prompt", {"model": s.T2V, "input": without(s.FOX, "prompt")}, "lacks prompt"),
    hiapi("blank prompt", fox(prompt=" "), "at least 1"),
    hiapi("4k in small letters", fox(resolution="4k"), "must be one of"),
    hiapi("std", fox(resolution="std"), "must be one of"),
    hiapi("string duration", fox(duration="5"), "must be an integer"),
    hiapi("too long", fox(duration=16), "at most 15"),
    hiapi("too short", fox(duration=2), "at least 3"),
    hiapi("sound on", fox(sound="on"), "true or false"),
    hiapi("audio", fox(audio=True), "no field audio"),
    hiapi("another aspect", fox(aspect_ratio="auto"), "must be one of"),
    hiapi("aspect of a still", still(aspect_ratio="16:9"), "no field aspect_ratio"),
    hiapi("images beside text", fox(image_urls=[s.PICTURE]), "no field image_urls"),
    hiapi("no image", still(image_urls=[]), "at least 1"),
    hiapi("three images", still(image_urls=[s.PICTURE] * 3), "2 are allowed"),
    hiapi("bare base64", still(image_urls=[s.PNG]), "given as base64"),
    hiapi("gif", still(), "is gif", media={s.PICTURE: {"format": "gif"}}),
    hiapi("negative prompt", fox(negative_prompt="rain"), "no field negative_prompt"),
    hiapi("shots", fox(multi_prompt=[]), "no field multi_prompt"),
    hiapi("callback inside", fox(callback={"url": "https://example.com"}), "no field callback"),
    hiapi("callback_url", {**fox(), "callback_url": "https://example.com"}, "no field callback_url"),
    hiapi("insecure callback", {**fox(), "callback": {"url": "http://example.com"}}, "https"),
    hiapi("callback without link", {**fox(), "callback": {"when": "final"}}, "lacks url"),
    hiapi(
        "callback at another time",
        {**fox(), "callback": {"url": "https://a.example", "when": "all"}},
        "when must",
    ),
    hiapi("storage", {**fox(), "storage": "forever"}, "storage must"),
    hiapi("Kling's mark", fox(prompt="<<<image_1>>> runs"), "another provider"),
    hiapi("alias", still(prompt="@fox runs"), "another provider"),
]


def runware(name: str, body: object, part: str, media: Media | None = None, path: str = s.RUNWARE) -> Bad:
    return name, path, body, media or {}, part


def small(**more: object) -> list[Fields]:
    return [s.task(**s.SMALL, **more)]


def kling_settings(**more: object) -> dict[str, object]:
    return {"providerSettings": s.klingai(**more)}


def told(*shots: Fields, **more: object) -> list[Fields]:
    return [s.without_prompt(s.task(**s.SMALL, **kling_settings(multiPrompt=list(shots)), **more))]


RUNWARE_BAD = [
    runware("another path", small(), "the path", path="/v1/tasks"),
    runware("bare object", s.task(**s.SMALL), "must be an array"),
    runware("two tasks", small() * 2, "1 are allowed"),
    runware("another model", [s.task("klingai:kling-video@o1", **s.LARGE)], "model must be one of"),
    runware("imageInference", small(taskType="imageInference"), "taskType must"),
    runware("UUID of version 1", small(taskUUID="7f3c1a52-9d4e-1b61-8a27-5c0e9b1d2f34"), "version 4"),
    runware("aspect_ratio", small(aspect_ratio="16:9"), "no field aspect_ratio"),
    runware("negativePrompt", small(negativePrompt="rain"), "no field negativePrompt"),
    runware("frames at the root", small(frameImages=[s.PICTURE]), "no field frameImages"),
    runware("sound at the root", small(sound=True), "no field sound"),
    runware("no size", [s.task()], "one of these is needed"),
    runware(
        "images decide nothing", [s.task(inputs={"referenceImages": [s.PICTURE]})], "one of these is needed"
    ),
    runware("unlisted size", [s.task(width=720, height=720)], "must be one of"),
    runware("size of another model", [s.task(s.PRO, **s.SMALL)], "must be one of"),
    runware("width alone", [s.task(width=1280)], "must be one of"),
    runware("size and frames", small(inputs={"frameImages": [s.PICTURE]}), "exclude each other"),
    runware("size and edit", small(inputs={"video": s.FILM}), "exclude each other"),
    runware(
        "O1 size and images", [s.task(s.ONE, **s.LARGE, inputs={"referenceImages": [s.PICTURE]})], "exclude"
    ),
    runware("string duration", small(duration="5"), "must be an integer"),
    runware("too long", small(duration=16), "at most 15"),
    runware("too long for O1", [s.task(s.ONE, **s.LARGE, duration=11)], "at most 10"),
    runware("O1 frames, 7 s", [s.task(s.ONE, inputs={"frameImages": [s.PICTURE]}, duration=7)], "5 or 10"),
    runware(
        "resolution of another", [s.task(inputs={"frameImages": [s.PICTURE]}, resolution="1080p")], "must be"
    ),
    runware("resolution alone", small(resolution="720p"), "needs input media"),
    runware(
        "resolution on O1",
        [s.task(s.ONE, inputs={"video": s.FILM}, resolution="1080p")],
        "no field resolution",
    ),
    runware(
        "pro's resolution",
        [s.task(s.PRO, inputs={"frameImages": [s.PICTURE]}, resolution="1080p")],
        "needs a video",
    ),
    runware("no prompt", [s.without_prompt(s.task(**s.SMALL))], "is needed"),
    runware("short prompt", small(positivePrompt="a"), "at least 2"),
    runware("long prompt", small(positivePrompt="a" * 2501), "2501 characters"),
    runware(
        "prompt and shots", small(**kling_settings(multiPrompt=[{"prompt": "a", "duration": 5}])), "exclude"
    ),
    runware("shots too short", told({"prompt": "a", "duration": 4}), "last 4 s"),
    runware("string in a shot", told({"prompt": "a", "duration": "5"}), "must be a number"),
    runware("index in a shot", told({"index": 1, "prompt": "a", "duration": 5}), "no field index"),
    runware("seven shots", told(*[{"prompt": "a", "duration": 1}] * 7, duration=7), "6 are allowed"),
    runware("duration of an edit", [s.task(inputs={"video": s.FILM}, duration=5)], "duration cannot stand"),
    runware(
        "elements in an edit",
        [s.task(inputs={"video": s.FILM, "elements": [s.HERO]})],
        "elements cannot stand",
    ),
    runware(
        "both videos",
        [s.task(inputs={"video": s.FILM, "referenceVideos": [s.FILM]})],
        "referenceVideos cannot",
    ),
    runware("two reference videos", small(inputs={"referenceVideos": [s.FILM] * 2}), "1 are allowed"),
    runware(
        "sound and video",
        small(inputs={"referenceVideos": [s.FILM]}, **kling_settings(sound=True)),
        "sound cannot",
    ),
    runware("sound on O1", [s.task(s.ONE, **s.LARGE, **kling_settings(sound=True))], "no field sound"),
    runware("string sound", small(**kling_settings(sound="on")), "true or false"),
    runware("kept sound of nothing", small(**kling_settings(keepOriginalSound=True)), "needs a video"),
    runware("flat settings", small(providerSettings={"sound": True}), "no field sound"),
    runware("eight images", small(inputs={"referenceImages": [s.PICTURE] * 8}), "7 are allowed"),
    runware(
        "five images beside a video",
        small(inputs={"referenceImages": [s.PICTURE] * 5, "referenceVideos": [s.FILM]}),
        "there are 5",
    ),
    runware(
        "four elements",
        small(inputs={"elements": [{**s.HERO, "id": str(n)} for n in range(4)]}),
        "3 are allowed",
    ),
    runware("elements on O1", [s.task(s.ONE, **s.LARGE, inputs={"elements": [s.HERO]})], "no field elements"),
    runware("element twice", small(inputs={"elements": [s.HERO, s.HERO]}), "same id"),
    runware(
        "no frontalImage", small(inputs={"elements": [{"id": "a", "images": [s.PICTURE]}]}), "no frontalImage"
    ),
    runware(
        "voices of nothing",
        small(inputs={"elements": [{"id": "a", "voices": ["b"]}]}),
        "voices but no images",
    ),
    runware(
        "film and images",
        small(inputs={"elements": [{**s.HERO, "videos": [s.FILM]}]}),
        "beside images or voices",
    ),
    runware("three frames", [s.task(inputs={"frameImages": [s.PICTURE] * 3})], "2 are allowed"),
    runware(
        "inputImage", [s.task(inputs={"frameImages": [{"inputImage": s.PICTURE}]})], "no field inputImage"
    ),
    runware(
        "end_frame",
        [s.task(inputs={"frameImages": [{"image": s.PICTURE, "frame": "end"}]})],
        "must be one of",
    ),
    runware(
        "last alone",
        [s.task(inputs={"frameImages": [{"image": s.PICTURE, "frame": "last"}]})],
        "needs a first",
    ),
    runware(
        "first twice",
        [s.task(inputs={"frameImages": [{"image": s.PICTURE, "frame": "first"}] * 2})],
        "same end",
    ),
    runware(
        "mixed frames",
        [s.task(inputs={"frameImages": [s.PICTURE, {"image": s.PICTURE}]})],
        "must be an object",
    ),
    runware("video as base64", [s.task(inputs={"video": s.PNG})], "given as base64"),
    runware(
        "image as video",
        [s.task(inputs={"video": s.FILM})],
        "must be video",
        media={s.FILM: {"kind": "image"}},
    ),
    runware("element not listed", small(positivePrompt="<<<element_1>>> runs"), "not listed"),
    runware("image not listed", small(positivePrompt="<<<image_1>>> runs"), "not listed"),
    runware("alias", small(positivePrompt="@hero runs"), "another provider"),
    runware("AVI", small(outputFormat="AVI"), "must be one of"),
    runware("quality", small(outputQuality=100), "at most 99"),
    runware("ttl", small(ttl=59), "at least 60"),
    runware("five results", small(numberResults=5), "at most 4"),
    runware("sync", small(deliveryMethod="sync"), "must be one of"),
    runware("webhook", small(webhookURL="example.com"), "must be a link"),
]


def apimodels(name: str, body: object, part: str, media: Media | None = None, path: str = s.APIMODELS) -> Bad:
    return name, path, body, media or {}, part


APIMODELS_BAD = [
    apimodels("another path", s.DANCE, "the path", path=s.KLING),
    apimodels("no model", without(s.DANCE, "model"), "lacks model"),
    apimodels("model_name", {**s.DANCE, "model_name": "kling-video-o1"}, "no field model_name"),
    apimodels("prefixed model", {**s.DANCE, "model": "kling-video/kling-video-o1"}, "model must be one of"),
    apimodels("4k", {**s.V3_DANCE, "mode": "4k"}, "mode must be one of"),
    apimodels("integer duration", {**s.DANCE, "duration": 5}, "duration must be one of"),
    apimodels("too long for O1", {**s.DANCE, "duration": "11"}, "duration must be one of"),
    apimodels("boolean sound", {**s.DANCE, "sound": True}, "sound must be one of"),
    apimodels("another aspect", {**s.DANCE, "aspect_ratio": "4:3"}, "aspect_ratio must be one of"),
    apimodels("nothing to go on", without(s.DANCE, "prompt"), "one of prompt"),
    apimodels("long prompt", {**s.DANCE, "prompt": "a" * 2501}, "2501 characters"),
    apimodels("insecure callback", {**s.DANCE, "callback_url": "http://example.com"}, "https"),
    apimodels(
        "private address", {**s.DANCE, "image_list": [{"image_url": "http://192.168.0.4/a.png"}]}, "private"
    ),
    apimodels("end without first", {**s.V3_DANCE, "image_list": [s.END]}, "needs a first_frame"),
    apimodels(
        "sound beside a video", {**s.V3_DANCE, "video_list": [s.FEATURE], "sound": "on"}, "sound must be off"
    ),
    apimodels(
        "boolean kept sound", {**s.DANCE, "video_list": [{**s.BASE, "keep_original_sound": True}]}, "one of"
    ),
    apimodels(
        "frame on an edit", {**s.DANCE, "image_list": [s.FIRST], "video_list": [s.BASE]}, "frames cannot"
    ),
    apimodels(
        "string as element", {**s.DANCE, "element_list": [{"element_id": "160"}]}, "must be an integer"
    ),
    apimodels("eight images", {**s.V3_DANCE, "image_list": images(8)}, "there are 8"),
    apimodels("image not listed", {**s.DANCE, "prompt": "<<<image_1>>>"}, "not listed"),
    apimodels("alias", {**s.DANCE, "prompt": "@Image1"}, "another provider"),
    apimodels("negative prompt", {**s.DANCE, "negative_prompt": "rain"}, "no field negative_prompt"),
    apimodels(
        "O1 with shots", {**s.DANCE, "multi_shot": True, "shot_type": "intelligence"}, "does not exist"
    ),
]

BAD: dict[str, list[Bad]] = {
    "kling": KLING_BAD,
    "kling-2026": KLING_2026_BAD,
    "hiapi": HIAPI_BAD,
    "runware": RUNWARE_BAD,
    "apimodels": APIMODELS_BAD,
}


@pytest.mark.parametrize(
    ("provider", "case"),
    [
        pytest.param(provider, case, id=f"{provider}: {name}")
        for provider, cases in s.GOOD.items()
        for name, case in cases.items()
    ],
)
def test_what_a_provider_accepts_has_no_fault(provider: str, case: s.Case) -> None:
    path, body, media = case
    assert faults(provider, path, json.loads(json.dumps(body)), media) == []


@pytest.mark.parametrize(
    ("provider", "case"),
    [
        pytest.param(provider, case, id=f"{provider}: {case[0]}")
        for provider, cases in BAD.items()
        for case in cases
    ],
)
def test_what_a_provider_refuses_is_said(provider: str, case: Bad) -> None:
    _, path, body, media, part = case
    said = faults(provider, path, json.loads(json.dumps(body)), media)
    assert any(part in sentence for sentence in said), said


def test_every_provider_has_good_and_bad_bodies() -> None:
    assert s.GOOD.keys() == BAD.keys() == CHECKERS.keys()
    assert min(len(cases) for cases in BAD.values()) >= 15


@pytest.mark.parametrize("provider", CHECKERS)
@pytest.mark.parametrize("body", [None, 5, "text", [], {}, [None], [{}], {"contents": [None]}, {"input": 1}])
def test_nonsense_is_a_fault_and_no_crash(provider: str, body: object) -> None:
    for path in {path for path, _, _ in s.GOOD[provider].values()}:
        assert faults(provider, path, body)
