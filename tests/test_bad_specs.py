"""Each bad spec says in a comment what is wrong with it and where; nothing else is reported."""

import re
import tomllib
from pathlib import Path

import pytest

from kling_spec.diagnostics import SpecError, codes, explain
from kling_spec.session import Checked

ROOT = Path(__file__).parents[1]
BAD = sorted((Path(__file__).parent / "specs" / "bad").glob("*.yaml"))
_NOTE = re.compile(r"^#( *)(\^|<) (KS\d{3}) (.*)$")
_ELSEWHERE = {
    "KS100",
    "KS103",
    "KS109",
    "KS112",
    "KS113",
    "KS114",
    "KS116",
    "KS117",
    "KS308",
    "KS315",
    "KS340",
    "KS341",
    "KS342",
    "KS404",
    "KS406",
    "KS409",
}
"""Codes that are not about a spec's text, or are no errors; other tests provoke them."""

Finding = tuple[int, int, str, str]


def expected(text: str) -> list[Finding]:
    """The line above a comment, the column of its caret (`<` is the first), its code and message."""
    found: list[Finding] = []
    line = 0
    for number, content in enumerate(text.splitlines(), 1):
        if note := _NOTE.match(content):
            column = 1 if note[2] == "<" else len(note[1]) + 2
            found.append((line, column, note[3], note[4]))
        else:
            line = number
    return found


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_spec_gets_its_error_at_its_place_and_no_other(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)

    with pytest.raises(SpecError) as raised:
        Checked(file.name).check()

    errors = [finding for finding in raised.value.diagnostics if finding.is_error]
    found = [(error.origin.line, error.origin.column, error.code, error.message) for error in errors]
    assert found == expected(file.read_text())
    assert all(error.help for error in errors)
    assert str(raised.value).count("^") >= 1


def test_there_are_many_bad_specs() -> None:
    assert len(BAD) >= 60


def test_every_code_is_explained_and_every_explanation_is_used() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "kling_spec").rglob("*.py"))

    assert set(re.findall(r"KS[1-7]\d\d", sources)) - {"KS402"} <= set(codes())
    assert set(codes()) <= set(re.findall(r"KS[1-7]\d\d", sources))
    assert all((found := explain(code)) and found.title and found.text for code in codes())
    tomllib.loads((ROOT / "kling_spec" / "diagnostics" / "codes.toml").read_text())


def test_every_code_about_a_spec_has_a_bad_spec() -> None:
    shown = {code for file in BAD for _, _, code, _ in expected(file.read_text())}

    wanted = {code for code in codes() if code < "KS500"} - _ELSEWHERE
    assert wanted <= shown
