"""A film of two dozen clips of every kind is equal to its clips: each frame and each sample to the right one."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from cut_films import film, over, samples, shot
from cut_judged import KINDS, RATE, SPF, Kind
from cut_looks import psnr, seen

Shelf = Callable[..., Path]
SIZE = (160, 90)
TAGS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
MANY = 24
OVERLAP = 6
SOFT = 480
"""Samples at a cut that fade."""


def clip_of(number: int, kind: Kind, shelf: Shelf) -> Path:
    """Return a clip of which no two frames are alike, of its own colours and with its own tone."""
    look = f"hue=h={number * 30},format=yuv420p"
    sound = kind.sound and f"sine={300 + 40 * number}:sample_rate={kind.sound}"
    return shelf(
        "-vf", look, *TAGS, "-crf", "12", "-b:a", "256k", *kind.options, size=kind.size, rate=str(kind.rate),
        seconds=float(kind.seconds), sound=sound,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(shelf: Shelf, ffmpeg, tmp_path_factory: pytest.TempPathFactory):
    """Return the film, its clips, and for each where it begins, how long it is, and what of that is shared."""
    from kling_spec.cut import render

    folder = tmp_path_factory.mktemp("sample")
    clips = [clip_of(number, kind, shelf) for number, kind in enumerate(KINDS)]
    into = [OVERLAP if at % 3 == 1 else 0 for at in range(MANY)]
    entries = [
        shot(str(at % len(KINDS)), transition=over("0.25") if into[at] else None) for at in range(MANY)
    ]
    report, notes = render(
        film(*entries), lambda task: clips[int(task)], lambda _: None, folder / "film.mp4",
        ffmpeg=ffmpeg, work=folder / "work",
    )  # fmt: skip
    assert notes == ()
    bodies, begin = [], 0
    for at, (head, tail) in enumerate(zip(into, [*into[1:], 0], strict=True)):
        frames = round(float(KINDS[at % len(KINDS)].seconds) * RATE)
        bodies.append((at % len(KINDS), begin - head, range(head, frames - tail)))
        begin += frames - head
    return report, clips, bodies


def test_each_frame_of_each_body_is_the_right_one_of_its_clip(made) -> None:
    report, clips, bodies = made
    shown = [image for _, image in seen(report.path, SIZE, SIZE)]
    sources = [[image for _, image in seen(clip, SIZE, SIZE)] for clip in clips]

    assert len(bodies) == MANY
    for number, begin, body in bodies:
        source = sources[number]
        for at in body:
            right = at * KINDS[number].rate // RATE
            near = range(max(0, right - 2), min(len(source), right + 3))
            # What is scaled here is scaled by another hand, which alone costs some decibels.
            likeness = {which: psnr(shown[begin + at], source[which]) for which in near}
            assert max(likeness, key=likeness.__getitem__) == right, (number, at)
            assert likeness[right] > (35 if KINDS[number].size == "160x90" else 22), (
                number,
                at,
                likeness[right],
            )


def test_each_sample_of_each_body_is_the_right_one_of_its_clip(made) -> None:
    report, clips, bodies = made
    heard = samples(report.path)

    for number, begin, body in bodies:
        first, last = body.start * SPF + SOFT, body.stop * SPF - SOFT
        ours = heard[begin * SPF + first : begin * SPF + last]
        if KINDS[number].sound is None:
            assert max(map(abs, ours)) < 0.003
            continue
        theirs = _left(clips[number])[first:last]
        assert len(theirs) == len(ours)
        missed = sum((one - other) ** 2 for one, other in zip(ours, theirs, strict=True))
        assert missed < 0.002 * sum(level * level for level in theirs), number


def _left(clip: Path) -> list[float]:
    """Return the left channel of a clip as it plays, at 48 kHz; a single one is heard from both sides."""
    found: list[float] = []
    with av.open(str(clip)) as container:
        layout = container.streams.audio[0].layout
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=48000)
        length = container.streams.audio[0].duration * container.streams.audio[0].time_base
        for frame in [*container.decode(audio=0), None]:
            for made in resampler.resample(frame):
                found += memoryview(bytes(made.planes[0])).cast("f")[: made.samples]
    return found[: round(length * 48000)]
