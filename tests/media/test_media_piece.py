"""Pieces of picture: the frames that were asked for, wherever in a clip they stand and however fast they play."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
import pytest
from PIL import Image

from kling_spec.ir import Canvas, Codec, Fit
from kling_spec.media import (
    ENCODERS,
    Blank,
    Ffmpeg,
    Footage,
    Pasted,
    Piece,
    encode_pieces,
    probe,
)
from kling_spec.media._chain import leap_of
from kling_spec.media._piece_graph import nameless_arguments
from kling_spec.media._run import run

MakeClip = Callable[..., Path]
TAGS = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
CANVAS = Canvas(width=160, height=90, rate=Fraction(24))


@pytest.fixture(scope="module")
def long_clip(maker: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A clip of ten seconds at a rate, made once."""
    folder = tmp_path_factory.mktemp("long")

    def clip(rate: str) -> Path:
        path = folder / f"{rate.replace('/', '-')}.mp4"
        if not path.exists():
            see = ["-f", "lavfi", "-i", f"testsrc2=size=160x90:rate={rate}:duration=10"]
            hear = ["-f", "lavfi", "-i", "sine=440:duration=10", "-c:a", "aac"]
            how = ["-c:v", "libx264", "-preset", "veryfast", "-g", "60", "-pix_fmt", "yuv420p"]
            run(maker.path, [*see, *hear, *how, *TAGS, "-threads", "2", f"file:{path}"])
        return path

    return clip


def frames(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [sha256(bytes(frame.planes[0])).hexdigest() for frame in container.decode(video=0)]


@pytest.mark.parametrize("speed", ["1", "2", "1/2", "1.23456"])
@pytest.mark.parametrize("rate", ["24", "25", "30", "24000/1001", "48", "60"])
def test_a_leap_into_a_clip_gives_the_very_frames_of_decoding_all_of_it(
    long_clip: Callable[[str], Path], ffmpeg: Ffmpeg, tmp_path: Path, rate: str, speed: str
) -> None:
    source = long_clip(rate)
    facts = probe(source)
    begin = int(8 * 24 / Fraction(speed))
    near = Footage(
        path=source, facts=replace(facts, has_leading=True), first=begin, frames=8, speed=Fraction(speed)
    )
    far = replace(near, facts=facts)

    for name, footage in (("near", near), ("far", far)):
        piece = Piece(frames=8, shown=(footage,))
        lacking = encode_pieces(ffmpeg, [piece], CANVAS, ENCODERS[Codec.H264], [tmp_path / name])
        assert lacking == [(0,)]

    assert leap_of(near, CANVAS.rate) == (0, 0)
    if (rate, speed) in {("24", "1"), ("25", "1"), ("30", "1"), ("60", "1"), ("48", "2"), ("24", "1/2")}:
        assert leap_of(far, CANVAS.rate)[0] > 60
    assert frames(tmp_path / "near") == frames(tmp_path / "far")


@pytest.mark.parametrize("rate", ["24", "30", "24000/1001"])
def test_a_leap_starts_at_the_frame_that_was_asked_for(
    long_clip: Callable[[str], Path], ffmpeg: Ffmpeg, tmp_path: Path, rate: str
) -> None:
    source, film = long_clip(rate), Canvas(width=160, height=90, rate=Fraction(rate))
    footage = Footage(path=source, facts=probe(source), first=170, frames=12)
    encoder = replace(ENCODERS[Codec.H264], options={"preset": "ultrafast", "qp": 0})

    encode_pieces(ffmpeg, [Piece(frames=12, shown=(footage,))], film, encoder, [tmp_path / "piece"])

    assert leap_of(footage, film.rate) == (170, 170)
    assert frames(tmp_path / "piece") == frames(source)[170:182]


def test_a_clip_that_ends_early_is_told_and_held(make_clip: MakeClip, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    facts, canvas = probe(make_clip("clip.mp4", *TAGS, size="160x90")), CANVAS
    whole = Footage(path=make_clip("clip.mp4", *TAGS, size="160x90"), facts=facts, first=0, frames=24)
    long = replace(whole, frames=30)

    pieces = [Piece(frames=24, shown=(whole,)), Piece(frames=30, shown=(long,))]
    lacking = encode_pieces(ffmpeg, pieces, canvas, ENCODERS[Codec.H264], [tmp_path / "a", tmp_path / "b"])

    assert lacking == [(0,), (6,)]
    assert probe(tmp_path / "b").frames == 30


def test_a_slow_clip_shows_its_last_frame_as_long_as_the_others(
    make_clip: MakeClip, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    source = make_clip("clip.mp4", *TAGS, size="160x90")
    footage = Footage(path=source, facts=probe(source), first=0, frames=240, speed=Fraction(1, 10))
    encoder = replace(ENCODERS[Codec.H264], options={"preset": "ultrafast", "qp": 0})

    piece = Piece(frames=240, shown=(footage,))
    lacking = encode_pieces(ffmpeg, [piece], CANVAS, encoder, [tmp_path / "slow"])

    assert lacking == [(0,)]
    shown, there = frames(tmp_path / "slow"), frames(source)
    places = [there.index(frame) for frame in shown]
    assert places == sorted(places)
    assert all(9 <= places.count(at) <= 11 or at in {0, 23} for at in range(24))


def test_behind_the_end_of_a_clip_its_last_frame_stands_and_all_that_it_lacks_is_told(
    make_clip: MakeClip, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    source = make_clip("clip.mp4", *TAGS, size="160x90")
    footage = Footage(path=source, facts=probe(source), first=60, frames=10)
    encoder = replace(ENCODERS[Codec.H264], options={"preset": "ultrafast", "qp": 0})

    piece = Piece(frames=10, shown=(footage,))
    lacking = encode_pieces(ffmpeg, [piece], CANVAS, encoder, [tmp_path / "x"])

    assert lacking == [(60 + 10 - 24,)]
    assert frames(tmp_path / "x") == [frames(source)[-1]] * 10


def test_pieces_of_one_clip_made_together_are_those_made_alone(
    make_clip: MakeClip, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    source, other = (make_clip(f"{name}.mp4", *TAGS, size="160x90") for name in ("clip", "other"))
    overlay = tmp_path / "logo.png"
    Image.new("RGBA", (20, 10), (255, 0, 0, 128)).save(overlay)
    logo = Pasted(path=overlay, x=4, y=6, first=2, frames=3)
    begin, middle, end = (
        Footage(path=source, facts=probe(source), first=first, frames=many)
        for first, many in ((3, 5), (8, 10), (18, 6))
    )
    into = Footage(path=other, facts=probe(other), first=0, frames=6)
    pieces = [
        Piece(frames=5, shown=(begin,), pasted=(logo,)),
        Piece(frames=10, shown=(middle,), pasted=(logo,)),
        Piece(frames=6, shown=(end, into), effect="fade"),
    ]
    encoder = ENCODERS[Codec.H264]
    together = [tmp_path / f"together-{number}" for number in range(3)]

    lacking = encode_pieces(ffmpeg, pieces, CANVAS, encoder, together)

    assert lacking == [(0,), (0,), (0, 0)]
    for piece, target in zip(pieces, together, strict=True):
        encode_pieces(ffmpeg, [piece], CANVAS, encoder, [tmp_path / "alone"])
        assert target.read_bytes() == (tmp_path / "alone").read_bytes()


def test_equal_work_has_equal_arguments_wherever_it_lies(make_clip: MakeClip) -> None:
    facts = probe(make_clip("clip.mp4", *TAGS, size="160x90"))

    def words(folder: str, **more: object) -> list[str]:
        shown = Footage(path=Path(folder) / "a.mp4", facts=facts, first=0, frames=5)
        piece = Piece(
            frames=5, shown=(replace(shown, **more), Blank(color="#ff0000", frames=5)), effect="fade"
        )
        return nameless_arguments(piece, CANVAS, ENCODERS[Codec.H264])

    assert words("/one") == words("/another/place")
    assert words("/one", fit=Fit.COVER) == words("/one")  # it has the canvas' own shape
    assert words("/one", first=1) != words("/one")
    assert words("/one", speed=Fraction(2)) != words("/one")
