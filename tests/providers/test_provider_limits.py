"""What providers refuse beyond their tables, and where they put the blame."""

from decimal import Decimal
from typing import Any

import pytest
from provider_asks import (
    ACTOR,
    BOTTLE,
    CARD,
    GRACE,
    HOST,
    PROVIDERS,
    WALK,
    ask,
    elements,
    errors,
    findings,
    pictures,
    text,
    video,
    warnings,
)

from kling_spec.ir import (
    Ask,
    Beat,
    ElementId,
    ElementParts,
    Link,
    LocalFile,
    Media,
    MediaKind,
    Resolution,
    Text,
)


def image(source: Any) -> Media:
    return Media(name="pic", kind=MediaKind.IMAGE, source=source)


def element(source: Any) -> Media:
    return Media(name="el", kind=MediaKind.ELEMENT, source=source)


SHOTS = (Beat(prompt=text("she reads"), duration=2), Beat(prompt=text("she looks up"), duration=3))
FRONT = Link("https://cdn.example.com/front.png")
WEBP = Link("https://cdn.example.com/pic.WEBP?size=large")
OMNI, KLINGS = ("kling", "apimodels"), ("kling", "apimodels", "runware")
BOTH, ALL = (*OMNI, "kling-2026"), (*KLINGS, "kling-2026")
TWO = ("kling", "kling-2026")

REFUSED: dict[str, tuple[tuple[str, ...], Ask, str]] = {
    "a last frame alone": (PROVIDERS, ask(last_frame=CARD), "last_frame"),
    "a first frame in an edit": (ALL, ask(edit=WALK, first_frame=CARD), "first_frame"),
    "sound beside an edit": (ALL, ask(edit=WALK, sound=True), "sound"),
    "sound beside a reference video": (ALL, ask(reference_video=WALK, sound=True), "sound"),
    "two videos": (TWO, ask(edit=WALK, reference_video=video("5")), "reference_video"),
    "eight references": (ALL, ask(images=pictures(8)), "images"),
    "seven references and a frame": (KLINGS, ask(images=pictures(7), first_frame=CARD), "images"),
    "five references beside a video": (ALL, ask(images=pictures(5), reference_video=WALK), "images"),
    "eight elements": (BOTH, ask(elements=elements(8)), "elements"),
    "four elements from a frame": (BOTH, ask(elements=elements(4), first_frame=CARD), "elements"),
    "four elements": (("runware",), ask(elements=elements(4)), "elements"),
    "four elements made from videos": (BOTH, ask(elements=elements(4, "video")), "elements"),
    "five images beside one made from a video": (OMNI, ask(elements=(ACTOR,), images=pictures(5)), "images"),
    "one made from a video beside a video": (OMNI, ask(elements=(ACTOR,), reference_video=WALK), "elements"),
    "an element made from files": (("apimodels",), ask(elements=(GRACE,)), "elements"),
    "an element that has no number": (BOTH, ask(elements=(element(ElementId("u_9")),)), "elements"),
    "an element in an edit": (("runware",), ask(elements=(HOST,), edit=WALK), "elements"),
    "an element made of nothing": (("runware",), ask(elements=(element(ElementParts()),)), "elements"),
    "an element of images without a front": (
        ("runware",),
        ask(elements=(element(ElementParts(images=(FRONT,))),)),
        "elements",
    ),
    "an element of five images": (
        ("runware",),
        ask(elements=(element(ElementParts(frontal=FRONT, images=(FRONT,) * 4)),)),
        "elements",
    ),
    "an element of images and a video": (
        ("runware",),
        ask(elements=(element(ElementParts(frontal=FRONT, video=FRONT)),)),
        "elements",
    ),
    "a video of two seconds": (ALL, ask(edit=video("2")), "edit"),
    "a video of sixteen seconds": (ALL, ask(reference_video=video("16")), "reference_video"),
    "a storyboard in an edit": ((*TWO, "runware"), ask(edit=WALK, storyboard=SHOTS), "storyboard"),
    "an automatic one in an edit": (TWO, ask(edit=WALK, auto_storyboard=True), "auto_storyboard"),
    "a storyboard beside a video": (
        ("kling", "runware"),
        ask(reference_video=WALK, storyboard=SHOTS),
        "storyboard",
    ),
    "a storyboard that does not add up": (
        (*TWO, "runware"),
        ask(storyboard=SHOTS, duration=7),
        "storyboard",
    ),
    "seven shots": (
        (*TWO, "runware"),
        ask(storyboard=(Beat(prompt=text("a"), duration=1),) * 7, duration=7),
        "storyboard",
    ),
    "no prompt": (PROVIDERS, ask(prompt=Text()), "prompt"),
    "no prompt in an edit": ((*TWO, "runware"), ask(prompt=Text(), edit=WALK), "prompt"),
    "a picture over ftp": (
        PROVIDERS,
        ask(first_frame=image(Link("ftp://cdn.example.com/a.png"))),
        "first_frame",
    ),
    "a picture that is code": (PROVIDERS, ask(first_frame=image(Link("javascript:alert(1)"))), "first_frame"),
    "a webp picture": (BOTH, ask(images=(image(WEBP),)), "images"),
    "a local webp picture": (BOTH, ask(images=(image(LocalFile("a.webp", "0")),)), "images"),
    "a gif": (
        (*BOTH, "hiapi"),
        ask(first_frame=image(LocalFile("a.gif", "0"))),
        "first_frame",
    ),
    "a webm film": (
        BOTH,
        ask(edit=Media(name="w", kind=MediaKind.VIDEO, source=Link("https://a.example/w.webm"))),
        "edit",
    ),
    "a duration of two": (PROVIDERS, ask(duration=2), "duration"),
    "a duration of sixteen": (PROVIDERS, ask(duration=16), "duration"),
    "a wide screen": (PROVIDERS, ask(aspect_ratio="21:9"), "aspect_ratio"),
    "4k": (("apimodels",), ask(resolution=Resolution.K4), "resolution"),
    "o1 in 4k": (ALL, ask(model="o1", resolution=Resolution.K4), "resolution"),
    "o1 with sound": (("kling", "kling-2026", "runware"), ask(model="o1", sound=True), "sound"),
    "o1 with a storyboard": (ALL, ask(model="o1", storyboard=SHOTS), "storyboard"),
    "o1 with an automatic one": (ALL, ask(model="o1", auto_storyboard=True), "auto_storyboard"),
    "o1 for eleven seconds": (ALL, ask(model="o1", duration=11, images=(CARD,)), "duration"),
    "o1 for seven from a frame": (ALL, ask(model="o1", duration=7, first_frame=CARD), "duration"),
    "o1 for seven from two frames": (
        ("runware",),
        ask(model="o1", duration=7, first_frame=CARD, last_frame=BOTTLE),
        "duration",
    ),
    "o1 with two images and a frame": (OMNI, ask(model="o1", first_frame=CARD, images=pictures(2)), "images"),
    "o1 with an image and a frame": (
        ("runware",),
        ask(model="o1", first_frame=CARD, images=pictures(1)),
        "images",
    ),
    "o1 with an element between frames": (
        BOTH,
        ask(model="o1", first_frame=CARD, last_frame=BOTTLE, elements=(HOST,)),
        "elements",
    ),
    "o1 with an element": (("runware",), ask(model="o1", elements=(HOST,)), "elements"),
    "o1 with one made from a video": (BOTH, ask(model="o1", elements=(ACTOR,)), "elements"),
    "o1 with a last frame beside a video": (
        KLINGS,
        ask(model="o1", first_frame=CARD, last_frame=BOTTLE, reference_video=WALK),
        "last_frame",
    ),
    "o1 with a video of twelve seconds": (ALL, ask(model="o1", edit=video("12")), "edit"),
    "o1": (("hiapi",), ask(model="o1"), "model"),
    "another model": (PROVIDERS, ask(model="v9"), "model"),
}
TAKEN: dict[str, tuple[tuple[str, ...], Ask]] = {
    "seven references": (ALL, ask(images=pictures(7))),
    "four references beside a video": (ALL, ask(images=pictures(4), edit=WALK)),
    "three elements from two frames": (
        ALL,
        ask(elements=elements(3), first_frame=CARD, last_frame=BOTTLE),
    ),
    "three made from videos, four images": (OMNI, ask(elements=elements(3, "video"), images=pictures(4))),
    "three made from videos and four images on the second standard": (
        ("kling-2026",),
        ask(elements=elements(3, "video"), images=pictures(4)),
    ),
    "a clip that came out a little long": (ALL, ask(edit=video("15.1"))),
    "o1 with a clip that came out a little long": (ALL, ask(model="o1", edit=video("10.05"))),
    "shots between frames": (
        (*TWO, "runware"),
        ask(storyboard=SHOTS, prompt=Text(), first_frame=CARD, last_frame=BOTTLE),
    ),
    "4k beside a video": ((*TWO, "runware"), ask(reference_video=WALK, resolution=Resolution.K4)),
    "a last frame beside a video": (
        KLINGS,
        ask(reference_video=WALK, first_frame=CARD, last_frame=BOTTLE),
    ),
    "a webp picture": (("hiapi",), ask(first_frame=image(WEBP))),
    "a picture without an ending": (PROVIDERS, ask(first_frame=image(Link("https://a.example/pic")))),
    "o1 for seven from two frames": (BOTH, ask(model="o1", duration=7, first_frame=CARD, last_frame=BOTTLE)),
    "o1 with an image and a frame": (BOTH, ask(model="o1", first_frame=CARD, images=pictures(1))),
    "a frame without words": (("hiapi", "apimodels"), ask(first_frame=CARD, prompt=Text())),
}


def each(table: dict[str, Any]) -> list[Any]:
    return [
        pytest.param(name, *rest, id=f"{name}: {case}")
        for case, (names, *rest) in table.items()
        for name in names
    ]


@pytest.mark.parametrize(("name", "wanted", "blamed"), each(REFUSED))
def test_what_a_provider_cannot_do_is_refused_where_it_was_asked(name: str, wanted: Ask, blamed: str) -> None:
    assert blamed in errors(name, wanted)


@pytest.mark.parametrize(("name", "wanted"), each(TAKEN))
def test_what_a_provider_can_do_is_not_refused(name: str, wanted: Ask) -> None:
    assert errors(name, wanted) == set()


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_finding_reads_as_a_sentence_and_helps(name: str) -> None:
    found = {finding for names, wanted, _ in REFUSED.values() for finding in findings(name, wanted)}

    for finding in found:
        assert finding.message[0].islower(), finding
        assert not finding.message.endswith("."), finding
        assert "{" not in finding.message, finding
        assert finding.help or finding.code == "KS404", finding
        assert finding.code in {"KS401", "KS402", "KS404", "KS407"}, finding


def test_a_thing_that_a_provider_lacks_is_said_once() -> None:
    assert [found.ask for found in findings("hiapi", ask(storyboard=SHOTS, prompt=Text()))] == ["storyboard"]
    assert [found.ask for found in findings("apimodels", ask(auto_storyboard=True))] == ["auto_storyboard"]


@pytest.mark.parametrize("name", KLINGS)
def test_a_video_above_ten_seconds_is_doubted_only(name: str) -> None:
    assert warnings(name, ask(edit=video("12"))) == {"edit"}
    assert errors(name, ask(edit=video("12"))) == set()


def test_the_second_standard_takes_fifteen_and_a_half_seconds_and_doubts_none() -> None:
    assert findings("kling-2026", ask(edit=video("15.5"))) == ()
    assert errors("kling-2026", ask(edit=video("15.6"))) == {"edit"}


def test_sound_of_o1_is_doubted_where_a_relay_sells_it() -> None:
    assert warnings("apimodels", ask(model="o1", sound=True)) == {"sound"}
    assert errors("apimodels", ask(model="o1", sound=True)) == set()


@pytest.mark.parametrize("name", BOTH)
def test_o1_from_text_is_doubted_outside_five_and_ten(name: str) -> None:
    assert warnings(name, ask(model="o1", duration=7)) == {"duration"}
    assert errors(name, ask(model="o1", duration=7)) == set()
    assert warnings(name, ask(model="o1", duration=10)) == set()


def test_a_picture_without_words_is_doubted_by_a_relay() -> None:
    assert warnings("apimodels", ask(first_frame=CARD, prompt=Text())) == {"prompt"}


def test_the_length_of_a_video_that_nobody_knows_is_not_guessed() -> None:
    unknown = Media(name="walk", kind=MediaKind.VIDEO, source=WALK.source)

    assert errors("kling", ask(edit=unknown)) == set()
    assert WALK.seconds == Decimal(6)
