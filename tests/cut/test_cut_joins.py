"""Clips that go on from each other: what a film says of their joins, and what `join: auto` does."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cut_films import film, over, shot

from kling_spec.cut import CutReport
from kling_spec.diagnostics import Severity
from kling_spec.ir import Delivery
from kling_spec.media import Ffmpeg
from kling_spec.media._glimpse import apart, glimpses
from kling_spec.media._run import run

WALK = "testsrc2=size=900x500:rate=24:duration=8,eq=contrast=0.6:saturation=0.5,crop=640:360:2*n:n,format=yuv420p"
SHIFT = "eq=brightness=0.02:saturation=1.08"

Scene = Callable[..., Path]
Make = Callable[..., tuple]


@pytest.fixture(scope="session")
def scene(maker: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Make a stretch of a walk over a test picture, from one frame up to another; each stretch once."""
    folder = tmp_path_factory.mktemp("scenes")

    def made(begin: int, end: int, then: str = "null", sound: str = "") -> Path:
        path = folder / f"{abs(hash((begin, end, then, sound)))}.mp4"
        if path.exists():
            return path
        cut = f"trim=start_frame={begin}:end_frame={end},setpts=PTS-STARTPTS,{then}"
        hear = ["-f", "lavfi", "-i", sound, "-t", str((end - begin) / 24), "-c:a", "aac"] if sound else []
        how = [
            "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "2", "-colorspace", "bt709",
        ]  # fmt: skip
        run(maker.path, ["-f", "lavfi", "-i", f"{WALK},{cut}", *hear, *how, str(path)])
        return path

    return made


def on(task: str, **more: Any) -> Any:
    return shot(task, is_continued=True, **more)


def steps(path: Path) -> list[float]:
    """Return how much changes from each frame of a film to the next."""
    return [apart(one.luma, other.luma) for one, other in pairwise(glimpses(path))]


def test_a_frame_that_is_seen_twice_is_told_and_left_in(scene: Scene, make: Make) -> None:
    files = {"-/a": scene(0, 36), "-/b": scene(35, 71)}

    report, (found,) = make(film(shot("-/a"), on("-/b")), files)

    assert (report.frames, report.method) == (72, "copy")
    assert (found.code, found.severity) == ("KS730", Severity.WARNING)
    assert found.message == "where '-/b' goes on from '-/a', the last frame of '-/a' is seen twice"
    assert found.help == "write 'join: auto' at this entry, which drops its first frame"
    (join,) = report.joins
    assert (join.clip, join.drop, join.drop_seconds, join.is_applied) == (2, 1, 0.041667, False)
    assert (
        join.line == "'-/a' to '-/b': the last frame of '-/a' is seen twice (drop the first frame of '-/b')"
    )
    seen = steps(report.path)
    assert seen[35] < 0.3 * min(seen[30:35] + seen[36:40])


def test_a_frame_that_is_seen_twice_is_dropped_where_that_is_asked(scene: Scene, make: Make) -> None:
    files = {"-/a": scene(0, 36), "-/b": scene(35, 71)}

    report, (found,) = make(film(shot("-/a"), on("-/b", is_join_trimmed=True)), files)

    assert report.frames == 71
    assert (found.code, found.severity, found.help) == ("KS730", Severity.NOTE, "")
    assert found.message.endswith("is seen twice; the first frame of '-/b' is dropped")
    assert report.joins[0].is_applied
    seen = steps(report.path)
    assert min(seen[30:40]) > 0.5 * max(seen[30:40])


def test_a_clip_that_holds_its_source_is_shown_from_its_new_part_on(scene: Scene, make: Make) -> None:
    files = {"-/a": scene(0, 36), "-/b": scene(0, 72), "-/c": scene(0, 96)}
    chain = [shot("-/a"), on("-/b"), on("-/c")]

    report, found = make(film(*chain), files)
    assert report.frames == 36 + 72 + 96
    assert [finding.code for finding in found] == ["KS731", "KS731"]
    assert "the first 1.5 s (36 frames) of '-/b' are '-/a' once more" in found[0].message
    assert found[0].help.endswith("takes it from 1.5 s on; or show it instead of '-/a'")

    trimmed = [replace(entry, is_join_trimmed=True) for entry in chain]
    report, found = make(film(*trimmed), files)
    assert report.frames == 96
    assert [(finding.code, finding.severity) for finding in found] == [("KS731", Severity.NOTE)] * 2
    assert report.joins[1].line == (
        "'-/b' to '-/c': the first 3 s (72 frames) of '-/c' are '-/b' once more ('-/c' is taken from 3 s on)"
    )
    straight = zip(glimpses(report.path), glimpses(scene(0, 96)), strict=True)
    assert max(apart(one.luma, other.luma) for one, other in straight) < 0.5


@pytest.mark.parametrize(
    ("speed", "rate", "frames"),
    [("1", None, 72), ("1", "30", 90), ("2", None, 36 + 18)],
    ids=["plain", "on another grid", "played faster"],
)
def test_a_trim_counts_the_frames_of_the_clip(
    scene: Scene, make: Make, speed: str, rate: str | None, frames: int
) -> None:
    files = {"-/a": scene(0, 36), "-/b": scene(0, 72)}
    second = on("-/b", is_join_trimmed=True, speed=Decimal(speed))
    delivery = Delivery(rate=Decimal(rate) if rate else None)

    report, _ = make(replace(film(shot("-/a"), second), delivery=delivery), files)

    assert report.frames == frames


def test_a_clip_without_anything_new_is_left_as_it_is(scene: Scene, make: Make) -> None:
    files = {"-/a": scene(0, 36), "-/b": scene(0, 36, "hue=h=0")}

    report, (found,) = make(film(shot("-/a"), on("-/b", is_join_trimmed=True)), files)

    assert report.frames == 72
    assert (found.code, found.severity) == ("KS731", Severity.WARNING)
    assert found.message.endswith("all that is shown of '-/b' is '-/a' once more")
    assert found.help == "leave one of the two out"


@pytest.mark.parametrize(
    "entries",
    [
        (shot("-/a"), shot("-/b")),
        (shot("-/a", end=Decimal(1)), on("-/b")),
        (shot("-/a"), on("-/b", start=Decimal("0.5"))),
        (shot("-/a"), on("-/b", transition=over("0.25"))),
    ],
    ids=["not continued", "ends earlier", "begins later", "below a transition"],
)
def test_nothing_is_said_where_the_two_frames_do_not_meet(scene: Scene, make: Make, entries: Any) -> None:
    _, found = make(film(*entries), {"-/a": scene(0, 36), "-/b": scene(35, 71)})

    assert found == ()


def test_a_good_join_is_in_the_report_without_a_word(scene: Scene, make: Make) -> None:
    report, found = make(film(shot("-/a"), on("-/b")), {"-/a": scene(0, 36), "-/b": scene(36, 72)})

    assert found == ()
    assert [(join.before, join.after, join.sights, join.drop) for join in report.joins] == [
        ("-/a", "-/b", (), 0)
    ]
    assert report.joins[0].line == ""
    assert CutReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_a_jump_of_colours_is_told_in_codes(scene: Scene, make: Make) -> None:
    files = {"-/a": scene(0, 36), "-/b": scene(36, 72, SHIFT)}

    report, (found,) = make(film(shot("-/a"), on("-/b")), files)

    y, u, v = report.joins[0].measured.colour
    assert found.code == "KS732"
    assert found.message.endswith(f"the colours jump by Y {y:+.1f}, U {u:+.1f}, V {v:+.1f}")
    assert y == pytest.approx(2, abs=0.5)


def test_a_drift_is_told_against_the_first_clip_of_the_chain(scene: Scene, make: Make) -> None:
    bright, brighter = "lutyuv=y=val+1", "lutyuv=y=val+2"
    files = {"-/a": scene(0, 36), "-/b": scene(36, 72, bright), "-/c": scene(72, 108, brighter)}

    _, (found,) = make(film(shot("-/a"), on("-/b"), on("-/c")), files)

    assert found.code == "KS732"
    assert found.message.startswith("where '-/c' goes on from '-/b', the colours have moved by Y +")
    assert found.message.endswith("since '-/a'")
    assert float(found.message.split("Y ")[1].split(",")[0]) == pytest.approx(2, abs=0.3)


TONE = "aevalsrc={0}*sin(2*PI*440*t)|{0}*sin(2*PI*440*t):s=48000"


def test_a_jump_of_loudness_is_told_with_the_gain_that_levels_it(scene: Scene, make: Make) -> None:
    files = {"-/a": scene(0, 36, sound=TONE.format(0.05)), "-/b": scene(36, 72, sound=TONE.format(0.2))}

    report, (found,) = make(film(shot("-/a"), on("-/b")), files)
    assert report.frames == 72
    assert (found.code, found.help) == ("KS733", "write 'gain: -12' at this entry")
    assert "the sound rises by 12.0 LU" in found.message

    meant = {"gain": Decimal(-12)}, {"transition": over("0.25")}, {"is_mute": True}
    assert all(make(film(shot("-/a"), on("-/b", **more)), files)[1] == () for more in meant)
    assert make(film(shot("-/a"), on("-/b"), is_clips_mute=True), files)[1] == ()


def test_sound_that_breaks_off_is_told_but_not_a_clip_without(scene: Scene, make: Make) -> None:
    loud, silent = TONE.format(0.1), "anullsrc=sample_rate=48000"
    files = {"-/a": scene(0, 36, sound=loud), "-/b": scene(36, 72, sound=silent), "-/c": scene(72, 108)}

    _, told = make(film(shot("-/a"), on("-/b"), on("-/c")), files)

    (found,) = [finding for finding in told if finding.code == "KS733"]
    assert found.message.startswith("where '-/b' goes on from '-/a', the sound of -")
    assert found.message.endswith("LUFS breaks off")


def test_a_poor_last_frame_is_told_where_a_clip_was_made_from_it(scene: Scene, make: Make) -> None:
    files = {"-/a": scene(0, 36, "fade=out:start_frame=12:nb_frames=20"), "-/b": scene(36, 72)}

    _, (found,) = make(film(shot("-/a"), on("-/b", opens_on_last_frame=True)), files)

    assert found.code == "KS734"
    assert found.message.endswith("the last frame, from which it was made, is black")
    assert make(film(shot("-/a"), on("-/b")), files)[1] == ()


def test_two_clips_are_measured_once(scene: Scene, make: Make, tmp_path: Path) -> None:
    files, wanted = {"-/a": scene(0, 36), "-/b": scene(35, 71)}, film(shot("-/a"), on("-/b"))
    first, found = make(wanted, files)
    (note,) = (tmp_path / "work").glob("join-*.json")

    again, told = make(wanted, files)
    assert again.unchanged
    assert (again.joins, told) == (first.joins, found)

    note.write_text(note.read_text().replace('"seam": 1', '"seam": 0'))
    assert make(wanted, files)[1] == ()

    note.write_text("{")
    assert make(wanted, files)[1] == found


def test_a_join_that_cannot_be_seen_is_a_warning(scene: Scene, make: Make, tmp_path: Path) -> None:
    """The clip decoded when it arrived, as its name says, and is not decoded for the film."""
    data = bytearray(scene(0, 36).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = b"\xff" * 4000
    broken = tmp_path / f"{sha256(data).hexdigest()}.mp4"
    broken.write_bytes(data)

    _, found = make(film(shot("-/a"), on("-/b")), {"-/a": broken, "-/b": scene(36, 72)})

    assert (found[0].code, found[0].severity) == ("KS735", Severity.WARNING)
    assert found[0].message.startswith(
        "the join of '-/a' to '-/b' could not be looked at: the file is cut short"
    )
