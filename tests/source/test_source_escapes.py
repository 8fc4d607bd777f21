"""JSON of any program is a spec: characters beyond the first plane come as two escapes, and keep their places."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_spec.source import parse

FIT = st.text(st.sampled_from("ab \"\\:?{}[],#&*!|>'%@`-/\n\tüß汉🦊🏴\U0002f800"), max_size=12)
VALUES = st.recursive(
    FIT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIT, inner, max_size=3)
)


def value(text: str) -> Any:
    document, found = parse(text, "spec.yaml")
    assert document is not None, found
    return document.value


def refused(text: str) -> tuple[str, str, int, int]:
    document, [finding] = parse(text, "spec.yaml")
    assert document is None
    return finding.code, finding.message, finding.origin.line, finding.origin.column


@given(st.dictionaries(FIT, VALUES, min_size=1, max_size=4), st.sampled_from([None, 1]))
def test_ascii_json_means_what_json_means(wanted: dict[str, Any], indent: int | None) -> None:
    assert value(json.dumps(wanted, ensure_ascii=True, indent=indent)) == wanted


@given(st.dictionaries(FIT, FIT, min_size=1, max_size=4))
def test_escapes_move_no_value(wanted: dict[str, Any]) -> None:
    """Each value is found where it stands in the file, however many escapes are before it on the line."""
    text = json.dumps(wanted, ensure_ascii=True)
    document, found = parse(text, "spec.yaml")
    assert document is not None, found

    for key, said in wanted.items():
        origin = document.locate((key,))
        assert text[origin.column - 1 : origin.end_column - 1] == json.dumps(said)


def test_both_halves_are_read_in_either_case_and_beside_real_characters() -> None:
    text = (
        '# 🦊\na: "🦊 \\ud83e\\udd8a \\uD83E\\uDD8A \\\\ud83e"\n? "\\ud83e\\udd8a"\n: {x: "\\ud83e\\udd8a"}\n'
    )

    assert value(text) == {"a": "🦊 🦊 🦊 \\ud83e", "🦊": {"x": "🦊"}}


def test_where_no_escapes_are_read_they_stay_as_they_stand() -> None:
    text = (
        'z: "\\ud83e\\udd8a"\n'
        "a: '\\ud83e\\udd8a \\ue83e \\uf8ff \\U0000e83e'\n"
        "b: C:\\ud83e\\uDD8A\n"
        "c: |\n  \\ud83e\n  \\ue83e \\\\ud83e\n"
        "d: >\n  \\uD83E\n  \\udd8a\n"
    )

    assert value(text) == {
        "z": "🦊",
        "a": "\\ud83e\\udd8a \\ue83e \\uf8ff \\U0000e83e",
        "b": "C:\\ud83e\\uDD8A",
        "c": "\\ud83e\n\\ue83e \\\\ud83e\n",
        "d": "\\uD83E \\udd8a\n",
    }


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("\\ud83e", "half of a character (U+D83E)"),
        ("\\udd8a\\ud83e", "half of a character (U+DD8A)"),
        ("\\ud83e \\udd8a", "half of a character (U+D83E)"),
        ("\\ud83e\\udd8a\\ud83e", "half of a character (U+D83E)"),
        ("\\ud83e\\udd8a\\ue83e\\uec00", "a private-use character (U+F8FF)"),
        ("\\ud83e\\udd8a\\U0000e83e", "a private-use character (U+F8FF)"),
        ("\\udb40\\udc41", "an invisible letter (U+E0041)"),
        ("\\udb80\\udc00", "a private-use character (U+F0000)"),
    ],
)
def test_halves_that_make_no_character_are_refused(said: str, what: str) -> None:
    assert refused(f'kling_spec: 1\na: [x, "{said}"]\n') == (
        "KS102", f"this text holds {what}, which cannot stand in a spec", 2, 8,
    )  # fmt: skip


def test_an_escape_that_stands_for_nothing_says_what_to_write() -> None:
    assert refused('a: "\\U0000d83e"\n')[:2] == ("KS102", "this escape stands for no character")


def test_a_key_that_is_written_in_two_ways_is_written_twice() -> None:
    document, found = parse('"🦊": 1\n"\\ud83e\\udd8a": 2\n', "spec.yaml")

    assert document is not None
    assert [(one.code, one.origin.line) for one in found] == [("KS104", 2)]
