"""Clips that go on from each other, made so that what is to be found in them is known."""

from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

import av
import pytest

from kling_spec.media import CancelledError, Ending, Ffmpeg, Likeness, MediaError, likeness, probe
from kling_spec.media._run import run

SHIFT = "eq=brightness=0.02:saturation=1.08"
WALK = (
    "testsrc2=size=900x500:rate=24:duration=6,eq=contrast=0.6:saturation=0.5,"
    "crop=640:360:2*n:n,format=yuv420p"
)
"""A view that wanders over a test picture of soft contrast."""

Scene = Callable[..., Path]
Look = Callable[..., Likeness]


@pytest.fixture
def scene(maker: Ffmpeg, tmp_path: Path) -> Scene:
    """Make a stretch of the walk, from frame `begin` on; a name for each."""

    def made(name: str, begin: int, frames: int = 36, *, crf: int = 20, **more: Any) -> Path:
        path = tmp_path / f"{name}.mp4"
        picture, then = more.get("picture", WALK), more.get("then", "null")
        cut = f"trim=start_frame={begin}:end_frame={begin + frames},setpts=PTS-STARTPTS,{then}"
        sound = more.get("sound")
        hear = ["-f", "lavfi", "-i", sound, "-t", str(frames / 24), "-c:a", "aac"] if sound else []
        how = ["-c:v", "libx264", "-preset", "veryfast", "-crf", str(crf), "-threads", "2"]
        see = ["-f", "lavfi", "-i", f"{picture},{cut}"]
        run(maker.path, [*see, *hear, *how, *more.get("options", ()), "-y", str(path)])
        return path

    return made


@pytest.fixture
def look(ffmpeg: Ffmpeg) -> Look:
    def seen(before: Path, after: Path) -> Likeness:
        return likeness(before, after, (probe(before), probe(after)), ffmpeg=ffmpeg)

    return seen


def test_the_true_next_frame_is_no_repeat(scene: Scene, look: Look) -> None:
    seen = look(scene("a", 0), scene("b", 36, crf=26))

    assert (seen.copied, seen.seam, seen.is_repeated) == (0, 0, False)
    assert seen.repeat > 0.5


@pytest.mark.parametrize("then", ["null", SHIFT], ids=["as it was", "in other colours"])
def test_a_last_frame_that_comes_again_is_found(scene: Scene, look: Look, then: str) -> None:
    seen = look(scene("a", 0), scene("b", 35, crf=24, then=then))

    assert (seen.copied, seen.seam, seen.is_repeated) == (0, 1, True)
    assert seen.repeat < 0.3


def test_nothing_is_repeated_where_nothing_moves(scene: Scene, look: Look) -> None:
    still = {"picture": "smptehdbars=size=640x360:rate=24:duration=20,format=yuv420p"}

    seen = look(scene("a", 0, **still), scene("b", 35, **still))

    assert (seen.copied, seen.seam, seen.repeat) == (0, 0, None)


@pytest.mark.parametrize("rate", [24, 30], ids=["at its rate", "at another rate"])
def test_a_clip_that_holds_the_one_before_says_how_much_of_it(scene: Scene, look: Look, rate: int) -> None:
    brighter = f"eq=brightness=0.01,fps={rate}"

    seen = look(scene("a", 0), scene("b", 0, 72, crf=28, then=brighter))

    assert seen.copied == pytest.approx(36 * rate / 24, abs=0 if rate == 24 else 1)
    assert seen.frames == 72 * rate / 24


def test_a_clip_that_holds_the_end_of_the_one_before_is_found(scene: Scene, look: Look) -> None:
    seen = look(scene("a", 0, 48), scene("b", 18, 60, crf=28))

    assert (seen.copied, seen.is_repeated) == (30, False)


def test_a_repeat_behind_a_copy_is_left_out_too(scene: Scene, look: Look) -> None:
    seen = look(scene("a", 0), scene("b", 0, 72, then="loop=loop=1:size=1:start=35"))

    assert seen.seam == 37


def test_the_same_clip_again_shows_nothing_new(scene: Scene, look: Look) -> None:
    clip = scene("a", 0)

    seen = look(clip, clip)

    assert seen.copied == seen.seam == seen.frames == 36


def test_what_only_looks_alike_is_no_copy(scene: Scene, look: Look) -> None:
    shares_too_little = look(scene("a", 0), scene("b", 13, 72))
    is_mirrored = look(scene("c", 0), scene("d", 70, 72, then="hflip"))

    assert (shares_too_little.copied, is_mirrored.copied) == (0, 0)


def _colour(path: Path, *, last: bool) -> list[float]:
    """Return the means of Y, U and V of a frame as it was encoded, at its full size."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    frame = frames[-1] if last else frames[0]
    rows = [
        [bytes(plane)[at * plane.line_size :][: plane.width] for at in range(plane.height)]
        for plane in frame.planes
    ]
    return [fmean(code for row in plane for code in row) for plane in rows]


def test_a_shift_of_colour_is_measured_to_half_a_code(scene: Scene, look: Look) -> None:
    before, after = scene("a", 0), scene("b", 35, crf=24, then=SHIFT)
    truth = [b - a for a, b in zip(_colour(before, last=True), _colour(after, last=False), strict=True)]

    seen = look(before, after)

    assert max(map(abs, truth)) > 1.5
    assert seen.colour == pytest.approx(truth, abs=0.5)


def test_tags_of_range_and_matrix_are_no_shift_of_colour(scene: Scene, look: Look) -> None:
    before = scene("a", 0, options=("-colorspace", "smpte170m"))
    exactly = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"
    convert = f"scale=in_color_matrix=bt601:out_color_matrix=bt709:out_range=pc:{exactly}"
    wide = f"{convert},setparams=range=pc:colorspace=bt709"

    seen = look(before, scene("b", 35, then=wide))

    assert seen.colour == pytest.approx((0, 0, 0), abs=0.3)


def test_colours_of_different_pictures_are_not_compared(scene: Scene, look: Look) -> None:
    assert look(scene("a", 0), scene("b", 80, then="hflip")).colour is None


def test_a_turned_clip_is_compared_as_it_is_seen(scene: Scene, look: Look, maker: Ffmpeg) -> None:
    before = scene("a", 0)
    lying = scene("b", 35, then="transpose=clock")
    turned = lying.with_name("turned.mp4")
    run(maker.path, ["-display_rotation", "90", "-i", str(lying), "-c", "copy", str(turned)])

    assert probe(turned).rotation in {90, 270}
    assert look(before, turned).is_repeated


@pytest.mark.parametrize(
    ("here", "there", "jump"),
    [("0.05", "0.2", 12.0), ("0.1", "0.1", 0.0)],
    ids=["louder", "as loud"],
)
def test_a_jump_in_loudness_is_measured(scene: Scene, look: Look, here: str, there: str, jump: float) -> None:
    tone = "aevalsrc={}*sin(2*PI*440*t)|{}*sin(2*PI*440*t):s=48000"

    seen = look(scene("a", 0, sound=tone.format(here, here)), scene("b", 36, sound=tone.format(there, there)))

    assert seen.levels[1] - seen.levels[0] == pytest.approx(jump, abs=0.5)


def test_silence_is_not_the_same_as_no_sound(scene: Scene, look: Look) -> None:
    seen = look(scene("a", 0), scene("b", 36, sound="anullsrc=sample_rate=48000"))

    assert seen.levels == (None, -70)


@pytest.mark.parametrize(
    ("then", "ending"),
    [
        ("null", Ending.CLEAR),
        ("fade=out:start_frame=12:nb_frames=20", Ending.BLACK),
        ("fade=out:start_frame=24:nb_frames=20:color=white", Ending.FADED),
        ("gblur=sigma=24:enable='gte(n,30)'", Ending.BLURRED),
    ],
    ids=["clear", "black", "faded", "blurred"],
)
def test_a_last_frame_that_starts_badly_is_told(scene: Scene, look: Look, then: str, ending: Ending) -> None:
    assert look(scene("a", 0, then=then), scene("b", 36)).ending is ending


def test_what_was_measured_can_be_kept(scene: Scene, look: Look) -> None:
    for seen in (look(scene("a", 0), scene("b", 35)), look(scene("a", 0), scene("c", 80, then="hflip"))):
        assert Likeness.from_json(seen.to_json()) == seen


def test_a_clip_that_is_none_is_refused(scene: Scene, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    clip = scene("a", 0)
    page = tmp_path / "page.mp4"
    page.write_text("<html>", encoding="utf-8")

    with pytest.raises(MediaError, match="web page"):
        likeness(clip, page, (probe(clip), probe(clip)), ffmpeg=ffmpeg)


def test_a_look_can_be_given_up(scene: Scene, ffmpeg: Ffmpeg) -> None:
    from threading import Event

    clip, enough = scene("a", 0), Event()
    enough.set()

    with pytest.raises(CancelledError):
        likeness(clip, clip, (probe(clip), probe(clip)), ffmpeg=ffmpeg, cancel=enough)
