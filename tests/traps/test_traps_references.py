"""Traps 14 to 31: how a prompt names what goes in, and how shots are told."""

from typing import Any

import pytest
from trap_specs import (
    ALL,
    ASSETS,
    VIDEO,
    checked,
    errors,
    found,
    messages,
    payload,
    payloads,
    shot,
    spec,
    warnings,
)

UNUSED = "KS340"
BOARD = ("storyboard:", "  - {prompt: a fox runs, duration: 2}", "  - {prompt: a fox rests, duration: 3}")


def said(text: str, name: str) -> str:
    """The prompt as it is sent."""
    body = payload(text, name)
    match name:
        case "kling-2026":
            [told] = [item["text"] for item in body["contents"] if item["type"] == "prompt"]
            return told
        case "hiapi":
            return body["input"]["prompt"]
        case "runware":
            return body["positivePrompt"]
        case _:
            return body["prompt"]


def pressing(text: str, name: str) -> list[tuple[str, str]]:
    """The warnings, but for those of assets that a spec here lists and does not use."""
    return [place for place in warnings(text, name) if place[0] != UNUSED]


@pytest.mark.parametrize(
    "mark",
    [
        "<<<image_1>>>",
        "<<image_1>>",
        "<<< video_1 >>>",
        "<<>>",
    ],
)
def test_trap_14_no_placeholder_of_a_page_is_copied(mark: str) -> None:
    """A spec names the asset, and the whole mark is written; a mark of a page, whole or lost, is refused."""
    wrong = shot(f'prompt: "The {mark} turns"')

    assert said(shot('prompt: "The {{ bottle }} turns"'), "kling") == "The <<<image_1>>> turns"
    assert errors(wrong, "kling") == [("KS305", f'prompt: "The {mark} turns"')]


@pytest.mark.parametrize("foreign", ["<<<image_1>>>", "@image_1", "@Image1", "<<<element_1>>>", "@Element2"])
@pytest.mark.parametrize("name", ALL)
def test_trap_15_each_dialect_is_written_where_it_is_read_and_none_is_let_in(name: str, foreign: str) -> None:
    """To the wrong model a mark is plain text at full price, so a spec may hold none, in no variant."""
    matrix = "matrix: {who: {plain: {what: a fox}, marked: {what: '" + foreign + "'}}}\n"
    text = matrix + shot('prompt: "It is {{ what }}"')
    own = {
        "kling": "<<<image_1>>> and <<<element_1>>> as in <<<video_1>>>",
        "apimodels": "<<<image_1>>> and <<<element_1>>> as in <<<video_1>>>",
        "runware": "<<<image_1>>> and <<<element_1>>> as in <<<video_1>>>",
        "kling-2026": "@image_1 and @element_1 as in @video_1",
    }

    assert errors(text, name) == [("KS305", 'prompt: "It is {{ what }}"')]
    assert messages(text, name) == [f"'{foreign}' is a provider's own placeholder in variant marked"]
    if name in own:
        named = shot("reference_video: walk", 'prompt: "{{ bottle }} and {{ host }} as in {{ walk }}"')
        assert said(named, name) == own[name]
    else:
        framed = shot("first_frame: bottle", 'prompt: "{{ bottle }} turns"')
        assert said(framed, name) == "the first frame turns"


@pytest.mark.parametrize("name", ["kling", "apimodels"])
def test_trap_16_a_frame_in_front_shifts_the_numbers_of_the_images(name: str) -> None:
    """Numbers follow the list, frames included, whichever shot has one."""
    text = f"""{ASSETS}
shots:
  plain: "{{{{ hat }}}} on {{{{ host }}}}"
  framed: {{first_frame: bottle, prompt: "{{{{ hat }}}} on {{{{ bottle }}}}"}}
  both: {{first_frame: bottle, last_frame: card, prompt: "{{{{ hat }}}} before {{{{ card }}}}"}}
"""

    plain, framed, both = payloads(text, name)

    assert plain["prompt"] == "<<<image_1>>> on <<<element_1>>>"
    assert framed["prompt"] == "<<<image_2>>> on <<<image_1>>>"
    assert both["prompt"] == "<<<image_3>>> before <<<image_2>>>"
    assert [item["image_url"].rpartition("/")[2] for item in both["image_list"]] == [
        "bottle.png",
        "card.png",
        "hat.png",
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('prompt: "{{ botle }} turns"', "KS303"),
        ("references: [botle]", "KS306"),
        ("first_frame: botle", "KS306"),
        ('prompt: "as in {{ walk }}"', "KS307"),
    ],
)
@pytest.mark.parametrize("name", VIDEO)
def test_trap_17_a_reference_to_what_does_not_go_in_is_refused(name: str, line: str, code: str) -> None:
    """No provider refuses a number without a thing behind it, so a name without one stops here."""
    lines = [line] if line.startswith("prompt") else ["prompt: A fox runs", line]

    assert errors(shot(*lines), name) == [(code, line)]


@pytest.mark.parametrize(
    ("lines", "places"),
    [
        (["reference_video: walk", "prompt: A fox runs"], [("KS341", "prompt: A fox runs")]),
        (["edit: walk", "prompt: It is night"], [("KS341", "prompt: It is night")]),
        (["references: [bottle, host]", "prompt: A fox runs"], []),
        (
            ["reference_video: walk", "storyboard: auto", "prompt: A fox runs"],
            [("KS341", "prompt: A fox runs")],
        ),
        (["reference_video: walk", *BOARD], [("KS341", "fox:")]),
    ],
)
def test_trap_18_what_goes_in_and_is_never_mentioned_is_doubted(
    lines: list[str], places: list[tuple[str, str]]
) -> None:
    """An asset that nothing uses and a video that no prompt names are warned of; `references` says it on purpose."""
    unused = spec("""
        assets:
          bottle: {image: https://cdn.example.com/bottle.png}
        shots: {fox: A fox runs}
        """)

    assert warnings(unused, "kling") == [("KS340", "bottle: {image: https://cdn.example.com/bottle.png}")]
    assert "image_list" not in payload(unused, "kling")
    assert pressing(shot(*lines), "kling-2026") == places


def test_trap_19_no_alias_is_part_of_another_or_of_the_prompt() -> None:
    """Aliases are numbered, nine of a kind at most, so that no name of a spec can run into another."""
    names = ["zhang", "zhangsan", "gmail", "p4", "p5", "p6", "p7", "p8", "p9"]
    assets = "".join(f"  {name}: {{image: https://cdn.example.com/{name}.png}}\n" for name in names)
    text = f"""kling_spec: 1
assets:
{assets}
shots:
  fox:
    first_frame: p8
    last_frame: p9
    prompt: "{{{{ zhangsan }}}} writes to {{{{ zhang }}}} at fox@gmail.com, {{{{ gmail }}}}"
    references: [p4, p5, p6, p7]
"""

    items = payload(text, "kling-2026")["contents"]
    aliases = [item["id"] for item in items if item["type"] != "prompt"]

    assert aliases == [f"image_{number}" for number in range(1, 10)]
    assert not [(a, b) for a in aliases for b in aliases if a != b and a in b]
    assert items[0]["text"] == "@image_3 writes to @image_4 at fox@gmail.com, @image_5"
    assert [item["url"].rpartition("/")[2] for item in items[3:6]] == [
        "zhangsan.png",
        "zhang.png",
        "gmail.png",
    ]
    mail = 'prompt: "A letter to fox@image_1.example.com"'
    assert errors(shot(mail), "kling-2026") == [("KS305", mail)]


def test_trap_20_everything_that_goes_in_has_an_id_of_its_own() -> None:
    """Only elements need one on the second standard; all get one, and naming a thing twice lists it once."""
    text = shot(
        "first_frame: bottle",
        "reference_video: walk",
        'prompt: "{{ host }} meets {{ actor }}, {{ host }} waves as in {{ walk }}"',
    ).replace("829382104, from: video", "829382104")

    assert payload(text, "kling-2026")["contents"] == [
        {"type": "prompt", "text": "@element_1 meets @element_2, @element_1 waves as in @video_1"},
        {"type": "first_frame", "url": "https://cdn.example.com/bottle.png", "id": "image_1"},
        {"type": "element", "element_id": "829382103", "id": "element_1"},
        {"type": "element", "element_id": "829382104", "id": "element_2"},
        {"type": "feature_video", "url": "https://cdn.example.com/walk.mp4", "id": "video_1"},
    ]


@pytest.mark.parametrize("name", ALL)
def test_trap_21_no_prompt_is_lost_beside_a_storyboard(name: str) -> None:
    """Kling ignores one there; a spec may not say both, and what is to be avoided is said in each shot."""
    both = shot("prompt: In the style of a woodcut", *BOARD)
    avoided = shot("negative_prompt: logos", *BOARD)

    assert errors(both, name)[0] == ("KS310", "prompt: In the style of a woodcut")
    if name == "kling":
        body = payload(avoided, name)
        assert body["prompt"] == ""
        assert [beat["prompt"] for beat in body["multi_prompt"]] == [
            "a fox runs Avoid: logos",
            "a fox rests Avoid: logos",
        ]


def test_trap_22_a_prompt_and_shots_never_stand_in_one_body() -> None:
    """Runware takes one of the two; a default prompt is left out too, and that is noted."""
    text = f"{ASSETS}defaults: {{prompt: A fox}}\nshots:\n  fox:\n" + "".join(
        f"    {line}\n" for line in BOARD
    )

    body = payload(text, "runware")

    assert "positivePrompt" not in body
    assert [beat["prompt"] for beat in body["providerSettings"]["klingai"]["multiPrompt"]] == [
        "a fox runs",
        "a fox rests",
    ]
    assert "providerSettings" in payload(shot("prompt: A fox"), "runware")
    assert "multiPrompt" not in payload(shot("prompt: A fox"), "runware")["providerSettings"]["klingai"]
    assert [finding.message for finding in found(text, "runware") if finding.code == "KS308"] == [
        "the default 'prompt' is not applied to shot 'fox': each shot of the storyboard has its own"
    ]


@pytest.mark.parametrize(
    ("first", "second", "at"),
    [
        ("a fox; a hare", "a fox rests", "- {prompt: a fox; a hare, duration: 2}"),
        ("a fox runs", "a fox; a hare", "- {prompt: a fox; a hare, duration: 3}"),
        ("a fox runs", '"a fox {{ mood }}"', '- {prompt: "a fox {{ mood }}", duration: 3}'),
    ],
)
def test_trap_23_a_semicolon_in_a_shot_is_refused_where_it_would_end_it(
    first: str, second: str, at: str
) -> None:
    """Shots are prose on the second standard and end in a semicolon; elsewhere one does no harm."""
    matrix = 'matrix: {how: {calm: {mood: rests}, wild: {mood: "runs; jumps"}}}\n'
    text = matrix + shot(
        "storyboard:", f"  - {{prompt: {first}, duration: 2}}", f"  - {{prompt: {second}, duration: 3}}"
    )
    cell = "wild" if "mood" in second else "calm"

    [finding] = [finding for finding in found(text, "kling-2026") if finding.is_error][:1]
    assert finding.code == "KS403"
    assert finding.message == (
        f"shot 'fox' has ';' in a storyboard prompt, where it ends the shot (variant {cell})"
    )
    assert errors(text, "kling") == []
    assert set(errors(text, "kling-2026")) == {("KS403", at)}


def test_trap_24_a_single_shot_says_that_it_is_one() -> None:
    """The second standard cuts a plain prompt into shots where nothing is said; O1 has no such field."""
    plain, o1 = shot("prompt: A fox runs"), shot("prompt: A fox runs", model="o1")

    assert payload(plain, "kling-2026")["settings"] == {
        "multi_shot": False,
        "resolution": "1080p",
        "aspect_ratio": "16:9",
        "duration": 5,
        "audio": "off",
    }
    assert "multi_shot" not in payload(o1, "kling-2026")["settings"]
    for lines in (
        ["edit: walk", 'prompt: "{{ walk }} by night"'],
        ["first_frame: bottle", "prompt: It turns"],
    ):
        assert payload(shot(*lines), "kling-2026")["settings"]["multi_shot"] is False


def test_trap_25_shots_are_never_told_without_the_switch_that_makes_them_count() -> None:
    """The text of the shots and the switch come from the one key, so that neither stands alone."""
    told = payload(shot(*BOARD), "kling-2026")
    auto = payload(shot("storyboard: auto", "prompt: A chase in three shots"), "kling-2026")

    assert told["contents"] == [{"type": "prompt", "text": "shot 1, 2, a fox runs; shot 2, 3, a fox rests; "}]
    assert told["settings"]["multi_shot"] is True
    assert auto["contents"] == [{"type": "prompt", "text": "A chase in three shots"}]
    assert auto["settings"]["multi_shot"] is True


def test_trap_26_the_kind_of_shots_is_always_said_and_auto_has_a_prompt() -> None:
    """`shot_type` is demanded beside `multi_shot`, and the model cannot cut without words."""
    own, auto = payload(shot(*BOARD), "kling"), payload(shot("storyboard: auto", "prompt: A chase"), "kling")
    single = payload(shot("prompt: A fox runs"), "kling")

    assert (own["multi_shot"], own["shot_type"]) == (True, "customize")
    assert (auto["multi_shot"], auto["shot_type"], auto["prompt"]) == (True, "intelligence", "A chase")
    assert not {"multi_shot", "shot_type", "multi_prompt"} & set(single)
    for name in ALL:
        assert errors(shot("storyboard: auto"), name) == [("KS310", "fox:")]


@pytest.mark.parametrize(
    ("lines", "code", "at"),
    [
        (["duration: 7", *BOARD], "KS310", "duration: 7"),
        (
            ["storyboard:", *["  - {prompt: a fox, duration: 1}"] * 7],
            "KS402",
            "- {prompt: a fox, duration: 1}",
        ),
        (["storyboard:", "  - {prompt: a fox, duration: 2}"], "KS402", "- {prompt: a fox, duration: 2}"),
        (["storyboard:", "  - {prompt: a fox, duration: 16}"], "KS402", "- {prompt: a fox, duration: 16}"),
        (["storyboard:", "  - {prompt: a fox, duration: 0}"], "KS204", "- {prompt: a fox, duration: 0}"),
        (['duration: "{{ secs }}"', *BOARD], "KS310", 'duration: "{{ secs }}"'),
    ],
)
@pytest.mark.parametrize("name", ["kling", "kling-2026", "runware"])
def test_trap_27_a_storyboard_lasts_as_long_as_its_shots(
    name: str, lines: list[str], code: str, at: str
) -> None:
    """The length is their sum; one to six shots, a second each at least, within what the model makes."""
    body = payload(shot(*BOARD), name)
    length = body["settings"]["duration"] if name == "kling-2026" else body["duration"]
    matrix = "matrix: {secs: [5, 7]}\n"

    assert str(length) == "5"
    assert errors(matrix + shot(*lines), name) == [(code, at)]
    if "secs" in at:
        assert messages(matrix + shot(*lines), name)[0].endswith("in variant 7")


def _of(length: int, end: str = "") -> list[str]:
    return ["prompt: '" + "a" * length + end + "'"]


TOO_LONG: list[Any] = [
    ("kling", "v3-omni", _of(2500), _of(2501), -1),
    ("kling", "o1", _of(2500), _of(2501), -1),
    ("apimodels", "v3-omni", _of(2500), _of(2501), -1),
    ("hiapi", "v3-omni", _of(2500), _of(2501), -1),
    ("runware", "v3-omni", _of(2500), _of(2501), -1),
    ("runware", "v3-omni", _of(2), _of(1), -1),
    ("kling-2026", "v3-omni", _of(3072), _of(3073), -1),
    ("kling-2026", "o1", _of(2500), _of(2501), -1),
    # as they are sent: a mark is longer than the name, and what is to be avoided stands behind
    ("kling", "v3-omni", _of(2487, "{{ hat }}"), _of(2488, "{{ hat }}"), -1),
    ("kling-2026", "v3-omni", _of(3064, "{{ hat }}"), _of(3065, "{{ hat }}"), -1),
    ("kling", "v3-omni", ["negative_prompt: logos", *_of(2487)], ["negative_prompt: logos", *_of(2488)], -1),
    *(
        (name, "v3-omni", [first, beat(512)], [first, beat(513)], 1)
        for name in ("kling", "kling-2026", "runware")
        for first, beat in [("storyboard:", lambda n: "  - {prompt: " + "b" * n + ", duration: 5}")]
    ),
    ("kling", "v3-omni", [*BOARD], [*BOARD, "  - {prompt: " + "b" * 513 + ", duration: 3}"], 3),
]


@pytest.mark.parametrize(("name", "model", "fits", "breaks", "line"), TOO_LONG)
def test_trap_28_texts_are_counted_as_they_are_sent(
    name: str, model: str, fits: list[str], breaks: list[str], line: int
) -> None:
    """2,500 characters, 3,072 on the second standard, 512 in a shot, two at least on Runware."""
    assert errors(shot(*fits, model=model), name) == []
    assert errors(shot(*breaks, model=model), name) == [("KS403", breaks[line].strip())]


@pytest.mark.parametrize("name", ALL)
def test_trap_29_what_is_to_be_avoided_is_said_in_the_prompt(name: str) -> None:
    """No provider here has a field for it: it is folded in, and the field itself is refused as an option."""
    text = shot("prompt: A fox runs", "negative_prompt: text, logos")
    field = "negativePrompt" if name == "runware" else "negative_prompt"
    option = shot("prompt: A fox runs", "provider_options:", f"  {name}: {{{field}: logos}}")

    assert said(text, name) == "A fox runs Avoid: text, logos"
    [line] = checked(text, name).compile()
    assert "negative" not in line
    assert errors(option, name) == [("KS405", f"{name}: {{{field}: logos}}")]


@pytest.mark.parametrize("name", ALL)
def test_trap_30_voices_belong_to_other_models(name: str) -> None:
    """Neither the list of voices nor its mark exists on omni; a voice comes with an element."""
    option = shot("prompt: A fox speaks", "provider_options:", f"  {name}: {{voice_list: [one]}}")
    mark = 'prompt: "<<<voice_1>>> speaks"'

    assert errors(option, name) == [("KS405", f"{name}: {{voice_list: [one]}}")]
    assert errors(shot(mark), name) == [("KS305", mark)]
    if name != "hiapi":
        [line] = checked(shot('prompt: "{{ host }} speaks"', "sound: true"), name).compile()
        assert "voice" not in line


@pytest.mark.parametrize("name", ALL)
def test_trap_31_a_prompt_is_never_optional(name: str) -> None:
    """Kling refuses a task without words further up, whatever the page of a relay says."""
    assert errors(shot("first_frame: bottle"), name) == [("KS310", "fox:")]
    assert errors(shot("first_frame: bottle", 'prompt: "  "'), name) == [("KS310", 'prompt: "  "')]
