"""What docs/language.md says is what the language is."""

from pathlib import Path

from kling_spec.session import Checked
from kling_spec.spec import reference, spec_schema

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")


def test_every_key_stands_on_the_page() -> None:
    _, _, keys = PAGE.partition("## Every key\n\n")

    assert keys == reference(spec_schema()), (
        "stale: put 'kling-spec schema --format markdown' under '## Every key'"
    )


def test_every_key_says_what_it_means() -> None:
    rows = [row for row in reference(spec_schema()).splitlines() if row.startswith("| `")]

    assert len(rows) > 100
    assert [row for row in rows if not row.split("|")[3].strip()] == []


def test_the_example_of_the_page_is_a_sound_spec() -> None:
    text = PAGE.partition("```yaml\n")[2].partition("```")[0]

    checked = Checked(ROOT / "specs" / "page.yaml", text=text, environment={})

    assert [finding for finding in checked.check() if finding.is_error] == []
    assert len({row.split('"variant": ')[1].split("}")[0] for row in checked.compile()}) == 4
