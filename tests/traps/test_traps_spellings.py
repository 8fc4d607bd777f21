"""Traps 1 to 13: what is a number here is a text there, and every provider has words of its own."""

import json
from typing import Any

import pytest
from trap_specs import ASSETS, checked, errors, found, payload, rows, shot, spec

from kling_spec.providers import provider_names

FOX = spec("""
    shots:
      fox: {prompt: A fox runs, duration: 5}
    """)
BOARD = shot(
    "storyboard:",
    "  - {prompt: a fox runs, duration: 2}",
    "  - {prompt: a fox rests, duration: 3}",
)


def settings(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of a body in which the provider's switches stand."""
    inner = {
        "kling-2026": body.get("settings", {}),
        "hiapi": body.get("input", {}),
        "runware": body.get("providerSettings", {}).get("klingai", {}),
    }
    return inner.get(name, body)


@pytest.mark.parametrize("name", ["kling", "apimodels"])
def test_trap_01_duration_is_text_where_text_is_wanted(name: str) -> None:
    """Kling's first standard and APIModels want "5", a spec says 5."""
    assert payload(FOX, name)["duration"] == "5"


@pytest.mark.parametrize("name", ["kling-2026", "hiapi", "runware"])
def test_trap_02_duration_is_a_number_where_a_number_is_wanted(name: str) -> None:
    """The others want 5, and a text in a spec is refused before it could travel."""
    body = payload(FOX, name)
    length = body["duration"] if name == "runware" else settings(body, name)["duration"]
    quoted = spec("""
        shots:
          fox:
            prompt: A fox runs
            duration: "5"
        """)

    assert length == 5
    assert isinstance(length, int)
    assert errors(quoted, name) == [("KS204", 'duration: "5"')]


def test_trap_03_shots_have_a_type_rule_of_their_own() -> None:
    """Text and an index on Kling's first standard, a number alone on Runware, prose on the second standard."""
    assert payload(BOARD, "kling")["multi_prompt"] == [
        {"index": 1, "prompt": "a fox runs", "duration": "2"},
        {"index": 2, "prompt": "a fox rests", "duration": "3"},
    ]
    assert payload(BOARD, "runware")["providerSettings"]["klingai"]["multiPrompt"] == [
        {"prompt": "a fox runs", "duration": 2},
        {"prompt": "a fox rests", "duration": 3},
    ]
    assert payload(BOARD, "kling-2026")["contents"] == [
        {"type": "prompt", "text": "shot 1, 2, a fox runs; shot 2, 3, a fox rests; "}
    ]
    for name in ("hiapi", "apimodels"):
        assert errors(BOARD, name) == [("KS402", "- {prompt: a fox runs, duration: 2}")]


@pytest.mark.parametrize(
    ("name", "key", "on", "off"),
    [
        ("kling", "sound", "on", "off"),
        ("apimodels", "sound", "on", "off"),
        ("kling-2026", "audio", "native", "off"),
        ("hiapi", "sound", True, False),
        ("runware", "sound", True, False),
    ],
)
def test_trap_04_the_switch_for_sound_is_written_by_the_compiler(
    name: str, key: str, on: Any, off: Any
) -> None:
    """Each provider has its own two words; a spec knows true and false, and `on` is text in YAML 1.2."""
    loud = settings(payload(shot("prompt: A fox runs", "sound: true"), name), name)[key]
    silent = settings(payload(shot("prompt: A fox runs"), name), name)[key]

    assert (loud, type(loud)) == (on, type(on))
    assert (silent, type(silent)) == (off, type(off))
    assert errors(shot("prompt: A fox runs", "sound: on"), name) == [("KS204", "sound: on")]


@pytest.mark.parametrize(
    ("name", "kept", "dropped"),
    [
        ("kling", "yes", "no"),
        ("apimodels", "yes", "no"),
        ("kling-2026", "original", "off"),
        ("runware", True, False),
    ],
)
def test_trap_05_keeping_the_sound_of_a_video_is_always_said(name: str, kept: Any, dropped: Any) -> None:
    """A word per video, a word for all audio or a boolean; leaving it out would let the provider decide."""

    def said(*lines: str) -> Any:
        body = payload(shot("edit: walk", 'prompt: "Turn {{ walk }} into night"', *lines), name)
        match name:
            case "kling" | "apimodels":
                [video] = body["video_list"]
                return video["keep_original_sound"]
            case "kling-2026":
                return body["settings"]["audio"]
            case _:
                return body["providerSettings"]["klingai"]["keepOriginalSound"]

    assert (said("keep_sound: true"), said()) == (kept, dropped)
    assert type(said()) is type(dropped)
    wrong = shot("edit: walk", 'prompt: "Turn {{ walk }} into night"', "keep_sound: yes")
    assert errors(wrong, name) == [("KS204", "keep_sound: yes")]


def test_trap_06_four_k_has_a_spelling_for_each() -> None:
    """4K on HiAPI, 4k on Kling, a model of its own on Runware; APIModels has none and says so."""
    large = shot("prompt: A fox runs", "resolution: 4k")

    assert payload(large, "kling")["mode"] == "4k"
    assert payload(large, "kling-2026")["settings"]["resolution"] == "4k"
    assert payload(large, "hiapi")["input"]["resolution"] == "4K"
    assert payload(large, "runware")["model"] == "klingai:kling-video@o3-4k"
    assert errors(large, "apimodels") == [("KS402", "resolution: 4k")]
    assert errors(shot("prompt: A fox runs", "resolution: 4K"), "hiapi") == [("KS204", "resolution: 4K")]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("720p", ["std", "720p", "720p", "klingai:kling-video@o3-standard", "std"]),
        ("1080p", ["pro", "1080p", "1080p", "klingai:kling-video@o3-pro", "pro"]),
    ],
)
def test_trap_07_quality_words_are_those_of_each_provider(written: str, sent: list[str]) -> None:
    """A spec says 720p or 1080p; some providers call it a mode, some hide it in the model's id."""
    text = shot("prompt: A fox runs", f"resolution: {written}")

    assert [
        payload(text, "kling")["mode"],
        payload(text, "kling-2026")["settings"]["resolution"],
        payload(text, "hiapi")["input"]["resolution"],
        payload(text, "runware")["model"],
        payload(text, "apimodels")["mode"],
    ] == sent


def test_trap_08_model_ids_differ_everywhere() -> None:
    """In the body, in the path, with the kind of input behind it: one name in a spec becomes each of them."""
    omni, framed, o1 = (
        shot("prompt: A fox runs"),
        shot("prompt: A fox runs", "first_frame: bottle"),
        shot("prompt: A fox runs", model="o1"),
    )

    def ids(text: str, name: str) -> tuple[str | None, str]:
        [row] = rows(text, name)
        body = row["request"]["json"]
        first = body[0] if isinstance(body, list) else body
        return first.get("model_name", first.get("model")), row["request"]["url"]

    kling = "https://api-singapore.klingai.com"
    assert ids(omni, "kling") == ("kling-v3-omni", f"{kling}/v1/videos/omni-video")
    assert ids(o1, "kling") == ("kling-video-o1", f"{kling}/v1/videos/omni-video")
    assert ids(omni, "kling-2026") == (None, f"{kling}/omni-video/kling-3.0-omni")
    assert ids(o1, "kling-2026") == (None, f"{kling}/omni-video/kling-o1")
    hiapi = "https://api.hiapi.ai/v1/tasks"
    assert ids(omni, "hiapi") == ("kling-3.0-omni/text-to-video", hiapi)
    assert ids(framed, "hiapi") == ("kling-3.0-omni/image-to-video", hiapi)
    assert errors(o1, "hiapi") == [("KS401", "model: o1")]
    assert ids(omni, "runware") == ("klingai:kling-video@o3-pro", "https://api.runware.ai/v1")
    assert ids(o1, "runware") == ("klingai:kling@o1", "https://api.runware.ai/v1")
    apimodels = "https://apimodels.app/api/v1/video/generations"
    assert ids(omni, "apimodels") == ("kling-v3-omni", apimodels)
    assert ids(o1, "apimodels") == ("kling-video-o1", apimodels)


def test_trap_09_runwares_o1_without_a_suffix_is_the_dearer_one() -> None:
    """`klingai:kling@o1` is 1080p; the cheaper one ends in `-standard`, and the costs follow."""
    tall = shot("prompt: A fox runs", "resolution: 1080p", model="o1")
    small = shot("prompt: A fox runs", "resolution: 720p", model="o1")

    assert [(row["model"], row["cost"]["amount"]) for row in rows(tall, "runware")] == [
        ("klingai:kling@o1", "0.56")
    ]
    assert [(row["model"], row["cost"]["amount"]) for row in rows(small, "runware")] == [
        ("klingai:kling@o1-standard", "0.42")
    ]


def test_trap_10_the_last_frame_has_a_name_for_each() -> None:
    """end_frame, last_frame, frame: last, or the second of a list."""
    text = shot("prompt: A fox runs", "first_frame: bottle", "last_frame: card")
    bottle, card = "https://cdn.example.com/bottle.png", "https://cdn.example.com/card.png"
    pair = [{"image_url": bottle, "type": "first_frame"}, {"image_url": card, "type": "end_frame"}]

    assert payload(text, "kling")["image_list"] == pair
    assert payload(text, "apimodels")["image_list"] == pair
    assert payload(text, "kling-2026")["contents"][1:] == [
        {"type": "first_frame", "url": bottle, "id": "image_1"},
        {"type": "last_frame", "url": card, "id": "image_2"},
    ]
    assert payload(text, "hiapi")["input"]["image_urls"] == [bottle, card]
    assert payload(text, "runware")["inputs"] == {
        "frameImages": [{"image": bottle, "frame": "first"}, {"image": card, "frame": "last"}]
    }


@pytest.mark.parametrize("name", ["fal", "replicate"])
def test_trap_11_the_first_frame_has_one_name_for_all_models_of_a_provider(name: str) -> None:
    """fal names it by model; there is no such provider here, and ours name it alike whatever goes in beside."""
    text = shot("prompt: A fox runs", "first_frame: bottle")
    beside = shot("prompt: A fox runs", "first_frame: bottle", "references: [hat]")
    bottle = "https://cdn.example.com/bottle.png"

    assert name not in provider_names()
    [finding] = [finding for finding in found(text, name) if finding.is_error]
    assert (finding.code, finding.message) == ("KS400", f"no provider is called '{name}'")
    for written in (text, beside):
        frame = {"image_url": bottle, "type": "first_frame"}
        assert payload(written, "kling")["image_list"][0] == frame
        assert payload(written, "apimodels")["image_list"][0] == frame
        assert payload(written, "kling-2026")["contents"][1]["type"] == "first_frame"
        assert payload(written, "runware")["inputs"]["frameImages"] == [{"image": bottle, "frame": "first"}]
    assert payload(text, "hiapi")["input"]["image_urls"] == [bottle]


def test_trap_12_the_model_is_always_named() -> None:
    """Kling's first standard takes its older model where none is named, silently; the key is `model_name` there."""
    silent = spec("shots: {fox: A fox runs}")

    assert payload(silent, "kling")["model_name"] == "kling-v3-omni"
    assert "model" not in payload(silent, "kling")
    assert payload(silent, "apimodels")["model"] == "kling-v3-omni"
    assert "model_name" not in payload(silent, "apimodels")
    assert payload(silent, "hiapi")["model"] == "kling-3.0-omni/text-to-video"
    assert payload(silent, "runware")["model"] == "klingai:kling-video@o3-pro"
    assert rows(silent, "kling-2026")[0]["request"]["url"].endswith("/omni-video/kling-3.0-omni")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("kling", '{"element_id": 9007199254740993}, {"element_id": 9223372036854775807}'),
        ("apimodels", '{"element_id": 9007199254740993}, {"element_id": 9223372036854775807}'),
        ("kling-2026", '"element_id": "9007199254740993", '),
        ("runware", '{"id": "9007199254740993"}, {"id": "9223372036854775807"}'),
    ],
)
def test_trap_13_ids_of_elements_keep_every_digit(name: str, sent: str) -> None:
    """A number here and a text there, and never through a float: these two ids would not survive one."""
    text = ASSETS.replace("829382103", "9007199254740993").replace("829382104", "9223372036854775807")
    [line] = checked(text + 'shots: {fox: "{{ host }} meets {{ actor }}"}\n', name).compile()
    rounded = spec("""
        assets:
          host: {element: 9.007e15}
        shots: {fox: "{{ host }} smiles"}
        """)

    assert sent.replace(" ", "") in line.replace(" ", "")
    assert json.loads(line)["provider"] == name
    assert errors(rounded, name) == [("KS204", "host: {element: 9.007e15}")]
