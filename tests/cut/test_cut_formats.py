"""Deliveries: each codec in each file that may hold it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import av
import pytest
from cut_films import HERE, cut_of, lumas, over, pictures, shot

from kling_spec.ir import Codec, Container, Delivery, Fit, Layer
from kling_spec.media import Ffmpeg, Read, assemble, probe
from kling_spec.media._run import run
from kling_spec.media._track import coding_of, write_track

Shelf = Callable[..., Path]
Make = Callable[..., tuple]

FORMATS = [
    (Codec.H264, Container.MP4, "h264", "aac", "avc1"),
    (Codec.H264, Container.MOV, "h264", "aac", "avc1"),
    (Codec.HEVC, Container.MP4, "hevc", "aac", "hvc1"),
    (Codec.HEVC, Container.MOV, "hevc", "aac", "hvc1"),
    (Codec.VP9, Container.WEBM, "vp9", "opus", ""),
    (Codec.VP9, Container.MP4, "vp9", "aac", "vp09"),
    (Codec.PRORES, Container.MOV, "prores", "pcm_s24le", "apch"),
]
BY_NAME = [f"{codec}-{container}" for codec, container, *_ in FORMATS]
TAGS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")


@pytest.mark.parametrize(("codec", "container", "picture", "sound", "tag"), FORMATS, ids=BY_NAME)
def test_a_delivery_is_what_it_says(
    shelf: Shelf, make: Make, tmp_path: Path,
    codec: Codec, container: Container, picture: str, sound: str, tag: str,
) -> None:  # fmt: skip
    title = Layer(text="Harbor", start=Decimal("0.2"), end=Decimal("1.2"), origin=HERE)
    wanted = cut_of(
        shot("a", start=Decimal("0.25")),
        shot("b", transition=over("0.25")),
        shot("a", speed=Decimal(2)),
        delivery=Delivery(codec=codec, container=container),
        layers=(title,),
    )
    files = {"a": shelf(*TAGS), "b": shelf(*TAGS, picture="smptebars")}
    targets = [tmp_path / f"{number}" / f"film.{container}" for number in range(2)]

    report, notes = make(wanted, files, target=targets[0])
    again, _ = make(wanted, files, target=targets[1], work=tmp_path / "other work")

    assert notes == ()
    assert (report.frames, report.samples // 1024) == (48, 96000 // 1024)
    assert report.streams[0].startswith(picture)
    assert report.streams[1].startswith(f"{sound} 48000 Hz 2 channels")
    assert targets[0].read_bytes() == targets[1].read_bytes()
    assert again.encoded == 5
    with av.open(str(report.path)) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == (picture, sound)
        context = video.codec_context
        assert (int(context.color_range), int(context.colorspace)) == (1, 1)
        assert int(context.color_primaries) == int(context.color_trc) == 1
        if tag:
            assert context.codec_tag == tag
        decoded = list(film.decode(video))
        assert len(decoded) == 48
        steps = [float(frame.pts * frame.time_base) * 24 for frame in decoded]
        assert max(abs(step - number) for number, step in enumerate(steps)) < 0.03


@pytest.mark.parametrize("container", [Container.MP4, Container.MOV])
def test_a_film_starts_to_play_before_all_of_it_is_there(
    shelf: Shelf, make: Make, tmp_path: Path, container: Container
) -> None:
    report, _ = make(
        cut_of(shot("a"), shot("a"), delivery=Delivery(container=container)), {"a": shelf()},
        target=tmp_path / f"film.{container}",
    )  # fmt: skip

    data = report.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert data[4:8] == b"ftyp"
    assert (data[8:12] == b"qt  ") == (container is Container.MOV)
    assert report.method == "copy"


@pytest.mark.parametrize("codec", [Codec.HEVC, Codec.VP9])
def test_clips_in_the_codec_of_the_delivery_are_copied(
    shelf: Shelf, make: Make, tmp_path: Path, codec: Codec
) -> None:
    how = {
        Codec.HEVC: ("-c:v", "libx265", "-x265-params", "open-gop=0:log-level=none", "-tag:v", "hvc1"),
        Codec.VP9: ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"),
    }
    files = {"a": shelf(*how[codec]), "b": shelf(*how[codec], "-vf", "negate")}
    container = Container.WEBM if codec is Codec.VP9 else Container.MP4
    wanted = cut_of(shot("a"), shot("b"), delivery=Delivery(codec=codec, container=container))

    report, _ = make(wanted, files, target=tmp_path / f"film.{container}")

    assert (report.method, report.why) == ("copy", "all clips are whole and their streams are equal")
    assert pictures(report.path) == pictures(files["a"]) + pictures(files["b"])


def whole(shelf: Shelf, **more: object) -> Path:
    return shelf(*more.pop("options", ()), **more)


REASONS = {
    "another size": ({"delivery": Delivery(width=160, height=90)}, "clip 1 is 320x180, and the film is 160x90"),
    "another rate": (
        {"delivery": Delivery(rate=Decimal(30))}, "clip 1 has 24 frames in a second, and the film has 30",
    ),
    "another codec": ({"delivery": Delivery(codec=Codec.HEVC)}, "clip 1 is h264, and the film is hevc"),
    "a title": (
        {"layers": (Layer(text="Harbor", origin=HERE),)}, "something lies over the picture",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REASONS)
def test_streams_are_not_copied_where_the_film_is_another(shelf: Shelf, make: Make, name: str) -> None:
    more, reason = REASONS[name]

    report, _ = make(cut_of(shot("a"), shot("a"), **more), {"a": shelf()})

    assert (report.method, report.why) == ("encode", reason)
    assert report.encoded == report.kept > 0


def test_full_range_and_frames_of_open_groups_are_not_copied(shelf: Shelf, make: Make) -> None:
    full = shelf("-vf", "scale=out_range=pc", "-color_range", "pc")
    open_group = shelf(
        "-x264-params", "open-gop=1:keyint=12:min-keyint=12:bframes=3:b-adapt=0:scenecut=0", "-bf", "3"
    )

    ranged, _ = make(cut_of(shot("a")), {"a": full})
    hanging, _ = make(cut_of(shot("a")), {"a": open_group})

    assert (ranged.method, ranged.why[:6]) == ("encode", "clip 1")
    assert probe(open_group).has_leading
    assert hanging.why == "clip 1 has frames that hang on the clip before them"


@pytest.mark.parametrize(
    ("codec", "container", "lacks", "message"),
    [
        (
            Codec.HEVC,
            Container.MP4,
            "libx265",
            "hevc pictures",
        ),
        (
            Codec.VP9,
            Container.WEBM,
            "libopus",
            "the sound of webm",
        ),
    ],
)
def test_an_ffmpeg_that_cannot_write_a_delivery_is_told_before_any_work(
    shelf: Shelf, make: Make, ffmpeg: Ffmpeg,
    codec: Codec, container: Container, lacks: str, message: str,
) -> None:  # fmt: skip
    wanted = cut_of(shot("a"), delivery=Delivery(codec=codec, container=container))

    report, (found,) = make(wanted, {"a": shelf()}, ffmpeg=replace(ffmpeg, lacks=(lacks,)))
    fine, _ = make(cut_of(shot("a")), {"a": shelf()}, ffmpeg=replace(ffmpeg, lacks=(lacks,)))

    told = f"this ffmpeg cannot write {message}: it has no encoder '{lacks}'"
    assert (report, found.code, found.message) == (None, "KS718", told)
    assert fine.frames == 24


def test_bars_are_black_in_every_codec(shelf: Shelf, make: Make, tmp_path: Path) -> None:
    for codec, container, *_ in FORMATS[::2]:
        delivery = Delivery(width=320, height=320, codec=codec, container=container)
        report, _ = make(
            cut_of(shot("a"), delivery=delivery, fit=Fit.CONTAIN), {"a": shelf(sound=None)},
            target=tmp_path / f"{codec}.{container}",
        )  # fmt: skip
        with av.open(str(report.path)) as film:
            frame = next(film.decode(video=0)).to_image()
        assert max(frame.getpixel((160, 5))) <= 3, codec
        assert max(frame.getpixel((160, 160))) > 3, codec


@pytest.mark.parametrize(("container", "codec"), [(Container.MP4, Codec.H264), (Container.WEBM, Codec.VP9)])
def test_captions_are_a_track_of_their_own(
    shelf: Shelf, ffmpeg: Ffmpeg, maker: Ffmpeg, tmp_path: Path, container: Container, codec: Codec
) -> None:
    """The track does not move picture or sound."""
    options = ("-c:v", "libvpx-vp9", "-deadline", "realtime") if codec is Codec.VP9 else ()
    picture, raw, read = shelf(*options, sound=None), tmp_path / "sound.f32", tmp_path / "read.srt"
    run(
        maker.path,
        ["-f", "lavfi", "-i", "sine=440:sample_rate=48000:duration=1", "-ac", "2", "-f", "f32le", str(raw)],
    )
    read.write_text("1\n00:00:00,250 --> 00:00:00,750\nI never thought\n", encoding="utf-8")
    target, delivery = tmp_path / f"film.{container}", Delivery(codec=codec, container=container)
    track = tmp_path / "track"
    write_track(ffmpeg, raw, coding_of(delivery), track)

    assemble(
        ffmpeg, picture, track, target, rate=probe(picture).rate,
        delivery=delivery, captions=Read(file=read, language="pt-BR"),
    )  # fmt: skip

    with av.open(str(target)) as film:
        [words] = film.streams.subtitles
        assert words.codec_context.name == ("webvtt" if container is Container.WEBM else "mov_text")
        assert words.language == "por"
        packets = [packet for packet in film.demux(words) if packet.size and packet.duration]
        assert b"I never thought" in b"".join(bytes(packet) for packet in packets)
        shown = [packet for packet in packets if b"thought" in bytes(packet)]
        assert [float(packet.pts * packet.time_base) for packet in shown] == [pytest.approx(0.25, abs=0.002)]
    assert lumas(target) == lumas(picture)


@pytest.mark.parametrize("container", [Container.MP4, Container.MOV, Container.WEBM])
def test_tags_of_any_words_arrive_as_they_are(
    shelf: Shelf, ffmpeg: Ffmpeg, tmp_path: Path, container: Container
) -> None:
    options = ("-c:v", "libvpx-vp9", "-deadline", "realtime") if container is Container.WEBM else ()
    picture, target = shelf(*options, sound=None), tmp_path / f"film.{container}"
    codec = Codec.VP9 if container is Container.WEBM else Codec.H264
    tags = {"title": "-i a=b;c#d\\e\nsecond [line] ümlaut 'x'", "comment": ";FFMETADATA1"}
    delivery = Delivery(codec=codec, container=container)

    assemble(ffmpeg, picture, None, target, rate=probe(picture).rate, delivery=delivery, tags=tags)

    with av.open(str(target)) as film:
        assert {name.lower(): value for name, value in film.metadata.items()}.items() >= tags.items()
