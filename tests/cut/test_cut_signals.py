"""An ffmpeg that is ended in the middle leaves what plays and is too short: never the film, nor a piece of one."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cut_films import film, over, shot

from kling_spec.cut import render
from kling_spec.media import Ffmpeg

Shelf = Callable[..., Path]
Make = Callable[..., tuple]
_ENDED = """#!{python}
import os, signal, subprocess, sys, time
words = sys.argv[1:]
if not any({stage!r} in word for word in words):
    os.execv({ffmpeg!r}, [{ffmpeg!r}, *words])
slowly = [word for given in words for word in (["-re", given] if given == "-i" else [given])]
process = subprocess.Popen([{ffmpeg!r}, *slowly])
time.sleep(0.4)
process.send_signal(signal.{signal})
code = process.wait()
with open({log!r}, "a") as log:
    log.write(f"{{code}}\\n")
sys.exit(code if code >= 0 else 128 - code)
"""
STAGES = {
    "the sound of a clip": "clips.f32.0000",
    "a segment": "libx264",
    "the film itself": "+faststart",
    "the look at it": "silencedetect",
}
"""What stands in the arguments of one stage only."""
CASES = [*((stage, "SIGTERM") for stage in STAGES), ("a segment", "SIGKILL"), ("the film itself", "SIGINT")]


@pytest.fixture
def ended(ffmpeg: Ffmpeg, tmp_path: Path) -> Callable[[str, str], tuple[Ffmpeg, Path]]:
    """The same ffmpeg, which works as slowly as a film plays at one stage and is sent a signal there; and its log."""

    def wrapped(stage: str, signal: str) -> tuple[Ffmpeg, Path]:
        script, log = tmp_path / "ffmpeg", tmp_path / "log"
        script.write_text(
            _ENDED.format(
                python=sys.executable,
                ffmpeg=str(ffmpeg.path),
                stage=STAGES[stage],
                signal=signal,
                log=str(log),
            )
        )
        script.chmod(0o755)
        return replace(ffmpeg, path=script), log

    return wrapped


WANTED = film(shot("a"), shot("b", transition=over("0.25")))


def files_of(shelf: Shelf) -> dict[str, Path]:
    return {"a": shelf(size="160x90", seconds=2), "b": shelf(size="160x90", seconds=2, picture="smptebars")}


@pytest.fixture(scope="module")
def undisturbed(shelf: Shelf, ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("undisturbed")
    target = folder / "film.mp4"
    render(WANTED, files_of(shelf).__getitem__, lambda _: folder, target, ffmpeg=ffmpeg, work=folder / "work")
    return target.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="signals and scripts that start are a thing of Unix")
@pytest.mark.parametrize(("stage", "signal"), CASES)
def test_a_signal_to_ffmpeg_leaves_no_film(
    stage: str, signal: str, shelf: Shelf, make: Make, ended: Callable, undisturbed: bytes, tmp_path: Path
) -> None:
    slow, log = ended(stage, signal)

    report, found = make(WANTED, files_of(shelf), ffmpeg=slow)

    codes = log.read_text().split()
    assert codes
    if not any(map(int, codes)):  # all came to their end before the signal, on a machine that was held up
        assert report is not None
        return
    assert report is None
    assert [one.code for one in found] == ["KS706"]
    assert list((tmp_path / "out").iterdir()) == []
    again, told = make(WANTED, files_of(shelf))
    assert told == ()
    assert again.path.read_bytes() == undisturbed
