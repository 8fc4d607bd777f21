"""What the pages allow is accepted, and what is accepted passes rules that other eyes read."""

import json
from pathlib import Path

import pytest
from checker import faults
from filled import filled
from sound_specs import sound_spec

from kling_spec.sandbox._schema import schema_faults
from kling_spec.session import Checked

SEEDS = 320
FILMED = {f"element:{829382200 + number}": {"kind": "video"} for number in range(1, 4)}


@pytest.mark.parametrize("provider", ["kling", "kling-2026", "hiapi", "runware", "apimodels"])
def test_every_sound_spec_is_accepted_and_its_bodies_pass_the_checker(provider: str, tmp_path: Path) -> None:
    bodies = 0
    for seed in range(SEEDS):
        file = tmp_path / "spec.yaml"
        file.write_text(json.dumps(sound_spec(seed, provider), indent=1))
        for line in Checked(file, environment={}).compile():
            request = json.loads(line)["request"]
            path, body = "/" + request["url"].split("/", 3)[-1], filled(request["json"])
            assert faults(provider, path, body, FILMED) == [], (seed, body)
            for task in body if isinstance(body, list) else [body]:
                assert list(schema_faults(provider, task)) == [], (seed, task)
            bodies += 1

    assert bodies > 2 * SEEDS
