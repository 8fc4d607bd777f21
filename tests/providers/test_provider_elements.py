"""Elements that Kling makes of files: what is sent, what is refused, and what is answered."""

from typing import Any

import pytest
from provider_asks import GRACE, ask, body, errors, findings, slots, text
from provider_replies import recorded, reply

from kling_spec.ir import ElementParts, Link, LocalFile, Media, MediaKind, Mention
from kling_spec.providers import (
    Accepted,
    Element,
    ElementStatus,
    JobState,
    Library,
    Refusal,
    Refused,
    Unclear,
    provider,
)

KLINGS = ("kling", "kling-2026")
FRONT = Link("https://cdn.example.com/front.png")
SIDE = Link("https://cdn.example.com/side.png")
WALK = Link("https://cdn.example.com/walk.mp4")


def library(name: str) -> Library:
    found = provider(name).library
    assert found is not None
    return found


def element(*, description: str = "", **parts: Any) -> Media:
    return Media(name="grace", kind=MediaKind.ELEMENT, source=ElementParts(**parts), description=description)


@pytest.mark.parametrize("name", ["hiapi", "runware", "apimodels"])
def test_only_kling_keeps_a_library(name: str) -> None:
    assert provider(name).library is None


# -- what is answered ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", KLINGS)
@pytest.mark.parametrize(
    ("which", "outcome"),
    [
        ("accepted", Accepted("840001")),
        ("wrong_key", Refusal.STOP),
        ("bad_parameter", Refusal.FINAL),
        ("id_taken", Refusal.FINAL),
        ("error_behind_200", None),
        ("element_beside_error", None),
        ("no_json", None),
    ],
)
def test_a_making_is_accepted_refused_or_unclear(
    name: str, which: str, outcome: Accepted | Refusal | None
) -> None:
    answer = library(name).read_submit(reply("elements", which))

    match answer:
        case Accepted():
            assert answer == outcome
        case Refused(kind, code, message):
            assert (kind, bool(code), bool(message)) == (outcome, True, True)
        case Unclear(why):
            assert outcome is None
            assert why


LOOKS: list[tuple[str, JobState, int | None, str]] = [
    ("accepted", JobState.RUNNING, None, ""),
    ("running", JobState.RUNNING, None, ""),
    ("succeeded", JobState.SUCCEEDED, 829382103, ""),
    ("succeeded_with_text_id", JobState.SUCCEEDED, 829382103, ""),
    ("succeeded_without_id", JobState.SUCCEEDED, None, "no id came with it"),
    ("succeeded_with_odd_id", JobState.SUCCEEDED, None, "no id came with it"),
    ("succeeded_with_id_zero", JobState.SUCCEEDED, None, "no id came with it"),
    ("deleted", JobState.FAILED, None, "deleted"),
    ("failed", JobState.FAILED, None, "no person is seen"),
    ("unknown_state", JobState.RUNNING, None, "an unknown state 'reviewing'"),
    ("no_state", JobState.RUNNING, None, "names no state"),
    ("unknown_element", JobState.LOST, None, "no such element"),
    ("wrong_key", JobState.RUNNING, None, "1002"),
    ("bad_parameter", JobState.RUNNING, None, "1201"),
    ("id_taken", JobState.RUNNING, None, "1200"),
    ("error_behind_200", JobState.RUNNING, None, "5000"),
    ("element_beside_error", JobState.RUNNING, None, "5000"),
    ("a_list_of_elements", JobState.RUNNING, None, "names no state"),
    ("no_json", JobState.RUNNING, None, "502"),
]


@pytest.mark.parametrize("name", KLINGS)
@pytest.mark.parametrize(("which", "state", "made", "says"), LOOKS)
def test_an_element_is_made_only_when_its_number_is_told(
    name: str, which: str, state: JobState, made: int | None, says: str
) -> None:
    status = library(name).read_poll("840001", reply("elements", which))
    number = str(made) if name == "kling-2026" and made is not None else made

    assert status == ElementStatus(state=state, id=number, message=status.message)
    assert says in status.message
    assert bool(status.message) is bool(says)


def test_every_recorded_element_is_looked_at() -> None:
    assert {which for which, *_ in LOOKS} == set(recorded("elements"))


@pytest.mark.parametrize("name", KLINGS)
def test_an_element_is_looked_up_by_kling_s_id_or_by_ours(name: str) -> None:
    assert library(name).path == "/v1/general/advanced-custom-elements"
    assert library(name).poll("ks-el-1").path == "/v1/general/advanced-custom-elements/ks-el-1"
    assert library(name).poll("a/../b?c").path == "/v1/general/advanced-custom-elements/a%2F..%2Fb%3Fc"
    assert library(name).poll("1").method == "GET"


# -- what is sent --------------------------------------------------------------------------------


def test_an_element_of_pictures_names_its_front_and_the_others() -> None:
    made = element(frontal=FRONT, images=(SIDE, SIDE), description="Grace", tags=("character", "costume"))

    sent = library("kling").body(made, "ks-el-1")

    assert {key: value for key, value in sent.items() if key != "element_image_list"} == {
        "element_name": "grace",
        "element_description": "Grace",
        "external_task_id": "ks-el-1",
        "reference_type": "image_refer",
        "tag_list": [{"tag_id": "o_102"}, {"tag_id": "o_105"}],
    }
    assert sent["element_image_list"]["frontal_image"].source == FRONT
    assert [item["image_url"].source for item in sent["element_image_list"]["refer_images"]] == [SIDE, SIDE]


def test_an_element_of_a_video_names_that_alone() -> None:
    sent = library("kling").body(element(video=WALK), "ks-el-1")

    assert sent["reference_type"] == "video_refer"
    [one] = sent["element_video_list"]["refer_videos"]
    assert (one["video_url"].kind, one["video_url"].source) == (MediaKind.VIDEO, WALK)
    assert "element_image_list" not in sent
    assert sent["element_description"] == "grace"


def test_a_long_name_is_cut_because_it_is_only_shown() -> None:
    long = Media(name="n" * 30, kind=MediaKind.ELEMENT, source=GRACE.source)

    assert library("kling").body(long, "ks-el-1")["element_name"] == "n" * 20


REFUSED: dict[str, tuple[Media, str]] = {
    "a long description": (element(frontal=FRONT, images=(SIDE,), description="d" * 101), "KS403"),
    "a tag that is not Kling's": (element(frontal=FRONT, images=(SIDE,), tags=("robot",)), "KS402"),
    "a voice from a file": (
        element(frontal=FRONT, images=(SIDE,), voice=Link("https://cdn.example.com/voice.mp3")),
        "KS402",
    ),
    "a local video": (element(video=LocalFile("walk.mp4", "c" * 64)), "KS406"),
    "a picture over ftp": (element(frontal=Link("ftp://cdn.example.com/a.png"), images=(SIDE,)), "KS402"),
    "a webp picture": (element(frontal=Link("https://cdn.example.com/a.webp"), images=(SIDE,)), "KS407"),
}


@pytest.mark.parametrize("name", KLINGS)
@pytest.mark.parametrize(("made", "code"), REFUSED.values(), ids=REFUSED)
def test_what_the_library_does_not_take_is_refused_at_the_element(name: str, made: Media, code: str) -> None:
    wanted = ask(elements=(made,), prompt=text(Mention("grace"), " smiles"))

    assert errors(name, wanted) == {"elements"}
    assert {found.code for found in findings(name, wanted)} == {code}


@pytest.mark.parametrize("name", KLINGS)
@pytest.mark.parametrize(
    "made",
    [
        element(frontal=FRONT, images=(SIDE,), description="d" * 100, tags=("character", "other")),
        element(frontal=LocalFile("grace.png", "b" * 64), images=(LocalFile("side.jpg", "c" * 64),)),
        element(video=WALK),
    ],
)
def test_what_the_library_takes_is_made_once_and_stands_in_the_body_by_its_id(name: str, made: Media) -> None:
    wanted = ask(elements=(made,), prompt=text(Mention("grace"), " smiles"))
    [slot] = slots(name, wanted)

    assert findings(name, wanted) == ()
    assert isinstance(slot.source, Element)
    assert slot.source.client_id.startswith("ks-el-")
    assert "900001" in str(body(name, wanted))


def test_equal_elements_have_one_id_of_ours_and_others_have_another() -> None:
    def ours(made: Media) -> str:
        [slot] = slots("kling", ask(elements=(made,)))
        assert isinstance(slot.source, Element)
        return slot.source.client_id

    first = element(frontal=FRONT, images=(SIDE,), description="Grace")

    assert ours(first) == ours(element(frontal=FRONT, images=(SIDE,), description="Grace"))
    assert ours(first) != ours(element(frontal=FRONT, images=(SIDE,), description="Ada"))
    assert ours(first) != ours(element(frontal=SIDE, images=(FRONT,), description="Grace"))
    assert ours(first) != ours(
        element(frontal=FRONT, images=(SIDE,), description="Grace", tags=("character",))
    )
