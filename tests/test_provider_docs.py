"""What docs/providers.md says is what the code does, and no documented parameter is out of reach."""

from pathlib import Path

import pytest

from kling_spec.cli._provider_docs import markdown
from kling_spec.providers import provider, provider_names, read_profile
from kling_spec.providers.coverage import documented, parameters, said_by

PAGE = Path(__file__).parents[1] / "docs" / "providers.md"


def test_the_page_of_providers_is_fresh() -> None:
    stale = "stale: kling-spec providers --format markdown > docs/providers.md"

    assert PAGE.read_text(encoding="utf-8") == markdown(), stale


@pytest.mark.parametrize("name", provider_names())
def test_every_documented_parameter_is_reached(name: str) -> None:
    unreached = [path for path, words in parameters(provider(name), read_profile(name)).items() if not words]

    assert unreached == []


@pytest.mark.parametrize("name", provider_names())
def test_nothing_is_sent_that_is_not_documented(name: str) -> None:
    said = said_by(provider(name), read_profile(name))
    sent = {path for one in said.values() for path in one.parameters}

    assert sent <= set(documented(name))


@pytest.mark.parametrize("name", provider_names())
def test_a_provider_refuses_or_says_whatever_a_spec_can_ask(name: str) -> None:
    for asked, said in said_by(provider(name), read_profile(name)).items():
        if said.how == "refused":
            assert said.why, asked
        elif (name, asked) != ("kling-2026", "model"):  # its model stands in the address
            assert said.parameters, asked
