"""What every example spec becomes at every provider, kept in the repository so that a change is read."""

import json
from pathlib import Path

import pytest

from kling_spec.diagnostics import SpecError
from kling_spec.providers import provider_names
from kling_spec.session import Checked
from kling_spec.spec import spec_schema

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
PROVIDERS = provider_names()
CASES = [(spec, provider) for spec in SPECS for provider in PROVIDERS]


def compiled(spec: Path, provider: str) -> str:
    """The tasks, or what the provider cannot do."""
    try:
        rows = [json.loads(line) for line in Checked(spec.relative_to(ROOT), provider=provider).compile()]
    except SpecError as error:
        rows = [finding.to_json() for finding in error.diagnostics if finding.is_error]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize(("spec", "provider"), CASES, ids=[f"{spec.stem}-{name}" for spec, name in CASES])
def test_each_spec_compiles_to_the_payloads_that_were_read(
    spec: Path, provider: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(ROOT)
    golden = GOLDEN / spec.stem / f"{provider}.json"
    text = compiled(spec, provider)

    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == text


def test_no_golden_is_left_without_its_spec() -> None:
    wanted = {GOLDEN / spec.stem / f"{provider}.json" for spec, provider in CASES}

    assert set(GOLDEN.rglob("*.json")) == wanted


def test_the_schema_of_specs_is_fresh() -> None:
    written = (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")

    assert written == json.dumps(spec_schema(), ensure_ascii=False, indent=2) + "\n", (
        "stale: kling-spec schema > schemas/spec.schema.json"
    )


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_each_example_carries_the_line_for_editors(spec: Path) -> None:
    assert spec.read_text().startswith("# yaml-language-server: $schema=../schemas/spec.schema.json\n")
