"""Files that are written whole: nobody sees half of one, and a failure leaves what was there."""

import os
import stat
import sys
from pathlib import Path

import pytest

from kling_spec.files import whole, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("data", ["ein Wörtchen\r\n", b"\x00\xff", ""], ids=["text", "bytes", "nothing"])
def test_a_file_holds_what_was_written_and_nothing_stands_beside_it(
    tmp_path: Path, data: str | bytes
) -> None:
    target = tmp_path / "note.json"
    target.write_text("what stood there before, and is longer")

    write_whole(target, data)

    assert target.read_bytes() == (data.encode() if isinstance(data, str) else data)
    assert names(tmp_path) == ["note.json"]


def test_until_it_is_finished_the_file_before_it_stands_there(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")

    with whole(target) as part:
        part.write_bytes(b"ne")
        assert target.read_bytes() == b"old"
        assert (part.parent, part.suffix) == (tmp_path, ".mp4")
        assert part.name.startswith(".kling-spec-")
        part.write_bytes(b"new")

    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["film.mp4"]


def test_a_failure_leaves_the_file_before_it_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "film"
    target.write_bytes(b"old")

    with pytest.raises(TypeError), whole(target) as part:
        _ = part.write_bytes(b"half") + "fails"
    with pytest.raises(FileNotFoundError), whole(target):
        pass  # nothing was made

    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["film"]


def test_a_folder_in_its_place_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "note").mkdir()

    with pytest.raises(OSError, match="note"):
        write_whole(tmp_path / "note", "words")

    assert names(tmp_path) == ["note"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a thing of Unix")
def test_a_file_of_the_person_alone_is_never_readable_to_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_whole(tmp_path / "word.json", "mine", mode=0o600)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "word.json").stat().st_mode) == 0o600
