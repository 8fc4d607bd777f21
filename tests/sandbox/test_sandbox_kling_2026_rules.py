"""What Kling's second standard refuses, body by body, and what it must not refuse."""

import pytest

from kling_spec.sandbox._frame import Footage
from kling_spec.sandbox._known import Known
from kling_spec.sandbox.kling_2026_rules import faults

O1 = "kling-o1"
FIRST = {"type": "first_frame", "url": "https://example.com/a.png"}
LAST = {"type": "last_frame", "url": "https://example.com/b.png"}
IMAGE = {"type": "refer_image", "url": "https://example.com/c.png"}
FEATURE = {"type": "feature_video", "url": "https://example.com/a.mp4"}
BASE = {"type": "base_video", "url": "https://example.com/a.mp4"}
SINGLE = {"multi_shot": False}


def said(text, *items, options=None, **settings):
    body = {"contents": [{"type": "prompt", "text": text}, *items], "settings": settings}
    return body if options is None else {**body, "options": options}


def body(*items, **more):
    return said("a fox", *items, **more)


def elements(count, start=100):
    return [
        {"type": "element", "element_id": str(start + n), "id": f"actor{chr(65 + n)}"} for n in range(count)
    ]


def characters(count):
    return [{"type": "element", "element_id": f"9{n}", "id": f"character{chr(65 + n)}"} for n in range(count)]


# the ids that begin with 9 are those of video characters
KNOWN = Known(element=lambda name: "video" if name.startswith("9") else None)

BOTH = ["kling-3.0-omni", O1]


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        pytest.param(None, "body", id="null"),
        pytest.param({}, "contents", id="nothing"),
        pytest.param({"contents": []}, "contents", id="no contents"),
        pytest.param({"contents": "a fox"}, "contents", id="contents that are text"),
        pytest.param({"contents": ["a fox"]}, "contents[0]", id="an item that is text"),
        pytest.param({"contents": [{"text": "a"}]}, "contents[0].type", id="an item without a type"),
        pytest.param({"contents": [{"type": ["prompt"]}]}, "contents[0].type", id="a type in a list"),
        pytest.param({"contents": [{"type": "prompt"}]}, "contents[0].text", id="a prompt without text"),
        pytest.param(
            body({**FIRST, "type": "end_frame"}), "contents[1].type", id="the first standard's word"
        ),
        pytest.param(body({"type": "refer_image"}), "contents[1].url", id="no url"),
        pytest.param(body({**IMAGE, "image_url": "x"}), "contents[1].image_url", id="a field too many"),
        pytest.param(body({"type": "element", "id": "a"}), "contents[1].element_id", id="no element id"),
        pytest.param(
            body({"type": "element", "element_id": "7"}), "contents[1].id", id="element without alias"
        ),
        pytest.param(
            body({"type": "element", "element_id": 7, "id": "a"}), "contents[1].element_id", id="id as number"
        ),
        pytest.param({**body(), "prompt": "a"}, "prompt", id="prompt at the top"),
        pytest.param({**body(), "model_name": "x"}, "model_name", id="model in the body"),
        pytest.param(body(duration="5"), "settings.duration", id="duration as a string"),
        pytest.param(body(duration=5.0), "settings.duration", id="duration with a point"),
        pytest.param(body(duration=True), "settings.duration", id="duration true"),
        pytest.param(body(duration=2), "settings.duration", id="too short"),
        pytest.param(body(duration=16), "settings.duration", id="too long"),
        pytest.param(body(resolution="4K"), "settings.resolution", id="4K with a capital"),
        pytest.param(body(resolution="std"), "settings.resolution", id="the first standard's mode"),
        pytest.param(body(aspect_ratio="4:3"), "settings.aspect_ratio", id="a ratio not offered"),
        pytest.param(body(audio="on"), "settings.audio", id="the first standard's sound"),
        pytest.param(body(audio=True), "settings.audio", id="audio as a boolean"),
        pytest.param(body(negative_prompt="x"), "settings.negative_prompt", id="negative prompt"),
        pytest.param(body(options={"external_task_id": 5}), "options.external_task_id", id="id as number"),
        pytest.param(body(options={"callback_url": "here"}), "options.callback_url", id="callback no url"),
        pytest.param(
            body(options={"watermark_info": True}), "options.watermark_info", id="watermark as a boolean"
        ),
        pytest.param(said(" "), "contents", id="a blank prompt"),
        pytest.param({"contents": [IMAGE]}, "contents", id="no prompt"),
        pytest.param(body({"type": "prompt", "text": "b"}), "contents", id="two prompts"),
        pytest.param(body(LAST), "contents", id="last frame alone"),
        pytest.param(body(FIRST, FIRST), "contents", id="two first frames"),
        pytest.param(body(FIRST, LAST, LAST), "contents", id="two last frames"),
        pytest.param(body(FEATURE, BASE), "contents", id="two videos"),
        pytest.param(body(FIRST, BASE), "contents", id="a frame in an edit"),
        pytest.param(body(*[IMAGE] * 5, *elements(3)), "contents", id="eight references"),
        pytest.param(body(*[IMAGE] * 3, *elements(2), FEATURE), "contents", id="five with a video"),
        pytest.param(body({**FEATURE, "url": "AAAA"}), "contents[1].url", id="video in base64"),
        pytest.param(body({**IMAGE, "url": "AAAA"}), "contents[1].url", id="image that is none"),
        pytest.param(
            body({**IMAGE, "url": "data:image/png;base64,AAAA"}), "contents[1].url", id="data prefix"
        ),
        pytest.param(body(audio="original"), "settings.audio", id="the sound of no video"),
        pytest.param(said("@image_1 runs"), "contents[0].text", id="an alias of nothing"),
        pytest.param(said("@image_10", {**IMAGE, "id": "image_1"}), "contents[0].text", id="a longer alias"),
        pytest.param(
            said("write to me@gmail.com", {**IMAGE, "id": "gmail"}), "contents[0].text", id="in an address"
        ),
        pytest.param(body({**IMAGE, "id": "a"}, {**IMAGE, "id": "a"}), "contents[2].id", id="alias twice"),
        pytest.param(
            body({**IMAGE, "id": "Zhang"}, {**IMAGE, "id": "ZhangSan"}), "contents[2].id", id="alias in alias"
        ),
        pytest.param(body({**IMAGE, "id": ""}), "contents[1].id", id="empty alias"),
    ],
)
def test_a_wrong_body_is_refused_by_the_field_that_is_at_fault(asked, field, model):
    assert field in {fault.field for fault in faults(asked, model=model)}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        pytest.param(said("x" * 3073), "contents[0].text", id="prompt too long"),
        pytest.param(body(FIRST, *elements(4)), "contents", id="four elements with a frame"),
        pytest.param(body(FEATURE, audio="native"), "settings.audio", id="native audio with a video"),
        pytest.param(body(FEATURE, audio="original"), "settings.audio", id="sound of a feature video"),
        pytest.param(body(BASE, audio="native", **SINGLE), "settings.audio", id="native audio in an edit"),
        pytest.param(body(BASE, multi_shot=True), "settings.multi_shot", id="shots in an edit"),
        pytest.param(body(BASE), "settings.multi_shot", id="shots in an edit by default"),
        pytest.param(body(*characters(4)), "contents", id="four characters"),
        pytest.param(
            body(*characters(1), *elements(1), *[IMAGE] * 4), "contents", id="five beside characters"
        ),
        pytest.param(body(FEATURE, *characters(1), IMAGE), "contents", id="image beside character and video"),
        pytest.param(body(FEATURE, *characters(2)), "contents", id="two characters with a video"),
        pytest.param(body(FEATURE, *characters(1), *elements(1)), "contents", id="both kinds with a video"),
        pytest.param(said("shot 1, 2, a; shot 2, 2, b;"), "contents[0].text", id="shots do not add up"),
        pytest.param(said("shot 1, 2, a; shot 3, 3, b;"), "contents[0].text", id="shots miscounted"),
        pytest.param(said("shot 1, 2, a; b; shot 2, 3, c;"), "contents[0].text", id="a loose semicolon"),
        pytest.param(said("shot 1, 0, a; shot 2, 5, b;"), "contents[0].text", id="a shot of no length"),
        pytest.param(said("shot 1, 2.5, a; shot 2, 2.5, b;"), "contents[0].text", id="half seconds"),
        pytest.param(said(f"shot 1, 5, {'x' * 513};"), "contents[0].text", id="shot too long"),
        pytest.param(said("shot 1, 5, ;"), "contents[0].text", id="a shot of nothing"),
        pytest.param(
            said("".join(f"shot {n}, 1, a;" for n in range(1, 8)), duration=7), "contents[0].text", id="seven"
        ),
        pytest.param(said("镜头1, 2, a; 镜头2, 2, b;"), "contents[0].text", id="chinese shots"),
    ],
)
def test_omni_refuses(asked, field):
    assert field in {fault.field for fault in faults(asked, KNOWN)}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        pytest.param(said("x" * 2501), "contents[0].text", id="prompt too long"),
        pytest.param(body(multi_shot=False), "settings.multi_shot", id="multi_shot, which is not there"),
        pytest.param(body(audio="native"), "settings.audio", id="native audio"),
        pytest.param(body(resolution="4k"), "settings.resolution", id="4k"),
        pytest.param(body(duration=11), "settings.duration", id="beyond ten seconds"),
        pytest.param(body(FIRST, duration=7), "settings.duration", id="seven seconds from a frame"),
        pytest.param(body(FIRST, LAST, IMAGE), "contents", id="image beside both frames"),
        pytest.param(body(FIRST, LAST, *elements(1)), "contents", id="element beside both frames"),
        pytest.param(body(FIRST, LAST, FEATURE), "contents", id="last frame beside a feature video"),
        pytest.param(body(*characters(1)), "contents", id="a video character"),
    ],
)
def test_o1_refuses(asked, field):
    assert field in {fault.field for fault in faults(asked, KNOWN, model=O1)}


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(body(), id="text"),
        pytest.param({"contents": [{"type": "prompt", "text": "a"}]}, id="contents alone"),
        pytest.param(said("x" * 3072), id="longest prompt"),
        pytest.param(body(resolution="4k", audio="native", duration=15, aspect_ratio="1:1"), id="settings"),
        pytest.param(
            body(FIRST, LAST, *elements(3), multi_shot=True, audio="native"), id="frames and elements"
        ),
        pytest.param(body(FIRST, *[IMAGE] * 7), id="a frame beside seven images"),
        pytest.param(body(FEATURE, multi_shot=True, resolution="4k"), id="feature video"),
        pytest.param(body(FEATURE, FIRST, LAST, *elements(3)), id="feature video with frames"),
        pytest.param(body(BASE, audio="original", **SINGLE), id="edit that keeps its sound"),
        pytest.param(body(*characters(3)), id="three characters"),
        pytest.param(body(*characters(3), *elements(2), IMAGE, IMAGE), id="characters and four"),
        pytest.param(body(FEATURE, *characters(1)), id="a character with a video"),
        pytest.param(said("shot 1, 2, a; shot 2, 3, b;"), id="shots"),
        pytest.param(said("Shot 1, 5, a shot of rum, 2 glasses"), id="one shot without an end"),
        pytest.param(said("shot 1, 2, a; shot 2, 2, b;", **SINGLE), id="shots that take no effect"),
        pytest.param(said("one; two"), id="a semicolon without shots"),
        pytest.param(
            said("mail me@example.com at 5 @ noon", {**IMAGE, "id": "image_1"}), id="other at signs"
        ),
        pytest.param(
            said(
                "@image_1, @Zhang and @video_1走.",
                {**IMAGE, "id": "image_1"},
                {"type": "element", "element_id": "162", "id": "Zhang"},
                {**FEATURE, "id": "video_1"},
            ),
            id="every kind of reference",
        ),
        pytest.param(
            body(options={"callback_url": "", "external_task_id": "", "watermark_info": {"enabled": True}}),
            id="options",
        ),
    ],
)
def test_omni_accepts(asked):
    assert not list(faults(asked, KNOWN))


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(body(duration=7), id="text of seven seconds"),
        pytest.param(body(FIRST, IMAGE, duration=3), id="first frame and an image"),
        pytest.param(body(FIRST, LAST, duration=7), id="both frames"),
        pytest.param(body(FIRST, FEATURE, *elements(1)), id="first frame, element, feature video"),
        pytest.param(body(FEATURE, audio="original"), id="sound of a feature video"),
        pytest.param(body(BASE, IMAGE, aspect_ratio="16:9"), id="edit with an image"),
        pytest.param(said("shot 1, 2, a; shot 2, 2, b;"), id="words that are no shots here"),
    ],
)
def test_o1_accepts(asked):
    assert not list(faults(asked, KNOWN, model=O1))


@pytest.mark.parametrize(
    ("film", "model", "is_right"),
    [
        pytest.param(Footage(15.5, 4096, 2025, sound=True), "kling-3.0-omni", False, id="too wide a shape"),
        pytest.param(Footage(15.5, 3840, 2160, sound=True), "kling-3.0-omni", True, id="longest and largest"),
        pytest.param(Footage(5, 3842, 2160, sound=True), "kling-3.0-omni", False, id="too many pixels"),
        pytest.param(Footage(15.7, 1280, 720, sound=True), "kling-3.0-omni", False, id="too long"),
        pytest.param(Footage(5, 700, 1700, sound=True), "kling-3.0-omni", True, id="narrow"),
        pytest.param(Footage(5, 699, 700, sound=True), "kling-3.0-omni", False, id="too small"),
        pytest.param(Footage(5, 1280, 720, sound=True, rate=15), "kling-3.0-omni", False, id="too slow"),
        pytest.param(Footage(5, 1280, 720, sound=True, rate=29.97), "kling-3.0-omni", True, id="ntsc"),
        pytest.param(
            Footage(5, 1280, 720, sound=True, size=201 * 2**20), "kling-3.0-omni", False, id="too heavy"
        ),
        pytest.param(Footage(10, 2160, 2160, sound=True), O1, True, id="o1 largest"),
        pytest.param(Footage(11, 1280, 720, sound=True), O1, False, id="o1 too long"),
        pytest.param(Footage(5, 3840, 2160, sound=True), O1, False, id="o1 too wide"),
    ],
)
def test_a_video_that_is_known_is_measured(film, model, is_right):
    known = Known(footage=lambda _: film)

    assert (not list(faults(body(FEATURE), known, model=model))) is is_right


@pytest.mark.parametrize(
    ("size", "kind", "is_right"),
    [
        pytest.param((300, 700), "PNG", True, id="smallest"),
        pytest.param((299, 400), "PNG", False, id="too small"),
        pytest.param((300, 800), "PNG", False, id="too long"),
        pytest.param((400, 400), "WEBP", False, id="webp"),
    ],
)
def test_a_picture_is_looked_at_in_base64_and_where_it_was_uploaded(encoded, picture, size, kind, is_right):
    known = Known(picture=lambda _: picture(*size, kind=kind))

    assert (not list(faults(body({**IMAGE, "url": encoded(*size, kind=kind)})))) is is_right
    assert (not list(faults(body(IMAGE), known))) is is_right
