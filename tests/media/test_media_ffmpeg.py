import sys
from pathlib import Path
from threading import Event, Timer
from time import monotonic

import pytest

from kling_spec.media import CancelledError, Ffmpeg, FfmpegError, MediaError, find_ffmpeg
from kling_spec.media._binary import look_at
from kling_spec.media._run import run

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"]


def test_the_ffmpeg_found_lacks_nothing(ffmpeg: Ffmpeg) -> None:
    assert ffmpeg.is_good
    assert ffmpeg.missing == ()
    assert ffmpeg.version[0].isdigit()


def test_the_setting_wins(ffmpeg: Ffmpeg) -> None:
    found = find_ffmpeg(str(ffmpeg.path))

    assert (found.path, found.source) == (ffmpeg.path, "setting")


@pytest.mark.parametrize("setting", ["/nowhere/ffmpeg", sys.executable], ids=["missing", "another program"])
def test_a_setting_that_is_no_ffmpeg_is_told(setting: str) -> None:
    with pytest.raises(MediaError, match="is no ffmpeg that runs"):
        find_ffmpeg(setting)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in")
def test_an_ffmpeg_that_lacks_something_names_it(tmp_path: Path) -> None:
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho 'ffmpeg version 5.0.1 Copyright'\n", encoding="utf-8")
    poor.chmod(0o755)

    found = look_at(poor, "PATH")

    assert not found.is_good
    assert found.version == "5.0.1"
    assert {"libx264", "aac", "xfade"} <= set(found.missing)


def test_a_failure_carries_command_code_and_words(ffmpeg: Ffmpeg) -> None:
    with pytest.raises(FfmpegError) as caught:
        run(ffmpeg.path, ["-i", "file:/nowhere at all.mp4", "-f", "null", "-"])

    assert caught.value.code
    assert "No such file" in caught.value.tail
    assert "'file:/nowhere at all.mp4'" in caught.value.shell


def test_a_run_ends_when_its_time_is_up(ffmpeg: Ffmpeg) -> None:
    with pytest.raises(FfmpegError, match="ran out of time"):
        run(ffmpeg.path, ENDLESS, seconds=0.2)


def test_a_run_ends_when_it_is_cancelled(ffmpeg: Ffmpeg) -> None:
    cancel, begin = Event(), monotonic()
    Timer(0.2, cancel.set).start()

    with pytest.raises(CancelledError):
        run(ffmpeg.path, ENDLESS, cancel=cancel)

    assert monotonic() - begin < 5


def test_a_talkative_run_does_not_block(ffmpeg: Ffmpeg) -> None:
    loud = ["-f", "lavfi", "-i", "testsrc2=d=4", "-vf", "showinfo", "-f", "null", "-"]

    assert "pts_time" in run(ffmpeg.path, loud, verbosity="info", seconds=60)
