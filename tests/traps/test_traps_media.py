"""Traps 32 to 60: what may go in together, how much of it, in which form, and where that is said."""

import json
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from trap_remote import Answer, Call, Remote
from trap_specs import ALL, ASSETS, VIDEO, errors, messages, payload, rows, shot, warnings

from kling_spec.media import render_clip

OMNI = ("kling", "apimodels")
BOTTLE, CARD, HAT = (f"https://cdn.example.com/{name}.png" for name in ("bottle", "card", "hat"))
WALK = "https://cdn.example.com/walk.mp4"
BOARD = ["storyboard:", "  - {prompt: a fox runs, duration: 2}", "  - {prompt: a fox rests, duration: 3}"]
FIRST_BEAT = "- {prompt: a fox runs, duration: 2}"
FIRST = ["first_frame: first"]
BOTH = ["first_frame: first", "last_frame: last"]
REFER = ["reference_video: walk"]
MANY = (
    "kling_spec: 1\nassets:\n"
    + "".join(f"  p{n}: {{image: https://cdn.example.com/p{n}.png}}\n" for n in range(9))
    + "".join(f"  e{n}: {{element: {100 + n}}}\n" for n in range(9))
    + "".join(f"  v{n}: {{element: {200 + n}, from: video}}\n" for n in range(5))
    + f"  first: {{image: {BOTTLE}}}\n  last: {{image: {CARD}}}\n"
    + f"  walk: {{video: {WALK}, duration: 6}}\n"
)


def named(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(count)]


def using(names: list[str], *lines: str, model: str = "v3-omni") -> tuple[str, str]:
    """Return a spec whose shot refers to the names, and the line on which it does."""
    line = f"references: [{', '.join(names)}]"
    told = "".join(f"    {one}\n" for one in ("prompt: A fox runs", line, *lines))
    return f"{MANY}model: {model}\nshots:\n  fox:\n{told}", line


# -- frames --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_trap_32_a_last_frame_wants_a_first_one(name: str) -> None:
    """No provider ends on a picture that it did not begin from."""
    assert errors(shot("prompt: A fox runs", "last_frame: card"), name) == [("KS402", "last_frame: card")]
    assert errors(shot("prompt: A fox runs", "first_frame: bottle", "last_frame: card"), name) == []


@pytest.mark.parametrize("name", OMNI)
def test_trap_33_a_reference_image_has_no_type_at_all(name: str) -> None:
    """Neither null nor empty: the key is not there."""
    text = shot("first_frame: bottle", 'prompt: "{{ hat }} beside {{ card }}"')

    assert payload(text, name)["image_list"] == [
        {"image_url": BOTTLE, "type": "first_frame"},
        {"image_url": HAT},
        {"image_url": CARD},
    ]


@pytest.mark.parametrize("name", VIDEO)
def test_trap_34_what_a_video_is_for_is_always_said(name: str) -> None:
    """Left out it means an edit on Kling's first standard, a reference elsewhere."""
    edit = payload(shot("edit: walk", 'prompt: "{{ walk }} by night"'), name)
    refer = payload(shot("reference_video: walk", 'prompt: "as in {{ walk }}"'), name)

    match name:
        case "kling-2026":
            assert [edit["contents"][1]["type"], refer["contents"][1]["type"]] == [
                "base_video",
                "feature_video",
            ]
        case "runware":
            assert [list(edit["inputs"]), list(refer["inputs"])] == [["video"], ["referenceVideos"]]
        case _:
            said = [body["video_list"][0]["refer_type"] for body in (edit, refer)]
            assert said == ["base", "feature"]


@pytest.mark.parametrize("frame", ["first_frame", "last_frame"])
@pytest.mark.parametrize("name", ALL)
def test_trap_35_an_edit_takes_no_frames(name: str, frame: str) -> None:
    """The edited video has frames of its own."""
    text = shot("edit: walk", 'prompt: "{{ walk }} by night"', f"{frame}: card")

    assert errors(text, name) == [("KS310", f"{frame}: card")]


@pytest.mark.parametrize("name", VIDEO)
def test_trap_36_o1_takes_no_last_frame_beside_a_video(name: str) -> None:
    """3.0 Omni does, and is not refused."""
    lines = ["reference_video: walk", "first_frame: bottle", "last_frame: card", 'prompt: "as in {{ walk }}"']
    blamed = "reference_video: walk" if name == "kling-2026" else "last_frame: card"

    assert errors(shot(*lines, model="o1"), name) == [("KS402", blamed)]
    assert errors(shot(*lines), name) == []


# -- sound ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["edit", "reference_video", "next_of", "previous_of"])
@pytest.mark.parametrize("name", VIDEO)
def test_trap_37_no_sound_is_made_beside_a_video(name: str, source: str) -> None:
    """Written on the shot it is an error; a default is not applied, and the switch is off or absent."""
    lines = [f"{source}: walk", 'prompt: "as in {{ walk }}"']
    text = f"{ASSETS}defaults: {{sound: true}}\nshots:\n  fox:\n" + "".join(f"    {line}\n" for line in lines)
    body = payload(text, name)

    assert errors(shot(*lines, "sound: true"), name) == [("KS310", "sound: true")]
    match name:
        case "kling-2026":
            assert body["settings"]["audio"] == "off"
        case "runware":
            assert body["providerSettings"] == {"klingai": {"keepOriginalSound": False}}
        case _:
            assert body["sound"] == "off"


@pytest.mark.parametrize("name", ALL)
def test_trap_38_no_sound_is_kept_where_no_video_goes_in(name: str) -> None:
    """Written on the shot it is an error; a default is not applied, and the field is not sent."""
    text = f"{ASSETS}defaults: {{keep_sound: true}}\nshots:\n  fox: A fox runs\n"

    assert errors(shot("prompt: A fox runs", "keep_sound: true"), name) == [("KS310", "keep_sound: true")]
    if name != "hiapi":
        body = json.dumps(payload(text, name))
        assert "keepOriginalSound" not in body
        assert "keep_original_sound" not in body
        assert "original" not in body


# -- how many ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fits", "breaks", "lines", "says"),
    [
        (named("p", 7), named("p", 8), [], "uses 8 images and elements, frames among them; {} takes 7"),
        (
            [*named("p", 6), "e0"],
            [*named("p", 6), "e0", "e1"],
            [],
            "uses 8 images and elements, frames among them; {} takes 7",
        ),
        (named("p", 6), named("p", 7), FIRST, "uses 8 images and elements, frames among them; {} takes 7"),
        (named("p", 5), named("p", 6), BOTH, "uses 8 images and elements, frames among them; {} takes 7"),
        (
            named("p", 4),
            named("p", 5),
            REFER,
            "uses 5 images and elements, frames among them; {} takes 4 beside a video",
        ),
        (
            named("p", 3),
            named("p", 4),
            [*FIRST, *REFER],
            "uses 5 images and elements, frames among them; {} takes 4 beside a video",
        ),
    ],
)
@pytest.mark.parametrize(
    ("name", "who"), [("kling", "Kling"), ("apimodels", "APIModels"), ("runware", "Runware")]
)
def test_trap_39_images_frames_and_elements_are_counted_together(
    name: str, who: str, fits: list[str], breaks: list[str], lines: list[str], says: str
) -> None:
    """Seven, and four beside a video; a frame stands in the same list."""
    text, line = using(breaks, *lines)

    assert errors(using(fits, *lines)[0], name) == []
    assert errors(text, name) == [("KS402", line)]
    assert messages(text, name) == [f"shot 'fox' {says.format(who)}"]


@pytest.mark.parametrize(
    ("names", "fits", "breaks", "lines", "model"),
    [
        (("kling", "kling-2026", "apimodels", "runware"), 3, 4, FIRST, "v3-omni"),
        (("kling", "kling-2026", "apimodels", "runware"), 3, 4, BOTH, "v3-omni"),
        (("runware",), 3, 4, [], "v3-omni"),
        (("kling", "kling-2026", "apimodels"), 7, 8, [], "v3-omni"),
        (("kling", "kling-2026", "apimodels"), 0, 1, BOTH, "o1"),
        (("runware",), 0, 1, [], "o1"),
    ],
)
def test_trap_40_few_elements_go_in_beside_frames(
    names: tuple[str, ...], fits: int, breaks: int, lines: list[str], model: str
) -> None:
    """Three beside a first frame, none between two on O1, three at most on Runware."""
    for name in names:
        text, line = using(named("e", breaks), *lines, model=model)
        assert errors(using(named("e", fits), *lines, model=model)[0], name) == []
        assert errors(text, name) == [("KS402", line)]


@pytest.mark.parametrize(
    ("name", "fits", "breaks", "lines"),
    [
        ("kling", named("v", 3), named("v", 4), []),
        ("kling-2026", named("v", 3), named("v", 4), []),
        ("apimodels", named("v", 3), named("v", 4), []),
        ("kling", ["v0", *named("p", 4)], ["v0", *named("p", 5)], []),
        ("kling-2026", ["v0", "e0", *named("p", 3)], ["v0", "e0", *named("p", 4)], []),
        ("kling", ["e0"], ["v0"], REFER),
        ("apimodels", ["e0"], ["v0"], REFER),
        ("kling-2026", ["v0"], ["v0", "v1"], REFER),
        ("kling-2026", ["v0"], ["v0", "p0"], REFER),
        ("kling-2026", ["v0"], ["v0", "e0"], REFER),
        ("kling", ["e0"], ["v0"], ["model: o1"]),
        ("kling-2026", ["e0"], ["v0"], ["model: o1"]),
    ],
)
def test_trap_41_a_character_made_from_a_video_has_rules_of_its_own(
    name: str, fits: list[str], breaks: list[str], lines: list[str]
) -> None:
    """An id does not tell its kind: the spec says `from: video`, and the rules of that kind hold."""
    model = "o1" if "model: o1" in lines else "v3-omni"
    more = [line for line in lines if line != "model: o1"]
    text, line = using(breaks, *more, model=model)

    assert errors(using(fits, *more, model=model)[0], name) == []
    assert errors(text, name) == [("KS402", line)]


@pytest.mark.parametrize("name", OMNI)
def test_trap_42_o1_takes_two_images_where_one_is_a_frame(name: str) -> None:
    """Three are refused; without a frame there is room for seven."""
    text, line = using(["p0", "p1"], *FIRST, model="o1")

    assert errors(text, name) == [("KS402", line)]
    assert errors(using(["p0"], *FIRST, model="o1")[0], name) == []
    assert errors(using(named("p", 7), model="o1")[0], name) == []


# -- what the models can do ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        (BOARD, FIRST_BEAT),
        (["prompt: A chase", "storyboard: auto"], "storyboard: auto"),
        (["prompt: A fox runs", "sound: true"], "sound: true"),
        (["prompt: A fox runs", "resolution: 4k"], "resolution: 4k"),
    ],
)
@pytest.mark.parametrize("name", VIDEO)
def test_trap_43_o1_has_neither_shots_nor_sound_nor_4k(name: str, lines: list[str], at: str) -> None:
    """The model lacks them; the relay that sells its sound all the same is asked for it with a warning."""
    text = shot(*lines, model="o1")
    if (name, at) == ("apimodels", "sound: true"):
        assert ("KS402", at) in warnings(text, name)
        assert payload(text, name)["sound"] == "on"
    else:
        assert errors(text, name) == [("KS402", at)]


@pytest.mark.parametrize("name", VIDEO)
def test_trap_44_o1_makes_five_or_ten_seconds_from_a_first_frame(name: str) -> None:
    """The range of three to ten holds for other inputs; on Runware for none with a frame."""
    matrix = "matrix: {secs: [5, 7, 10]}\n"
    length = 'duration: "{{ secs }}"'
    text = matrix + shot("prompt: A fox runs", "first_frame: bottle", length, model="o1")
    ends = ["prompt: A fox runs", "first_frame: bottle", "last_frame: card", "duration: 7"]

    assert errors(text, name) == [("KS402", length)]
    assert messages(text, name)[0].endswith("(variant 7)")
    assert "asks for 7 seconds" in messages(text, name)[0]
    assert errors(shot(*ends, model="o1"), name) == ([("KS402", "duration: 7")] if name == "runware" else [])
    assert errors(shot("prompt: A fox runs", "duration: 7", model="o1"), name) == []


@pytest.mark.parametrize("name", VIDEO)
def test_trap_45_shots_beside_a_video_are_cut_by_the_model_or_not_at_all(name: str) -> None:
    """The first standard offers `intelligence` beside a reference; an edit allows no shots at all."""
    own = shot("reference_video: walk", *BOARD)
    auto = shot("reference_video: walk", 'prompt: "as in {{ walk }}"', "storyboard: auto")

    assert errors(shot("edit: walk", *BOARD), name) == [("KS402", FIRST_BEAT)]
    assert errors(shot("edit: walk", 'prompt: "{{ walk }}"', "storyboard: auto"), name) == [
        ("KS402", "storyboard: auto")
    ]
    assert errors(own, name) == ([] if name == "kling-2026" else [("KS402", FIRST_BEAT)])
    if name == "kling":
        body = payload(auto, name)
        assert (body["multi_shot"], body["shot_type"]) == (True, "intelligence")
        assert "multi_prompt" not in body
    if name == "kling-2026":
        assert payload(auto, name)["settings"]["multi_shot"] is True
        assert payload(own, name)["settings"]["multi_shot"] is True


@pytest.mark.parametrize("name", ["kling", "kling-2026", "runware"])
def test_trap_46_shots_beside_frames_are_not_refused_any_more(name: str) -> None:
    """An older page forbids them; since May 2026 they are allowed for 3.0 Omni."""
    text = shot("first_frame: bottle", "last_frame: card", *BOARD)

    assert errors(text, name) == []
    body = json.dumps(payload(text, name))
    assert BOTTLE in body
    assert CARD in body
    assert "a fox rests" in body


@pytest.mark.parametrize("name", ["kling", "kling-2026", "runware"])
def test_trap_47_4k_beside_a_video_is_not_refused_any_more(name: str) -> None:
    """Others still do; Kling takes it since June 2026, for references and edits."""
    for lines in (
        ["reference_video: walk", 'prompt: "as in {{ walk }}"'],
        ["edit: walk", 'prompt: "{{ walk }}"'],
    ):
        [row] = rows(shot(*lines, "resolution: 4k"), name)
        body = row["request"]["json"]
        match name:
            case "kling":
                assert body["mode"] == "4k"
            case "kling-2026":
                assert body["settings"]["resolution"] == "4k"
            case _:
                assert body[0]["model"] == "klingai:kling-video@o3-4k"


@pytest.mark.parametrize("name", VIDEO)
def test_trap_48_one_video_goes_in(name: str) -> None:
    """Two keys, two names or a list of names: each is refused where the second stands."""
    two = (
        ASSETS.replace("  walk:", "  run: {video: https://cdn.example.com/run.mp4}\n  walk:")
        + "shots:\n  fox:\n"
    )
    mention = 'prompt: "{{ walk }} and {{ run }}"'

    assert errors(shot("edit: walk", "reference_video: walk", 'prompt: "{{ walk }}"'), name) == [
        ("KS310", "reference_video: walk")
    ]
    assert errors(two + f"    reference_video: walk\n    {mention}\n", name) == [("KS307", mention)]
    assert errors(two + "    reference_video: [walk, run]\n    prompt: A fox\n", name) == [
        ("KS204", "reference_video: [walk, run]")
    ]


# -- Runware's shapes ----------------------------------------------------------------------------


def test_trap_49_runware_has_one_input_to_edit_and_one_to_refer_to() -> None:
    """Both kinds in one field would change what is meant."""
    edit = payload(shot("edit: walk", 'prompt: "{{ walk }}"'), "runware")
    refer = payload(shot("reference_video: walk", 'prompt: "{{ walk }}"'), "runware")
    onward = payload(shot("next_of: walk", "prompt: It rests"), "runware")

    assert edit["inputs"] == {"video": WALK}
    assert refer["inputs"] == onward["inputs"] == {"referenceVideos": [WALK]}


def test_trap_50_runware_gets_a_width_with_its_height_or_neither() -> None:
    """None beside frames and edits; both everywhere else."""
    for lines in (
        ["prompt: A fox runs", "first_frame: bottle"],
        ["prompt: A fox runs", "first_frame: bottle", "last_frame: card"],
        ["edit: walk", 'prompt: "{{ walk }}"'],
    ):
        assert not {"width", "height"} & set(payload(shot(*lines), "runware"))
    for lines in (["prompt: A fox runs"], ["reference_video: walk", 'prompt: "as in {{ walk }}"']):
        body = payload(shot(*lines), "runware")
        assert (body["width"], body["height"]) == (1920, 1080)


@pytest.mark.parametrize(
    ("resolution", "ratio", "width", "height"),
    [
        ("720p", "16:9", 1280, 720),
        ("720p", "9:16", 720, 1280),
        ("720p", "1:1", 960, 960),
        ("1080p", "16:9", 1920, 1080),
        ("1080p", "9:16", 1080, 1920),
        ("1080p", "1:1", 1440, 1440),
        ("4k", "16:9", 3840, 2160),
        ("4k", "9:16", 2160, 3840),
        ("4k", "1:1", 2880, 2880),
    ],
)
def test_trap_51_runware_gets_no_other_sizes_than_its_own(
    resolution: str, ratio: str, width: int, height: int
) -> None:
    """A square is not as high as a wide picture; other ratios are refused before."""
    text = shot("prompt: A fox runs", f"resolution: {resolution}", f'aspect_ratio: "{ratio}"')
    body = payload(text, "runware")

    assert (body["width"], body["height"]) == (width, height)
    assert errors(shot("prompt: A fox runs", 'aspect_ratio: "21:9"'), "runware") == [
        ("KS204", 'aspect_ratio: "21:9"')
    ]


def test_trap_52_runware_never_gets_a_resolution() -> None:
    """It stands beside media only, and its one value is in the model's id already."""
    option = "runware: {resolution: 1080p}"
    for lines in (
        ["prompt: A fox runs"],
        ["prompt: A fox runs", "first_frame: bottle"],
        ["edit: walk", 'prompt: "{{ walk }}"'],
        ["prompt: A fox runs", "references: [hat]"],
    ):
        body = payload(shot(*lines, "resolution: 1080p"), "runware")
        assert body["model"] == "klingai:kling-video@o3-pro"
        assert "resolution" not in json.dumps(body)
    assert errors(shot("prompt: A fox", "provider_options:", f"  {option}"), "runware") == [("KS405", option)]


def test_trap_53_runware_gets_its_media_under_inputs() -> None:
    """The older shape had them at the root, with `inputImage` inside."""
    body = payload(shot("first_frame: bottle", "references: [hat, host]", "prompt: A fox runs"), "runware")

    assert body["inputs"] == {
        "frameImages": [{"image": BOTTLE, "frame": "first"}],
        "referenceImages": [HAT],
        "elements": [{"id": "829382103"}],
    }
    assert not {"frameImages", "referenceImages", "elements", "inputImage"} & set(body)


# -- shapes of pictures --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_trap_54_no_shape_is_sent_where_a_frame_or_an_edit_decides_it(name: str) -> None:
    """Written on the shot it is an error; a default is not applied."""
    frame = ["prompt: A fox runs", "first_frame: bottle"]
    edit = ["edit: walk", 'prompt: "{{ walk }} by night"']
    shape = 'aspect_ratio: "9:16"'

    for lines in (frame, edit) if name != "hiapi" else (frame,):
        told = "".join(f"    {line}\n" for line in lines)
        text = f"{ASSETS}defaults: {{{shape}}}\nshots:\n  fox:\n{told}"
        body = json.dumps(payload(text, name))
        assert "aspect_ratio" not in body
        assert "9:16" not in body
        assert "width" not in body
        assert errors(shot(*lines, shape), name) == [("KS310", shape)]


@pytest.mark.parametrize(("name", "where"), [("kling", ""), ("apimodels", ""), ("kling-2026", "settings")])
def test_trap_55_a_shape_is_sent_where_nothing_else_decides_it(name: str, where: str) -> None:
    """Kling demands one for text and for references, and names no default on its first standard."""
    for lines in (
        ["prompt: A fox runs"],
        ['prompt: "{{ bottle }} and {{ host }}"'],
        ["prompt: A", "sound: true"],
    ):
        body = payload(shot(*lines), name)
        assert (body[where] if where else body)["aspect_ratio"] == "16:9"
    board = payload(shot(*BOARD, 'aspect_ratio: "1:1"'), "kling")
    assert board["aspect_ratio"] == "1:1"


@pytest.mark.parametrize(
    "line", ["references: [card]", 'prompt: "A fox and {{ card }}"', 'prompt: "A fox and {{ host }}"']
)
def test_trap_56_hiapi_gets_frames_and_nothing_else(line: str) -> None:
    """It takes a second picture for the last frame, so that a reference would become one."""
    lines = (
        ["first_frame: bottle", line]
        if line.startswith("prompt")
        else ["first_frame: bottle", "prompt: A fox", line]
    )

    assert errors(shot(*lines), "hiapi") == [("KS402", line)]
    assert payload(shot("first_frame: bottle", "prompt: A fox"), "hiapi")["input"]["image_urls"] == [BOTTLE]


# -- files ---------------------------------------------------------------------------------------


def picture(form: str = "PNG", size: tuple[int, int] = (640, 480), length: int = 0) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, form)
    return file.getvalue().ljust(length, b"\0")


def local(kind: str, path: str, *lines: str) -> str:
    told = "".join(f"    {line}\n" for line in lines)
    return f"kling_spec: 1\nassets:\n  prop: {{{kind}: {path}}}\nshots:\n  fox:\n{told}"


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [("kling", False), ("kling-2026", False), ("apimodels", False), ("hiapi", True)],
)
def test_trap_57_webp_is_refused_where_kling_reads_it(tmp_path: Path, name: str, *, is_taken: bool) -> None:
    """By its bytes whatever it is called, and by its name where it lies elsewhere."""
    (tmp_path / "prop.png").write_bytes(picture("WEBP"))
    frame = ["first_frame: prop", "prompt: A fox runs"]
    wanted = [] if is_taken else [("KS407", "first_frame: prop")]

    assert errors(local("image", "prop.png", *frame), name, tmp_path) == wanted
    assert errors(local("image", "https://cdn.example.com/prop.webp", *frame), name) == wanted


def refuse(call: Call) -> Answer:
    """Take uploads, and refuse every task, so that nothing is waited for."""
    if call.path == "/api/v1/files":
        return 200, {"code": 200, "msg": "success", "data": {"publicUrl": "https://r2.apimodels.app/a.png"}}
    return 400, {"code": 400, "message": "no", "errors": [{"code": "invalidModel", "message": "no"}]}


@pytest.mark.parametrize(
    ("name", "path", "before"),
    [
        ("kling", "/v1/videos/omni-video", ""),
        ("kling-2026", "/omni-video/kling-3.0-omni", ""),
        ("hiapi", "/v1/tasks", "data:image/png;base64,"),
        ("runware", "/v1", "data:image/png;base64,"),
        ("apimodels", "/api/v1/video/generations", None),
    ],
)
def test_trap_58_a_picture_travels_in_the_form_that_is_read(
    tmp_path: Path, name: str, path: str, before: str | None
) -> None:
    """Bare base64 to Kling, a data URI to HiAPI and Runware, an upload to APIModels; a video only by address."""
    (tmp_path / "prop.png").write_bytes(picture())
    render_clip(
        tmp_path / "prop.mp4", seconds=3, width=1280, height=720, sound=False, title="p", lines=(), seed=1
    )
    film = local("video", "prop.mp4", "reference_video: prop", 'prompt: "as in {{ prop }}"')

    with Remote(refuse) as server:
        server.run(local("image", "prop.png", "first_frame: prop", "prompt: A fox runs"), name, tmp_path)

    [call] = server.posts(path)
    body: Any = call.json[0] if isinstance(call.json, list) else call.json
    sent = {
        "kling": lambda: body["image_list"][0]["image_url"],
        "kling-2026": lambda: body["contents"][1]["url"],
        "hiapi": lambda: body["input"]["image_urls"][0],
        "runware": lambda: body["inputs"]["frameImages"][0]["image"],
        "apimodels": lambda: body["image_list"][0]["image_url"],
    }[name]()
    if before is None:
        assert sent == "https://r2.apimodels.app/a.png"
    else:
        assert sent == before + b64encode(picture()).decode()
    if name in ("kling", "kling-2026"):
        assert errors(film, name, tmp_path) == [("KS406", "reference_video: prop")]


@pytest.mark.parametrize(
    ("name", "most", "least_side"), [("kling", 10, 720), ("apimodels", 10, 720), ("kling-2026", 50, 700)]
)
def test_trap_59_files_are_held_against_the_limits_of_the_standard(
    tmp_path: Path, name: str, most: int, least_side: int
) -> None:
    """10 or 50 MB for a picture, sides from 720 or from 700 pixels for a video, told from the file itself."""
    (tmp_path / "kling-spec.toml").write_text(
        '[file_store]\nput = "https://files.example.com/{name}"\nget = "https://files.example.com/{name}"\n'
    )
    (tmp_path / "fits.png").write_bytes(picture(length=most * 1024 * 1024))
    (tmp_path / "large.png").write_bytes(picture(length=most * 1024 * 1024 + 1))
    for height in (least_side, least_side - 4):
        render_clip(
            tmp_path / f"film{height}.mp4",
            seconds=3, width=1280, height=height, sound=False, title="p", lines=(), seed=1,
        )  # fmt: skip
    frame = ["first_frame: prop", "prompt: A fox runs"]
    refer = ["reference_video: prop", 'prompt: "as in {{ prop }}"']

    assert errors(local("image", "fits.png", *frame), name, tmp_path) == []
    assert errors(local("image", "large.png", *frame), name, tmp_path) == [("KS407", "first_frame: prop")]
    assert errors(local("video", f"film{least_side}.mp4", *refer), name, tmp_path) == []
    assert errors(local("video", f"film{least_side - 4}.mp4", *refer), name, tmp_path) == [
        ("KS407", "reference_video: prop")
    ]


@pytest.mark.parametrize(
    "address",
    [
        "ftp://cdn.example.com/a.png",
        "file:///tmp/a.png",
        *(
            address
            for address in (
                "https://localhost/a.png",
                "http://127.0.0.1:8000/a.png",
                "http://192.168.0.4/a.png",
                "http://10.1.2.3/a.png",
                "https://printer.local/a.png",
            )
        ),
    ],
)
@pytest.mark.parametrize("name", ALL)
def test_trap_60_an_address_that_no_provider_reaches_is_refused(name: str, address: str) -> None:
    """This machine, its network and schemes that nobody fetches; the asset or the key that uses it is shown."""
    text = local("image", address, "first_frame: prop", "prompt: A fox runs")

    [(code, line)] = errors(text, name)

    assert code == "KS312"
    assert line in (f"prop: {{image: {address}}}", "first_frame: prop")
    assert (
        errors(local("image", "https://cdn.example.com/a.png", "first_frame: prop", "prompt: A fox"), name)
        == []
    )
