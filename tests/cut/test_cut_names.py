"""Names of files and folders mean nothing: films are made of any, in any, to any."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import av
import pytest
from cut_films import HERE, film, over, samples, shot, still
from cut_looks import tone
from PIL import Image
from ruamel.yaml import YAML

from kling_spec.ir import Captions, Film, Layer, LocalFile
from kling_spec.media import Ffmpeg
from kling_spec.media._run import run

Shelf = Callable[..., Path]
Make = Callable[..., tuple]
NAMES = {
    "quotes, colons and patterns": 'it\'s "a" http:co:lon|concat:a %03d %d *? [a-z]',
    "lines and graphs": "new\nfile 'other.mp4'\n#;[x],movie=a@=,$(id)~",
    "options and other scripts": "-i -y 日本 ü \u202e",
    "backslashes and a blank behind": "back\\slash\\' ",
}


@pytest.fixture
def song(maker: Ffmpeg, tmp_path: Path) -> bytes:
    path = tmp_path / "song.wav"
    run(maker.path, ["-f", "lavfi", "-i", "sine=220:sample_rate=48000:duration=1", str(path)])
    data = path.read_bytes()
    path.unlink()
    return data


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_film_of_everything_is_made_where_all_have_odd_names(
    name: str, shelf: Shelf, make: Make, song: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    clip, card, bed, words = (folder / f"{name}.{kind}" for kind in ("mp4", "png", "wav", "srt"))
    clip.write_bytes(shelf(size="160x90", seconds=0.5).read_bytes())
    Image.new("RGB", (160, 90), (200, 20, 20)).save(card)
    bed.write_bytes(song)
    words.write_text("1\n00:00:00,000 --> 00:00:00,400\nTea\n", encoding="utf-8")
    files = {"-/a": clip, "card": card, "bed": bed, "words": words}
    plain = film(shot("-/a"), shot("-/a"), music=still("bed", "1").source)
    rich = replace(
        plain,
        entries=(shot("-/a", end=Decimal("0.4")), still("card", "0.25", transition=over("0.125"))),
        captions=Captions(file=LocalFile("words", "0" * 64), origin=HERE),
        layers=(Layer(text="It's 100%: [a],b;c", size=Decimal("0.06"), origin=HERE),),
    )

    for wanted, method, frames in ((plain, "copy", 24), (rich, "encode", 13)):
        target = folder / method / f"{name}.mp4"
        report, found = _made(make, wanted, files, target, folder)

        assert [one for one in found if one.is_error] == []
        assert (report.method, report.frames, report.samples) == (method, frames, frames * 2000)
        assert tone(samples(target)[720:16000], 220) > 0.05
        beside = {".mp4"} if method == "copy" else {".mp4", ".srt", ".vtt"}
        assert {path.name for path in target.parent.iterdir()} == {f"{name}{ending}" for ending in beside}
    assert {path.name for path in tmp_path.iterdir()} == {name}
    assert {path.name for path in folder.iterdir()} == {
        *(path.name for path in (clip, card, bed, words)), "copy", "encode", "work", "papers",
    }  # fmt: skip


def _made(make: Make, wanted: Film, files: dict[str, Path], target: Path, folder: Path) -> tuple:
    return make(
        wanted,
        files,
        target=target,
        work=folder / "work",
        papers=folder / "papers" / folder.name,
        thoroughly=True,
    )


def test_a_project_with_odd_names_is_cut(shelf: Shelf, song: bytes, tmp_path: Path) -> None:
    project = tmp_path / 'it\'s a: "project" -i %03d ü'
    project.mkdir()
    data = shelf(size="160x90", seconds=0.5).read_bytes()
    clips = {
        f"a{at}": f"{name.strip()}.mp4" for at, name in enumerate(NAMES.values()) if "\u202e" not in name
    }
    for name in clips.values():
        (project / name).write_bytes(data)
    (project / "-y it's: %d.wav").write_bytes(song)
    spec = {
        "kling_spec": 1,
        "assets": {name: {"video": path} for name, path in clips.items()}
        | {"song": {"audio": "-y it's: %d.wav"}},
        "shots": {"fox": "A fox"},
        "cuts": {
            "main": {
                "timeline": [{"asset": name} for name in clips],
                "audio": {"music": "song"},
                "output": "it's a 'film' %03d ü.mp4",
            }
        },
    }
    with (project / "film.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(spec, file)
    code = "from kling_spec.cli import main; raise SystemExit(main())"

    done = subprocess.run(
        [sys.executable, "-c", code, "cut", "film.yaml"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    with av.open(f"file:{project / 'out' / spec['cuts']['main']['output']}") as made:
        assert made.streams.video[0].frames == 12 * len(clips)
