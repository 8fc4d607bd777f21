"""Values that are written back into a file: they change, and nothing beside them does."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_spec.source import EditRefused, edited, parse

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
TEXT = """\
# a campaign
kling_spec: 1

vars:
  lens: 35mm   # anamorphic
  mood: 'it''s dusk'
  line: "one: two"
  told: |
    first
    second

  long: >-
    {{ lens }} in a wide street
    at night
  secs: 5
  loud: true
  none:
shots:
  open:
    prompt: "x"
    takes: 3        # of which one is used
    # nobody has looked at them yet

  close: {prompt: y, takes: 2}
"""


def values(text: str) -> Any:
    document, found = parse(text, "x.yaml")
    assert document is not None, found
    return document.value


@pytest.mark.parametrize(
    ("name", "value", "old", "new"),
    [
        ("lens", "50mm", "lens: 35mm   # ana", "lens: 50mm   # ana"),
        ("lens", "7", "lens: 35mm ", 'lens: "7" '),
        ("lens", "a: b # c", "lens: 35mm ", 'lens: "a: b # c" '),
        ("mood", "it's dawn", "'it''s dusk'", "'it''s dawn'"),
        ("line", 'a "b"', '"one: two"', '"a \\"b\\""'),
        ("told", "third\nsecond\n", "    first\n", "    third\n"),
        ("told", "one line", "|\n    first\n    second", "one line"),
        ("long", "{{ lens }} in a narrow street at night", "wide street\n    at", "narrow street at"),
        ("secs", 7, "secs: 5", "secs: 7"),
        ("secs", 2.5, "secs: 5", "secs: 2.5"),
        ("loud", False, "loud: true", "loud: false"),
        ("none", "some", "none:\n", "none: some\n"),
    ],
)
def test_a_changed_value_keeps_its_quotes_and_everything_around_it(
    name: str, value: Any, old: str, new: str
) -> None:
    assert TEXT.count(old) == 1

    text = edited(TEXT, {("vars", name): value})

    assert text == TEXT.replace(old, new)
    assert values(text)["vars"][name] == value


def test_a_missing_key_is_added_behind_another_or_at_the_end() -> None:
    text = edited(TEXT, {("shots", "open", "pick"): 2, ("shots", "close", "pick"): 1}, behind="takes")

    assert text == TEXT.replace("is used\n", "is used\n    pick: 2\n").replace(
        "takes: 2}", "takes: 2, pick: 1}"
    )
    assert edited(TEXT, {("vars", "more"): "x"}) == TEXT.replace("  none:\n", "  none:\n  more: x\n")
    assert edited("a: |\n  b\n\nc: {}\n", {("d",): 1}) == "a: |\n  b\n\nc: {}\nd: 1\n"
    assert edited("c: {}", {("c", "d", "e"): 1}) == "c: {d: {e: 1}}"
    assert edited("c:  # nothing\n", {("c", "d", "e"): 1}) == "c:  # nothing\n  d:\n    e: 1\n"
    assert edited("a: {b: |\n  c\n\n\n", {}) == "a: {b: |\n  c\n\n\n"


def test_line_ends_and_the_mark_of_the_byte_order_stay() -> None:
    text = "\ufeffa: b\r\nc: |\r\n  d\r\n"

    assert edited(text, {("a",): "e"}) == "\ufeffa: e\r\nc: |\r\n  d\r\n"
    assert edited(text, {("c",): "x\ny\n"}) == "\ufeffa: b\r\nc: |\r\n  x\r\n  y\r\n"
    assert edited(text, {("f",): 1}) == text + "f: 1\r\n"


def test_an_anchor_stays_where_nothing_else_follows_it() -> None:
    assert edited("a: &one x\nb: y\n", {("a",): "z"}) == "a: &one z\nb: y\n"
    assert edited("base: &b {x: 1}\nc:\n  <<: *b\n  y: 2\n", {("c", "x"): 3}).endswith("  y: 2\n  x: 3\n")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: &one x\nb: *one\n", ("a",)),
        ("a: &one {x: 1}\nb: *one\n", ("b", "x")),
        ("a: {x: 1}\n", ("a",)),
        ("a: text\n", ("a", "x")),
        ("a: [1]\n", ("a", 1)),
    ],
    ids=["followed", "alias", "mapping", "scalar", "beyond"],
)
def test_what_would_touch_more_is_refused(text: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(EditRefused, match="without touching other values"):
        edited(text, {path: 5})


def test_a_character_that_no_spec_may_hold_is_refused() -> None:
    with pytest.raises(EditRefused):
        edited("a: b\n", {("a",): "\x1b[31m"})


def scalars(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in scalars(item, (*path, key))]
    if isinstance(value, list):
        return [found for number, item in enumerate(value) for found in scalars(item, (*path, number))]
    return [path]


VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30),
    st.sampled_from(["{{ x }}", "- a", "a: b", "# c", "'", '"', "null", "1", " x ", "a\nb", "[", "*a", "&b"]),
    st.integers(-1000, 1000), st.booleans(), st.none(), st.floats(0, 100),
)  # fmt: skip


@given(st.sampled_from(SPECS), st.data())
def test_whatever_is_written_is_what_is_read_and_only_one_stretch_changes(
    spec: Path, data: st.DataObject
) -> None:
    text = spec.read_text()
    path = data.draw(st.sampled_from(scalars(values(text))))
    value = data.draw(VALUES)

    try:
        changed = edited(text, {path: value})
    except EditRefused:
        assert isinstance(value, str)
        return

    old, new = values(text), values(changed)
    for step in path[:-1]:
        old, new = old[step], new[step]
    assert new.pop(path[-1]) == value
    old.pop(path[-1])
    assert old == new
    origin = parse(text, "")[0].locate(path)  # type: ignore[union-attr]
    lines = text.splitlines()
    assert changed.startswith("\n".join(lines[: origin.line - 1]))
    assert changed.rstrip("\n").endswith("\n".join(lines[origin.end_line :]))
