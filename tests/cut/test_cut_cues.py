"""What is read over a film, in frames; no file is rendered for it."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from cut_films import HERE, shot
from hypothesis import given
from hypothesis import strategies as st

from kling_spec.cut._apart import apart
from kling_spec.cut._cues import cues_of
from kling_spec.cut._material import Material, Stock
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import (
    Canvas,
    Captions,
    Clip,
    Cue,
    Delivery,
    Entrance,
    Film,
    LocalFile,
    Timeline,
    TransitionKind,
)
from kling_spec.media import Caption, CaptionFile, columns

RATE = Fraction(24)
FILE = LocalFile("subs.srt", "0" * 64)


def told(
    *captions: str, seconds: int = 5, overlap: int = 0, size: tuple[int, int] = (1920, 1080), **more: Any
) -> tuple[tuple[Cue, ...], list[Diagnostic]]:
    """The cues of shots of `seconds` each, with these captions."""
    entries = tuple(shot(f"-/s{at}", caption=text) for at, text in enumerate(captions))
    entrance = Entrance(kind=TransitionKind.CROSSFADE, frames=overlap) if overlap else None
    picture = tuple(
        Clip(source=0, first=0, frames=24 * seconds, entrance=entrance if at else None)
        for at in range(len(captions))
    )
    canvas = Canvas(width=size[0], height=size[1], rate=RATE)
    film = Film(
        cut="main",
        variant="-",
        output="main.mp4",
        entries=entries,
        captions=Captions(origin=HERE, **more),
        origin=HERE,
    )
    return cues_of(
        film, Timeline(canvas=canvas, delivery=Delivery(), picture=picture), Stock(materials=(), places={})
    )


def of_file(
    *captions: tuple[str, str, str], notes: tuple[str, ...] = ()
) -> tuple[tuple[Cue, ...], list[Diagnostic]]:
    """The cues of a film of ten seconds, with a file of captions."""
    held = CaptionFile(
        captions=tuple(Caption(start=Fraction(a), end=Fraction(b), text=text) for a, b, text in captions),
        notes=notes,
    )
    material = Material(name="subs", path=Path("subs.srt"), sha256="0", facts=None, read=held)
    film = Film(
        cut="main",
        variant="-",
        output="main.mp4",
        entries=(shot("-/a"),),
        captions=Captions(origin=HERE, file=FILE),
        origin=HERE,
    )
    timeline = Timeline(
        canvas=Canvas(width=1920, height=1080, rate=RATE),
        delivery=Delivery(),
        picture=(Clip(source=0, first=0, frames=240),),
    )
    return cues_of(film, timeline, Stock(materials=(material,), places={FILE: 0}))


def spans(cues: tuple[Cue, ...]) -> list[tuple[int, int, str]]:
    return [(cue.first, cue.first + cue.frames, cue.text) for cue in cues]


def test_a_caption_stands_as_long_as_its_shot() -> None:
    cues, found = told("one", "", "three")

    assert spans(cues) == [(0, 120, "one"), (240, 360, "three")]
    assert found == []


def test_equal_captions_side_by_side_are_one() -> None:
    cues, _ = told("one", "one", "two")

    assert spans(cues) == [(0, 240, "one"), (240, 360, "two")]


def test_a_caption_ends_where_the_next_one_fades_in() -> None:
    cues, _ = told("one", "two", overlap=12)

    assert spans(cues) == [(0, 108, "one"), (108, 228, "two")]


def test_a_long_caption_is_parted_at_a_sentence_and_takes_time_as_it_takes_words() -> None:
    text = (
        "I never thought that we would see the harbor again. Not after what happened in the long winter, "
        "when the ice took the pier."
    )

    cues, found = told(text, seconds=10)

    assert [cue.text.replace("\n", " ") for cue in cues] == [
        "I never thought that we would see the harbor again.",
        "Not after what happened in the long winter, when the ice took the pier.",
    ]
    assert all(columns(line) <= 42 for cue in cues for line in cue.text.split("\n"))
    assert (cues[0].first, cues[-1].first + cues[-1].frames) == (0, 240)
    assert 0.6 < cues[0].frames / cues[1].frames < 0.85
    assert found == []


def test_burnt_captions_of_a_narrow_frame_have_shorter_lines() -> None:
    text = "I never thought that we would see the harbor again, not after the long winter."

    wide, _ = told(text, is_burnt=True)
    narrow, _ = told(text, is_burnt=True, size=(1080, 1920))

    assert len(wide) == 1
    assert len(narrow) > 1
    assert all(columns(line) <= 21 for cue in narrow for line in cue.text.split("\n"))


def test_words_that_nobody_can_read_in_time_are_a_warning() -> None:
    cues, found = told(" ".join(["word"] * 20), seconds=2)

    assert cues
    assert [(one.code, one.is_error) for one in found] == [("KS713", False)]
    assert found[0].message == "this caption has 99 characters for 2.00 s; about 34 can be read"


def test_a_file_is_cut_off_at_the_films_end() -> None:
    cues, found = of_file(
        ("0.5", "2", "one"), ("9", "14", "two"), ("12", "13", "late"), ("20", "21", "later")
    )

    assert spans(cues) == [(12, 48, "one"), (216, 240, "two")]
    assert [(one.code, one.is_error) for one in found] == [("KS712", False)]
    assert found[0].message == "2 captions begin behind the film's end at 10.00 s, the first at 12.00 s"


def test_what_a_file_lacks_is_told() -> None:
    notes = tuple(f"line {at}: this caption has no words" for at in range(5))

    _, found = of_file(("1", "2", "one"), notes=notes)

    assert [one.code for one in found] == ["KS712"] * 4
    assert found[0].message == "in the captions, line 0: this caption has no words; it is left out"
    assert found[-1].message == "2 more captions are left out for such reasons"


def test_what_is_said_at_once_is_read_at_once() -> None:
    cues, _ = of_file(("1", "5", "- Stay."), ("2", "4", "- No."))

    assert spans(cues) == [(24, 48, "- Stay."), (48, 96, "- Stay.\n- No."), (96, 120, "- Stay.")]


def test_an_overlap_of_a_few_frames_is_none() -> None:
    cues, _ = of_file(("1", "3.1", "one"), ("3", "5", "two"))

    assert spans(cues) == [(24, 72, "one"), (72, 120, "two")]


def test_a_crowd_of_captions_is_an_error() -> None:
    cues, found = of_file(*(("1", "5", str(at)) for at in range(4)))

    assert cues == ()
    assert [(one.code, one.is_error) for one in found] == [("KS711", True)]
    assert found[0].message == "the captions show more than 3 at once at 1.00 s"


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from("abc")), max_size=3))
def test_cues_never_overlap_and_show_what_was_to_be_shown(asked: list[tuple[int, int, str]]) -> None:
    cues = apart((Cue(first=first, frames=frames, text=text) for first, frames, text in asked), Fraction(1))

    assert all(a.first + a.frames <= b.first for a, b in pairwise(cues))
    shown = {at: set(cue.text.split("\n")) for cue in cues for at in range(cue.first, cue.first + cue.frames)}
    wanted: dict[int, set[str]] = {}
    for first, frames, text in asked:
        for at in range(first, first + frames):
            wanted.setdefault(at, set()).add(text)
    assert shown == wanted
