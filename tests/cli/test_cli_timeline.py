"""A rehearsed film goes to an editor and comes back: what stands beside it, what is told, what the film shows."""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import opentimelineio as otio
import pytest

SPEC = """\
kling_spec: 1
name: pond
provider: apimodels
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3, sound: true}
shots:
  frog: {prompt: A frog sits, caption: The frog}
  hare: {prompt: A hare listens}
  bear: {prompt: A bear wakes}
cuts:
  main:
    timeline:
      - frog
      - {shot: hare, transition: {type: crossfade, duration: 0.5}}
      - {gap: 0.5}
      - {shot: bear, trim: [0.5, 2.5], gain: -3}
    overlays: [{text: Pond, end: 1}]
    captions: true
"""


@pytest.fixture
def pond(spec: Any, cli: Any) -> str:
    """A spec whose clips are there."""
    name = str(spec("pond.yaml", text=SPEC))
    assert cli("run", name, "--sandbox", "--yes", "--no-cut").code == 0
    return name


def edit(path: Path) -> Any:
    return otio.adapters.read_from_file(str(path))


def pictures(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [sha256(bytes(frame.planes[0])).hexdigest() for frame in container.decode(video=0)]


def lumas(path: Path) -> list[bytes]:
    """A small grey picture of every frame."""
    with av.open(str(path)) as container:
        return [
            bytes(frame.reformat(width=64, height=36, format="gray").planes[0])
            for frame in container.decode(video=0)
        ]


def apart(one: bytes, other: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def swap_trim_and_cross(path: Path) -> None:
    """Put the bear first, trim the hare, and let it come by a longer dip to black."""
    timeline = edit(path)
    track = timeline.tracks[0]
    bear = track.pop(4)
    track.insert(0, bear)
    span, rate = otio.opentime.TimeRange, 24
    track[3].source_range = span(otio.opentime.RationalTime(24, rate), otio.opentime.RationalTime(36, rate))
    track[2].in_offset = track[2].out_offset = otio.opentime.RationalTime(9, rate)
    track[2].transition_type, track[2].name = "Custom_Transition", "Dip to Black"
    track[1].source_range = span(otio.opentime.RationalTime(0, rate), otio.opentime.RationalTime(60, rate))
    otio.adapters.write_to_file(timeline, str(path))


def test_an_edit_is_followed_frame_for_frame_and_can_go_into_the_spec(pond: str, cli: Any) -> None:
    assert cli("timeline", pond, "main", "--sandbox", "--out", "edit.otio").code == 0
    clips = {name: lumas(Path(f"edit-media/{name}.mp4")) for name in ("frog", "hare", "bear")}
    swap_trim_and_cross(Path("edit.otio"))

    made = cli("cut", pond, "main", "--sandbox", "--timeline", "edit.otio", "--format", "json")
    printed = cli("cut", pond, "main", "--sandbox", "--timeline", "edit.otio", "--print")

    assert made.code == 0, made.err
    assert "the sound of the edit is not read" in made.err
    film = Path(made.json[0]["path"])
    shown = lumas(film)
    assert len(shown) == made.json[0]["frames"] == 48 + 60 + 36 + 12
    for at, (name, frame) in {
        0: ("bear", 12),
        47: ("bear", 59),
        48: ("frog", 0),
        98: ("frog", 50),
        117: ("hare", 33),
        143: ("hare", 59),
    }.items():
        others = [
            apart(shown[at], picture)
            for other, frames in clips.items()
            for number, picture in enumerate(frames)
            if (other, number) != (name, frame)
        ]
        assert apart(shown[at], clips[name][frame]) < min(others), (at, name, frame)
    assert max(shown[150]) < 20, "the gap is black"

    assert printed.code == 0
    told = SPEC[: SPEC.index("cuts:")] + printed.out.replace(
        "    timeline:", "    overlays: [{text: Pond, end: 1}]\n    captions: true\n    timeline:"
    )
    assert "{shot: bear, trim: [0.5, 2.5], gain: -3}" in printed.out
    assert "{type: dip_to_black, duration: 0.75}" in printed.out
    Path(pond).write_text(told, encoding="utf-8")
    before = pictures(film)
    again = cli("cut", pond, "main", "--sandbox", "--format", "json")
    assert again.code == 0, again.err
    assert pictures(Path(again.json[0]["path"])) == before


def test_a_timeline_that_was_not_touched_changes_nothing(pond: str, cli: Any) -> None:
    first = cli("cut", pond, "--sandbox", "--format", "json").json[0]
    cli("timeline", pond, "--sandbox")

    second = cli("cut", pond, "--sandbox", "--timeline", "out/sandbox/pond.otio", "--format", "json")

    assert second.json[0]["sha256"] == first["sha256"]
    assert second.json[0]["unchanged"]
    assert "warning" not in second.err
    printed = cli("cut", pond, "--sandbox", "--timeline", "out/sandbox/pond.otio", "--print").out
    assert printed.splitlines()[3:] == [
        "      - frog",
        "      - {shot: hare, transition: {type: crossfade, duration: 0.5}}",
        "      - {gap: 0.5}",
        "      - {shot: bear, trim: [0.5, 2.5], gain: -3}",
    ]


@pytest.mark.parametrize(
    ("form", "ending", "lost"),
    [
        ("otio", "otio", ["titles and logos", "captions", "levels"]),
        ("fcp7", "xml", ["titles and logos", "captions", "levels", "our metadata"]),
        (
            "edl",
            "edl",
            ["titles and logos", "captions", "picture only", "our metadata", "24 frames a second"],
        ),
    ],
)
def test_what_a_format_does_not_carry_is_told(
    form: str, ending: str, lost: list[str], pond: str, cli: Any
) -> None:
    said = cli("timeline", pond, "--sandbox", "--format", form, "--media", "copy", "--out", "to editor")

    assert said.code == 0
    assert said.out.startswith(f"timeline {Path(f'to editor/pond.{ending}')}, media in")
    told = [line for line in said.err.splitlines() if "[KS724]" in line]
    assert len(told) == len(lost)
    assert all(any(word in line for line in told) for word in lost)
    media = sorted(Path("to editor/pond-media").iterdir())
    assert [file.name for file in media] == ["bear.mp4", "frog.mp4", "hare.mp4"]
    assert not any(file.is_symlink() for file in media)


def test_media_are_linked_or_stay_where_they_are(pond: str, cli: Any) -> None:
    cli("timeline", pond, "--sandbox")
    cli("timeline", pond, "--sandbox", "--media", "none", "--out", "a b.otio")

    linked = Path("out/sandbox/pond-media/frog.mp4")
    assert linked.resolve().name == f"{sha256(linked.read_bytes()).hexdigest()}.mp4"
    (clip, *_) = edit(Path("a b.otio")).find_clips()
    url = clip.media_reference.target_url
    assert url.startswith(".kling-spec/sandbox/clips/")
    assert Path(url).is_file()
    (clip, *_) = edit(Path("out/sandbox/pond.otio")).find_clips()
    assert clip.media_reference.target_url == "pond-media/frog.mp4"


def test_an_edit_is_never_written_over_unless_that_is_said(pond: str, cli: Any) -> None:
    command = ("timeline", pond, "--sandbox", "--out", "edit.otio")
    cli(*command)
    assert cli(*command).code == 0, "the same again is no loss"
    swap_trim_and_cross(Path("edit.otio"))
    theirs = Path("edit.otio").read_bytes()

    refused = cli(*command)

    assert refused.code == 1
    assert "edit.otio is there and may be somebody's edit" in refused.err
    assert Path("edit.otio").read_bytes() == theirs
    assert cli(*command, "--force").code == 0
    assert Path("edit.otio").read_bytes() != theirs


def test_an_edit_that_cannot_be_followed_makes_no_film(pond: str, cli: Any) -> None:
    cli("timeline", pond, "--sandbox", "--out", "edit.otio")
    timeline = edit(Path("edit.otio"))
    timeline.tracks[0][0].media_reference = otio.schema.ExternalReference("https://stock.example/eagle.mp4")
    otio.adapters.write_to_file(timeline, "edit.otio")

    said = cli("cut", pond, "--sandbox", "--timeline", "edit.otio")

    assert said.code == 7
    assert "KS721" in said.err
    assert not Path("out/sandbox/pond.mp4").exists()


def test_films_without_clips_say_what_they_wait_for(spec: Any, cli: Any) -> None:
    name = spec("pond.yaml", text=SPEC)

    said = cli("timeline", name, "--sandbox")

    assert (said.code, said.out) == (7, "timeline of pond.mp4: waits for -/frog, -/hare, -/bear\n")
    assert cli("timeline", name, "min").code == 1
    assert "--print goes with --timeline" in cli("cut", name, "--print").err


def test_without_the_library_it_is_said_what_to_install(
    pond: str, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentimelineio", None)

    said = cli("timeline", pond, "--sandbox")

    assert said.code == 1
    assert said.err == (
        "error: opentimelineio is not installed; it comes with: pip install 'kling-spec[otio]'\n"
    )
    assert cli("cut", pond, "--sandbox").code == 0, "films need no library of editors"


def test_an_edit_of_one_variant_makes_that_variant_alone(spec: Any, cli: Any) -> None:
    name = spec()
    assert cli("run", name, "--sandbox", "--yes", "--no-cut").code == 0
    assert cli("timeline", name, "--sandbox").code == 0
    files = sorted(file.name for file in Path("out/sandbox").glob("*.otio"))
    assert len(files) == 2

    made = cli("cut", name, "--sandbox", "--timeline", f"out/sandbox/{files[1]}", "--format", "json")

    assert [Path(film["path"]).stem for film in made.json] == [Path(files[1]).stem]
    data = json.loads(Path("out/sandbox", files[1]).read_text(encoding="utf-8"))
    data["metadata"].clear()
    Path("bare.otio").write_text(json.dumps(data), encoding="utf-8")
    refused = cli("cut", name, "--sandbox", "--timeline", "bare.otio")
    assert refused.code == 1
    assert "does not say of which film it is" in refused.err
    (variant,) = {Path(files[1]).stem.rsplit("-", 1)[-1]}
    assert cli("cut", name, "--sandbox", "--timeline", "bare.otio", "--variant", f"mood={variant}").code == 0
