"""Clips that go on from each other, from the spec through the sandbox to what a person reads of their joins."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kling_spec.ledger import Ledger, Store
from kling_spec.media import find_ffmpeg
from kling_spec.media._run import run
from kling_spec.session import Session

SPEC = """\
kling_spec: 1
name: foxes
defaults: {resolution: 720p, aspect_ratio: "16:9", duration: 3}
shots:
  fox: {prompt: A fox runs}
  leap: {prompt: it leaps, first_frame: {last_frame_of: fox}}
  rest: {prompt: it rests, next_of: leap}
cuts:
  main: {timeline: [fox, {shot: leap, join: auto}, rest]}
"""
WALK = (
    "testsrc2=size=900x600:rate=24:duration=9,eq=contrast=0.6:saturation=0.5,crop=640:360:n:n,format=yuv420p"
)


@pytest.fixture
def rehearsed(cli: Callable[..., Any], project: Path) -> Path:
    """A project whose clips were made in the sandbox."""
    (project / "spec.yaml").write_text(SPEC)
    assert cli("run", "spec.yaml", "--sandbox").code == 0
    return project


def replace_clips(project: Path, *stretches: tuple[str, int]) -> None:
    """Put three seconds of a walk, from some frame on, into the place of each task's clip."""
    state = project / ".kling-spec" / "sandbox"
    store = Store(state / "clips")
    with Ledger.open(state / "ledger.sqlite") as ledger:
        clips = {entry.task: entry.clip for entry in ledger.entries()}
    for task, begin in stretches:
        cut = f"trim=start_frame={begin}:end_frame={begin + 72},setpts=PTS-STARTPTS"
        how = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-colorspace", "bt709", "-f", "mp4"]
        path = store.path(clips[task] or "")
        run(find_ffmpeg().path, ["-f", "lavfi", "-i", f"{WALK},{cut}", *how, "-y", str(path)])


def test_a_last_frame_goes_to_the_provider_and_comes_back_in_its_own_colours(
    cli: Callable[..., Any], rehearsed: Path
) -> None:
    (report,) = cli("cut", "spec.yaml", "--sandbox", "--format", "json").json

    held, after = report["joins"]
    assert (held["before"], held["after"], after["after"]) == ("-/fox", "-/leap", "-/rest")
    assert held["measured"]["colour"] == pytest.approx([0, 0, 0], abs=0.5)
    assert after["measured"]["colour"] is None
    assert report["frames"] == 3 * 72
    (film,) = Session(rehearsed / "spec.yaml", sandbox=True).plan().films
    assert [entry.opens_on_last_frame for entry in film.entries] == [False, True, False]


def test_joins_are_told_in_a_line_each(cli: Callable[..., Any], rehearsed: Path) -> None:
    replace_clips(rehearsed, ("-/fox", 0), ("-/leap", 71), ("-/rest", 142))

    said = cli("cut", "spec.yaml", "--sandbox")

    film, *joins = said.out.splitlines()
    assert film == "film out/sandbox/foxes.mp4  8.96 s, 640x360, encoded"
    assert joins == [
        "  join '-/fox' to '-/leap': the last frame of '-/fox' is seen twice (the first frame of '-/leap' is dropped)",
        "  join '-/leap' to '-/rest': the last frame of '-/leap' is seen twice (drop the first frame of '-/rest')",
    ]
    assert "note[KS730]" in said.err
    assert "warning[KS730]" in said.err
    assert "= help: write 'join: auto' at this entry, which drops its first frame" in said.err
