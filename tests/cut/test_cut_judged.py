"""The film that is judged: two dozen clips of every kind, and not one frame, sample or hole where it should not be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cut_films import film, lumas, samples
from cut_judged import KINDS, SPF, clip_of, places

from kling_spec.media import probe

Shelf = Callable[..., Path]
Make = Callable[..., tuple]
HOLE = 480
"""Samples: ten milliseconds."""


@pytest.fixture(scope="module")
def made(shelf: Shelf, ffmpeg, tmp_path_factory: pytest.TempPathFactory):
    from kling_spec.cut import render

    folder = tmp_path_factory.mktemp("judged")
    files = {f"c{number:02}": clip_of(kind, shelf) for number, kind in enumerate(KINDS)}
    wanted, card = places(folder)
    report, notes = render(
        film(*(place.entry for place in wanted)), files.__getitem__, lambda _: card, folder / "film.mp4",
        ffmpeg=ffmpeg, work=folder / "work",
    )  # fmt: skip
    assert notes == ()
    return report, wanted


def begins(wanted) -> list[int]:
    found, at = [], 0
    for place in wanted:
        found.append(at - place.overlap)
        at += place.frames - place.overlap
    return found


def test_frames_and_samples_are_those_of_the_plan(made) -> None:
    report, wanted = made
    total = sum(place.frames - place.overlap for place in wanted)

    facts = probe(report.path)

    assert len(wanted) == 26
    assert (report.frames, facts.frames, facts.regular, facts.starts_at_zero) == (total, total, True, True)
    assert total * SPF <= facts.audio.samples < total * SPF + 1024
    assert report.samples // 1024 == total * SPF // 1024


def test_each_flash_is_on_its_frame_and_its_click_within_a_millisecond(made) -> None:
    report, wanted = made
    light, heard = lumas(report.path), samples(report.path)
    due = [
        (begin + place.flash, place)
        for begin, place in zip(begins(wanted), wanted, strict=True)
        if place.flash is not None
    ]

    # Between bars, white is less of a line; a dip to white is white as well, and no flash.
    changing = {
        begin + at for begin, place in zip(begins(wanted), wanted, strict=True) for at in range(place.overlap)
    }
    white = [at for at, level in enumerate(light) if level > 120 and at not in changing]

    assert sorted({at for at in white if at - 1 not in white}) == [at for at, _ in due]
    for frame, place in due:
        near = heard[frame * SPF - SPF : frame * SPF + SPF]
        loud = next((at for at, level in enumerate(near) if abs(level) > 0.3), None)
        assert (loud is not None) == place.is_heard
        assert loud is None or abs(loud - SPF) <= place.off, frame


def test_there_is_no_hole_where_sound_should_be_and_none_where_it_should_not(made) -> None:
    report, wanted = made
    heard = samples(report.path)
    sounding = bytearray(b"\1" * len(heard))
    for begin, place in zip(begins(wanted), wanted, strict=True):
        if not place.is_heard:  # nor what fades out of it, or into it
            sounding[begin * SPF : (begin + place.frames) * SPF] = bytes(place.frames * SPF)

    for at in range(0, len(heard) - HOLE, HOLE // 2):
        loudest = max(map(abs, heard[at : at + HOLE]))
        if all(sounding[at : at + HOLE]):
            # A tone of 300 Hz has three crests in ten milliseconds; at a hard cut it rises and falls over five.
            assert loudest > 0.01, at / 48000
    for begin, place, behind in zip(begins(wanted), wanted, [*wanted[1:], None], strict=True):
        if not place.is_heard:
            end = begin + place.frames - (behind.overlap if behind else 0)
            quiet = heard[(begin + place.overlap) * SPF + HOLE : end * SPF - HOLE]
            assert max(map(abs, quiet)) < 0.003, begin
