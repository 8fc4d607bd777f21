"""What providers are sent, against their documented requests."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from provider_asks import (
    BOARD,
    BOTTLE,
    CARD,
    CASES,
    GRACE,
    HOST,
    LAST,
    MADE,
    PROVIDERS,
    SCHEMAS,
    WALK,
    ask,
    body,
    errors,
    fill,
    findings,
    lowering,
    slots,
    task,
    text,
    warnings,
)

from kling_spec.ir import ASKS, Hole, LocalFile, Media, MediaKind, Mention, Resolution
from kling_spec.providers import Element, Lowering, Wire, provider, provider_names, read_profile

TAKEN = {
    "kling": set(CASES),
    "kling-2026": set(CASES) - {"the next shot"},  # the sound of a reference video cannot be kept
    "hiapi": {
        name
        for name in CASES
        if name.startswith(("text", "a shape", "words", "a first", "both", "a frame without", "the last"))
    },
    "runware": set(CASES) - {"a storyboard of its own", "an automatic storyboard beside a video"},
    "apimodels": {
        name
        for name in CASES
        if not name.endswith(("4k", "4k, square", "made here")) and "storyboard" not in name
    },
}


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.request.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_ask_has_a_rule(name: str) -> None:
    assert set(provider(name).asks) == set(ASKS)


def test_the_folders_are_the_providers() -> None:
    assert set(PROVIDERS) <= set(provider_names())


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", PROVIDERS)
def test_what_is_taken_fits_the_documented_request_and_the_rest_is_refused(name: str, case: str) -> None:
    refused = errors(name, CASES[case])

    assert (not refused) == (case in TAKEN[name]), refused
    if not refused:
        found = validator(name).iter_errors(body(name, CASES[case]))
        assert [f"{error.json_path}: {error.message}" for error in found] == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_fewest_words_make_the_smallest_body(name: str) -> None:
    low = lowering(name)
    ours = low.client_id(low.lower(task(ask()), low.pattern(ask()), str))

    assert (
        body(name, ask())
        == {
            "kling": {
                "model_name": "kling-v3-omni",
                "external_task_id": ours,
                "prompt": "a fox runs",
                "mode": "pro",
                "aspect_ratio": "16:9",
                "duration": "5",
                "sound": "off",
            },
            "kling-2026": {
                "contents": [{"type": "prompt", "text": "a fox runs"}],
                "settings": {
                    "multi_shot": False,
                    "resolution": "1080p",
                    "aspect_ratio": "16:9",
                    "duration": 5,
                    "audio": "off",
                },
                "options": {"external_task_id": ours},
            },
            "hiapi": {
                "model": "kling-3.0-omni/text-to-video",
                "input": {
                    "prompt": "a fox runs",
                    "resolution": "1080p",
                    "aspect_ratio": "16:9",
                    "duration": 5,
                    "sound": False,
                },
            },
            "runware": [
                {
                    "taskType": "videoInference",
                    "taskUUID": ours,
                    "model": "klingai:kling-video@o3-pro",
                    "outputType": "URL",
                    "deliveryMethod": "async",
                    "includeCost": True,
                    "positivePrompt": "a fox runs",
                    "width": 1920,
                    "height": 1080,
                    "duration": 5,
                    "providerSettings": {"klingai": {"sound": False}},
                }
            ],
            "apimodels": {
                "model": "kling-v3-omni",
                "prompt": "a fox runs",
                "mode": "pro",
                "aspect_ratio": "16:9",
                "duration": "5",
                "sound": "off",
            },
        }[name]
    )


def test_kling_numbers_references_in_the_order_of_its_list_frames_included() -> None:
    sent = body(
        "kling",
        ask(
            first_frame=LAST,
            images=(CARD, BOTTLE),
            elements=(HOST,),
            prompt=text(Mention("host"), " lifts ", Mention("bottle"), " before ", Mention("card")),
        ),
    )

    assert sent["prompt"] == "<<<element_1>>> lifts <<<image_3>>> before <<<image_2>>>"
    assert sent["image_list"] == [
        {"image_url": "https://clips.example.com/open", "type": "first_frame"},
        {"image_url": "https://cdn.example.com/card.png"},
        {"image_url": "QUJD"},
    ]
    assert sent["element_list"] == [{"element_id": 829382103}]


def test_kling_tells_a_storyboard_in_numbered_shots_and_says_in_each_what_to_avoid() -> None:
    sent = body("kling", CASES["a storyboard"])

    assert sent["prompt"] == ""
    assert (sent["multi_shot"], sent["shot_type"]) == (True, "customize")
    assert sent["multi_prompt"] == [
        {"index": 1, "prompt": "<<<element_1>>> reads Avoid: logos", "duration": "2"},
        {"index": 2, "prompt": "<<<element_1>>> looks up Avoid: logos", "duration": "3"},
    ]


def test_kling_edits_without_a_length_and_refers_with_one() -> None:
    edit, refer = body("kling", ask(edit=WALK, keep_sound=True)), body("kling", ask(reference_video=WALK))

    assert edit["video_list"] == [
        {"video_url": "https://cdn.example.com/walk.mp4", "refer_type": "base", "keep_original_sound": "yes"}
    ]
    assert "duration" not in edit
    assert refer["video_list"][0] | {"video_url": ""} == {
        "video_url": "",
        "refer_type": "feature",
        "keep_original_sound": "no",
    }
    assert refer["duration"] == "5"
    assert edit["sound"] == refer["sound"] == "off"


def test_hiapi_names_frames_in_words_and_never_sends_a_shape_beside_them() -> None:
    sent = body("hiapi", CASES["both frames"])

    assert sent["model"] == "kling-3.0-omni/image-to-video"
    assert sent["input"] == {
        "image_urls": ["data:image/png;base64,QUJD", "https://cdn.example.com/card.png"],
        "prompt": "the last frame appears",
        "resolution": "1080p",
        "duration": 5,
        "sound": False,
    }


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_shape_beside_a_first_frame_is_asked_in_vain(name: str) -> None:
    wanted = ask(first_frame=BOTTLE, aspect_ratio="1:1")

    assert warnings(name, wanted) == {"aspect_ratio"}
    assert "aspect_ratio" not in json.dumps(body(name, wanted))
    assert "width" not in json.dumps(body(name, wanted))


def test_runware_writes_four_k_as_a_model_and_a_size() -> None:
    [sent] = body("runware", ask(resolution=Resolution.K4, aspect_ratio="1:1"))

    assert sent["model"] == "klingai:kling-video@o3-4k"
    assert (sent["width"], sent["height"]) == (2880, 2880)
    assert "resolution" not in sent


def test_runware_takes_shots_instead_of_a_prompt() -> None:
    [sent] = body("runware", CASES["a storyboard"])

    assert "positivePrompt" not in sent
    assert sent["providerSettings"]["klingai"]["multiPrompt"] == [
        {"prompt": "<<<element_1>>> reads Avoid: logos", "duration": 2},
        {"prompt": "<<<element_1>>> looks up Avoid: logos", "duration": 3},
    ]


def test_runware_sends_no_switch_for_sound_where_there_is_none_to_choose() -> None:
    for wanted in (ask(edit=WALK), ask(reference_video=WALK), ask(model="o1")):
        [sent] = body("runware", wanted)
        assert "sound" not in sent.get("providerSettings", {}).get("klingai", {})


def test_runware_makes_an_element_under_an_id_that_changes_with_its_pictures() -> None:
    [sent] = body("runware", ask(elements=(GRACE, HOST)))
    other = Media(name="grace", kind=MediaKind.ELEMENT, source=GRACE.source, description="Grace, in blue")
    [changed] = body("runware", ask(elements=(other,)))

    made, known = sent["inputs"]["elements"]
    assert made == {
        "id": made["id"],
        "description": "Grace, in a red coat",
        "frontalImage": "data:image/png;base64,QUJD",
        "images": ["https://cdn.example.com/left.jpg"],
    }
    assert known == {"id": "829382103"}
    assert len(made["id"]) <= 20
    assert changed["inputs"]["elements"][0]["id"] != made["id"]


def test_o1_at_runware_gets_no_size_beside_reference_images() -> None:
    wanted = ask(model="o1", images=(CARD,))
    written = ask(model="o1", images=(CARD,), aspect_ratio="16:9")

    assert warnings("runware", wanted) == set()
    assert warnings("runware", written) == {"aspect_ratio"}
    assert "width" not in body("runware", wanted)[0]


@pytest.mark.parametrize("name", ["kling", "kling-2026", "runware"])
def test_a_prompt_that_somebody_wrote_beside_a_storyboard_is_said_in_vain(name: str) -> None:
    assert warnings(name, ask(storyboard=BOARD, elements=(HOST,), prompt=text("a fox"))) == {"prompt"}
    assert warnings(name, ask(storyboard=BOARD, elements=(HOST,))) == set()


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_words_of_a_task_fill_its_holes_and_are_counted(name: str) -> None:
    low = lowering(name)
    wanted = ask(prompt=text("a fox in ", Hole(0)))

    assert "a fox in snow" in json.dumps(body(name, wanted, ("snow",)))
    [found] = low.findings(task(wanted, ("s" * 4000,)), low.pattern(wanted), first=True)
    assert found.code == "KS403"
    assert found.is_error
    assert found.message.startswith("shot 'fox' has a prompt of 4,009 characters")


LOCAL_WALK = Media(name="walk", kind=MediaKind.VIDEO, source=LocalFile("walk.mp4", "c" * 64))


def test_a_local_video_is_uploaded_where_there_is_a_place_for_it() -> None:
    wanted = ask(reference_video=LOCAL_WALK)

    for name in ("apimodels", "runware"):
        assert [slot.wire for slot in slots(name, wanted)] == [Wire.UPLOAD]
    [sent] = body("runware", wanted)
    assert sent["inputs"]["referenceVideos"] == ["https://files.example.com/walk.mp4"]
    assert body("apimodels", wanted)["video_list"][0]["video_url"] == "https://files.example.com/walk.mp4"


@pytest.mark.parametrize("name", ["kling", "kling-2026"])
def test_a_local_video_is_refused_where_only_an_address_will_do(name: str) -> None:
    wanted = ask(reference_video=LOCAL_WALK)
    stored = Lowering(provider(name), read_profile(name), has_store=True).pattern(wanted)

    assert errors(name, wanted) == {"reference_video"}
    assert {found.code for found in findings(name, wanted)} == {"KS406"}
    assert not stored.is_refused
    assert [slot.wire for slot in stored.body.slots] == [Wire.STORE]


@pytest.mark.parametrize(("name", "made"), [("kling", MADE), ("kling-2026", str(MADE))])
def test_kling_makes_an_element_of_files_first_and_sends_its_id(name: str, made: int | str) -> None:
    wanted = ask(elements=(GRACE,), prompt=text(Mention("grace"), " smiles"))
    [slot] = slots(name, wanted)
    sent = body(name, wanted)

    assert slot.wire is Wire.ELEMENT
    assert isinstance(slot.source, Element)
    assert json.loads(slot.source.body.text((), fill, "ks-el-1")) == {
        "element_name": "grace",
        "element_description": "Grace, in a red coat",
        "external_task_id": "ks-el-1",
        "reference_type": "image_refer",
        "element_image_list": {
            "frontal_image": "QUJD",
            "refer_images": [{"image_url": "https://cdn.example.com/left.jpg"}],
        },
    }
    listed = (
        [item["element_id"] for item in sent["contents"] if item["type"] == "element"]
        if name == "kling-2026"
        else [item["element_id"] for item in sent["element_list"]]
    )
    assert listed == [made]


def test_our_own_id_travels_where_each_provider_wants_it() -> None:
    for name in ("kling", "kling-2026"):
        low = lowering(name)
        ours = low.client_id(low.lower(task(ask()), low.pattern(ask()), str))
        sent = body(name, ask())
        assert sent.get("options", sent)["external_task_id"] == ours

    assert provider("hiapi").submit_headers("ks-1") == {"Idempotency-Key": "ks-1"}
    assert provider("kling").submit_headers("ks-1") == {}
    ids = {provider("runware").client_id_format("f" * 64, attempt) for attempt in (1, 1, 2)}
    assert len(ids) == 2


OPTIONS: list[tuple[str, dict[str, Any], bool]] = [
    ("kling", {"watermark_info": {"enabled": True}}, True),
    ("kling", {"watermark_info": {"enabled": "yes"}}, False),
    ("kling", {"watermark_info": {"callback_url": "https://a.example"}}, False),
    ("kling", {"callback_url": "https://a.example"}, False),
    ("kling", {"mode": "4k"}, False),
    ("kling", {"cfg_scale": 1}, False),
    ("kling-2026", {"watermark_info": {"enabled": "yes"}}, False),
    ("kling-2026", {"callback_url": "https://a.example"}, False),
    ("kling-2026", {"external_task_id": "mine"}, False),
    ("kling-2026", {"settings": {"multi_shot": True}}, False),
    ("kling-2026", {"multi_shot": True}, False),
    ("runware", {"outputQuality": 90, "ttl": 86400}, True),
    ("runware", {"outputQuality": 100}, False),
    ("runware", {"safety": {"checkContent": True, "mode": "fast"}}, True),
    ("runware", {"safety": {"mode": "slow"}}, False),
    ("runware", {"webhookURL": "https://a.example"}, False),
    ("runware", {"uploadEndpoint": "https://a.example"}, False),
    ("runware", {"numberResults": 4}, False),
    ("hiapi", {"callback": {"url": "https://a.example"}}, False),
    ("apimodels", {"callback_url": "https://a.example"}, False),
    ("apimodels", {"multi_shot": True}, False),
]


@pytest.mark.parametrize(("name", "options", "fine"), OPTIONS, ids=str)
def test_options_are_those_that_are_documented_and_none_sets_an_address(
    name: str, options: dict[str, Any], *, fine: bool
) -> None:
    wanted = ask(options=options)

    assert errors(name, wanted) == (set() if fine else {"provider_options"})
    if fine:
        sent = body(name, wanted)
        validator(name).validate(sent)
        assert options.items() <= (sent[0] if isinstance(sent, list) else sent).items()


def test_an_option_of_the_second_standard_stands_among_its_options() -> None:
    wanted = ask(options={"watermark_info": {"enabled": True}})
    sent = body("kling-2026", wanted)

    assert errors("kling-2026", wanted) == set()
    validator("kling-2026").validate(sent)
    assert sent["options"]["watermark_info"] == {"enabled": True}
    assert "watermark_info" not in sent


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_settings_decide_changes_the_body_and_not_what_is_asked(name: str) -> None:
    plain, wanted = lowering(name), ask()
    told = Lowering(provider(name), read_profile(name), settings={"callback_url": "https://a.example/cb"})

    without, lowered = (low.lower(task(wanted), low.pattern(wanted), str) for low in (plain, told))
    sent = json.loads(lowered.pattern.body.text((), fill, told.client_id(lowered)))

    assert lowered.fingerprint == without.fingerprint
    assert "https://a.example/cb" in json.dumps(sent)
    validator(name).validate(sent)


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_option_that_settings_decide_is_a_documented_field(name: str) -> None:
    documented = (SCHEMAS / f"{name}.request.schema.json").read_text("utf-8")

    for field in set(read_profile(name).settings_only):
        assert f'"{field}"' in documented
