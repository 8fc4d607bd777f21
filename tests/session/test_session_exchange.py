"""Joins that are trimmed: an editor gets them as they are shown, and they are not trimmed again."""

from fractions import Fraction
from pathlib import Path

from kling_spec.diagnostics import Origin
from kling_spec.exchange import Form, Placing, read_edit
from kling_spec.ir import Film, ShotEntry
from kling_spec.media import Ffmpeg, find_ffmpeg
from kling_spec.media._run import run
from kling_spec.session._exchange import Bench, cut_edit, hand_over
from kling_spec.session._run import Studio, make_film

WALK = "testsrc2=size=900x500:rate=24:duration=8,eq=contrast=0.6,crop=640:360:2*n:n,format=yuv420p"
HERE = Origin("film.yaml", 7, 3, 7, 9)


def walk(ffmpeg: Ffmpeg, path: Path, begin: int, end: int) -> Path:
    """A stretch of a walk over a test picture."""
    cut = f"trim=start_frame={begin}:end_frame={end},setpts=PTS-STARTPTS"
    how = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "2", "-colorspace", "bt709"]
    run(ffmpeg.path, ["-f", "lavfi", "-i", f"{WALK},{cut}", *how, str(path)])
    return path


def test_a_trimmed_join_goes_out_and_comes_back_as_it_is_shown(tmp_path: Path) -> None:
    ffmpeg = find_ffmpeg()
    clips = {
        "-/walk": walk(ffmpeg, tmp_path / "a.mp4", 0, 36),
        "-/on": walk(ffmpeg, tmp_path / "b.mp4", 35, 71),
    }
    studio = Studio(
        state=tmp_path / "state",
        output=tmp_path / "out",
        folder=tmp_path,
        root=tmp_path,
        ffmpeg=ffmpeg,
    )
    bench = Bench(spec="walk", studio=studio, clips=clips, fingerprints={}, seconds={})
    joined = ShotEntry(task="-/on", is_continued=True, is_join_trimmed=True, origin=HERE)
    film = Film(
        cut="main",
        variant="-",
        output="walk.mp4",
        entries=(ShotEntry(task="-/walk", origin=HERE), joined),
        origin=HERE,
    )
    with studio.cutting() as file_of:
        first = make_film(film, clips, studio, file_of)

    (handed,) = hand_over([film], bench, Form.OTIO, None, Placing.NONE, overwrite=False)
    assert handed.written is not None
    edit = read_edit(handed.written.path)
    (second,) = cut_edit([film], bench, edit)

    assert [(stretch.start, (stretch.end - stretch.begin) * 24) for stretch in edit.stretches] == [
        (0, 36),
        (Fraction(1, 24), 35),
    ]
    assert first.report is not None
    assert second.report is not None
    assert (first.report.frames, second.report.frames) == (71, 71)
    assert first.report.sha256 == second.report.sha256
    assert not [finding for finding in second.found if finding.severity != "note"]
