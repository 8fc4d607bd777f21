"""Every spec in `specs/` is sound where it says, and honest everywhere else."""

from pathlib import Path

import pytest

from kling_spec.diagnostics import SpecError
from kling_spec.providers import provider_names
from kling_spec.session import Checked

SPECS = Path(__file__).parent.parent / "specs"
EXAMPLES = sorted(path.name for path in SPECS.glob("*.yaml"))
CANNOT = {
    "campaign.yaml": {"hiapi"},
    "character.yaml": {"apimodels", "hiapi"},
    "extended-take.yaml": {"hiapi"},
    "product.yaml": {"hiapi"},
    "quickstart.yaml": {"hiapi"},
    "restyle.yaml": {"hiapi"},
    "storyboard.yaml": {"apimodels", "hiapi", "runware"},
}
"""The providers that cannot do an example; all others can."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_sound_for_the_provider_that_it_names(name):
    spec = Checked(SPECS / name)

    assert not [finding for finding in spec.check() if finding.severity == "warning"]


@pytest.mark.parametrize("provider", provider_names())
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_compiles_for_each_provider_or_says_at_which_lines_it_cannot(name, provider):
    spec = Checked(SPECS / name, provider=provider)

    if provider not in CANNOT.get(name, ()):
        assert list(spec.compile())
        return
    with pytest.raises(SpecError) as caught:
        list(spec.compile())
    for finding in caught.value.diagnostics:
        assert finding.code.startswith("KS4"), finding
        assert finding.origin.line > 1
        assert finding.help


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_names_the_schema_for_editors_and_says_what_it_shows(name):
    first, second, *_ = (SPECS / name).read_text(encoding="utf-8").splitlines()

    assert first == "# yaml-language-server: $schema=../schemas/spec.schema.json"
    assert second.startswith("# ")


def test_assets_of_the_examples_stay_small():
    for path in (SPECS / "assets").iterdir():
        assert path.stat().st_size < 100_000, path.name


def test_the_quickstart_shows_the_idea_and_its_cost():
    quickstart = Checked(SPECS / "quickstart.yaml").spec

    assert len(quickstart.shots) == 3
    assert quickstart.budget is not None
    assert any(shot.next_of for shot in quickstart.shots.values())
    assert len(quickstart.cuts) == 1
