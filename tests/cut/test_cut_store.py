"""Segments that are kept: what is encoded anew, what is not, and what becomes of damage and of kills."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from time import sleep

import pytest
from cut_films import HERE, cut_of, film, over, pictures, shot, still
from PIL import Image

from kling_spec.cut import CutReport
from kling_spec.diagnostics import Origin
from kling_spec.ir import Fit, GapEntry, Layer, TransitionKind

Shelf = Callable[..., Path]
Make = Callable[..., tuple]


@pytest.fixture
def files(shelf: Shelf) -> dict[str, Path]:
    return {
        "a": shelf(sound=None),
        "b": shelf(picture="smptebars", sound=None),
        "c": shelf("-vf", "negate", sound=None),
        "d": shelf("-vf", "hue=h=90", sound=None),
    }


def joined(*tasks: str, kinds: str = "") -> list:
    """Return the tasks with a transition into each but the first: a crossfade, or a dip for `d`, a wipe for `w`."""
    named = {"d": TransitionKind.DIP_TO_BLACK, "w": TransitionKind.WIPE}
    into = [
        over("0.25", named.get(kind, TransitionKind.CROSSFADE))
        for kind in kinds.ljust(len(tasks) - 1, "-")[: len(tasks) - 1]
    ]
    return [shot(task, transition=by) for task, by in zip(tasks, [None, *into], strict=True)]


def reasons(report: CutReport) -> dict[str, str]:
    return {segment.name: segment.why for segment in report.segments if not segment.is_kept}


def store(work: Path) -> list[Path]:
    return sorted((work / "segments").glob("*.segment"))


def test_the_first_cut_encodes_all_and_says_so(make: Make, files: dict[str, Path]) -> None:
    report, _ = make(film(*joined(*"abc")), files)

    assert (report.encoded, report.kept, report.method) == (5, 0, "encode")
    assert set(reasons(report).values()) == {"first cut of this film"}
    assert [segment.name for segment in report.segments] == ["a", "a > b", "b", "b > c", "c"]


def test_another_transition_is_one_segment_anew(make: Make, files: dict[str, Path]) -> None:
    make(film(*joined(*"abcd")), files)

    report, _ = make(film(*joined(*"abcd", kinds="-w-")), files)

    assert (report.encoded, report.kept) == (1, 6)
    assert reasons(report) == {"b > c": "another transition"}


def test_a_replaced_clip_is_its_own_segments_anew(make: Make, files: dict[str, Path], shelf: Shelf) -> None:
    make(film(*joined(*"abcd")), files)

    report, _ = make(film(*joined(*"abcd")), {**files, "b": shelf("-vf", "vflip", sound=None)})

    assert reasons(report) == dict.fromkeys(("a > b", "b", "b > c"), "another file")


def test_a_trim_is_the_segments_that_it_reaches(make: Make, files: dict[str, Path]) -> None:
    make(film(*joined(*"ab")), files)
    first, second = joined(*"ab")

    report, _ = make(film(first, replace(second, end=Decimal("0.75"))), files)

    assert reasons(report) == {"b": "other frames"}


def test_a_title_is_the_segments_that_it_lies_over(make: Make, files: dict[str, Path]) -> None:
    title = Layer(text="Harbor", start=Decimal("0.1"), end=Decimal("0.4"), origin=HERE)
    make(cut_of(*joined(*"abc"), layers=(title,)), files)

    moved, _ = make(
        cut_of(*joined(*"abc"), layers=(replace(title, origin=Origin("film.yaml", 90, 1, 90, 2)),)), files
    )
    changed, _ = make(cut_of(*joined(*"abc"), layers=(replace(title, text="Harbour"),)), files)

    assert moved.unchanged
    assert reasons(changed) == {"a": "other overlays"}


def test_fit_size_and_codec_are_named(make: Make, files: dict[str, Path], tmp_path: Path) -> None:
    Image.new("RGB", (100, 100), (255, 0, 0)).save(tmp_path / "card.png")
    card = {**files, "card": tmp_path / "card.png"}
    make(film(*joined(*"ab"), still("card", "0.5")), card)

    fitted, _ = make(film(*joined(*"ab"), still("card", "0.5", fit=Fit.COVER)), card)
    small = cut_of(*joined(*"ab"), still("card", "0.5"))
    sized, _ = make(replace(small, delivery=replace(small.delivery, width=160, height=90)), card)

    assert reasons(fitted) == {"card": "another fit or speed"}
    assert all("another size or rate of the film" in why for why in reasons(sized).values())
    assert sized.kept == 0


def test_what_is_new_is_told_from_what_has_changed(make: Make, files: dict[str, Path]) -> None:
    make(film(shot("a", end=Decimal("0.5"))), files)

    report, _ = make(film(shot("a", end=Decimal("0.5")), shot("b")), files)

    assert reasons(report) == {"b": "new in this film"}


def test_one_film_finds_what_another_has_made(make: Make, files: dict[str, Path], tmp_path: Path) -> None:
    make(film(*joined(*"abc")), files)

    other, _ = make(replace(film(*joined(*"bc")), cut="short"), files, target=tmp_path / "short" / "film.mp4")

    assert reasons(other) == {"b": "first cut of this film"}  # it now begins the film, with its whole head
    assert other.kept == 2


def test_equal_stretches_are_encoded_once(make: Make, files: dict[str, Path], tmp_path: Path) -> None:
    half = shot("a", end=Decimal("0.5"))

    report, _ = make(film(half, half, half), files)

    assert (len(report.segments), len(store(tmp_path / "work"))) == (3, 1)
    assert pictures(report.path)[:12] == pictures(report.path)[12:24] == pictures(report.path)[24:]


def _poison(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _forge(path: Path) -> None:
    path.with_suffix(".json").write_text("{", encoding="utf-8")


def _swap(path: Path) -> None:
    other = next(file for file in path.parent.glob("*.segment") if file != path)
    shutil.copy(other, path)


@pytest.mark.parametrize("harm", [_poison, _truncate, _forge, _swap])
def test_a_damaged_segment_is_made_anew(
    make: Make, files: dict[str, Path], tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    first, _ = make(film(*joined(*"ab")), files)
    wanted = first.path.read_bytes()
    harm(store(tmp_path / "work")[0])
    first.path.unlink()

    again, _ = make(film(*joined(*"ab")), files)

    assert list(reasons(again).values()) == ["its file in the store is damaged"]
    assert again.path.read_bytes() == wanted


def test_the_store_keeps_to_its_limit_and_drops_what_was_used_longest_ago(
    make: Make, files: dict[str, Path], tmp_path: Path
) -> None:
    work = tmp_path / "work"
    make(film(shot("a", end=Decimal("0.5"))), files)
    [oldest] = store(work)
    os.utime(oldest, (1, 1))
    make(film(shot("b", end=Decimal("0.5"))), files)
    limit = sum(path.stat().st_size for path in store(work)) + 10

    make(film(shot("c", end=Decimal("0.5"))), files, store_limit=limit)

    assert oldest not in store(work)
    assert sum(path.stat().st_size for path in store(work)) <= limit
    assert {path.stem for path in store(work)} == {path.stem for path in (work / "segments").glob("*.json")}
    gone, _ = make(film(shot("a", end=Decimal("0.5"))), files)
    assert gone.encoded == 1


def test_a_store_of_no_size_still_makes_films(make: Make, files: dict[str, Path], tmp_path: Path) -> None:
    report, _ = make(film(*joined(*"ab")), files, store_limit=0)

    assert report.frames == 42
    assert store(tmp_path / "work") == []


def test_two_cold_renders_in_two_folders_are_equal_to_the_byte(
    make: Make, files: dict[str, Path], tmp_path: Path
) -> None:
    places = {}
    for place in ("one", "two and more"):
        folder = tmp_path / place
        folder.mkdir()
        places[place] = {
            name: Path(shutil.copy(path, folder / f"{place} {name}.mp4")) for name, path in files.items()
        }
    title = Layer(text="Harbor", start=Decimal("0.1"), end=Decimal("2.4"), origin=HERE)
    gap = GapEntry(seconds=Decimal("0.5"), color="#336699", origin=HERE)
    wanted = cut_of(*joined(*"abcd", kinds="-dw"), gap, layers=(title,))

    one, _ = make(wanted, places["one"], work=tmp_path / "w1", target=tmp_path / "o1" / "film.mp4")
    two, _ = make(wanted, places["two and more"], work=tmp_path / "w2", target=tmp_path / "o2" / "film.mp4")

    assert (one.encoded, two.encoded) == (8, 8)
    assert one.path.read_bytes() == two.path.read_bytes()
    assert [path.name for path in store(tmp_path / "w1")] == [path.name for path in store(tmp_path / "w2")]


_CHILD = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
from cut_films import film
from test_cut_store import joined
from kling_spec.cut import render
from kling_spec.media import find_ffmpeg
files = {files!r}
report, found = render(film(*joined(*"abcdabcd")), lambda task: Path(files[task]), None, Path({target!r}),
                       ffmpeg=find_ffmpeg(), work=Path({work!r}))
sys.exit(0 if report else 1)
"""


def child(files: dict[str, Path], target: Path, work: Path, **more: object) -> subprocess.Popen[bytes]:
    named = {name: str(path) for name, path in files.items()}
    here = [str(Path(__file__).parent)]
    code = _CHILD.format(path=here, files=named, target=str(target), work=str(work))
    return subprocess.Popen([sys.executable, "-c", code], **more)


@pytest.mark.parametrize("after", [0, 4, 9])
def test_a_kill_leaves_nothing_in_place_and_the_next_cut_goes_on(
    make: Make, files: dict[str, Path], tmp_path: Path, after: int
) -> None:
    work, target = tmp_path / "killed", tmp_path / "killed-out" / "film.mp4"
    process = child(files, target, work)
    while process.poll() is None and not (work.exists() and len(store(work)) >= after):
        sleep(0.002)
    process.kill()
    process.wait()
    there = target.exists()

    report, _ = make(film(*joined(*"abcdabcd")), files, work=work, target=target)
    whole, _ = make(film(*joined(*"abcdabcd")), files)

    assert not there or after == 9
    assert report.path.read_bytes() == whole.path.read_bytes()
    assert report.unchanged or report.kept >= min(after, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a thing of Unix")
@pytest.mark.parametrize("room", [1, 60_000])
def test_a_full_disk_leaves_nothing_in_place(
    make: Make, files: dict[str, Path], tmp_path: Path, room: int
) -> None:
    import resource

    work, target = tmp_path / "full", tmp_path / "full-out" / "film.mp4"

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    process = child(files, target, work, preexec_fn=small, stderr=subprocess.DEVNULL)
    assert process.wait(60) != 0

    assert not target.exists()
    assert not target.parent.exists() or list(target.parent.iterdir()) == []
    report, _ = make(film(*joined(*"abcdabcd")), files, work=work, target=target)
    whole, _ = make(film(*joined(*"abcdabcd")), files)
    assert report.path.read_bytes() == whole.path.read_bytes()


def test_a_clip_that_fails_ends_the_cut_and_keeps_what_was_made(
    make: Make, files: dict[str, Path], shelf: Shelf, tmp_path: Path
) -> None:
    data = bytearray(shelf("-movflags", "+faststart", sound=None, seconds=2).read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = bytes(4000)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)

    report, (found,) = make(film(*joined(*"abx")), {**files, "x": broken})

    assert report is None
    assert found.code == "KS704"
    assert not (tmp_path / "out" / "film.mp4").exists()
    mended, _ = make(film(*joined(*"abc")), files)
    assert "a" not in reasons(mended)
