"""Body after body over real HTTP: refused in the provider's own words and status, or taken.

What is refused is in no book. Every taken body ends as failed, so that no clip is rendered.
"""

import json
from uuid import uuid4

import pytest

PROMPT = "a fox [sandbox:fail]"
LINK = "https://example.com"
PNG, FILM = f"{LINK}/a.png", f"{LINK}/a.mp4"
HERE = "http://127.0.0.1:9/a.png"

# -- kling, the first standard -----------------------------------------------------------------

V3 = {"model_name": "kling-v3-omni", "prompt": PROMPT, "aspect_ratio": "16:9"}
FIRST, END = {"image_url": PNG, "type": "first_frame"}, {"image_url": PNG, "type": "end_frame"}
BASE, FEATURE = {"video_url": FILM}, {"video_url": FILM, "refer_type": "feature"}
SHOTS = [{"index": 1, "prompt": "one", "duration": "2"}, {"index": 2, "prompt": PROMPT, "duration": "3"}]
BOARD = {"multi_shot": True, "shot_type": "customize", "multi_prompt": SHOTS}

KLING = {
    "duration as a number": ({**V3, "duration": 5}, "duration"),
    "duration of two": ({**V3, "duration": "2"}, "duration"),
    "sound true": ({**V3, "sound": True}, "sound"),
    "mode 1080p": ({**V3, "mode": "1080p"}, "mode"),
    "negative prompt": ({**V3, "negative_prompt": "rain"}, "negative_prompt"),
    "cfg scale": ({**V3, "cfg_scale": 0.5}, "cfg_scale"),
    "voice list": ({**V3, "voice_list": [{"voice_id": "1"}]}, "voice_list"),
    "image tail": ({**V3, "image_tail": PNG}, "image_tail"),
    "prompt too long": ({**V3, "prompt": "x" * 2501}, "prompt"),
    "no prompt": ({key: value for key, value in V3.items() if key != "prompt"}, "prompt"),
    "no ratio": ({key: value for key, value in V3.items() if key != "aspect_ratio"}, "aspect_ratio"),
    "type null": ({**V3, "image_list": [{"image_url": PNG, "type": None}]}, "image_list[0].type"),
    "last_frame": ({**V3, "image_list": [FIRST, {**END, "type": "last_frame"}]}, "image_list[1].type"),
    "end frame alone": ({**V3, "image_list": [END]}, "image_list"),
    "webp": ({**V3, "image_list": [{"image_url": f"{LINK}/a.webp"}]}, "image_list[0].image_url"),
    "private": ({**V3, "image_list": [{"image_url": HERE}]}, "image_list[0].image_url"),
    "data uri": (
        {**V3, "image_list": [{"image_url": "data:image/png;base64,AA"}]},
        "image_list[0].image_url",
    ),
    "frames in an edit": ({**V3, "image_list": [FIRST], "video_list": [BASE]}, "image_list"),
    "two videos": ({**V3, "video_list": [FEATURE, FEATURE]}, "video_list"),
    "webm": ({**V3, "video_list": [{"video_url": f"{LINK}/a.webm"}]}, "video_list[0].video_url"),
    "sound with a video": ({**V3, "video_list": [FEATURE], "sound": "on"}, "sound"),
    "keep sound true": (
        {**V3, "video_list": [{**BASE, "keep_original_sound": True}]},
        "video_list[0].keep_original_sound",
    ),
    "element id as text": ({**V3, "element_list": [{"element_id": "5"}]}, "element_list[0].element_id"),
    "element id as a float": ({**V3, "element_list": [{"element_id": 5.0}]}, "element_list[0].element_id"),
    "four elements with a frame": (
        {**V3, "image_list": [FIRST], "element_list": [{"element_id": n} for n in range(1, 5)]},
        "element_list",
    ),
    "no shot type": ({**V3, "multi_shot": True}, "shot_type"),
    "shots do not add up": ({**V3, **BOARD, "duration": "6"}, "multi_prompt"),
    "shot duration as a number": (
        {**V3, **BOARD, "multi_prompt": [{**SHOTS[0], "duration": 5}]},
        "multi_prompt[0].duration",
    ),
    "shots with a feature video": ({**V3, **BOARD, "video_list": [FEATURE]}, "shot_type"),
    "shots in an edit": (
        {**V3, "multi_shot": True, "shot_type": "intelligence", "video_list": [BASE]},
        "multi_shot",
    ),
    "o1 by default, with sound": (
        {key: value for key, value in {**V3, "sound": "on"}.items() if key != "model_name"},
        "sound",
    ),
    "o1 in 4k": ({**V3, "model_name": "kling-video-o1", "mode": "4k"}, "mode"),
    "callback that is no url": ({**V3, "callback_url": "here"}, "callback_url"),
}
KLING_TAKES = {
    "frames with shots": {**V3, **BOARD, "image_list": [FIRST, END], "prompt": ""},
    "4k with a feature video": {**V3, "mode": "4k", "video_list": [FEATURE]},
    "an edit": {**V3, "video_list": [BASE], "duration": "15"},
    "seven references": {**V3, "image_list": [{"image_url": PNG}] * 7},
    "empty lists": {**V3, "image_list": [], "element_list": [], "video_list": [], "external_task_id": ""},
    "the next shot": {"model_name": "kling-video-o1", "prompt": PROMPT, "video_list": [FEATURE]},
}

# -- kling, the second standard ----------------------------------------------------------------


def contents(*items, text=PROMPT, **more):
    settings = {key: value for key, value in more.items() if key != "options"}
    options = {"options": more["options"]} if "options" in more else {}
    return {"contents": [{"type": "prompt", "text": text}, *items], "settings": settings, **options}


FRAME, LAST = {"type": "first_frame", "url": PNG}, {"type": "last_frame", "url": PNG}
REFER = {"type": "refer_image", "url": PNG}
FOLLOW, EDIT = {"type": "feature_video", "url": FILM}, {"type": "base_video", "url": FILM}

NEWER = {
    "flat fields": ({"prompt": PROMPT, "duration": "5"}, "contents"),
    "no contents": ({"settings": {}}, "contents"),
    "no prompt": ({"contents": [REFER]}, "contents"),
    "duration as text": (contents(duration="5"), "settings.duration"),
    "duration of 16": (contents(duration=16), "settings.duration"),
    "mode": (contents(mode="pro"), "settings.mode"),
    "resolution pro": (contents(resolution="pro"), "settings.resolution"),
    "sound": (contents(sound="on"), "settings.sound"),
    "audio on": (contents(audio="on"), "settings.audio"),
    "multi_shot as a word": (contents(multi_shot="true"), "settings.multi_shot"),
    "ratio": (contents(aspect_ratio="21:9"), "settings.aspect_ratio"),
    "end_frame": (contents(FRAME, {**LAST, "type": "end_frame"}), "contents[2].type"),
    "last frame alone": (contents(LAST), "contents"),
    "image_url": (contents({"type": "refer_image", "image_url": PNG}), "contents[1].url"),
    "private": (contents({**REFER, "url": HERE}), "contents[1].url"),
    "gif": (contents({**REFER, "url": f"{LINK}/a.gif"}), "contents[1].url"),
    "frame in an edit": (contents(FRAME, EDIT, multi_shot=False), "contents"),
    "shots in an edit": (contents(EDIT), "settings.multi_shot"),
    "native audio in an edit": (contents(EDIT, audio="native", multi_shot=False), "settings.audio"),
    "audio of a feature video": (contents(FOLLOW, audio="original"), "settings.audio"),
    "two videos": (contents(FOLLOW, EDIT, multi_shot=False), "contents"),
    "eight images": (contents(*[REFER] * 8), "contents"),
    "element id as a number": (
        contents({"type": "element", "element_id": 5, "id": "a"}),
        "contents[1].element_id",
    ),
    "element without a name": (contents({"type": "element", "element_id": "5"}), "contents[1].id"),
    "a name of nothing": (contents(text=f"@Zhang {PROMPT}"), "contents[0].text"),
    "names that hold each other": (
        contents({**REFER, "id": "Zhang"}, {**REFER, "id": "ZhangSan"}),
        "contents[2].id",
    ),
    "shots do not add up": (contents(text=f"shot 1, 2, {PROMPT}; shot 2, 2, end;"), "contents[0].text"),
    "callback outside": ({**contents(), "callback_url": LINK}, "callback_url"),
    "external id outside": ({**contents(), "external_task_id": "a"}, "external_task_id"),
}
NEWER_TAKES = {
    "contents alone": {"contents": [{"type": "prompt", "text": PROMPT}]},
    "shots": contents(text=f"shot 1, 2, {PROMPT}; shot 2, 3, end;"),
    "both frames in shots": contents(FRAME, LAST, multi_shot=True, audio="native"),
    "a feature video in 4k": contents(FOLLOW, resolution="4k"),
    "an edit that keeps its sound": contents(EDIT, multi_shot=False, audio="original"),
    "the first standard's marks are words": contents(text=f"<<<image_1>>> {PROMPT}"),
    "options": contents(options={"callback_url": f"{LINK}/cb", "watermark_info": {"enabled": True}}),
}

# -- hiapi -------------------------------------------------------------------------------------


def t2v(**given):
    return {"model": "kling-3.0-omni/text-to-video", "input": {"prompt": PROMPT, **given}}


def i2v(*images, **given):
    return {
        "model": "kling-3.0-omni/image-to-video",
        "input": {"prompt": PROMPT, "image_urls": list(images), **given},
    }


HIAPI = {
    "no model": ({"input": {"prompt": PROMPT}}, "model"),
    "kling's model": ({**t2v(), "model": "kling-v3-omni"}, "model"),
    "a model of another gateway": ({**t2v(), "model": "kling-3.0-omni/reference-to-video"}, "model"),
    "no input": ({"model": "kling-3.0-omni/text-to-video"}, "input"),
    "flat": ({**t2v(), "prompt": PROMPT}, "prompt"),
    "duration as text": (t2v(duration="5"), "input.duration"),
    "duration of two": (t2v(duration=2), "input.duration"),
    "duration with a point": (t2v(duration=5.5), "input.duration"),
    "small k": (t2v(resolution="4k"), "input.resolution"),
    "mode": (t2v(mode="pro"), "input.mode"),
    "sound as a word": (t2v(sound="on"), "input.sound"),
    "audio": (t2v(audio=True), "input.audio"),
    "ratio": (t2v(aspect_ratio="auto"), "input.aspect_ratio"),
    "negative prompt": (t2v(negative_prompt="rain"), "input.negative_prompt"),
    "seed": (t2v(seed=5), "input.seed"),
    "elements": (t2v(elements=[]), "input.elements"),
    "shots": (t2v(multi_prompt=[]), "input.multi_prompt"),
    "callback inside": (t2v(callback={"url": LINK}), "input.callback"),
    "callback without tls": ({**t2v(), "callback": {"url": "http://example.com"}}, "callback.url"),
    "callback at another time": ({**t2v(), "callback": {"url": LINK, "when": "all"}}, "callback.when"),
    "storage for ever": ({**t2v(), "storage": "forever"}, "storage"),
    "empty prompt": ({**t2v(), "input": {"prompt": ""}}, "input.prompt"),
    "images for text": (t2v(image_urls=[PNG]), "input.image_urls"),
    "no image": (i2v(), "input.image_urls"),
    "three images": (i2v(PNG, PNG, PNG), "input.image_urls"),
    "ratio beside an image": (i2v(PNG, aspect_ratio="16:9"), "input.aspect_ratio"),
    "image without tls": (i2v("http://example.com/a.png"), "input.image_urls[0]"),
    "gif": (i2v(f"{LINK}/a.gif"), "input.image_urls[0]"),
    "bare base64": (i2v("iVBORw0KGgoAAAANSUhEUg=="), "input.image_urls[0]"),
    "private": (i2v("https://192.168.0.2/a.png"), "input.image_urls[0]"),
}
HIAPI_TAKES = {
    "all of it": {
        **t2v(duration=15, resolution="4K", sound=True, aspect_ratio="1:1"),
        "storage": "persistent",
    },
    "one frame": i2v(PNG),
    "two frames, one of them webp": i2v(f"{LINK}/a.webp", "asset://a"),
    "callback": {**t2v(), "callback": {"url": f"{LINK}/cb", "when": "final"}},
}

# -- runware -----------------------------------------------------------------------------------


def task(model="klingai:kling-video@o3-standard", **more):
    head = {"taskType": "videoInference", "taskUUID": str(uuid4()), "model": model}
    return {**head, "positivePrompt": PROMPT, **more}


def sized(**more):
    return task(width=1280, height=720, **more)


def settings(**more):
    return {"providerSettings": {"klingai": more}}


RUNWARE = {
    "no uuid": (sized(taskUUID="x"), "taskUUID"),
    "no such model": (sized(model="klingai:kling@o3-standard"), "model"),
    "width alone": (task(width=1280), "height"),
    "a size that is not listed": (task(width=720, height=720), "width"),
    "size of another model": (task(width=1920, height=1080), "width"),
    "aspect ratio": (sized(aspectRatio="16:9"), "aspectRatio"),
    "size beside frames": (sized(inputs={"frameImages": [PNG]}), "width"),
    "resolution without media": (task(resolution="720p"), "resolution"),
    "resolution of another model": (task(resolution="4k", inputs={"frameImages": [PNG]}), "resolution"),
    "frames at the root": (sized(frameImages=[{"inputImage": PNG}]), "frameImages"),
    "inputImage": (task(inputs={"frameImages": [{"inputImage": PNG}]}), "inputs.frameImages[0].image"),
    "last frame alone": (
        task(inputs={"frameImages": [{"image": PNG, "frame": "last"}]}),
        "inputs.frameImages",
    ),
    "three frames": (task(inputs={"frameImages": [PNG] * 3}), "inputs.frameImages"),
    "duration as text": (sized(duration="5"), "duration"),
    "duration beside a video": (task(inputs={"video": FILM}, duration=5), "duration"),
    "both videos": (task(inputs={"video": FILM, "referenceVideos": [FILM]}), "inputs.referenceVideos"),
    "video as data": (task(inputs={"video": "data:video/mp4;base64,AAAA"}), "inputs.video"),
    "private": (task(inputs={"video": "http://10.0.0.2/a.mp4"}), "inputs.video"),
    "unknown media": (task(inputs={"video": str(uuid4())}), "inputs.video"),
    "unknown element": (sized(inputs={"elements": [{"id": "nobody"}]}), "inputs.elements[0].id"),
    "four elements": (
        sized(inputs={"elements": [{"id": f"e{n}", "frontalImage": PNG, "images": [PNG]} for n in range(4)]}),
        "inputs.elements",
    ),
    "negative prompt": (sized(negativePrompt="rain"), "negativePrompt"),
    "prompt and shots": (sized(**settings(multiPrompt=[{"prompt": "one", "duration": 5}])), "positivePrompt"),
    "sound at the root": (sized(sound=True), "sound"),
    "sound as a word": (sized(**settings(sound="on")), "providerSettings.klingai.sound"),
    "sound with a video": (
        task(inputs={"video": FILM}, **settings(sound=True)),
        "providerSettings.klingai.sound",
    ),
    "sound kept of nothing": (
        sized(**settings(keepOriginalSound=True)),
        "providerSettings.klingai.keepOriginalSound",
    ),
    "camera control": (sized(**settings(cameraControl={})), "providerSettings.klingai.cameraControl"),
    "synchronous": (sized(deliveryMethod="sync"), "deliveryMethod"),
    "results without end": (sized(numberResults=5), "numberResults"),
    "ttl": (sized(ttl=5), "ttl"),
    "webhook": (sized(webhookURL="here"), "webhookURL"),
    "o1 with sound": (
        sized(model="klingai:kling@o1-standard", **settings(sound=True)),
        "providerSettings.klingai.sound",
    ),
    "o1 frames of seven seconds": (
        task(model="klingai:kling@o1-standard", inputs={"frameImages": [PNG]}, duration=7),
        "duration",
    ),
}
RUNWARE_TAKES = {
    "all of it": sized(
        duration=15, outputFormat="MOV", outputQuality=99, ttl=60, includeCost=True, **settings(sound=True)
    ),
    "frames": task(inputs={"frameImages": [PNG, f"{LINK}/a.webp"]}, resolution="720p"),
    "an edit": task(inputs={"video": FILM}, **settings(keepOriginalSound=True)),
    "a feature video": sized(inputs={"referenceVideos": [FILM], "referenceImages": [PNG] * 4}),
    "o1 pro": task(model="klingai:kling@o1", width=1920, height=1080, duration=3),
    "four results": sized(numberResults=4, webhookURL=f"{LINK}/cb", uploadEndpoint=f"{LINK}/put"),
}

# -- apimodels ---------------------------------------------------------------------------------

OMNI = {"model": "kling-v3-omni", "prompt": PROMPT}
APIMODELS = {
    "no model": ({"prompt": PROMPT}, "model"),
    "model_name": ({**OMNI, "model_name": "kling-v3-omni"}, "model_name"),
    "no such model": ({**OMNI, "model": "kling-3.0-omni"}, "model"),
    "nothing asked": ({"model": "kling-v3-omni"}, "prompt"),
    "prompt too long": ({**OMNI, "prompt": "x" * 2501}, "prompt"),
    "duration as a number": ({**OMNI, "duration": 5}, "duration"),
    "o1 of twelve seconds": ({**OMNI, "model": "kling-video-o1", "duration": "12"}, "duration"),
    "4k": ({**OMNI, "mode": "4k"}, "mode"),
    "sound true": ({**OMNI, "sound": True}, "sound"),
    "ratio": ({**OMNI, "aspect_ratio": "4:3"}, "aspect_ratio"),
    "negative prompt": ({**OMNI, "negative_prompt": "rain"}, "negative_prompt"),
    "end frame alone": ({**OMNI, "image_list": [END]}, "image_list"),
    "type empty": ({**OMNI, "image_list": [{"image_url": PNG, "type": ""}]}, "image_list[0].type"),
    "base64": (
        {**OMNI, "image_list": [{"image_url": "iVBORw0KGgoAAAANSUhEUg=="}]},
        "image_list[0].image_url",
    ),
    "private": ({**OMNI, "image_list": [{"image_url": HERE}]}, "image_list[0].image_url"),
    "webp": ({**OMNI, "image_list": [{"image_url": f"{LINK}/a.webp"}]}, "image_list[0].image_url"),
    "two videos": ({**OMNI, "video_list": [BASE, BASE]}, "video_list"),
    "webm": ({**OMNI, "video_list": [{"video_url": f"{LINK}/a.webm"}]}, "video_list[0].video_url"),
    "frames in an edit": ({**OMNI, "image_list": [FIRST], "video_list": [BASE]}, "image_list"),
    "sound with a video": ({**OMNI, "sound": "on", "video_list": [FEATURE]}, "sound"),
    "no shot type": ({**OMNI, "multi_shot": True}, "shot_type"),
    "shots do not add up": ({**OMNI, **BOARD, "duration": "6"}, "multi_prompt"),
    "an image that is not there": ({**OMNI, "prompt": f"<<<image_1>>> {PROMPT}"}, "prompt"),
    "callback that is no url": ({**OMNI, "callback_url": "here"}, "callback_url"),
    "an id that would get lost": ({**OMNI, "external_task_id": "a"}, "external_task_id"),
}
APIMODELS_TAKES = {
    "text": OMNI,
    "o1 with sound, which it prices": {**OMNI, "model": "kling-video-o1", "sound": "on"},
    "an edit that keeps its sound": {**OMNI, "video_list": [{**BASE, "keep_original_sound": "yes"}]},
    "frames": {**OMNI, "image_list": [FIRST, END], "mode": "pro"},
}

# -- all of them -------------------------------------------------------------------------------

HOUSES = {
    "kling": ("/v1/videos/omni-video", KLING, KLING_TAKES),
    "kling-2026": ("/omni-video/kling-3.0-omni", NEWER, NEWER_TAKES),
    "hiapi": ("/v1/tasks", HIAPI, HIAPI_TAKES),
    "runware": ("/v1", RUNWARE, RUNWARE_TAKES),
    "apimodels": ("/api/v1/video/generations", APIMODELS, APIMODELS_TAKES),
}
REFUSED = [
    pytest.param(house, path, body, field, id=f"{house}: {name}")
    for house, (path, table, _) in HOUSES.items()
    for name, (body, field) in table.items()
]
TAKEN = [
    pytest.param(house, path, body, id=f"{house}: {name}")
    for house, (path, _, table) in HOUSES.items()
    for name, body in table.items()
]


def complaint(house, answer):
    """Return what the provider says is wrong; fails where its error body has another shape."""
    body = answer.json()
    match house:
        case "kling" | "kling-2026":
            assert set(body) == {"code", "message", "request_id"}
            assert body["code"] == 1201
            return body["message"]
        case "hiapi":
            assert set(body) == {"code", "message", "data", "error_code"}
            assert (body["code"], body["data"], body["error_code"]) == (400, None, "INVALID_REQUEST")
            return body["message"]
        case "runware":
            (error,) = body["errors"]
            kinds = {"unsupportedParameter", "missingParameter", "incompatibleParameters", "invalidParameter"}
            assert error["code"] in kinds
            assert error["taskType"] == "videoInference"
            return f"{error['parameter']} {error['message']}"
        case _:
            assert set(body) == {"code", "msg"}
            assert body["code"] == 400
            return body["msg"]


@pytest.mark.parametrize(("house", "path", "body", "field"), REFUSED)
def test_the_provider_refuses(sandbox, client, house, path, body, field):
    before = len(sandbox.book().charges)

    answer = client.post(path, json=[body] if house == "runware" else body)

    assert answer.status_code == 400
    assert complaint(house, answer).startswith(f"{field} ")
    assert len(sandbox.book().charges) == before


@pytest.mark.parametrize(("house", "path", "body"), TAKEN)
def test_the_provider_takes(sandbox, client, house, path, body):
    before = len(sandbox.book().charges)

    answer = client.post(path, json=[body] if house == "runware" else body)

    assert answer.status_code == 200, answer.text
    assert "errors" not in answer.json()
    assert len(sandbox.book().charges) == before + 1


@pytest.mark.parametrize("house", HOUSES)
def test_there_are_many_ways_to_be_wrong(house):
    _, refused, _ = HOUSES[house]

    assert len(refused) >= 20
    assert len({json.dumps(body) for body, _ in refused.values()}) == len(refused)
