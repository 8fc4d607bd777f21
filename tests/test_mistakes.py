"""One mistake in a sound spec is refused before anything is sent, at the line that is to blame."""

import json
import random
from pathlib import Path

import pytest
from mistakes import MISTAKES
from sound_specs import sound_spec

from kling_spec.diagnostics import SpecError
from kling_spec.session import Checked
from kling_spec.source import parse

EACH = 8
CASES = [(provider, name) for provider, table in MISTAKES.items() for name in table]


def lines_of(text: str, path: tuple[str | int, ...]) -> range:
    """The lines from the key of a node to the end of its value."""
    document, _ = parse(text, "spec.yaml")
    assert document is not None
    return range(document.locate(path, key=True).line, document.locate(path).end_line + 1)


@pytest.mark.parametrize(("provider", "name"), CASES, ids=[f"{provider}-{name}" for provider, name in CASES])
def test_a_mistake_is_refused_at_its_line(provider: str, name: str, tmp_path: Path) -> None:
    made = 0
    for seed in range(400):
        dice = random.Random(seed)
        spec = sound_spec(seed, provider)
        blamed = MISTAKES[provider][name](spec, dice)
        if blamed is None:
            continue
        text = json.dumps(spec, indent=1, ensure_ascii=False)
        file = tmp_path / "spec.yaml"
        file.write_text(text, encoding="utf-8")

        with pytest.raises(SpecError) as raised:
            Checked(file, environment={}).check()

        errors = [finding for finding in raised.value.diagnostics if finding.is_error]
        near = lines_of(text, blamed)
        involved = {*near, *(n for n in lines_of(text, ("assets",)) if '"broken"' in text)}
        assert any(error.origin.line in involved for error in errors), (seed, text, errors)
        if name == "a length of one variant":
            assert any("17" in error.message and "variant 17" in error.message for error in errors)
        made += 1
        if made == EACH:
            break

    assert made == EACH, "the mistake hardly ever applies"


def test_there_are_several_hundred_broken_specs_a_provider() -> None:
    assert all(EACH * len(table) >= 240 for table in MISTAKES.values())
    assert all(len(table) >= 30 for table in MISTAKES.values())
