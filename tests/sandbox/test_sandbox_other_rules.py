"""What HiAPI, Runware and APIModels refuse, body by body, and what they must not refuse."""

import pytest

from kling_spec.sandbox import apimodels_rules, hiapi_rules, runware_rules
from kling_spec.sandbox._known import Known

URL = "https://example.com/a.png"
FILM = "https://example.com/a.mp4"

# -- hiapi -------------------------------------------------------------------------------------


def hiapi(model, **given):
    return {"model": f"kling-3.0-omni/{model}", "input": given}


T2V = hiapi("text-to-video", prompt="a fox")
I2V = hiapi("image-to-video", image_urls=[URL])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(hiapi("text-to-video"), "input.prompt", id="no prompt"),
        pytest.param(hiapi("text-to-video", prompt=""), "input.prompt", id="empty prompt"),
        pytest.param(
            hiapi("text-to-video", prompt="a", duration="5"), "input.duration", id="string duration"
        ),
        pytest.param(hiapi("text-to-video", prompt="a", duration=16), "input.duration", id="too long"),
        pytest.param(hiapi("text-to-video", prompt="a", resolution="4k"), "input.resolution", id="small k"),
        pytest.param(hiapi("text-to-video", prompt="a", sound="on"), "input.sound", id="sound as a word"),
        pytest.param(
            hiapi("text-to-video", prompt="a", image_urls=[URL]), "input.image_urls", id="image in t2v"
        ),
        pytest.param(
            hiapi("image-to-video", image_urls=[URL], aspect_ratio="16:9"),
            "input.aspect_ratio",
            id="ratio in i2v",
        ),
        pytest.param(hiapi("image-to-video", prompt="a"), "input.image_urls", id="no image in i2v"),
        pytest.param(hiapi("image-to-video", image_urls=[]), "input.image_urls", id="empty list of images"),
        pytest.param(hiapi("image-to-video", image_urls=[URL] * 3), "input.image_urls", id="three images"),
        pytest.param(hiapi("image-to-video", image_urls=["AAAA"]), "input.image_urls[0]", id="bare base64"),
        pytest.param(hiapi("reference-to-video", prompt="a"), "model", id="a model of another gateway"),
        pytest.param(
            {**T2V, "callback": {"url": "http://a.example"}}, "callback.url", id="callback without tls"
        ),
        pytest.param(
            hiapi("text-to-video", prompt="a", callback={}), "input.callback", id="callback in input"
        ),
        pytest.param({**T2V, "prompt": "a"}, "prompt", id="prompt outside of input"),
        pytest.param([T2V], "body", id="a list"),
    ],
)
def test_hiapi_refuses(body, field):
    assert field in {fault.field for fault in hiapi_rules.faults(body)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(T2V, id="text"),
        pytest.param(I2V, id="image"),
        pytest.param(hiapi("image-to-video", image_urls=[URL, "asset://x"], prompt=""), id="two frames"),
        pytest.param(
            {**T2V, "callback": {"url": "https://a.example", "when": "final"}, "storage": "temp"},
            id="envelope",
        ),
    ],
)
def test_hiapi_accepts(body):
    assert not list(hiapi_rules.faults(body))


def test_hiapi_reads_webp_in_a_data_uri(encoded):
    image = f"data:image/webp;base64,{encoded(kind='WEBP')}"

    assert not list(hiapi_rules.faults(hiapi("image-to-video", image_urls=[image])))
    assert list(hiapi_rules.faults(hiapi("image-to-video", image_urls=["data:image/png;base64,AAAA"])))


# -- runware -----------------------------------------------------------------------------------

SIZE = {"width": 1280, "height": 720}
TASK = {
    "taskType": "videoInference",
    "taskUUID": "50836053-a0ee-4cf5-b9d6-ae7c5d140ada",
    "model": "klingai:kling-video@o3-standard",
    "positivePrompt": "a fox",
}
TEXT = {**TASK, **SIZE}
O1 = {**TASK, "model": "klingai:kling@o1-standard"}
SHOTS = [{"prompt": "one", "duration": 2}, {"prompt": "two", "duration": 3}]


def kling(**given):
    return {"providerSettings": {"klingai": given}}


def inputs(**given):
    return {"inputs": given}


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        pytest.param({**TEXT, "taskUUID": "x"}, "taskUUID", id="no uuid"),
        pytest.param(
            {**TEXT, "taskUUID": TASK["taskUUID"].replace("-4", "-1")}, "taskUUID", id="uuid not v4"
        ),
        pytest.param({**TASK, "width": 1280}, "height", id="width alone"),
        pytest.param({**TASK, "height": 720}, "width", id="height alone"),
        pytest.param({**TEXT, "width": 960}, "width", id="no such size"),
        pytest.param({**TEXT, "width": 1920, "height": 1080}, "width", id="size of another model"),
        pytest.param(TASK, "width", id="no size at all"),
        pytest.param({**TEXT, **inputs(frameImages=[URL])}, "width", id="size beside frames"),
        pytest.param({**TEXT, **inputs(video=FILM)}, "width", id="size beside a video"),
        pytest.param({**TEXT, "resolution": "720p"}, "resolution", id="resolution without media"),
        pytest.param(
            {**TASK, **inputs(frameImages=[URL]), "resolution": "1080p"},
            "resolution",
            id="foreign resolution",
        ),
        pytest.param({**TASK, **inputs(video=FILM), "duration": 5}, "duration", id="duration beside a video"),
        pytest.param({**TEXT, "duration": "5"}, "duration", id="duration as a string"),
        pytest.param(
            {**TEXT, **kling(keepOriginalSound=True)},
            "providerSettings.klingai.keepOriginalSound",
            id="sound kept of nothing",
        ),
        pytest.param(
            {**TASK, **inputs(video=FILM), **kling(sound=True)},
            "providerSettings.klingai.sound",
            id="sound with a video",
        ),
        pytest.param(
            {**TASK, **inputs(video=FILM, referenceVideos=[FILM])}, "inputs.referenceVideos", id="both videos"
        ),
        pytest.param(
            {**TASK, **inputs(video=FILM, frameImages=[URL])}, "inputs.frameImages", id="frames in an edit"
        ),
        pytest.param(
            {**TASK, **inputs(video=FILM, elements=[{"id": "a"}])},
            "inputs.elements",
            id="elements in an edit",
        ),
        pytest.param(
            {**TEXT, **inputs(referenceVideos=[FILM], referenceImages=[URL] * 5)},
            "inputs.referenceImages",
            id="five references with a video",
        ),
        pytest.param({**TEXT, **kling(multiPrompt=SHOTS)}, "positivePrompt", id="prompt and shots"),
        pytest.param(
            {key: value for key, value in TEXT.items() if key != "positivePrompt"},
            "positivePrompt",
            id="no prompt",
        ),
        pytest.param({**TEXT, "positivePrompt": "x"}, "positivePrompt", id="prompt of one letter"),
        pytest.param({**TEXT, "negativePrompt": "x"}, "negativePrompt", id="negative prompt"),
        pytest.param({**TEXT, "aspect_ratio": "16:9"}, "aspect_ratio", id="aspect ratio"),
        pytest.param({**TEXT, "frameImages": [URL]}, "frameImages", id="frames at the root"),
        pytest.param(
            {**TASK, **inputs(frameImages=[{"image": URL, "frame": "last"}])},
            "inputs.frameImages",
            id="last frame alone",
        ),
        pytest.param(
            {**TASK, **inputs(frameImages=[{"image": URL, "frame": 0}, {"image": URL, "frame": "first"}])},
            "inputs.frameImages",
            id="two first frames",
        ),
        pytest.param(
            {**TEXT, **inputs(referenceImages=[URL] * 8)}, "inputs.referenceImages", id="eight images"
        ),
        pytest.param({**TEXT, **inputs(elements=[{"id": "a"}] * 4)}, "inputs.elements", id="four elements"),
        pytest.param(
            {**TEXT, **inputs(elements=[{"id": "a", "images": [URL]}])},
            "inputs.elements[0].frontalImage",
            id="element without a front",
        ),
        pytest.param(
            {**TEXT, "positivePrompt": "<<<element_1>>>"}, "positivePrompt", id="an element that is not there"
        ),
        pytest.param({**TEXT, "numberResults": 5}, "numberResults", id="five results"),
        pytest.param({**TEXT, "numberResults": 0}, "numberResults", id="no results"),
        pytest.param({**TEXT, "ttl": 59}, "ttl", id="kept too shortly"),
        pytest.param({**TEXT, "webhookURL": "here"}, "webhookURL", id="webhook that is no url"),
        pytest.param({**TEXT, "uploadEndpoint": "ftp://x"}, "uploadEndpoint", id="upload by ftp"),
        pytest.param({**TEXT, "includeCost": "yes"}, "includeCost", id="cost as a word"),
        pytest.param({**TEXT, "deliveryMethod": "sync"}, "deliveryMethod", id="synchronous"),
        pytest.param({**O1, **SIZE, "duration": 11}, "duration", id="o1 too long"),
        pytest.param(
            {**O1, **inputs(frameImages=[URL]), "duration": 7}, "duration", id="o1 frames of seven seconds"
        ),
        pytest.param(
            {**O1, **SIZE, **kling(sound=True)}, "providerSettings.klingai.sound", id="o1 with sound"
        ),
        pytest.param(
            {**O1, **SIZE, **inputs(referenceImages=[URL])}, "width", id="o1 size beside references"
        ),
        pytest.param(
            {**O1, **inputs(referenceImages=[URL]), "resolution": "720p"},
            "resolution",
            id="o1 with a resolution",
        ),
    ],
)
def test_runware_refuses(body, parameter):
    assert parameter in {fault.field for fault in runware_rules.faults(body)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({**TEXT, **kling(sound=True), "includeCost": True}, id="text with sound"),
        pytest.param(
            {
                key: value
                for key, value in {**TEXT, **kling(multiPrompt=SHOTS)}.items()
                if key != "positivePrompt"
            },
            id="shots",
        ),
        pytest.param({**TASK, **inputs(frameImages=[URL, URL]), "resolution": "720p"}, id="two frames"),
        pytest.param({**TASK, **inputs(frameImages=[{"image": URL, "frame": 0}])}, id="frame by number"),
        pytest.param(
            {**TASK, **inputs(video=FILM), **kling(keepOriginalSound=True)}, id="edit that keeps its sound"
        ),
        pytest.param(
            {**TEXT, **inputs(referenceVideos=[FILM], referenceImages=[URL] * 4)}, id="feature video"
        ),
        pytest.param({**O1, **inputs(referenceImages=[URL]), "duration": 7}, id="o1 references"),
        pytest.param(
            {**TEXT, **inputs(elements=[{"id": "a"}]), "positivePrompt": "<<<element_1>>> runs"}, id="element"
        ),
    ],
)
def test_runware_accepts(body):
    assert not list(runware_rules.faults(body))


# -- apimodels ---------------------------------------------------------------------------------

OMNI = {"model": "kling-v3-omni", "prompt": "a fox"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"prompt": "a"}, "model", id="no model"),
        pytest.param({**OMNI, "model_name": "kling-v3-omni"}, "model_name", id="kling's name for the model"),
        pytest.param({**OMNI, "duration": 5}, "duration", id="duration as a number"),
        pytest.param({**OMNI, "model": "kling-video-o1", "duration": "12"}, "duration", id="o1 too long"),
        pytest.param({**OMNI, "mode": "4k"}, "mode", id="4k"),
        pytest.param({"model": "kling-v3-omni"}, "prompt", id="nothing asked"),
        pytest.param({**OMNI, "external_task_id": "a"}, "external_task_id", id="an id that gets lost"),
        pytest.param(
            {**OMNI, "sound": "on", "video_list": [{"video_url": FILM, "keep_original_sound": "yes"}]},
            "sound",
            id="both sounds",
        ),
        pytest.param(
            {**OMNI, "image_list": [{"image_url": URL, "type": "end_frame"}]},
            "image_list",
            id="end frame alone",
        ),
        pytest.param(
            {**OMNI, "image_list": [{"image_url": "http://127.0.0.1:1/a.png"}]},
            "image_list[0].image_url",
            id="a private address",
        ),
        pytest.param(
            {**OMNI, "image_list": [{"image_url": "AAAAAAAAAAAAAAAAAAAA"}]},
            "image_list[0].image_url",
            id="base64",
        ),
        pytest.param({**OMNI, "prompt": "<<<image_1>>>"}, "prompt", id="an image that is not there"),
    ],
)
def test_apimodels_refuses(body, field):
    assert field in {fault.field for fault in apimodels_rules.faults(body)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(OMNI, id="text"),
        pytest.param({"model": "kling-video-o1", "image_list": [{"image_url": URL}]}, id="an image alone"),
        pytest.param({**OMNI, "model": "kling-video-o1", "sound": "on"}, id="o1 with sound, which it prices"),
    ],
)
def test_apimodels_accepts(body):
    assert not list(apimodels_rules.faults(body))


def test_apimodels_reaches_its_own_files():
    body = {**OMNI, "image_list": [{"image_url": "http://127.0.0.1:8123/files/a.png"}]}

    assert not list(
        apimodels_rules.faults(body, Known(holds=lambda address: address.endswith("/files/a.png")))
    )
    assert list(apimodels_rules.faults(body, Known(holds=lambda _: False)))


@pytest.mark.parametrize("rules", [hiapi_rules, runware_rules, apimodels_rules])
@pytest.mark.parametrize("body", [None, [], "x", 5, {}, {"input": 5, "model": []}, {"inputs": []}])
def test_bodies_of_any_shape_are_refused_and_never_crash(rules, body):
    assert list(rules.faults(body))
