"""Files that go in, held against each provider's limits before anything is paid."""

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from provider_asks import PROVIDERS, WALK, ask, errors, findings, warnings

from kling_spec.diagnostics import Severity
from kling_spec.ir import (
    Ask,
    ElementParts,
    FileFacts,
    Link,
    LocalFile,
    Media,
    MediaKind,
    Output,
    OutputPart,
)
from kling_spec.media import render_clip
from kling_spec.providers import Finding, Lowering, provider, read_profile
from kling_spec.session import Checked
from kling_spec.session._inputs import local_file

MB = 1024 * 1024
KLINGS = ("kling", "kling-2026")
VIDEO = ("kling", "kling-2026", "runware", "apimodels")


def picture(**facts: Any) -> Ask:
    """An ask that starts from a local picture, fine everywhere but for what is said."""
    usual = {"format": "png", "bytes": 1000, "width": 1280, "height": 720}
    return ask(first_frame=media(MediaKind.IMAGE, LocalFile("a.png", "0", FileFacts(**(usual | facts)))))


def film(model: str = "v3-omni", **facts: Any) -> Ask:
    """An ask that refers to a local video, fine everywhere but for what is said."""
    usual = {
        "format": "mp4",
        "bytes": 1000,
        "width": 1280,
        "height": 720,
        "seconds": Decimal(5),
        "rate": Decimal(24),
    }
    source = LocalFile("a.mp4", "0", FileFacts(**(usual | facts)))
    return ask(model=model, reference_video=media(MediaKind.VIDEO, source))


def media(kind: MediaKind, source: Any, **fields: Any) -> Media:
    return Media(name="pic", kind=kind, source=source, **fields)


def said(name: str, wanted: Ask) -> tuple[Finding, ...]:
    """What is said against the file, where local videos have a place to go to."""
    low = Lowering(provider(name), read_profile(name), has_store=True)
    return tuple(found for found in low.pattern(wanted).findings if found.code == "KS407")


def is_taken(name: str, wanted: Ask) -> bool:
    return said(name, wanted) == ()


def sizes(name: str, kind: str, model: str = "v3-omni") -> Any:
    """The provider's limit for files of a kind."""
    rows = [row for row in read_profile(name).media if row.kind == kind and row.model in (None, model)]
    assert len(rows) == 1
    return rows[0]


# -- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_usual_picture_is_taken(name: str) -> None:
    assert findings(name, picture()) == ()
    assert findings(name, picture(format="jpeg")) == ()


PICTURE_BYTES = {
    "kling": 10 * MB,
    "kling-2026": 50 * MB,
    "hiapi": 20 * MB,
    "runware": 50 * MB,
    "apimodels": 10 * MB,
}
PICTURE_FORMATS = {
    name: {"jpeg", "png"} | ({"webp"} if name in {"hiapi", "runware"} else set()) for name in PROVIDERS
}


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("format_", ["jpeg", "png", "webp", "gif", "bmp", "tiff", "mp4", "avif"])
def test_a_picture_has_a_format_that_the_provider_reads(name: str, format_: str) -> None:
    assert is_taken(name, picture(format=format_)) is (format_ in PICTURE_FORMATS[name])


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_picture_may_have_so_many_bytes_and_no_more(name: str) -> None:
    most = PICTURE_BYTES[name]

    assert is_taken(name, picture(bytes=most))
    [found] = said(name, picture(bytes=most + MB))
    assert f"a file of {most // MB + 1:,}.0 MB; " in found.message
    assert f"takes {most // MB:,}.0 MB" in found.message


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("width", "height", "fine"),
    [
        (300, 300, True),
        (299, 300, False),
        (300, 299, False),
        (750, 300, True),
        (300, 750, True),
        (751, 300, False),
        (300, 751, False),
        (8000, 4000, True),
        (1, 1, False),
        (10000, 300, False),
    ],
)
def test_a_picture_has_300_pixels_a_side_and_is_not_too_long(
    name: str, width: int, height: int, *, fine: bool
) -> None:
    assert is_taken(name, picture(width=width, height=height)) is fine


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_picture_that_cannot_be_read_is_told_with_the_reason(name: str) -> None:
    [found] = said(name, picture(format="", problem="the file is empty", bytes=0))

    assert "a file that is no picture: the file is empty" in found.message
    assert found.severity is Severity.ERROR


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_is_wrong_with_a_picture_is_all_said_at_once(name: str) -> None:
    found = said(name, picture(format="bmp", bytes=60 * MB, width=100, height=1000))

    assert len(found) == 4
    assert all(one.ask == "first_frame" and one.help and one.message[0].islower() for one in found)


@pytest.mark.parametrize(
    "fields",
    [
        {"last_frame": True},
        {"images": True},
    ],
)
def test_each_picture_is_blamed_where_it_goes_in(fields: dict[str, bool]) -> None:
    bad = media(MediaKind.IMAGE, LocalFile("a.bmp", "0", FileFacts(format="bmp", bytes=1)))
    fine = media(MediaKind.IMAGE, Link("https://cdn.example.com/fine.png"))
    values = {"last_frame": {"first_frame": fine, "last_frame": bad}, "images": {"images": (fine, bad)}}
    [name] = fields

    assert {found.ask for found in said("kling", ask(**values[name]))} == {name}


# -- videos --------------------------------------------------------------------------------------

SIDES = {"kling": (720, 2160), "kling-2026": (700, 4553), "apimodels": (720, 2160)}


@pytest.mark.parametrize("name", VIDEO)
def test_a_usual_video_is_taken(name: str) -> None:
    assert is_taken(name, film())
    assert is_taken(name, film(format="mov"))
    assert is_taken(name, film("o1"))


@pytest.mark.parametrize("name", VIDEO)
@pytest.mark.parametrize("format_", ["webm", "mkv", "avi", "gif", "png"])
def test_a_video_has_a_format_that_the_provider_reads(name: str, format_: str) -> None:
    [found] = said(name, film(format=format_))

    assert f"a {format_} file" in found.message
    assert found.help == "convert it to mp4"


@pytest.mark.parametrize("name", VIDEO)
def test_a_video_has_200_megabytes_at_most(name: str) -> None:
    assert is_taken(name, film(bytes=200 * MB))
    assert not is_taken(name, film(bytes=200 * MB + 1))


@pytest.mark.parametrize("name", VIDEO)
def test_a_video_is_neither_too_short_nor_too_long(name: str) -> None:
    """A clip that was asked for in whole seconds may be half a second longer."""
    for seconds in ("3", "9.99", "15", "15.5"):
        assert Severity.ERROR not in {found.severity for found in said(name, film(seconds=Decimal(seconds)))}
    for seconds in ("0", "2.99", "15.51", "3600"):
        [found] = said(name, film(seconds=Decimal(seconds)))
        assert found.severity is Severity.ERROR
        assert found.help.startswith("cut it to 3 to 15")


@pytest.mark.parametrize("name", ["kling", "runware", "apimodels"])
def test_a_video_above_ten_seconds_may_be_stopped_at(name: str) -> None:
    assert is_taken(name, film(seconds=Decimal("10.5")))
    [found] = said(name, film(seconds=Decimal("10.6")))
    assert found.severity is Severity.WARNING
    assert "may stop at 10" in found.message


@pytest.mark.parametrize("name", VIDEO)
def test_o1_takes_ten_seconds(name: str) -> None:
    assert is_taken(name, film("o1", seconds=Decimal("10.5")))
    assert not is_taken(name, film("o1", seconds=Decimal("10.6")))


@pytest.mark.parametrize("name", VIDEO)
@pytest.mark.parametrize(
    ("rate", "fine"),
    [
        ("24", True),
        ("60", True),
        ("23.976", True),
        ("59.94", True),
        ("29.97", True),
        ("23", False),
        ("15", False),
        ("60.1", False),
        ("120", False),
    ],
)
def test_a_video_has_24_to_60_frames_a_second(name: str, rate: str, *, fine: bool) -> None:
    assert is_taken(name, film(rate=Decimal(rate))) is fine


@pytest.mark.parametrize("name", SIDES)
def test_the_sides_of_a_video_are_within_bounds(name: str) -> None:
    least, most = SIDES[name]
    beside = 1821 if most > 2160 else most  # the whole picture is bounded as well

    assert is_taken(name, film(width=least, height=least))
    assert not is_taken(name, film(width=least - 1, height=1000))
    assert not is_taken(name, film(width=1000, height=least - 1))
    assert is_taken(name, film(width=beside, height=min(most, 4000)))
    [found] = said(name, film(width=beside, height=most + 1))[:1]
    assert f"takes {least} to {most} pixels a side" in found.message


def test_o1_has_smaller_videos_on_the_second_standard() -> None:
    assert is_taken("kling-2026", film(width=2200, height=1100))
    assert not is_taken("kling-2026", film("o1", width=2200, height=1100))
    assert is_taken("kling-2026", film("o1", width=700, height=2160))


def test_the_second_standard_bounds_the_whole_picture_of_a_video_and_its_shape() -> None:
    assert is_taken("kling-2026", film(width=3840, height=2160))
    [large] = said("kling-2026", film(width=3840, height=2161))
    assert "takes 8,294,400 pixels in all" in large.message
    assert is_taken("kling-2026", film(width=1400, height=700))
    [broad] = said("kling-2026", film(width=1402, height=700))
    assert "2.00 times as wide as high" in broad.message
    assert is_taken("kling-2026", film(width=800, height=2000))
    assert not is_taken("kling-2026", film(width=800, height=2001))


def test_runware_says_nothing_of_the_sides_of_a_video() -> None:
    assert is_taken("runware", film(width=64, height=64))


def test_a_video_of_which_nothing_is_known_is_judged_by_its_name_alone() -> None:
    unknown = ask(reference_video=media(MediaKind.VIDEO, LocalFile("a.mp4", "0")))
    wrong = ask(reference_video=media(MediaKind.VIDEO, LocalFile("a.webm", "0")))

    assert is_taken("runware", unknown)
    assert not is_taken("runware", wrong)


def test_what_the_file_says_of_its_length_counts_more_than_what_the_spec_says() -> None:
    facts = FileFacts(format="mp4", bytes=1, width=1280, height=720, seconds=Decimal(20), rate=Decimal(24))
    source = LocalFile("a.mp4", "0", facts)
    wanted = ask(edit=media(MediaKind.VIDEO, source, seconds=Decimal(5)))

    [found] = said("runware", wanted)

    assert "which lasts 20 seconds" in found.message


@pytest.mark.parametrize("name", VIDEO)
def test_the_clip_of_another_shot_is_judged_by_the_length_that_was_asked_for(name: str) -> None:
    def clip(seconds: int) -> Ask:
        return ask(reference_video=media(MediaKind.VIDEO, Output("open"), seconds=Decimal(seconds)))

    assert is_taken(name, clip(10))
    assert not is_taken(name, clip(16))
    assert is_taken(name, ask(first_frame=media(MediaKind.IMAGE, Output("open", OutputPart.LAST_FRAME))))


def test_a_provider_that_takes_no_video_says_that_and_nothing_of_the_file() -> None:
    assert said("hiapi", film(format="webm", width=1, height=1)) == ()
    assert errors("hiapi", film()) == {"reference_video"}


# -- elements ------------------------------------------------------------------------------------


def made_of(**parts: Any) -> Ask:
    return ask(elements=(media(MediaKind.ELEMENT, ElementParts(**parts)),))


@pytest.mark.parametrize("name", KLINGS)
def test_the_pictures_of_an_element_have_limits_of_their_own(name: str) -> None:
    front = Link("https://cdn.example.com/front.png")

    def side(**facts: Any) -> Ask:
        usual = {"format": "png", "bytes": 1, "width": 300, "height": 300}
        return made_of(frontal=front, images=(LocalFile("a.png", "0", FileFacts(**(usual | facts))),))

    assert is_taken(name, side())
    assert is_taken(name, side(bytes=10 * MB))
    assert not is_taken(name, side(bytes=10 * MB + 1))
    assert not is_taken(name, side(width=299))
    assert not is_taken(name, side(width=751))
    assert not is_taken(name, side(format="webp"))
    assert {found.ask for found in said(name, side(format="webp"))} == {"elements"}


@pytest.mark.parametrize("name", KLINGS)
@pytest.mark.parametrize(
    ("facts", "fine"),
    [
        ({}, True),
        ({"width": 1080, "height": 1920}, True),
        ({"seconds": Decimal(3)}, True),
        ({"seconds": Decimal("8.4")}, True),
        ({"seconds": Decimal("2.9")}, False),
        ({"seconds": Decimal("8.6")}, False),
        ({"width": 1280, "height": 720}, False),
        ({"width": 3840, "height": 2160}, False),
        ({"format": "webm"}, False),
        ({"bytes": 201 * MB}, False),
    ],
    ids=str,
)
def test_the_video_of_an_element_is_short_and_of_1080_lines(
    name: str, facts: dict[str, Any], *, fine: bool
) -> None:
    usual = {"format": "mp4", "bytes": 1, "width": 1920, "height": 1080, "seconds": Decimal(5)}
    source = LocalFile("a.mp4", "0", FileFacts(**(usual | facts)))

    assert is_taken(name, made_of(video=source)) is fine


# -- profiles ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_limit_of_files_has_a_source_and_its_bounds_in_order(name: str) -> None:
    for row in read_profile(name).media:
        assert row.source
        assert row.formats
        for bounds in (row.ratio, row.rate, row.seconds, row.sides if len(row.sides) > 1 else None):
            assert bounds is None or bounds[0] < bounds[1]
        assert row.seconds_sure is None or (row.seconds and row.seconds_sure <= row.seconds[1])


@pytest.mark.parametrize("name", VIDEO)
def test_each_model_has_one_limit_for_its_videos(name: str) -> None:
    for model in ("v3-omni", "o1"):
        assert sizes(name, "video", model).seconds is not None


# -- real files ----------------------------------------------------------------------------------


def file(path: Path) -> LocalFile:
    """A file of the project as a session looks at it."""
    found = local_file(path, path.name)
    assert found is not None
    return found


def save(folder: Path, name: str, size: tuple[int, int] = (640, 480), **how: Any) -> Path:
    path = folder / name
    Image.new("RGB", size, "teal").save(path, **how)
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of 720p."""
    target = tmp_path_factory.mktemp("media") / "walk.mp4"
    return render_clip(target, seconds=3, width=1280, height=720, sound=False, title="walk", lines=[], seed=1)


@pytest.mark.parametrize(
    ("name", "format_"),
    [("a.png", "png"), ("a.jpg", "jpeg"), ("a.webp", "webp"), ("a.gif", "gif"), ("a.bmp", "bmp")],
)
def test_a_real_picture_is_known_by_its_bytes(tmp_path: Path, name: str, format_: str) -> None:
    facts = file(save(tmp_path, name)).facts

    assert facts is not None
    assert (facts.format, facts.width, facts.height, facts.problem) == (format_, 640, 480, "")
    assert facts.bytes == (tmp_path / name).stat().st_size
    assert (facts.seconds, facts.rate) == (None, None)


def test_a_picture_with_another_s_name_is_refused_for_what_it_is(tmp_path: Path) -> None:
    source = file(save(tmp_path, "a.png", format="WEBP"))

    [found] = said("kling", ask(first_frame=media(MediaKind.IMAGE, source)))

    assert "a webp file; Kling reads jpeg, png" in found.message
    assert is_taken("hiapi", ask(first_frame=media(MediaKind.IMAGE, source)))


def test_a_picture_that_lies_on_its_side_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    facts = file(save(tmp_path, "a.jpg", (900, 400), exif=turned)).facts

    assert facts is not None
    assert (facts.width, facts.height) == (400, 900)


def test_a_picture_that_is_too_small_or_too_long_is_refused(tmp_path: Path) -> None:
    small = ask(first_frame=media(MediaKind.IMAGE, file(save(tmp_path, "small.png", (200, 200)))))
    long = ask(first_frame=media(MediaKind.IMAGE, file(save(tmp_path, "long.png", (1600, 400)))))

    for name in PROVIDERS:
        assert "200x200 pixels large" in said(name, small)[0].message
        assert "4.00 times as wide as high" in said(name, long)[0].message


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"hello", "not those of one that is known"),
        (b"\x89PNG\r\n\x1a\n", "damaged or cut short"),
        (b"\xff\xd8\xff\xe0", "damaged or cut short"),
        (b"%PDF-1.7", "not those of one that is known"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)

    for name in PROVIDERS:
        [found] = said(name, ask(first_frame=media(MediaKind.IMAGE, file(path))))
        assert "a file that is no picture" in found.message
        assert problem in found.message


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert local_file(tmp_path / "none.png", "none.png") is None
    assert local_file(tmp_path, "folder") is None
    assert local_file(tmp_path / "a\0b", "odd") is None


def test_a_recording_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "voice.mp3"
    path.write_bytes(b"ID3")
    found = local_file(path, "voice.mp3", kind="audio")

    assert found is not None
    assert found.facts is None


def test_a_real_video_is_measured_and_taken(clip: Path) -> None:
    source = file(clip)

    assert source.facts is not None
    assert (source.facts.format, source.facts.width, source.facts.height) == ("mp4", 1280, 720)
    assert (source.facts.seconds, source.facts.rate) == (Decimal("3.0"), Decimal(24))
    for name in VIDEO:
        assert is_taken(name, ask(reference_video=media(MediaKind.VIDEO, source)))


def test_a_video_that_is_cut_short_is_refused(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    path.write_bytes(clip.read_bytes()[:200])

    for name in VIDEO:
        [found] = said(name, ask(reference_video=media(MediaKind.VIDEO, file(path))))
        assert "a file that is no video" in found.message


def test_a_picture_is_no_video_and_a_video_no_picture(clip: Path, tmp_path: Path) -> None:
    still = file(save(tmp_path, "still.png", (1280, 720)))

    assert not is_taken("runware", ask(reference_video=media(MediaKind.VIDEO, still)))
    assert not is_taken("runware", ask(first_frame=media(MediaKind.IMAGE, file(clip))))


# -- what a spec says of a file ------------------------------------------------------------------

SPEC = """
kling_spec: 1
assets:
  walk: {{video: walk.mp4{said}}}
shots:
  fox: {{prompt: "a fox as in {{{{ walk }}}}", reference_video: walk}}
"""


def said_of(folder: Path, clip: Path, said: str) -> list[tuple[str, str, int]]:
    """The findings about a spec that says something of its video: code, message and line."""
    shutil.copy(clip, folder / "walk.mp4")
    checked = Checked(folder / "spec.yaml", text=SPEC.format(said=said), provider="runware", environment={})
    return [(found.code, found.message, found.origin.line) for found in checked.check()]


def test_a_length_that_contradicts_the_file_is_told_where_it_stands(tmp_path: Path, clip: Path) -> None:
    assert said_of(tmp_path, clip, ", duration: 6") == [
        ("KS315", "asset 'walk' says 6 seconds, and the file lasts 3.0", 4)
    ]


@pytest.mark.parametrize("said", ["", ", duration: 3", ", duration: 3.0"])
def test_a_length_that_agrees_with_the_file_or_is_left_out_is_fine(
    tmp_path: Path, clip: Path, said: str
) -> None:
    assert said_of(tmp_path, clip, said) == []


def test_doubts_about_a_video_by_its_address_come_from_the_spec_alone() -> None:
    assert warnings("kling", ask(edit=media(MediaKind.VIDEO, WALK.source, seconds=Decimal(12)))) == {"edit"}
