"""Captions beside a film, in it and on it; titles that do not fit. Films are rendered for real."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import av
import pytest
from cut_films import HERE, lumas, shot

from kling_spec.ir import Captions, Codec, Container, Delivery, Film, Layer, LocalFile, Place

SUBS = LocalFile("subs.srt", "0" * 64)
ASKED = Captions(origin=HERE, language="pt-BR")


@pytest.fixture
def clip(shelf: Callable[..., Path]) -> Path:
    return shelf(picture="color", seconds=2, sound=None)


@pytest.fixture
def files(clip: Path, tmp_path: Path) -> dict[str, Path]:
    subs = tmp_path / "subs.srt"
    subs.write_text("1\n00:00:00,500 --> 00:00:01,000\n<i>Olá</i>\n\n2\n00:00:01,250 --> 00:00:09,000\nfim\n")
    return {"-/a": clip, "subs.srt": subs}


def cut(captions: Captions | None, *layers: Layer, caption: str = "Hello & <b>goodbye</b>") -> Film:
    return Film(
        cut="main",
        variant="-",
        output="film.mp4",
        entries=(shot("-/a", caption=caption),),
        captions=captions,
        layers=layers,
        origin=HERE,
    )


def beside(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "out").iterdir())


def test_captions_stand_beside_the_film_and_in_it(make: Any, files: dict[str, Path], tmp_path: Path) -> None:
    report, found = make(cut(replace(ASKED, file=SUBS)), files)

    assert found == ()
    assert beside(tmp_path) == ["film.mp4", "film.srt", "film.vtt"]
    assert (tmp_path / "out" / "film.srt").read_bytes().decode() == (
        "1\n00:00:00,500 --> 00:00:01,000\nOlá\n\n2\n00:00:01,250 --> 00:00:02,000\nfim\n"
    )
    assert (tmp_path / "out" / "film.vtt").read_bytes().decode() == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nOlá\n\n00:00:01.250 --> 00:00:02.000\nfim\n"
    )
    with av.open(str(report.path)) as film:
        stream = film.streams.subtitles[0]
        assert (stream.codec_context.name, stream.language) == ("mov_text", "por")
        shown = [
            (float(packet.pts * packet.time_base), bytes(packet)[2:].decode())
            for packet in film.demux(stream)
            if packet.size > 2
        ]
    assert shown == [(0.5, "Olá"), (1.25, "fim")]


@pytest.mark.parametrize(("container", "language"), [("mov", "ger"), ("webm", "deu"), ("mp4", "deu")])
def test_the_language_of_the_track_is_known_in_every_kind_of_file(
    container: str, language: str, make: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    codec = Codec.VP9 if container == "webm" else Codec.H264
    asked = replace(
        cut(Captions(origin=HERE, language="de-AT")),
        delivery=Delivery(codec=codec, container=Container(container)),
    )

    report, _ = make(asked, files, target=tmp_path / "out" / f"film.{container}")

    with av.open(str(report.path)) as film:
        assert [stream.language for stream in film.streams.subtitles] == [language]


def test_captions_of_shots_are_no_markup(make: Any, files: dict[str, Path], tmp_path: Path) -> None:
    make(cut(ASKED), files)

    assert "Hello &amp; &lt;b&gt;goodbye&lt;/b&gt;" in (tmp_path / "out" / "film.vtt").read_text()
    assert "<b>" not in (tmp_path / "out" / "film.srt").read_text()


def test_captions_that_are_asked_for_no_longer_go(make: Any, files: dict[str, Path], tmp_path: Path) -> None:
    make(cut(ASKED), files)

    make(cut(None), files)

    assert beside(tmp_path) == ["film.mp4"]


def test_captions_follow_their_words(make: Any, files: dict[str, Path], tmp_path: Path) -> None:
    make(cut(ASKED, caption="before"), files)

    _, found = make(cut(ASKED, caption="after"), files)

    assert found == ()
    assert "after" in (tmp_path / "out" / "film.srt").read_text()


def test_a_film_that_is_left_alone_gets_back_its_captions(
    make: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    make(cut(ASKED), files)
    (tmp_path / "out" / "film.srt").unlink()

    report, _ = make(cut(ASKED), files)

    assert report.unchanged
    assert beside(tmp_path) == ["film.mp4", "film.srt", "film.vtt"]


@pytest.mark.parametrize("asked", [ASKED, None], ids=["asked for", "not asked for"])
def test_captions_of_somebody_else_are_left_alone(
    asked: Captions | None, make: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    theirs = tmp_path / "out" / "film.srt"
    theirs.parent.mkdir()
    theirs.write_text("mine")

    report, found = make(cut(asked), files)

    assert report is not None
    assert theirs.read_text() == "mine"
    assert [(one.code, one.is_error) for one in found] == ([("KS714", False)] if asked else [])
    assert (tmp_path / "out" / "film.vtt").exists() == (asked is not None)


def test_captions_that_were_corrected_by_hand_are_left_alone(
    make: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    make(cut(ASKED), files)
    (tmp_path / "out" / "film.srt").write_text("corrected")

    _, found = make(cut(ASKED, caption="another"), files)
    make(cut(None), files)

    assert [one.code for one in found] == ["KS714"]
    assert beside(tmp_path) == ["film.mp4", "film.srt"]
    assert (tmp_path / "out" / "film.srt").read_text() == "corrected"


def test_burnt_captions_are_seen_while_they_are_read(make: Any, files: dict[str, Path]) -> None:
    burnt = Captions(origin=HERE, file=SUBS, is_burnt=True, size=Decimal("0.2"))
    title = Layer(text="I", size=Decimal("0.5"), end=Decimal("0.25"), place=Place.CENTER, origin=HERE)

    plain, _ = make(cut(None), files)
    gray = lumas(plain.path)[0]
    report, _ = make(cut(burnt, title), files)
    changed = [abs(luma - gray) > 0.5 for luma in lumas(report.path)]

    assert changed[:6] == [True] * 6
    assert not any(changed[6:12])
    assert [peak > gray + 60 for peak in peaks_below(report.path)] == (
        [False] * 12 + [True] * 12 + [False] * 6 + [True] * 18
    )


def peaks_below(path: Path) -> list[int]:
    """The brightest luma in the lowest quarter of every frame."""
    with av.open(str(path)) as film:
        planes = [(frame.planes[0], frame.height) for frame in film.decode(video=0)]
        return [max(bytes(plane)[plane.line_size * (height - 40) :]) for plane, height in planes]


def test_what_cannot_be_drawn_is_an_error_before_anything_is_encoded(
    make: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    layers = [
        Layer(text="Aurora " * 200, size=Decimal("0.1"), origin=HERE),
        Layer(text="party 🎉", origin=replace(HERE, line=8)),
    ]

    report, found = make(cut(None, *layers), files)

    assert report is None
    assert [(one.code, one.origin.line, one.is_error) for one in found] == [
        ("KS709", 7, True),
        ("KS710", 8, True),
    ]
    assert "takes" in found[0].message
    assert found[1].message == (
        "the text 'party 🎉' cannot be written: the font that comes with this tool has no '🎉' (U+1F389 party popper)"
    )
    assert not (tmp_path / "out").exists()


def test_captions_that_cannot_be_read_are_an_error(make: Any, files: dict[str, Path]) -> None:
    files["subs.srt"].write_bytes(b"1\n00:00:01,000 --> 00:00:02,000\ncaf\xe9\n")

    report, found = make(cut(replace(ASKED, file=SUBS)), files)

    assert report is None
    assert [one.code for one in found] == ["KS711"]
    assert found[0].message == (
        "the captions cannot be read: line 3 is not written in UTF-8; save the file as UTF-8"
    )
