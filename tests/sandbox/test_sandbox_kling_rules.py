"""What Kling refuses, body by body, and what it must not refuse."""

import pytest

from kling_spec.sandbox._frame import Footage
from kling_spec.sandbox._known import Known
from kling_spec.sandbox.kling_rules import faults, knows_model

TEXT = {"model_name": "kling-v3-omni", "prompt": "a fox", "aspect_ratio": "16:9"}
IMAGE = {"image_url": "https://example.com/a.png"}
FIRST = {**IMAGE, "type": "first_frame"}
END = {**IMAGE, "type": "end_frame"}
BASE = {"video_url": "https://example.com/a.mp4"}
FEATURE = {**BASE, "refer_type": "feature"}
O1 = {"model_name": "kling-video-o1"}


def shots(*seconds):
    return [{"index": n, "prompt": f"shot {n}", "duration": s} for n, s in enumerate(seconds, 1)]


def elements(count):
    return [{"element_id": 100 + n} for n in range(count)]


def characters(count):
    return [{"element_id": 900 + n} for n in range(count)]


def customize(*seconds, duration="5"):
    return {
        "multi_shot": True,
        "shot_type": "customize",
        "multi_prompt": shots(*seconds),
        "duration": duration,
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"duration": 5}, "duration", id="duration as a number"),
        pytest.param({"duration": "2"}, "duration", id="duration too short"),
        pytest.param({"duration": "16"}, "duration", id="duration too long"),
        pytest.param({"sound": True}, "sound", id="sound as a boolean"),
        pytest.param({"mode": "4K"}, "mode", id="4K with a capital"),
        pytest.param({"aspect_ratio": "4:3"}, "aspect_ratio", id="a ratio that is not offered"),
        pytest.param({"negative_prompt": "rain"}, "negative_prompt", id="a field of another endpoint"),
        pytest.param({"prompt": "x" * 2501}, "prompt", id="prompt too long"),
        pytest.param({"prompt": " "}, "prompt", id="prompt empty"),
        pytest.param({"aspect_ratio": None}, "aspect_ratio", id="ratio null"),
        pytest.param({"image_list": [{**IMAGE, "type": None}]}, "image_list[0].type", id="type null"),
        pytest.param({"image_list": [{**IMAGE, "type": ""}]}, "image_list[0].type", id="type empty"),
        pytest.param({"image_list": [{"image_url": ""}]}, "image_list[0].image_url", id="image empty"),
        pytest.param(
            {"image_list": [{"image_url": "data:image/png;base64,AAAA"}]},
            "image_list[0].image_url",
            id="data prefix",
        ),
        pytest.param(
            {"image_list": [{"image_url": "notes.txt"}]},
            "image_list[0].image_url",
            id="neither url nor base64",
        ),
        pytest.param({"image_list": [END]}, "image_list", id="end frame alone"),
        pytest.param({"image_list": [FIRST, FIRST]}, "image_list", id="two first frames"),
        pytest.param(
            {"image_list": [FIRST], "video_list": [BASE]}, "image_list", id="frames beside a base video"
        ),
        pytest.param(
            {"image_list": [FIRST], "element_list": elements(4)},
            "element_list",
            id="four elements with a frame",
        ),
        pytest.param(
            {"image_list": [IMAGE] * 5, "element_list": elements(3)}, "image_list", id="eight references"
        ),
        pytest.param(
            {"image_list": [IMAGE] * 3, "element_list": elements(2), "video_list": [FEATURE]},
            "image_list",
            id="five references with a video",
        ),
        pytest.param({"video_list": [FEATURE, FEATURE]}, "video_list", id="two videos"),
        pytest.param({"video_list": [FEATURE], "sound": "on"}, "sound", id="sound with a video"),
        pytest.param(
            {"video_list": [{**BASE, "keep_original_sound": True}]},
            "video_list[0].keep_original_sound",
            id="keep sound as a boolean",
        ),
        pytest.param(
            {"video_list": [{"video_url": "AAAA"}]}, "video_list[0].video_url", id="video that is no url"
        ),
        pytest.param({"multi_shot": True}, "shot_type", id="multi shot without a type"),
        pytest.param(
            {"multi_shot": True, "shot_type": "customize"}, "multi_prompt", id="customize without shots"
        ),
        pytest.param({"multi_prompt": shots("5")}, "multi_prompt", id="shots without multi_shot"),
        pytest.param(customize("2", "2"), "multi_prompt", id="shots do not add up"),
        pytest.param(customize("0", "5"), "multi_prompt[0].duration", id="a shot of no length"),
        pytest.param(customize("2.5", "2.5"), "multi_prompt[0].duration", id="half seconds"),
        pytest.param(customize(*"1111111", duration="7"), "multi_prompt", id="seven shots"),
        pytest.param(
            {**customize("5"), "multi_prompt": [{"index": 2, "prompt": "x", "duration": "5"}]},
            "multi_prompt[0].index",
            id="shots that start at two",
        ),
        pytest.param(
            {**customize("5"), "multi_prompt": [{"index": 1, "prompt": "x" * 513, "duration": "5"}]},
            "multi_prompt[0].prompt",
            id="shot too long",
        ),
        pytest.param(
            {**customize("5"), "video_list": [FEATURE]}, "shot_type", id="customize with a feature video"
        ),
        pytest.param(
            {"multi_shot": True, "shot_type": "intelligence", "video_list": [BASE]},
            "multi_shot",
            id="multi shot in an edit",
        ),
        pytest.param({"prompt": "<<<image_1>>> runs"}, "prompt", id="an image that is not there"),
        pytest.param(
            {"prompt": "<<<image_2>>> runs", "image_list": [IMAGE]}, "prompt", id="a number beyond the list"
        ),
        pytest.param(
            {"prompt": "<<<image_0>>> runs", "image_list": [IMAGE]}, "prompt", id="numbers count from one"
        ),
        pytest.param({"prompt": "<<<voice_1>>> speaks"}, "prompt", id="a voice"),
        pytest.param({"prompt": "<<< image_1 >>>", "image_list": [IMAGE]}, "prompt", id="blanks in a mark"),
        pytest.param({**O1, "mode": "4k"}, "mode", id="o1 in 4k"),
        pytest.param({**O1, "sound": "on"}, "sound", id="o1 with sound"),
        pytest.param({**O1, **customize("5")}, "multi_shot", id="o1 with shots"),
        pytest.param({**O1, "duration": "11"}, "duration", id="o1 beyond ten seconds"),
        pytest.param(
            {**O1, "duration": "7", "image_list": [FIRST]}, "duration", id="o1 seven seconds from a frame"
        ),
        pytest.param(
            {**O1, "image_list": [FIRST, IMAGE, IMAGE]}, "image_list", id="o1 frame among three images"
        ),
        pytest.param(
            {**O1, "image_list": [FIRST, END], "element_list": elements(1)},
            "element_list",
            id="o1 element with both frames",
        ),
    ],
)
def test_a_wrong_body_is_refused_by_the_field_that_is_at_fault(change, field):
    found = list(faults({**TEXT, **change}))

    assert field in {fault.field for fault in found}


def test_a_ratio_is_needed_for_text_alone():
    body = {key: value for key, value in TEXT.items() if key != "aspect_ratio"}

    assert [fault.field for fault in faults(body)] == ["aspect_ratio"]
    assert [fault.field for fault in faults({**body, "image_list": [IMAGE]})] == ["aspect_ratio"]
    assert not list(faults({**body, "image_list": [FIRST]}))
    assert not list(faults({**body, "video_list": [FEATURE]}))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="text"),
        pytest.param({"model_name": "kling-video-o1", "duration": "7"}, id="o1 text of seven seconds"),
        pytest.param({"mode": "4k", "sound": "on", "duration": "15"}, id="4k with sound"),
        pytest.param({**customize(*"23", duration="5"), "prompt": ""}, id="storyboard without a prompt"),
        pytest.param(
            {**customize(*"23", duration="5"), "image_list": [FIRST, END]}, id="storyboard with frames"
        ),
        pytest.param({"multi_shot": True, "shot_type": "intelligence"}, id="shots left to the model"),
        pytest.param(
            {"multi_shot": True, "shot_type": "intelligence", "video_list": [FEATURE]},
            id="shots left to the model with a feature video",
        ),
        pytest.param({"mode": "4k", "video_list": [FEATURE]}, id="4k with a video"),
        pytest.param(
            {
                "prompt": "<<<image_1>>> <<<image_2>>> <<<element_1>>> <<<video_1>>>",
                "image_list": [IMAGE] * 2,
                "element_list": elements(1),
                "video_list": [BASE],
            },
            id="every kind of reference",
        ),
        pytest.param(
            {**O1, "image_list": [FIRST, IMAGE], "duration": "7"}, id="o1 first frame and a reference"
        ),
        pytest.param({**O1, "image_list": [FIRST, END], "duration": "7"}, id="o1 both frames"),
        pytest.param({"external_task_id": "", "callback_url": ""}, id="empty ids"),
        pytest.param({"element_list": [{"element_id": 2**62 + 1}]}, id="a long element id"),
    ],
)
def test_a_right_body_is_not_refused(change):
    assert not list(faults({**TEXT, **change}))


@pytest.mark.parametrize("body", [None, [], "x", 5, {"image_list": {}}, {"image_list": [5]}, {"prompt": 5}])
def test_bodies_of_any_shape_are_refused_and_never_crash(body):
    assert list(faults(body))


@pytest.mark.parametrize(
    ("size", "kind", "is_right"),
    [
        pytest.param((300, 700), "PNG", True, id="smallest"),
        pytest.param((299, 400), "PNG", False, id="too small"),
        pytest.param((300, 800), "PNG", False, id="too long"),
        pytest.param((400, 400), "JPEG", True, id="jpeg"),
        pytest.param((400, 400), "WEBP", False, id="webp"),
    ],
)
def test_a_picture_in_base64_is_looked_at(encoded, size, kind, is_right):
    body = {**TEXT, "image_list": [{"image_url": encoded(*size, kind=kind)}]}

    assert (not list(faults(body))) is is_right


def test_a_picture_that_was_uploaded_here_is_looked_at(picture):
    body = {**TEXT, "image_list": [IMAGE]}

    assert not list(faults(body, Known(picture=lambda _: picture(300, 700))))
    assert list(faults(body, Known(picture=lambda _: picture(299, 700))))
    assert list(faults(body, Known(picture=lambda _: b"no picture")))


@pytest.mark.parametrize(
    ("film", "is_right"),
    [
        pytest.param(Footage(5, 1280, 720, sound=True), True, id="720p"),
        pytest.param(Footage(2, 1280, 720, sound=True), False, id="too short"),
        pytest.param(Footage(17, 1280, 720, sound=True), False, id="too long"),
        pytest.param(Footage(5, 3840, 2160, sound=True), False, id="too wide"),
    ],
)
def test_a_video_that_is_known_is_measured(film, is_right):
    assert (not list(faults({**TEXT, "video_list": [BASE]}, Known(footage=lambda _: film)))) is is_right


# the ids that begin with 9 are those of video characters
CHARACTERS = Known(element=lambda name: "video" if name.startswith("9") else None)


@pytest.mark.parametrize(
    ("change", "is_right"),
    [
        pytest.param({"element_list": characters(3)}, True, id="three"),
        pytest.param({"element_list": characters(4)}, False, id="four"),
        pytest.param(
            {"element_list": characters(3) + elements(2), "image_list": [IMAGE] * 2}, True, id="rest"
        ),
        pytest.param(
            {"element_list": characters(1) + elements(2), "image_list": [IMAGE] * 3}, False, id="five others"
        ),
        pytest.param({"element_list": characters(1), "video_list": [FEATURE]}, False, id="beside a video"),
        pytest.param(
            {"element_list": elements(1), "video_list": [FEATURE]}, True, id="images beside a video"
        ),
        pytest.param({**O1, "element_list": characters(1)}, False, id="o1"),
    ],
)
def test_video_characters_have_limits_of_their_own(change, is_right):
    assert (not list(faults({**TEXT, **change}, CHARACTERS))) is is_right


def test_only_two_models_exist():
    assert knows_model({})
    assert knows_model({"model_name": "kling-v3-omni"})
    assert not knows_model({"model_name": "kling-3.0-omni"})
