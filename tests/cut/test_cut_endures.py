"""`kling-spec cut` is killed or runs out of disk: there is the whole film or none, and the next cut makes it."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from kling_spec.media import Ffmpeg, sha256_of

Shelf = Callable[..., Path]
MANY = int(os.environ.get("KLING_SPEC_TEST_KILLS", "2"))
"""Kills; `make cuts` asks for twenty."""
SPEC = """
kling_spec: 1
name: endured
assets:
  a: {video: a.mp4}
  b: {video: b.mp4}
  c: {video: c.mp4}
  song: {audio: song.wav}
shots:
  fox: A fox
cuts:
  main:
    timeline:
      - {asset: a}
      - {asset: b, transition: {type: crossfade, duration: 0.25}}
      - {asset: c, trim: [0.1, 0.4]}
      - {gap: 0.25}
      - {asset: b, speed: 2, transition: {type: wipe, duration: 0.1}}
    overlays: [{text: Tea, start: 0.1, end: 0.6}]
    audio: {music: song, duck: true, loudness: -16}
    output: film.mp4
"""


def project(folder: Path, shelf: Shelf) -> Path:
    folder.mkdir(exist_ok=True)
    clips = {
        "a": shelf(seconds=0.5),
        "b": shelf(size="160x90", seconds=0.5),
        "c": shelf("-vf", "negate", seconds=0.5),
    }
    for name, clip in clips.items():
        shutil.copyfile(clip, folder / f"{name}.mp4")
    shutil.copyfile(_song(folder), folder / "song.wav")
    (folder / "film.yaml").write_text(SPEC, encoding="utf-8")
    return folder


def _song(folder: Path) -> Path:
    import wave

    with wave.open(str(folder / "song.part"), "wb") as song:
        song.setparams((1, 2, 8000, 0, "NONE", ""))
        song.writeframes(
            b"".join((((at * 37) % 8000) - 4000).to_bytes(2, "little", signed=True) for at in range(4000))
        )
    return folder / "song.part"


def started(folder: Path, ffmpeg: Ffmpeg) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-c",
        "from kling_spec.cli import main; raise SystemExit(main())",
        "cut",
        "film.yaml",
    ]
    # The setting of a program needs a person's word; what is on the path does not.
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    if not (tools / "ffmpeg").exists():
        (tools / "ffmpeg").symlink_to(ffmpeg.path)
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finished(folder: Path, ffmpeg: Ffmpeg) -> tuple[int, str]:
    process = started(folder, ffmpeg)
    out, err = process.communicate(timeout=300)
    return process.returncode, out + err


@pytest.fixture(scope="module")
def undisturbed(
    shelf: Shelf, ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, float]:
    """The film, and the seconds that it took."""
    folder = project(tmp_path_factory.mktemp("plain") / "project", shelf)
    begin = monotonic()
    code, said = finished(folder, ffmpeg)
    assert code == 0, said
    return (folder / "out" / "film.mp4").read_bytes(), monotonic() - begin


def check_nothing_is_poisoned(folder: Path) -> None:
    """Whatever counts in the store is what its note says."""
    for note in (folder / ".kling-spec" / "work" / "segments").glob("*.json"):
        if note.with_suffix(".segment").exists() and note.stem.isalnum():
            assert sha256_of(note.with_suffix(".segment")) == json.loads(note.read_text())["sha256"]


def check_the_next_cut_is_whole(folder: Path, ffmpeg: Ffmpeg, film: bytes) -> None:
    code, said = finished(folder, ffmpeg)

    assert code == 0, said
    assert (folder / "out" / "film.mp4").read_bytes() == film
    left = {path.name for path in (folder / "out").iterdir()}
    assert left == {"film.mp4", "reports"}
    assert list((folder / ".kling-spec" / "work").glob("cut-*")) == []


@pytest.mark.parametrize("seed", range(MANY))
def test_a_killed_cut_leaves_the_whole_film_or_none(
    seed: int, shelf: Shelf, ffmpeg: Ffmpeg, undisturbed: tuple[bytes, float], tmp_path: Path
) -> None:
    film, seconds = undisturbed
    folder = project(tmp_path / "project", shelf)
    process = started(folder, ffmpeg)
    sleep(random.Random(seed).random() * seconds)
    process.kill()
    process.communicate()

    there = folder / "out" / "film.mp4"
    assert not there.exists() or there.read_bytes() == film
    check_nothing_is_poisoned(folder)
    check_the_next_cut_is_whole(folder, ffmpeg, film)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A disk of so many KiB, which grows when it is asked for again."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mounted(kibibytes: int) -> Path:
        how = f"size={kibibytes}k" if not os.path.ismount(disk) else f"remount,size={kibibytes}k"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", how, "none", str(disk)], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip(
                "no disk can be mounted here; a limit of file sizes stands for it in test_cut_store.py"
            )
        return disk

    yield mounted
    if os.path.ismount(disk):
        subprocess.run(["umount", "-l", str(disk)], check=True)


ROOM = [500, 900, 350, 420, 650, 750, 1000, 1100, 1200, 1300][:MANY]
"""KiB; the project alone takes three hundred."""


@pytest.mark.parametrize("room", ROOM)
def test_a_full_disk_leaves_the_whole_film_or_none(
    room: int, shelf: Shelf, ffmpeg: Ffmpeg, undisturbed: tuple[bytes, float], small: Callable[[int], Path]
) -> None:
    film, _ = undisturbed
    folder = project(small(room) / "project", shelf)

    code, said = finished(folder, ffmpeg)

    there = folder / "out" / "film.mp4"
    assert "Traceback" not in said
    assert (code == 0) == there.exists(), said
    assert code == 0 or "error" in said
    assert not there.exists() or there.read_bytes() == film
    check_nothing_is_poisoned(folder)
    small(50_000)
    check_the_next_cut_is_whole(folder, ffmpeg, film)
