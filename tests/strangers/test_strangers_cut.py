"""Every place that a film has for a file, with every hostile file in it: a clear error, or a film of that file."""

import json
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hostile_media import NAMES, contents
from hostile_parts import parts
from PIL import Image

from kling_spec.media import find_ffmpeg
from kling_spec.media._letters import OWN_FONT
from kling_spec.media._run import run, source

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(STRACE is None, reason="strace tells which files a process opens")
HERE = Path(__file__).parent

_CHILD = """
import json, sys
from decimal import Decimal
from pathlib import Path
from kling_spec.cut import render
from kling_spec.diagnostics import Origin
from kling_spec.ir import *
from kling_spec.media import find_ffmpeg

folder, work = map(Path, sys.argv[1:])
here = Origin("film.yaml")
it = LocalFile("it", "0" * 64)
gap = GapEntry(seconds=Decimal("0.1"), color="#336699", origin=here)
title = dict(text="Tea", origin=here)
places = {
    "clip": ((ShotEntry(task="it", origin=here),), {}),
    "video": ((AssetEntry(name="it", kind="video", source=it, origin=here),), {}),
    "still": ((AssetEntry(name="it", kind="image", source=it, seconds=Decimal("0.1"), origin=here),), {}),
    "logo": ((gap,), {"layers": (Layer(image=it, name="it", origin=here),)}),
    "font": ((gap,), {"layers": (Layer(**title, font=it),)}),
    "music": ((gap,), {"sound": Soundtrack(music=it)}),
    "voice": ((gap,), {"sound": Soundtrack(voice=it)}),
    "captions": ((gap,), {"captions": Captions(file=it, is_burnt=True, origin=here)}),
}
for path in sorted(folder.glob("it-*")):
    for place, (entries, more) in places.items():
        film = Film(cut="m", variant="-", output="m.mp4", entries=entries, origin=here,
                    delivery=Delivery(width=64, height=64), **more)
        target = work / f"{path.stem}-{place}.mp4"
        report, found = render(film, lambda _: path, lambda _: path, target, ffmpeg=find_ffmpeg(), work=work / "work")
        said = [(one.code, one.message) for one in found if one.is_error]
        print(json.dumps([path.name, place, report is not None, target.exists(), said]), flush=True)
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("clip") / "clip.mp4"
    see = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24:duration=0.25"]
    hear = ["-f", "lavfi", "-i", "sine=440:sample_rate=48000:duration=0.25"]
    how = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "mp4", "-y"]
    run(find_ffmpeg().path, [*see, *hear, *how, source(target)])
    return target


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    target = tmp_path_factory.mktemp("song") / "song.mp3"
    run(find_ffmpeg().path, ["-f", "lavfi", "-i", "sine=440:duration=1", "-y", source(target)])
    return target.read_bytes()


def picture() -> bytes:
    made = BytesIO()
    Image.effect_noise((64, 64), 50).save(made, "PNG")
    return made.getvalue()


def tried(folder: Path, tmp_path: Path, log: Path | None = None) -> list[list]:
    """Return what came of each file in each place."""
    work = tmp_path / "made"
    calls = "trace=open,openat,socket,connect,execve"
    watched = (
        [str(STRACE), "-f", "--seccomp-bpf", "-qq", "-s", "400", "-o", str(log), "-e", calls] if log else []
    )
    command = [*watched, sys.executable, "-W", "error", "-c", _CHILD, str(folder), str(work)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


@needs_strace
def test_nothing_hostile_passes_or_reaches_beyond_itself(clip: Path, song: bytes, tmp_path: Path) -> None:
    folder, log = tmp_path / "shelf", tmp_path / "calls.log"
    folder.mkdir()
    secret = folder / "secret.mp4"
    shutil.copy(clip, secret)
    hostile = contents(secret, clip.read_bytes()) | parts(secret, OWN_FONT.read_bytes(), picture(), song)
    for number, data in enumerate(hostile.values()):
        (folder / f"it-{number:03}.mp4").write_bytes(data)

    results = tried(folder, tmp_path, log)

    names = list(hostile)
    assert len(names) >= 75
    assert len(results) == 8 * len(names)
    passed = {(names[int(name[3:6])], place) for name, place, made, *_ in results if made}
    assert sorted(passed - HARMLESS) == []
    for name, place, made, is_there, said in results:
        assert made == is_there
        assert made or (said and all(code.startswith("KS7") and message for code, message in said)), (
            name,
            place,
        )
    calls = log.read_text(errors="replace").splitlines()
    assert [line for line in calls if "secret.mp4" in line and "shelf/it-" not in line] == []
    assert [line for line in calls if "AF_INET" in line] == []
    started = {found[1] for line in calls if (found := re.search(r'execve\("([^"]+)".*= 0$', line))}
    assert started == {sys.executable, str(find_ffmpeg().path)}


HARMLESS = {
    *((f"a clip whose pictures lie elsewhere{how}", place)
      for how in ("", ", by an alias") for place in ("clip", "video", "music", "voice")),
    ("subtitles", "captions"),
    ("captions that are only markup", "captions"),
    ("half a font", "font"),
    ("half a sound", "music"),
    ("half a sound", "voice"),
}  # fmt: skip
"""What says that something lies elsewhere and has all of it itself; an mp3, which does not say how long it is; words
that are none, and letters that are there."""


@pytest.mark.parametrize("kind", ["mp4", "mp3", "png", "ttf", "srt"])
def test_a_name_means_nothing_in_any_place(kind: str, clip: Path, song: bytes, tmp_path: Path) -> None:
    """Names that would be protocols, options, patterns or lists; each stands for a sound file."""
    data = {
        "mp4": clip.read_bytes(), "mp3": song, "png": picture(), "ttf": OWN_FONT.read_bytes(),
        "srt": b"1\n00:00:00,000 --> 00:00:01,000\nTea\n",
    }  # fmt: skip
    wanted = {"mp4": "clip", "mp3": "music", "png": "logo", "ttf": "font", "srt": "captions"}
    folder = tmp_path / "shelf"
    folder.mkdir()
    # Twelve of them in a run: the child takes whatever begins with "it-".
    for number, name in enumerate(NAMES):
        if number % 5 == list(data).index(kind):
            (folder / f"it-{name}").write_bytes(data[kind])

    results = [result for result in tried(folder, tmp_path) if result[1] == wanted[kind]]

    assert len(results) >= 6
    assert [result for result in results if not result[2] or result[4]] == []
    assert {path.name for path in folder.iterdir()} == {result[0] for result in results}
