"""What is particular to Kling's second standard: how many go in, aliases, shots told as prose."""

from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator
from provider_asks import (
    ACTOR,
    BOARD,
    BOTTLE,
    CARD,
    GRACE,
    HOST,
    LAST,
    WALK,
    ask,
    body,
    elements,
    errors,
    findings,
    lowering,
    pictures,
    task,
    text,
    video,
    warnings,
)

from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Ask, Beat, ElementId, Hole, Media, MediaKind, Mention, Resolution, Text
from kling_spec.providers import provider, request_schema

ME = "kling-2026"
FRAME = {"first_frame": BOTTLE}
FRAMES = {"first_frame": BOTTLE, "last_frame": CARD}
FILMED = "video"
"""What an element is made from, other than images."""


def mixed(plain: int, filmed: int) -> tuple[Media, ...]:
    return (*elements(plain), *elements(filmed, FILMED))


COUNTS: dict[str, tuple[Ask, set[str]]] = {
    "seven images": (ask(images=pictures(7)), set()),
    "eight images": (ask(images=pictures(8)), {"images"}),
    "seven elements": (ask(elements=elements(7)), set()),
    "eight elements": (ask(elements=elements(8)), {"elements"}),
    "five images and two elements": (ask(images=pictures(5), elements=elements(2)), set()),
    "five images and three elements": (ask(images=pictures(5), elements=elements(3)), {"images"}),
    "three filmed ones": (ask(elements=mixed(0, 3)), set()),
    "four filmed ones": (ask(elements=mixed(0, 4)), {"elements"}),
    "three filmed ones and seven images": (ask(elements=mixed(0, 3), images=pictures(7)), set()),
    "a filmed one among four others": (ask(elements=mixed(2, 1), images=pictures(2)), set()),
    "a filmed one among five others": (ask(elements=mixed(2, 1), images=pictures(3)), {"elements"}),
    "four filmed ones and another": (ask(elements=mixed(1, 4)), {"elements"}),
    "four images beside a video": (ask(images=pictures(4), reference_video=WALK), set()),
    "five images beside a video": (ask(images=pictures(5), reference_video=WALK), {"images"}),
    "four elements beside a video": (ask(elements=elements(4), edit=WALK), set()),
    "five elements beside a video": (ask(elements=elements(5), edit=WALK), {"elements"}),
    "two and two beside a video": (ask(images=pictures(2), elements=elements(2), edit=WALK), set()),
    "three and two beside a video": (ask(images=pictures(3), elements=elements(2), edit=WALK), {"images"}),
    "a filmed one alone beside a video": (ask(elements=(ACTOR,), reference_video=WALK), set()),
    "two filmed ones beside a video": (ask(elements=mixed(0, 2), reference_video=WALK), {"elements"}),
    "a filmed one and an image beside a video": (
        ask(elements=(ACTOR,), images=pictures(1), edit=WALK),
        {"elements"},
    ),
    "a filmed one and another beside a video": (ask(elements=mixed(1, 1), edit=WALK), {"elements"}),
    "three elements from a frame": (ask(elements=mixed(2, 1), **FRAME), set()),
    "four elements from a frame": (ask(elements=mixed(2, 2), **FRAME), {"elements"}),
    "four elements between frames": (ask(elements=elements(4), **FRAMES), {"elements"}),
    "seven images from a frame": (ask(images=pictures(7), **FRAME), set()),
    "four images and three elements between frames": (
        ask(images=pictures(4), elements=elements(3), **FRAMES),
        set(),
    ),
    "a last frame alone": (ask(last_frame=CARD), {"last_frame"}),
    "a first frame in an edit": (ask(edit=WALK, **FRAME), {"first_frame"}),
    "both frames in an edit": (ask(edit=WALK, **FRAMES), {"first_frame", "last_frame"}),
    "a first frame beside a reference video": (ask(reference_video=WALK, **FRAME), set()),
    "two videos": (ask(edit=WALK, reference_video=WALK), {"reference_video"}),
    "sound beside a reference video": (ask(reference_video=WALK, sound=True), {"sound"}),
    "sound in an edit": (ask(edit=WALK, sound=True), {"sound"}),
    "the kept sound of a reference video": (ask(reference_video=WALK, keep_sound=True), {"keep_sound"}),
    "the kept sound of an edit": (ask(edit=WALK, keep_sound=True), set()),
    "a storyboard beside a reference video": (
        ask(reference_video=WALK, storyboard=BOARD, elements=(HOST,), prompt=Text()),
        set(),
    ),
    "a storyboard in an edit": (
        ask(edit=WALK, storyboard=BOARD, elements=(HOST,), prompt=Text()),
        {"storyboard"},
    ),
    "an automatic storyboard in an edit": (ask(edit=WALK, auto_storyboard=True), {"auto_storyboard"}),
    "no words": (ask(prompt=Text()), {"prompt"}),
    "o1: seven images": (ask(model="o1", images=pictures(7)), set()),
    "o1: eight images and elements": (
        ask(model="o1", images=pictures(5), elements=elements(3)),
        {"images"},
    ),
    "o1: eight elements": (ask(model="o1", elements=elements(8)), {"elements"}),
    "o1: four beside a video": (ask(model="o1", images=pictures(4), edit=WALK), set()),
    "o1: five beside a video": (ask(model="o1", images=pictures(5), edit=WALK), {"images"}),
    "o1: a filmed one": (ask(model="o1", elements=(ACTOR,)), {"elements"}),
    "o1: an image from a frame": (ask(model="o1", images=pictures(1), **FRAME), set()),
    "o1: an image between frames": (ask(model="o1", images=pictures(1), **FRAMES), {"images"}),
    "o1: an element between frames": (ask(model="o1", elements=(HOST,), **FRAMES), {"elements"}),
    "o1: a video between frames": (ask(model="o1", reference_video=WALK, **FRAMES), {"reference_video"}),
    "o1: a frame beside a reference video": (ask(model="o1", reference_video=WALK, **FRAME), set()),
    "o1: a frame in an edit": (ask(model="o1", edit=WALK, **FRAME), {"first_frame"}),
    "o1: the kept sound of a reference video": (
        ask(model="o1", reference_video=WALK, keep_sound=True),
        set(),
    ),
    "o1: sound": (ask(model="o1", sound=True), {"sound"}),
    "o1: 4k": (ask(model="o1", resolution=Resolution.K4), {"resolution"}),
    "o1: seven seconds from a frame": (ask(model="o1", duration=7, **FRAME), {"duration"}),
    "o1: ten seconds from a frame": (ask(model="o1", duration=10, **FRAME), set()),
    "o1: seven seconds from a frame and an image": (
        ask(model="o1", duration=7, images=pictures(1), **FRAME),
        set(),
    ),
    "o1: seven seconds between frames": (ask(model="o1", duration=7, **FRAMES), set()),
    "o1: seven seconds from a frame and a video": (
        ask(model="o1", duration=7, reference_video=WALK, **FRAME),
        set(),
    ),
    "o1: eleven seconds": (ask(model="o1", duration=11, images=pictures(1)), {"duration"}),
    "o1: a storyboard": (ask(model="o1", storyboard=BOARD, elements=(HOST,)), {"storyboard"}),
}


@pytest.mark.parametrize(("wanted", "blamed"), [pytest.param(*case, id=id_) for id_, case in COUNTS.items()])
def test_so_many_go_in_and_what_is_too_many_is_blamed(wanted: Ask, blamed: set[str]) -> None:
    assert errors(ME, wanted) == blamed
    for found in findings(ME, wanted):
        assert found.message[0].islower()
        assert found.help or found.code == "KS404"


@pytest.mark.parametrize(
    "wanted", [pytest.param(case[0], id=id_) for id_, case in COUNTS.items() if not case[1]]
)
def test_what_goes_in_fits_the_documented_request(wanted: Ask) -> None:
    Draft202012Validator(request_schema(ME)).validate(body(ME, wanted))


def test_an_element_of_a_library_has_a_number_for_an_id() -> None:
    nameless = Media(name="el", kind=MediaKind.ELEMENT, source=ElementId("u_9"))
    as_text = Media(name="el", kind=MediaKind.ELEMENT, source=ElementId("829382103"))

    assert errors(ME, ask(elements=(nameless,))) == {"elements"}
    assert errors(ME, ask(elements=(as_text,))) == set()


# -- the body ------------------------------------------------------------------------------------


def test_the_model_stands_in_the_path() -> None:
    assert lowering(ME).pattern(ask()).path == "/omni-video/kling-3.0-omni"
    assert lowering(ME).pattern(ask(model="o1")).path == "/omni-video/kling-o1"


def test_everything_that_goes_in_has_an_alias_that_the_prompt_uses() -> None:
    sent = body(
        ME,
        ask(
            first_frame=LAST,
            last_frame=BOTTLE,
            images=(CARD,),
            elements=(HOST, GRACE),
            prompt=text(Mention("host"), " gives ", Mention("card"), " to ", Mention("grace")),
        ),
    )

    assert sent["contents"] == [
        {"type": "prompt", "text": "@element_1 gives @image_3 to @element_2"},
        {"type": "first_frame", "url": "https://clips.example.com/open", "id": "image_1"},
        {"type": "last_frame", "url": "QUJD", "id": "image_2"},
        {"type": "refer_image", "url": "https://cdn.example.com/card.png", "id": "image_3"},
        {"type": "element", "element_id": "829382103", "id": "element_1"},
        {"type": "element", "element_id": "900001", "id": "element_2"},
    ]


@pytest.mark.parametrize("wanted", [ask(images=pictures(7)), ask(elements=elements(7))])
def test_no_alias_is_a_part_of_another(wanted: Ask) -> None:
    aliases = [item["id"] for item in body(ME, wanted)["contents"] if "id" in item]

    assert len(aliases) == 7
    assert [(a, b) for a in aliases for b in aliases if a != b and a in b] == []


def test_a_video_is_referred_to_or_edited_and_only_one_has_a_length_of_its_own() -> None:
    refer = body(ME, ask(reference_video=WALK, prompt=text("as in ", Mention("walk"))))
    edit = body(ME, ask(edit=WALK, keep_sound=True, prompt=text("turn ", Mention("walk"), " into night")))

    assert refer["contents"] == [
        {"type": "prompt", "text": "as in @video_1"},
        {"type": "feature_video", "url": "https://cdn.example.com/walk.mp4", "id": "video_1"},
    ]
    assert refer["settings"]["duration"] == 5
    assert refer["settings"]["audio"] == "off"
    assert edit["contents"][1]["type"] == "base_video"
    assert edit["settings"] == {"multi_shot": False, "resolution": "1080p", "audio": "original"}


def test_what_this_standard_would_decide_otherwise_is_always_said() -> None:
    assert body(ME, ask())["settings"]["multi_shot"] is False
    assert body(ME, ask(auto_storyboard=True))["settings"]["multi_shot"] is True
    assert "multi_shot" not in body(ME, ask(model="o1"))["settings"]
    assert body(ME, ask(aspect_ratio=None))["settings"]["aspect_ratio"] == "16:9"
    assert "aspect_ratio" not in body(ME, ask(first_frame=BOTTLE))["settings"]
    assert body(ME, ask(sound=True))["settings"]["audio"] == "native"


# -- shots ---------------------------------------------------------------------------------------


def said_about(wanted: Ask, *words: str) -> list[Diagnostic]:
    low = lowering(ME)
    return list(low.findings(task(wanted, words), low.pattern(wanted), first=True))


def board(*prompts: Text, seconds: int = 2) -> Ask:
    beats = tuple(Beat(prompt=prompt, duration=seconds) for prompt in prompts)
    return ask(prompt=Text(), storyboard=beats, duration=seconds * len(beats))


def test_shots_are_told_one_after_the_other_and_each_says_what_to_avoid() -> None:
    sent = body(ME, ask(prompt=Text(), storyboard=BOARD, elements=(HOST,), negative_prompt=text("logos")))

    assert sent["contents"][0] == {
        "type": "prompt",
        "text": "shot 1, 2, @element_1 reads Avoid: logos; shot 2, 3, @element_1 looks up Avoid: logos; ",
    }
    assert sent["settings"]["multi_shot"] is True
    assert sent["settings"]["duration"] == 5


def test_a_semicolon_in_a_shot_is_refused_because_it_would_end_it() -> None:
    wanted = board(text(Hole(0)), text(Hole(1)))

    [found] = said_about(wanted, "she reads; he sleeps", "rain")

    assert found.is_error
    assert (found.code, found.help) == ("KS403", "write a comma or a full stop instead")
    assert "has ';' in a storyboard prompt, where it ends the shot" in found.message
    assert not lowering(ME).pattern(wanted).fits(("she reads; he sleeps", "rain"))
    assert said_about(wanted, "she reads, he sleeps", "rain") == []


def test_a_semicolon_without_shots_does_no_harm() -> None:
    assert said_about(ask(prompt=text(Hole(0))), "a fox; a hare") == []
    assert body(ME, ask(prompt=text(Hole(0))), ("a fox; a hare",))["contents"][0]["text"] == "a fox; a hare"


def test_a_shot_of_more_than_512_characters_is_refused_where_it_is_told() -> None:
    wanted = board(text(Hole(0)), text("b"))

    [found] = said_about(wanted, "a" * 513)

    assert found.is_error
    assert found.message.startswith("shot 'fox' has a storyboard prompt of 513 characters")
    assert said_about(wanted, "a" * 512) == []


def test_all_shots_together_are_one_prompt_with_a_length_of_its_own() -> None:
    wanted = board(*(text(Hole(number)) for number in range(6)))
    lead = len("shot 1, 2, ; ")

    fine = ["a" * (400 - lead)] * 6
    long = ["a" * 512] * 4 + ["a" * 360] * 2
    longest = ["a" * 512] * 6

    assert said_about(wanted, *fine) == []
    [advised] = said_about(wanted, *long)
    assert not advised.is_error
    [refused] = said_about(wanted, *longest)
    assert refused.is_error
    assert f" of {6 * (512 + lead):,} characters; Kling takes at most 3,072" in refused.message


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (2500, None),
        (2501, (False, "Kling advises at most 2,500 characters")),
        (3072, (False, "Kling advises at most 2,500 characters")),
        (3073, (True, "Kling takes at most 3,072 characters")),
    ],
)
def test_a_prompt_is_doubted_above_2500_characters_and_refused_above_3072(
    length: int, said: tuple[bool, str] | None
) -> None:
    found = said_about(ask(prompt=text(Hole(0))), "a" * length)

    assert [(one.is_error, one.message.partition("; ")[2]) for one in found] == ([said] if said else [])
    assert [one.code for one in found] == (["KS403"] if said else [])


def test_a_prompt_of_o1_has_2500_characters_and_no_more() -> None:
    [found] = said_about(ask(model="o1", prompt=text(Hole(0))), "a" * 2501)

    assert found.is_error
    assert said_about(ask(model="o1", prompt=text(Hole(0))), "a" * 2500) == []


def test_references_count_in_a_prompt_as_they_are_written() -> None:
    wanted = ask(elements=(HOST,), prompt=text(Mention("host"), Hole(0)))

    assert said_about(wanted, " " * (2500 - len("@element_1"))) == []
    assert len(said_about(wanted, " " * (2501 - len("@element_1")))) == 1


@pytest.mark.parametrize("behind", ["s run", "1", "_x", "0 foxes"])
def test_a_letter_right_behind_a_reference_would_become_a_part_of_it(behind: str) -> None:
    wanted = ask(elements=(HOST,), prompt=text(Mention("host"), Hole(0)))

    [found] = said_about(wanted, behind)

    assert found.is_error
    assert "right behind a reference" in found.message
    for fine in ("", " runs", ", running", "'s coat", "-like"):
        assert said_about(wanted, fine) == []


# -- calls ---------------------------------------------------------------------------------------


def test_tasks_are_looked_up_by_kling_s_id_or_by_ours_and_never_by_both() -> None:
    me = provider(ME)
    assert me.find is not None

    assert (me.poll("831842").path, me.poll("831842").query) == ("/tasks", {"task_ids": "831842"})
    assert (me.find("ks-1").path, me.find("ks-1").query) == ("/tasks", {"external_task_ids": "ks-1"})


def test_only_the_plain_key_opens_the_second_standard() -> None:
    assert provider(ME).credentials == (("KLING_API_KEY",),)


def test_a_doubt_about_o1_from_text_is_a_warning() -> None:
    assert warnings(ME, ask(model="o1", duration=7)) == {"duration"}
    assert warnings(ME, ask(model="o1", duration=7, images=pictures(1))) == set()
    assert video("7").seconds == Decimal(7)
