"""ffmpeg opens the file that we name, and no other; no text ever becomes a filter."""

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hostile_media import NAMES, contents
from stranger_specs import checked

from kling_spec.cut import render
from kling_spec.diagnostics import Origin
from kling_spec.ir import Canvas, Codec, Film, ShotEntry, Soundtrack, Transition, TransitionKind
from kling_spec.media import (
    ENCODERS,
    Ffmpeg,
    FfmpegError,
    Footage,
    MediaError,
    Music,
    Piece,
    Voice,
    encode_pieces,
    last_frame,
    probe,
    probe_sound,
    render_clip,
    render_music,
    verify,
)
from kling_spec.media._bed import music_arguments, voice_arguments
from kling_spec.media._piece_graph import nameless_arguments, piece_arguments
from kling_spec.media._run import run, source
from kling_spec.media._verify import MOV

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(STRACE is None, reason="strace tells which files a process opens")
CANVAS = Canvas(width=64, height=64, rate=Fraction(24))


@pytest.fixture(scope="module")
def clip(ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("clip") / "clip.mp4"
    see = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24:duration=0.5"]
    hear = ["-f", "lavfi", "-i", "sine=440:sample_rate=48000:duration=0.5"]
    how = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "mp4", "-y"]
    run(ffmpeg.path, [*see, *hear, *how, source(target)])
    return target


@pytest.fixture
def shelf(clip: Path, tmp_path: Path) -> Path:
    """A folder with every hostile file, and a secret clip beside them that none of them may reach."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    shutil.copy(clip, folder / "secret.mp4")
    for number, data in enumerate(contents(folder / "secret.mp4", clip.read_bytes()).values()):
        (folder / f"{number:02}.mp4").write_bytes(data)
    return folder


def _opened(log: Path, folder: Path) -> set[str]:
    """The names below the folder that a traced process opened."""
    calls = re.findall(r'open(?:at)?\([^"]*"([^"]+)"', log.read_text(errors="replace"))
    return {Path(path).name for path in calls if str(folder) in path}


def _sockets(log: Path) -> list[str]:
    return [line for line in log.read_text(errors="replace").splitlines() if "AF_INET" in line]


@pytest.fixture
def traced(ffmpeg: Ffmpeg, tmp_path: Path) -> tuple[Ffmpeg, Path]:
    """The product's ffmpeg, with a book kept of every file and connection that it opens."""
    log, wrapper = tmp_path / "calls.log", tmp_path / "traced-ffmpeg"
    wrapper.write_text(
        f'#!/bin/sh\nexec {STRACE} -f -qq -A -o {log} -e trace=open,openat,socket,connect {ffmpeg.path} "$@"\n'
    )
    wrapper.chmod(0o755)
    log.touch()
    return replace(ffmpeg, path=wrapper), log


def test_there_are_many_hostile_files(clip: Path) -> None:
    assert len(contents(Path("/x"), clip.read_bytes())) >= 40
    assert len(NAMES) >= 30


@needs_strace
def test_ffmpeg_opens_no_other_file_and_no_connection(
    shelf: Path, traced: tuple[Ffmpeg, Path], tmp_path: Path
) -> None:
    """T-D15: the very arguments of the product, given to ffmpeg without the look at the first bytes before."""
    wrapped, log = traced
    for path in sorted(shelf.glob("[0-9]*.mp4")):
        log.write_text("")
        footage = Footage(path=path, facts=probe(shelf / "secret.mp4"), first=0, frames=4)
        with pytest.raises(FfmpegError) if path.stat().st_size < 3000 else _either():
            run(wrapped.path, ["-xerror", *MOV, "-i", source(path), "-f", "null", "-"], seconds=20)
        if int(path.stem) % 5 == 0:  # the graph has inputs of its own
            with _either():
                piece = Piece(frames=4, shown=(footage,))
                encode_pieces(wrapped, [piece], CANVAS, ENCODERS[Codec.H264], [tmp_path / "out.mp4"])
        assert _opened(log, shelf) <= {path.name}
        assert _sockets(log) == []


class _either:  # noqa: N801 - reads as a word
    """Lets a failure of ffmpeg pass."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is None or issubclass(kind, FfmpegError | MediaError)


@needs_strace
@pytest.mark.parametrize("kind", ["mp3", "mov", "wav", "flac", "ogg", "aac"])
def test_music_is_read_by_its_own_format_only(
    shelf: Path, traced: tuple[Ffmpeg, Path], tmp_path: Path, kind: str
) -> None:
    """T-D15: each hostile file as music, in each format that is taken."""
    wrapped, log = traced
    for path in sorted(shelf.glob("[0-3][0-9].mp4"))[::3]:
        target = tmp_path / "mixed.f32"
        music, voice = Music(path=path, channels=2), Voice(path=path, channels=1, first=100)
        for words in (music_arguments(music, kind, 4800, target), voice_arguments(voice, kind, 4800, target)):
            with _either():
                run(wrapped.path, words, seconds=20)
    assert _opened(log, shelf) <= {path.name for path in shelf.glob("[0-9]*.mp4")}
    assert _sockets(log) == []


@needs_strace
def test_looking_at_a_file_opens_that_file_only(shelf: Path, tmp_path: Path) -> None:
    """T-D15: what is done in this process, with PyAV and Pillow: facts, frames, sounds, pictures."""
    log = tmp_path / "calls.log"
    code = f"""
from pathlib import Path
from kling_spec.media import image_facts, last_frame, poster, probe, probe_sound
from kling_spec.session._inputs import local_file
for path in sorted(Path({str(shelf)!r}).glob("[0-9]*.mp4")):
    for look in (probe, probe_sound, poster, image_facts, lambda p: last_frame(p, Path({str(tmp_path)!r}) / "f.png"),
                 lambda p: local_file(p, p.name, root=p.parent)):
        try:
            look(path)
        except Exception as error:
            assert type(error).__name__ == "MediaError", (path, error)
"""
    command = [
        str(STRACE),
        "-f",
        "-qq",
        "-o",
        str(log),
        "-e",
        "trace=open,openat,socket,connect",
        sys.executable,
        "-c",
        code,
    ]
    subprocess.run(command, check=True, cwd=Path.cwd(), timeout=80)

    assert "secret.mp4" not in _opened(log, shelf)
    assert len(_opened(log, shelf)) >= 40
    assert _sockets(log) == []


def test_no_hostile_file_passes_for_a_clip(shelf: Path, ffmpeg: Ffmpeg) -> None:
    """T-D15: by its first bytes, by its index or by decoding it."""
    passed = []
    for path in sorted(shelf.glob("[0-9]*.mp4")):
        try:
            verify(path, ffmpeg=ffmpeg)
            passed.append(path.name)
        except MediaError:
            pass
    names = list(contents(Path("/x"), b""))

    # Those that say that their pictures lie elsewhere, and have them, are read from themselves.
    assert {names[int(name[:2])] for name in passed} <= {
        "a clip whose pictures lie elsewhere",
        "a clip whose pictures lie elsewhere, by an alias",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_nothing_to_ffmpeg(name: str, clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """T-D15: protocols, options, patterns and lists in the name of a file that is what it says."""
    path = tmp_path / name
    shutil.copy(clip, path)

    assert verify(path, ffmpeg=ffmpeg).frames == 12
    assert last_frame(path, tmp_path / "f.png").exists()
    assert probe_sound(path).rate == 48000
    render_music(ffmpeg, Music(path=path, channels=2), 4800, tmp_path / "m.f32")
    assert {found.name for found in tmp_path.iterdir()} == {name, "f.png", "m.f32"}


HERE = Origin("film.yaml")


def test_clips_of_any_name_become_one_film(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """T-D17: copied and encoded; there is no list of files that a name could add a line to."""
    folder = tmp_path / "clips"
    folder.mkdir()
    files = {}
    for number, name in enumerate(NAMES[:12]):
        shutil.copy(clip, folder / name)
        files[f"-/s{number}"] = folder / name
    for transition in (None, Transition(kind=TransitionKind.CROSSFADE, seconds=_seconds())):
        clips = tuple(
            ShotEntry(task=task, origin=HERE, transition=transition if number else None)
            for number, task in enumerate(files)
        )
        film = Film(cut="m", variant="-", output="m.mp4", entries=clips, sound=Soundtrack(), origin=HERE)
        report, found = render(
            film, files.__getitem__, _no_file, tmp_path / "film.mp4", ffmpeg=ffmpeg, work=tmp_path / "work"
        )
        assert found == ()
        assert report is not None
        assert report.method == ("encode" if transition else "copy")
    assert {path.name for path in tmp_path.iterdir()} == {"clips", "film.mp4", "work"}


def _seconds() -> Any:
    from decimal import Decimal

    return Decimal("0.1")


def _no_file(_: object) -> Path:
    raise KeyError


_TRICKS = (
    "a',metadata=mode=print:file=x,drawtext=text='b", "x[out];movie=secret.mp4[o2]", "a:textfile=x", "%{metadata}",
    "%{pts}", "\\", "'", "],[", ";", "a=b:c=d", "$(id)", "expansion=normal", "sendcmd=f=x", "\n", " ", ",", "ü", "|",
)  # fmt: skip


def test_a_text_never_stands_in_a_graph(clip: Path) -> None:
    """T-D16: five thousand names of clips; the graph of each join is that of plain ones, to the letter."""
    facts = probe(clip)
    dice = random.Random(16)
    titles = ["".join(dice.choices(_TRICKS, k=dice.randint(1, 5))) for _ in range(5000)]
    [*_, plain] = _graphs(["plain0", "plain1"], facts)
    for start in range(0, len(titles), 2):
        names = [f"{number}{title}" for number, title in enumerate(titles[start : start + 2])]
        *inputs, graph = _graphs(names, facts)
        assert graph == plain
        assert inputs == [f"file:/w/{name}" for name in names]


def _graphs(names: list[str], facts: Any) -> list[str]:
    """The inputs of a transition between two clips, and its graph."""
    shown = tuple(Footage(path=Path("/w") / name, facts=facts, first=5, frames=3) for name in names)
    piece, encoder = Piece(frames=3, shown=shown, effect="fade"), ENCODERS[Codec.H264]
    words = piece_arguments(piece, CANVAS, encoder, Path("/w/out.mp4"))
    assert not any("/w/" in word for word in nameless_arguments(piece, CANVAS, encoder))
    inputs = [words[at + 1] for at, word in enumerate(words) if word == "-i"]
    return [*inputs, words[words.index("-filter_complex") + 1]]


def test_the_sandbox_draws_words_and_runs_none(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """T-D16: titles and prompts are painted into a picture, and are no part of any command."""
    for number, title in enumerate(
        ["a',metadata=mode=print:file=x,drawtext=text='b", "[o];movie=x[p]", "%{pts}\x1b[31m\n\\'"]
    ):
        render_clip(
            tmp_path / f"{number}.mp4", seconds=1, width=320, height=180, fps=12, sound=True, title=title,
            lines=[title] * 3,
            seed=number, ffmpeg=ffmpeg,
        )  # fmt: skip

    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.mp4", "1.mp4", "2.mp4"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("type", "fade:duration=1,movie=x"), ("type", "wipeleft"), ("type", "custom"), ("duration", "1:expr=x"),
     ("duration", "1,movie=x"), ("duration", ".nan"), ("duration", ".inf"), ("duration", -1),
     ("duration", "1e999999999"),
     ("duration", "1e-999999999")],
)  # fmt: skip
def test_transitions_are_words_of_ours_and_numbers(key: str, value: Any) -> None:
    """T-D16: no filter and no option of one can be written in a spec."""
    from stranger_specs import codes

    timeline = ["a", {"shot": "a", "transition": {"type": "wipe", "duration": 0.5} | {key: value}}]
    spec = {"kling_spec": 1, "shots": {"a": {"prompt": "x"}}, "cuts": {"m": {"timeline": timeline}}}
    text = json.dumps(spec).replace('".nan"', ".nan").replace('".inf"', ".inf")

    assert codes(text) == {"KS204"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("music_gain", "-3dB,movie=x"), ("music_gain", ".nan"), ("music_gain", "1e9"), ("loudness", "-14:print=1"),
     ("loudness", ".inf"), ("loudness", 5), ("filters", "movie=x"), ("duck", "yes,movie=x"),
     ("music", "-i /etc/passwd")],
)  # fmt: skip
def test_levels_are_numbers_within_bounds(key: str, value: Any) -> None:
    """T-D16: gain, loudness and the like reach a filter as numbers that we format."""
    from stranger_specs import codes

    spec = {
        "kling_spec": 1,
        "shots": {"a": {"prompt": "x"}},
        "cuts": {"m": {"timeline": ["a"], "audio": {key: value}}},
    }

    assert codes(json.dumps(spec)) & {"KS201", "KS204", "KS306"}


def test_no_command_line_holds_a_word_of_a_spec(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-D15, T-D16: every argument of every ffmpeg that a whole cut starts."""
    commands: list[list[str]] = []
    started: Callable[..., Any] = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda command, *a, **k: commands.append(command) or started(command, *a, **k)
    )
    word = "xyzzy"
    folder = tmp_path / word
    folder.mkdir()
    shutil.copy(clip, folder / f"{word}.mp4")
    film = Film(
        cut=word, variant=word, output=f"{word}.mp4", origin=HERE, sound=Soundtrack(loudness=None),
        entries=(ShotEntry(task=word, origin=HERE), ShotEntry(task=word, origin=HERE, start=_seconds())),
    )  # fmt: skip
    report, _ = render(
        film,
        lambda _: folder / f"{word}.mp4",
        _no_file,
        tmp_path / "out" / f"{word}.mp4",
        ffmpeg=ffmpeg,
        work=tmp_path / "w",
    )

    assert report is not None
    assert len(commands) >= 3
    for command in commands:
        assert word not in " ".join(command)
        assert "-nostdin" in command
        assert not {"concat", "-safe", "lavfi_script", "-filter_script"} & set(command)
        for at, argument in enumerate(command):
            if argument == "-i":
                assert command[at + 1].startswith(("file:/", "anullsrc=", "color=c=0x"))
                assert "-f" in command[:at]
    assert checked("kling_spec: 1\nshots: {a: x}\n").spec is not None
