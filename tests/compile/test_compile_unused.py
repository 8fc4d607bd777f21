"""Variables that nothing reads are warned of, and those that are read anywhere are not."""

from pathlib import Path

import pytest

from kling_spec.diagnostics import Severity, SpecError
from kling_spec.session import Checked

HEAD = "kling_spec: 1\n"
PATCH = (
    "matrix: {mood: [calm, wild], patch: [{match: {mood: wild}, set: {word: '{{ it }}'}}]}\n"
    "shots: {fox: 'A fox {{ word }}'}"
)


def unused(folder: Path, text: str) -> list[tuple[str, int]]:
    """What is said of unused variables, and on which line."""
    (folder / "spec.yaml").write_text(HEAD + text)
    found = Checked(folder / "spec.yaml", environment={}).check()
    assert all(one.severity is not Severity.ERROR for one in found)
    return [(one.message, one.origin.line) for one in found if one.code == "KS342"]


def test_a_variable_that_nothing_reads_is_warned_of_at_its_line(tmp_path: Path) -> None:
    text = "vars:\n  mood: calm\n  lens: 35mm\nshots:\n  fox: A fox, {{ mood }}\n"

    assert unused(tmp_path, text) == [("variable 'lens' is not used", 4)]


@pytest.mark.parametrize(
    "text",
    [
        "shots: {fox: 'A fox, {{ it }}'}",
        "shots: {fox: 'A fox{% if it %} runs{% endif %}'}",
        "shots: {fox: {prompt: A fox, when: it}}",
        "defaults: {when: it == 1}\nshots: {fox: A fox}",
        "defaults: {duration: '{{ it }}'}\nshots: {fox: A fox}",
        "matrix: {mood: {calm: {word: '{{ it }}'}}}\nshots: {fox: 'A fox {{ word }}'}",
        PATCH,
        "shots: {fox: \"A fox {{ vars['it'] }}\"}",
        "shots: {fox: \"{% include 'words.j2' %}\"}",
        "shots: {fox: \"{% import 'macros.j2' as m with context %}{{ m.fox() }}\"}",
        "shots: {fox: \"{% include 'outer.j2' %}\"}",
        "shots: {fox: A fox}\ncuts: {main: {timeline: [fox], output: 'film-{{ it }}.mp4'}}",
        "shots: {fox: {prompt: A fox, provider_options: {kling: {watermark_info: {enabled: '{{ it == 2 }}'}}}}}",
    ],
)
def test_a_variable_that_is_read_anywhere_is_used(tmp_path: Path, text: str) -> None:
    (tmp_path / "words.j2").write_text("A fox {{ it }}")
    (tmp_path / "outer.j2").write_text("{% include 'words.j2' %}")
    (tmp_path / "macros.j2").write_text("{% macro fox() %}A fox {{ it }}{% endmacro %}")
    more = "  word: x\n" if "word" in text and "words" not in text else ""

    assert unused(tmp_path, f"vars:\n  it: 5\n{more}{text}\n") == []


def test_a_variable_that_only_another_one_reads_is_used(tmp_path: Path) -> None:
    text = "vars: {a: x, b: '{{ a }} y'}\nshots: {fox: 'A fox'}\n"

    assert unused(tmp_path, text) == [("variable 'b' is not used", 2)]


def test_what_a_base_offers_need_not_be_used_and_what_a_base_reads_is_used(tmp_path: Path) -> None:
    base = "vars: {offered: 1, mood: calm}\nshots: {hare: 'A hare {{ mood }}'}\n"
    (tmp_path / "base.yaml").write_text(HEAD + base)

    assert unused(tmp_path, "extends: base.yaml\nvars: {mood: wild}\nshots: {fox: A fox}\n") == []
    own = "extends: base.yaml\nvars: {mine: 2}\nshots: {fox: A fox}\n"
    assert unused(tmp_path, own) == [("variable 'mine' is not used", 3)]


def test_a_misspelt_name_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(
        f"{HEAD}vars: {{mood: calm}}\nshots: {{fox: 'A fox {{{{ mod }}}}'}}\n"
    )

    with pytest.raises(SpecError) as raised:
        Checked(tmp_path / "spec.yaml", environment={}).check()

    assert [one.code for one in raised.value.diagnostics] == ["KS303"]


def test_no_example_has_a_variable_too_many() -> None:
    root = Path(__file__).parents[2]
    files = [*(root / "specs").rglob("*.yaml"), root / "kling_spec" / "cli" / "starter" / "launch.yaml"]

    assert len(files) >= 8
    for file in files:
        found = Checked(file, environment={}).check()
        assert "KS342" not in {one.code for one in found}, file


def test_an_asset_that_only_a_condition_names_is_used(tmp_path: Path) -> None:
    text = "assets: {card: {image: https://cdn.example.com/card.png}}\nshots: {fox: {prompt: A fox, when: card}}\n"
    (tmp_path / "spec.yaml").write_text(HEAD + text)

    assert "KS340" not in {one.code for one in Checked(tmp_path / "spec.yaml", environment={}).check()}
