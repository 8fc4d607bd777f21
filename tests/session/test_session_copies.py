"""Files of a project between the look and the use: another thing in their place is never opened."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from kling_spec.files import UnfitFile, opened
from kling_spec.session import Session

SPEC = """
kling_spec: 1
name: cards
assets: {card: {image: card.png}}
shots: {fox: A fox}
cuts:
  main: {timeline: [{asset: card, duration: 1}]}
"""
CANARY = b"k-canary-5d20b7"


@pytest.fixture
def cards(tmp_path: Path) -> Session:
    """A session that has looked at its files."""
    project = tmp_path / "project"
    project.mkdir()
    Image.new("RGB", (320, 180), "teal").save(project / "card.png")
    (tmp_path / "secret.png").write_bytes((project / "card.png").read_bytes() + CANARY)
    (project / "cards.yaml").write_text(SPEC)
    return Session(project / "cards.yaml", sandbox=True, environment={"PATH": os.environ["PATH"]})


def _pipe(card: Path) -> None:
    os.mkfifo(card)


def _link(card: Path) -> None:
    card.symlink_to(card.parents[1] / "secret.png")


def _device(card: Path) -> None:
    card.symlink_to("/dev/zero")


def _second_name(card: Path) -> None:
    os.link(card.parents[1] / "secret.png", card)


def _folder(card: Path) -> None:
    card.mkdir()


def _other_picture(card: Path) -> None:
    Image.new("RGB", (320, 180), "olive").save(card)


@pytest.mark.parametrize(
    ("swap", "told"),
    [(_pipe, "no ordinary file"), (_link, "out of the project"), (_device, "out of the project"),
     (_second_name, "second name"), (_folder, "folder"), (_other_picture, "changed since the spec was read")],
)  # fmt: skip
def test_a_film_is_cut_of_what_was_looked_at_and_of_nothing_else(
    cards: Session, swap: Callable[[Path], None], told: str
) -> None:
    card = cards.path.parent / "card.png"
    card.unlink()
    swap(card)

    [made] = cards.cut()

    assert made.report is None
    [finding] = made.found
    assert finding.code == "KS704"
    assert told in finding.message
    assert not list((cards.state / "work").glob("cut-*"))


def test_a_file_that_is_gone_is_said_to_be_gone(cards: Session) -> None:
    (cards.path.parent / "card.png").unlink()

    [made] = cards.cut()

    assert [finding.code for finding in made.found] == ["KS702"]


def test_copies_are_gone_when_the_films_are_there(cards: Session) -> None:
    [made] = cards.cut()

    assert made.report is not None
    assert made.report.path.is_file()
    assert not list((cards.state / "work").glob("cut-*"))
    [again] = cards.cut()
    assert again.report is not None
    assert again.report.unchanged


def test_a_pipe_that_takes_the_place_of_a_file_is_never_waited_for(tmp_path: Path) -> None:
    """Between the look and the opening there is always a moment; whatever is opened then is looked at again."""
    target, file, pipe = tmp_path / "it", tmp_path / "file", tmp_path / "pipe"
    file.write_bytes(b"plain")
    os.mkfifo(pipe)
    os.link(file, target)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for number, source in enumerate((pipe, file)):
                spare = tmp_path / f"spare{number}"
                os.link(source, spare)
                spare.replace(target)

    swapping = threading.Thread(target=swap)
    seen = {"plain": 0, "unfit": 0}

    def read() -> None:
        for _ in range(3000):
            try:
                with opened(target) as opened_file:
                    assert opened_file.read() == b"plain"
                seen["plain"] += 1
            except UnfitFile:
                seen["unfit"] += 1

    reading = threading.Thread(target=read, daemon=True)
    swapping.start()
    reading.start()
    reading.join(120)
    stop.set()
    swapping.join()

    assert not reading.is_alive(), "a pipe was waited for"
    assert sum(seen.values()) == 3000
    assert min(seen.values()) > 0
