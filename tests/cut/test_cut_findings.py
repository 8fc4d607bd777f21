from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from cut_films import HERE, film, over, shot, still

from kling_spec.ir import AssetEntry, Link, ShotEntry

Shelf = Callable[..., Path]
Make = Callable[..., tuple]


@pytest.mark.parametrize(
    ("clip", "message"),
    [
        (shot("a", start=Decimal(2)), "the trim of 'a' begins at 2 s; the clip is 1.000 s long"),
        (shot("a", end=Decimal(3)), "the trim of 'a' ends at 3 s; the clip is 1.000 s long"),
        (
            shot("a", start=Decimal("0.75"), end=Decimal("0.25")),
            "the trim of 'a' ends at 0.25 s, before it has begun at 0.75 s",
        ),
    ],
    ids=["starts behind", "ends behind", "reversed"],
)
def test_a_trim_outside_its_clip_is_found(shelf: Shelf, make: Make, clip: ShotEntry, message: str) -> None:
    report, wrong = make(film(clip), {"a": shelf()})

    assert report is None
    assert [(found.code, found.message, found.origin) for found in wrong] == [("KS701", message, HERE)]


def test_one_frame_too_many_is_rounding(shelf: Shelf, make: Make) -> None:
    report, _ = make(film(shot("a", end=Decimal("1.04"))), {"a": shelf()})

    assert report.frames == 24


def test_all_that_is_missing_is_told_at_once(shelf: Shelf, make: Make) -> None:
    web = AssetEntry(
        name="card",
        kind="image",
        source=Link("https://example.com/card.png"),
        seconds=Decimal(1),
        origin=HERE,
    )

    report, wrong = make(film(shot("a"), shot("b"), web, still("gone", "1")), {"a": shelf()})

    assert report is None
    assert [found.code for found in wrong] == ["KS702", "KS705", "KS702"]
    assert wrong[0].message == "there is no clip of 'b' yet"


@pytest.mark.parametrize(
    ("clips", "message", "advice"),
    [
        (
            (shot("a"), shot("a", transition=over("2"))),
            "the transition into clip 2 takes 48 frames; its clips have 24 free",
            "write 1 seconds or less",
        ),
        (
            (shot("a"), shot("a", transition=over("0.75")), shot("a", transition=over("0.5"))),
            "the transition into clip 3 takes 12 frames; its clips have 6 free",
            "write 0.25 seconds or less",
        ),
        (
            (shot("a", transition=over("0.5")),),
            "the first clip has none before it to come from",
            "leave its transition out",
        ),
    ],
    ids=["longer than a clip", "two share a clip", "first"],
)
def test_a_transition_that_does_not_fit_names_what_does(
    shelf: Shelf, make: Make, clips: tuple[ShotEntry, ...], message: str, advice: str
) -> None:
    report, (found,) = make(film(*clips), {"a": shelf()})

    assert report is None
    assert (found.code, found.message, found.help) == ("KS703", message, advice)


def test_transitions_may_use_up_their_clips(shelf: Shelf, make: Make) -> None:
    clips = shot("a"), shot("a", transition=over("0.5")), shot("a", transition=over("0.5"))

    report, _ = make(film(*clips), {"a": shelf()})

    assert (report.frames, report.samples) == (48, 96000)


def test_a_page_for_a_clip_is_refused_before_any_work(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    page = tmp_path / "clip.mp4"
    page.write_text("<html>not found</html>", encoding="utf-8")

    report, (found,) = make(film(shot("a"), shot("b")), {"a": shelf(), "b": page})

    assert report is None
    assert found.code == "KS704"
    assert found.message == "the clip of 'b' cannot be used: this is a web page or XML, not an mp4 video"
    assert not (tmp_path / "work").exists()


def test_damage_that_only_decoding_finds_names_its_clip(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    data = bytearray(shelf("-movflags", "+faststart", sound=None).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)

    report, (found,) = make(film(shot("a"), shot("b", end=Decimal("0.9"))), {"a": shelf(), "b": broken})

    assert report is None
    assert (found.code, "'b'" in found.message, "damaged" in found.message) == ("KS704", True, True)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_failure_of_ffmpeg_is_told_with_its_command(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "film.mp4").mkdir()

    report, (found,) = make(film(shot("a")), {"a": shelf()})

    assert report is None
    assert found.code == "KS706"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["film.mp4"]


def test_a_cut_of_nothing_is_told(make: Make) -> None:
    report, (found,) = make(film(), {})

    assert report is None
    assert (found.code, found.message) == ("KS702", "cut 'main' has no clips")
