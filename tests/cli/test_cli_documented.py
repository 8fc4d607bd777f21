"""What README.md and docs/ say to type is what the command line takes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from kling_spec.cli._parser import parser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SPAN = re.compile(r"`kling-spec ([a-z-]+)([^`]*)`")


def _typed() -> Iterator[tuple[str, str]]:
    """Yield each command line in a fenced block, and where it stands."""
    for page in PAGES:
        is_fenced = False
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            text = line.strip().removeprefix("$ ")
            if text.startswith("```"):
                is_fenced = not is_fenced
            elif is_fenced and text.startswith("kling-spec "):
                yield text, f"{page.name}:{number}"


def _named() -> Iterator[tuple[str, str, str]]:
    """Yield each command that a sentence or a table names, what stands behind it, and where."""
    for page in PAGES:
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            yield from ((name, rest, f"{page.name}:{number}") for name, rest in SPAN.findall(line))


TYPED, NAMED = list(_typed()), list(_named())


def test_there_are_command_lines_to_look_at() -> None:
    assert TYPED
    assert NAMED


@pytest.mark.parametrize(("line", "place"), TYPED, ids=[place for _, place in TYPED])
def test_a_command_line_of_a_block_is_taken(
    line: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, *words = shlex.split(line, comments=True)

    try:
        parser().parse_args(words)
    except SystemExit as stopped:
        assert stopped.code == 0, f"{place}: {line}\n{capsys.readouterr().err}"


@pytest.mark.parametrize(
    ("name", "rest", "place"), NAMED, ids=[f"{place}-{name}" for name, _, place in NAMED]
)
def test_a_command_of_a_sentence_is_there_with_its_options(
    name: str, rest: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = re.findall(r"--[a-z-]+", rest)

    told = _help(capsys, name)

    assert told, f"{place}: no command is called '{name}'"
    assert [option for option in options if not re.search(rf"{option}\b(?!-)", told)] == [], place


def test_the_table_of_the_readme_has_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Commands")[2].partition("\n## ")[0]

    rows = re.findall(r"^\| `kling-spec ([a-z-]+)", table, re.MULTILINE)

    assert sorted(rows) == sorted(re.findall(r"^    ([a-z-]+)", _help(capsys), re.MULTILINE))


def _help(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    with pytest.raises(SystemExit):
        parser().parse_args([*command, "--help"])
    return capsys.readouterr().out
