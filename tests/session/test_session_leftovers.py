"""What killed cuts left behind goes; what a living process works on stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kling_spec.session._leftovers import cutting

pytestmark = pytest.mark.skipif(os.name == "nt", reason="folders are locked otherwise there")
CUTS = """
import sys, time
from pathlib import Path
from kling_spec.session._leftovers import cutting

work, output = Path(sys.argv[1]), Path(sys.argv[2])
with cutting(work, output):
    (work / "cut-living").mkdir()
    (work / "cut-living" / "picture.mp4").write_bytes(b"half")
    (output / "de").mkdir(exist_ok=True)
    (output / "de" / ".kling-spec-living.mp4").write_bytes(b"half")
    print("cutting", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "state" / "work", tmp_path / "out"


def leftovers(folders: tuple[Path, Path]) -> list[str]:
    work, output = folders
    return sorted(
        path.name
        for path in (*work.glob("cut-*"), *work.glob(".kling-spec-*"), *output.rglob(".kling-spec-*"))
    )


def test_a_living_cut_keeps_its_files_and_a_killed_one_loses_them(folders):
    command = [sys.executable, "-c", CUTS, *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"cutting\n"

        with cutting(*folders):
            assert leftovers(folders) == [".kling-spec-living.mp4", "cut-living"]
        os.kill(other.pid, signal.SIGKILL)

    with cutting(*folders), cutting(*folders):
        assert leftovers(folders) == []


def test_nothing_but_leftovers_is_swept(folders):
    work, output = folders
    kept = [work / "film-1.json", work / "recut" / "a.mp4", output / "film.mp4", output / ".kling-spec-notes"]
    swept = [
        work / "cut-x" / "deep" / "0000.mp4",
        work / ".kling-spec-0f.json",
        output / "us" / ".kling-spec-0f.mp4",
        output / "us" / ".kling-spec-0f.sheet" / "1.png",
    ]
    for path in (*kept, *swept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (output.parent / "elsewhere").mkdir()
    (output.parent / "elsewhere" / ".kling-spec-1.mp4").write_bytes(b"x")
    (output / "link").symlink_to(output.parent / "elsewhere")
    (work / "cut-link").symlink_to(output.parent / "elsewhere")

    with cutting(*folders):
        pass

    assert all(path.exists() for path in kept)
    assert (output.parent / "elsewhere" / ".kling-spec-1.mp4").exists()
    assert leftovers(folders) == [".kling-spec-notes", "cut-link"]


def test_folders_that_cannot_be_made_stand_in_nobodys_way(folders):
    work, output = folders
    output.write_text("a file")

    with cutting(work, output):
        assert work.is_dir()
