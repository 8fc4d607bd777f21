"""Each way in which a clip may differ from its neighbours: frames, samples, picture and sound come out right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from cut_films import film, over, samples, shot, still
from cut_looks import Seen, nearest, peak, psnr, seen, tone
from PIL import Image

from kling_spec.media import Ffmpeg, probe
from kling_spec.media._run import run

Shelf = Callable[..., Path]
Make = Callable[..., tuple]
SIZE = (160, 90)
RATE = 24
OURS, THEIRS = 440, 880
PART = 12
"""Frames of the clip that stands first and last."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A clip that differs."""

    options: Sequence[str] = ()
    size: str = "160x90"
    rate: str = "24"
    seconds: float = 0.5
    rate_of_sound: int | None = 48000
    stereo: bool = True
    remade: Sequence[str] = ()
    """How the clip is written once more, without encoding it; options before `-i` stand before a `|`."""
    frames: int = PART
    """Of the film."""
    heard: tuple[float, float] | None = (0, 1)
    """From where to where of its frames it is heard; None for silence."""
    by: float = 4
    """Of 255, by which its picture may differ on average from what another reader makes of it."""


X264 = "open-gop=1:keyint=6:min-keyint=6:bframes=3:b-adapt=0:scenecut=0"
TAGGED = "-colorspace {0} -color_primaries {1} -color_trc {1} -color_range tv".format
UNEVEN = (
    "-vf", "settb=1/24000,setpts='1000*N+300*eq(mod(N,4),1)'", "-fps_mode", "vfr", "-enc_time_base", "1/24000",
    "-video_track_timescale", "24000",
)  # fmt: skip
ROWS = {
    "nothing": Row(),
    "size": Row(size="240x240"),
    "larger": Row(size="640x360"),
    "odd size": Row(size="159x89", options=("-pix_fmt", "yuv444p")),
    "30 fps": Row(rate="30"),
    "60 fps": Row(rate="60"),
    "15 fps": Row(rate="15", seconds=8 / 15, frames=13),
    "23.976 fps": Row(rate="24000/1001", seconds=0.5005),
    "29.97 fps": Row(rate="30000/1001", seconds=0.5005),
    "uneven frames": Row(
        options=("-vf", "select='mod(n,3)'", "-fps_mode", "vfr"), seconds=0.55, frames=13, heard=(0, 0.94),
    ),
    "uneven frames, as many as even ones": Row(options=(*UNEVEN, "-bf", "0")),
    "uneven frames out of order": Row(options=UNEVEN),
    "wide pixels": Row(size="120x90", options=("-vf", "setsar=4/3")),
    "tall pixels": Row(options=("-vf", "setsar=1/2")),
    "4:4:4": Row(options=("-pix_fmt", "yuv444p")),
    "4:2:2": Row(options=("-pix_fmt", "yuv422p")),
    "ten bits": Row(options=("-pix_fmt", "yuv420p10le")),
    "grey": Row(options=("-pix_fmt", "gray")),
    "baseline": Row(options=("-profile:v", "baseline")),
    "HEVC": Row(options=("-c:v", "libx265", "-x265-params", "log-level=none")),
    "HEVC of ten bits": Row(
        options=("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none")
    ),
    "VP9": Row(options=("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")),
    "MPEG-4": Row(options=("-c:v", "mpeg4", "-q:v", "2")),
    "intra only": Row(options=("-g", "1")),
    "open groups": Row(options=("-x264-params", X264, "-bf", "3")),
    "another clock": Row(options=("-video_track_timescale", "90000")),
    "a coarse clock": Row(options=("-video_track_timescale", "24")),
    "moov at the front": Row(options=("-movflags", "+faststart")),
    "fragments": Row(options=("-movflags", "+frag_keyframe+empty_moov+default_base_moof")),
    "mov": Row(options=("-f", "mov")),
    "44.1 kHz": Row(rate_of_sound=44100),
    "16 kHz": Row(rate_of_sound=16000),
    "mono": Row(stereo=False),
    "mono at 44.1 kHz": Row(rate_of_sound=44100, stereo=False),
    "5.1": Row(options=("-ac", "6")),
    "mp3": Row(options=("-c:a", "libmp3lame")),
    "uncompressed sound": Row(options=("-c:a", "pcm_s16le", "-f", "mov")),
    "opus": Row(options=("-c:a", "libopus")),
    "no sound": Row(rate_of_sound=None, heard=None),
    "longer sound": Row(options=("-af", "asetpts=PTS,aloop=loop=1:size=96000")),
    "shorter sound": Row(options=("-af", "atrim=end=0.25"), heard=(0, 0.5)),
    "sound that starts late": Row(options=("-af", "adelay=250:all=1,atrim=end=0.5"), heard=(0.5, 1)),
    "a track of sound that starts late": Row(remade=("late sound",), heard=(0.5, 1)),
    "a track of picture that starts late": Row(remade=("late picture",), heard=(0, 0.5)),
    "turned by 90": Row(remade=("-display_rotation", "90", "|")),
    "turned by 180": Row(remade=("-display_rotation", "180", "|")),
    "turned by 270": Row(remade=("-display_rotation", "270", "|")),
    "full range": Row(options=("-vf", "scale=out_range=pc", "-color_range", "pc")),
    "full range, not said": Row(options=("-pix_fmt", "yuvj420p")),
    "tagged bt709": Row(options=("-vf", "scale=out_color_matrix=bt709", *TAGGED("bt709", "bt709").split())),
    "tagged bt601": Row(options=("-vf", "scale=out_color_matrix=bt601", *TAGGED("smpte170m", "smpte170m").split())),
    "HD without tags": Row(size="1280x720", seconds=0.25, frames=6),
    "a list of edits": Row(seconds=1, options=("-g", "48"), remade=("-ss", "0.5", "|"), frames=PART),
    "a negative start": Row(remade=("|", "-avoid_negative_ts", "disabled", "-output_ts_offset", "-0.05"), frames=10),
    "a late start": Row(remade=("|", "-output_ts_offset", "5")),
    "one frame": Row(seconds=0.04, frames=1),
}  # fmt: skip


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all rows: what is equal in each is encoded once."""
    return tmp_path_factory.mktemp("rows")


@pytest.fixture
def common(shelf: Shelf) -> Path:
    return shelf(size="160x90", seconds=0.5, sound=f"sine={OURS}:sample_rate=48000")


def differing(row: Row, shelf: Shelf, maker: Ffmpeg, folder: Path) -> Path:
    sound = row.rate_of_sound and f"sine={THEIRS}:sample_rate={row.rate_of_sound}"
    clip = shelf(
        *row.options, size=row.size, rate=row.rate, seconds=row.seconds, sound=sound, stereo=row.stereo,
        picture="testsrc",
    )  # fmt: skip
    if not row.remade:
        return clip
    again = folder / "again.mp4"
    if row.remade[0].startswith("late"):
        late = ["-i", str(clip), "-itsoffset", "0.25", "-i", str(clip)]
        maps = ["0:v", "1:a"] if row.remade[0] == "late sound" else ["1:v", "0:a"]
        run(maker.path, [*late, "-map", maps[0], "-map", maps[1], "-c", "copy", str(again)])
        return again
    at = row.remade.index("|")
    run(maker.path, [*row.remade[:at], "-i", str(clip), "-c", "copy", *row.remade[at + 1 :], str(again)])
    return again


@pytest.mark.parametrize("name", ROWS)
def test_a_clip_between_others_comes_out_right(
    name: str, common: Path, shelf: Shelf, make: Make, maker: Ffmpeg, work: Path, tmp_path: Path
) -> None:
    row = ROWS[name]
    files = {"a": common, "b": differing(row, shelf, maker, tmp_path)}

    report, notes = make(film(shot("a"), shot("b"), shot("a")), files, work=work)

    assert notes == ()
    assert (report.width, report.height, report.rate) == (*SIZE, RATE)
    total = 2 * PART + row.frames
    assert (report.frames, report.samples) == (total, total * 2000)
    facts = probe(report.path)
    assert (facts.frames, facts.regular, facts.starts_at_zero) == (total, True, True)
    assert (facts.audio.samples // 1024, facts.sar, facts.rotation) == (total * 2000 // 1024, 1, 0)
    _check_picture(report.path, seen(common, SIZE), seen(files["b"], SIZE), row)
    _check_sound(samples(report.path), row)


def _check_picture(path: Path, ours: Seen, theirs: Seen, row: Row) -> None:
    made = [image for _, image in seen(path, SIZE)]
    for at in range(PART):
        for frame in (made[at], made[PART + row.frames + at]):
            assert nearest(frame, ours) == (pytest.approx(0, abs=3), at)
    for at in range(row.frames):
        image, shown = made[PART + at], [theirs[which] for which in _shown_at(Fraction(at, RATE), theirs)]
        far, _ = nearest(image, shown)
        assert far < row.by, at
        assert far < nearest(image, theirs)[0] + 0.3, at


COPIED = ("23.976 fps", "another clock", "mono at 44.1 kHz", "longer sound")
"""Clips that are joined as they are where all of them are such; the others of ALONE only look as if they could be."""
ALONE = (
    *COPIED, "odd size", "uneven frames", "uneven frames, as many as even ones", "uneven frames out of order",
    "wide pixels", "4:4:4", "HEVC", "open groups", "turned by 90", "turned by 180", "full range", "a list of edits",
    "a negative start",
)  # fmt: skip


@pytest.mark.parametrize("name", ALONE)
def test_clips_that_are_all_alike_come_out_right(
    name: str, shelf: Shelf, make: Make, maker: Ffmpeg, work: Path, tmp_path: Path
) -> None:
    """Their streams are equal, and could be joined without a word of complaint."""
    row = ROWS[name]
    clip = differing(row, shelf, maker, tmp_path)

    report, notes = make(film(shot("b"), shot("b")), {"b": clip}, work=work)

    facts = probe(report.path)
    assert notes == ()
    assert report.method == ("copy" if name in COPIED else "encode")
    assert (facts.frames, facts.regular, facts.starts_at_zero) == (2 * row.frames, True, True)
    assert (facts.sar, facts.rotation, facts.codec, facts.pixel_format) == (1, 0, "h264", "yuv420p")
    assert report.samples == (0 if row.rate_of_sound is None else round(2 * row.frames / report.rate * 48000))
    size = (report.width, report.height)
    theirs = seen(clip, size)
    for number, (_, image) in enumerate(seen(report.path, size)):
        shown = [theirs[which] for which in _shown_at(number % row.frames / report.rate, theirs)]
        far, _ = nearest(image, shown)
        assert far < (0.5 if name in COPIED else row.by), number
        assert far < nearest(image, theirs)[0] + 0.3, number
    if row.rate_of_sound is not None:
        heard = samples(report.path)
        for part in (heard[720 : len(heard) // 2 - 720], heard[len(heard) // 2 + 720 : -720]):
            assert 0.05 < tone(part, THEIRS) < 0.16


FIRST = (
    "size", "odd size", "30 fps", "23.976 fps", "uneven frames", "wide pixels", "turned by 90", "full range",
    "mono at 44.1 kHz", "no sound",
)  # fmt: skip


@pytest.mark.parametrize("name", FIRST)
def test_a_clip_that_comes_first_and_gives_way_softly_comes_out_right(
    name: str, common: Path, shelf: Shelf, make: Make, maker: Ffmpeg, work: Path, tmp_path: Path
) -> None:
    """The film has the size of the clip that differs, and both are seen and heard at once."""
    row, overlap = ROWS[name], 4
    files = {"a": common, "b": differing(row, shelf, maker, tmp_path)}
    soft = over("0.16")

    report, notes = make(
        film(shot("b"), shot("a", transition=soft), shot("b", transition=soft)), files, work=work
    )

    into, out = row.frames - overlap, row.frames + PART - 2 * overlap
    total = out + row.frames
    assert notes == ()
    assert (report.rate, report.frames, report.samples) == (RATE, total, total * 2000)
    assert (report.width, report.height) == probe(files["b"]).shown_size
    size = (report.width, report.height)
    made = [image for _, image in seen(report.path, size)]
    ours, theirs = seen(common, size), seen(files["b"], size)
    for at in range(row.frames):
        for number in {at, out + at} - {*range(into, into + overlap), *range(out, out + overlap)}:
            shown = [theirs[which] for which in _shown_at(Fraction(at, RATE), theirs)]
            assert nearest(made[number], shown)[0] < row.by, number
    for at in range(overlap, PART - overlap):
        assert nearest(made[into + at], ours) == (pytest.approx(0, abs=3), at)
    for begin, before, start, after in ((into, theirs, into, ours), (out, ours, PART - overlap, theirs)):
        for at in range(overlap):
            mixed = [
                (Fraction(0), Image.blend(before[one][1], after[other][1], at / overlap))
                for one in _shown_at(Fraction(start + at, RATE), before)
                for other in _shown_at(Fraction(at, RATE), after)
            ]
            assert nearest(made[begin + at], mixed)[0] < row.by, begin + at
    heard = samples(report.path)
    middle = heard[(into + overlap) * 2000 + 720 : out * 2000 - 720]
    assert tone(middle, OURS) == pytest.approx(0.088, rel=0.1)
    assert tone(middle, THEIRS) < 0.01
    for part in (heard[720 : into * 2000 - 720], heard[(out + overlap) * 2000 + 720 : -720]):
        assert tone(part, OURS) < 0.01
        assert row.heard is None or tone(part[: 2000 * (row.frames - overlap - 1)], THEIRS) > 0.05


def _shown_at(moment: Fraction, clip: Seen) -> list[int]:
    """Return which frames of the clip may stand there: what is shown then, or begins half a frame of ours from it."""
    begins = [time for time, _ in clip]
    near = [which for which, begin in enumerate(begins) if abs(begin - moment) <= Fraction(1, 2 * RATE)]
    before = [which for which, begin in enumerate(begins) if begin <= moment]
    return sorted({*near, *before[-1:]})


def _check_sound(heard: list[float], row: Row) -> None:
    frame, soft = 2000, 720
    middle, last = PART * frame, (PART + row.frames) * frame
    for part in (heard[soft : middle - soft], heard[last + soft : last + PART * frame - soft]):
        assert tone(part, OURS) == pytest.approx(0.088, rel=0.1)
        assert tone(part, THEIRS) < 0.01
    theirs = heard[middle:last]
    begin, end = (round(part * len(theirs)) for part in row.heard or (0, 0))
    sounding, quiet = (
        theirs[begin + soft : end - soft],
        [*theirs[: max(0, begin - soft)], *theirs[end + soft :]],
    )
    assert row.heard is None or 0.05 < tone(sounding, THEIRS) < 0.16
    assert tone(sounding, OURS) < 0.01
    if row.heard != (0, 1):
        assert peak(quiet) < 0.01


def _lettered(mode: str, size: tuple[int, int], path: Path, **how: object) -> Path:
    """Four fields of one colour each; where there is room for it, the second is transparent."""
    image = Image.new("RGBA", size, (255, 0, 0, 255))
    wide, high = size[0] // 2, size[1] // 2
    for color, place in (
        ((0, 255, 0, 0 if "A" in mode else 255), (wide, 0)), ((0, 0, 255, 255), (0, high)),
        ((255, 255, 255, 255), (wide, high)),
    ):  # fmt: skip
        image.paste(color, (*place, size[0], size[1]))
    (image if mode == "RGBA" else image.convert("RGB").convert(mode)).save(path, **how)
    return path


STILLS = {
    "odd size": ("RGB", (161, 91), "card.png", {}),
    "CMYK JPEG": ("CMYK", (320, 180), "card.jpg", {"quality": 95}),
    "grey JPEG": ("L", (320, 180), "card.jpg", {}),
    "PNG with alpha": ("RGBA", (320, 180), "card.png", {}),
    "palette PNG": ("P", (320, 180), "card.png", {}),
    "one bit": ("1", (320, 180), "card.png", {}),
    "WebP": ("RGB", (320, 180), "card.webp", {"lossless": True}),
    "WebP with alpha": ("RGBA", (320, 180), "card.webp", {"lossless": True}),
    "GIF": ("P", (320, 180), "card.gif", {}),
    "tall": ("RGB", (90, 320), "card.png", {}),
    "a pixel": ("RGB", (1, 1), "card.png", {}),
    "a wrong name": ("RGB", (320, 180), "card.mp4", {"format": "PNG"}),
}


@pytest.mark.parametrize("name", STILLS)
def test_a_still_between_clips_comes_out_right(
    name: str, common: Path, make: Make, work: Path, tmp_path: Path
) -> None:
    mode, size, called, how = STILLS[name]
    files = {"a": common, "card": _lettered(mode, size, tmp_path / called, **how)}

    report, notes = make(film(shot("a"), still("card", "0.25"), shot("a")), files, work=work)

    assert notes == ()
    assert (report.frames, report.samples) == (30, 60000)
    made = [image for _, image in seen(report.path, SIZE)]
    ours = seen(common, SIZE)
    for at in range(PART):
        assert nearest(made[at], ours)[1] == nearest(made[PART + 6 + at], ours)[1] == at
    wanted = _shown(files["card"])
    for frame in made[PART : PART + 6]:
        assert nearest(frame, [(Fraction(0), wanted)])[0] < 4
    heard = samples(report.path)
    assert tone(heard[720:23280], OURS) == pytest.approx(0.088, rel=0.1)
    assert peak(heard[24720:35280]) < 0.01
    assert tone(heard[36720:59280], OURS) == pytest.approx(0.088, rel=0.1)


def _shown(card: Path) -> Image.Image:
    """Return the picture as it should stand in the film: between bars, black where it is transparent."""
    with Image.open(card) as opened:
        image = opened.convert("RGBA")
    scale = min(SIZE[0] / image.width, SIZE[1] / image.height)
    inside = image.resize((max(2, round(image.width * scale)), max(2, round(image.height * scale))), 2)
    frame = Image.new("RGB", SIZE)
    frame.paste(inside, ((SIZE[0] - inside.width) // 2, (SIZE[1] - inside.height) // 2), inside)
    return frame.resize((32, 18), Image.Resampling.BOX)


def test_another_ffmpeg_makes_the_same_film(
    common: Path, shelf: Shelf, make: Make, maker: Ffmpeg, tmp_path: Path
) -> None:
    """Told from each other where KLING_SPEC_TEST_FFMPEG names another one than is made the clips with."""
    files = {"a": common, "b": shelf(size="240x240", rate="30", sound="sine=880:sample_rate=44100")}
    wanted = film(shot("a"), shot("b", transition=over("0.25")), shot("a", transition=over("0.25")))

    one, _ = make(wanted, files)
    other, _ = make(
        wanted, files, ffmpeg=maker, work=tmp_path / "other work", target=tmp_path / "other" / "film.mp4"
    )

    assert (one.frames, one.samples) == (other.frames, other.samples)
    mine, theirs = (seen(report.path, SIZE, SIZE) for report in (one, other))
    assert min(psnr(image, twin) for (_, image), (_, twin) in zip(mine, theirs, strict=True)) >= 60
