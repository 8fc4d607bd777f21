"""What the compiler accepts, the sandbox and the checker accept: each read the documents on its own."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checker import faults
from filled import filled

from kling_spec.diagnostics import SpecError
from kling_spec.sandbox import apimodels_rules, hiapi_rules, kling_2026_rules, kling_rules, runware_rules
from kling_spec.sandbox._schema import schema_faults
from kling_spec.session import Session

PROVIDERS = ("kling", "kling-2026", "hiapi", "runware", "apimodels")
FILMED = {"element:829382104": {"kind": "video"}}
RULES: dict[str, Callable[[Any, str], Any]] = {
    "kling": lambda body, _: kling_rules.faults(body),
    "kling-2026": lambda body, path: kling_2026_rules.faults(body, model=path.rpartition("/")[2]),
    "hiapi": lambda body, _: hiapi_rules.faults(body),
    "runware": lambda body, _: runware_rules.faults(body),
    "apimodels": lambda body, _: apimodels_rules.faults(body),
}
SEEDS = 150
KINDS = ["text", "text", "frames", "next", "board", "auto", "edit", "reference", "extend", "takes"]


def random_spec(dice: random.Random, provider: str) -> dict[str, Any]:
    """An ordinary spec: what a person might write, sometimes more than a provider can do."""
    shots: dict[str, Any] = {}
    for number in range(dice.randint(1, 4)):
        shots[f"shot_{number}"] = random_shot(
            dice, list(shots), ["text", "frames"] if provider == "hiapi" else KINDS
        )
    spec: dict[str, Any] = {
        "kling_spec": 1,
        "model": dice.choice(["v3-omni", "v3-omni", "v3-omni", "o1"]),
        "assets": {
            "bottle": {"image": "https://files.example.com/bottle.png"},
            "card": {"image": "https://files.example.com/card.jpg"},
            "host": {"element": 829382103},
            "actor": {"element": 829382104, "from": "video"},
            "walk": {"video": "https://files.example.com/walk.mp4", "duration": dice.choice([3, 6, 9.4])},
        },
        "defaults": dice.choice(
            [{}, {"resolution": "720p"}, {"sound": True, "duration": 7}, {"aspect_ratio": "1:1"}]
        ),
        "shots": shots,
        "cuts": {},
    }
    if dice.random() < 0.5:
        spec["matrix"] = {"mood": ["calm", "wild"], "ratio": ["16:9", "9:16"]}
        for shot in shots.values():
            if "first_frame" not in shot and "edit" not in shot and dice.random() < 0.5:
                shot["aspect_ratio"] = "{{ ratio }}"
    return spec


def random_shot(  # noqa: C901, PLR0912 - a table of what a person might write
    dice: random.Random, earlier: list[str], kinds: list[str]
) -> dict[str, Any]:
    names = dice.sample(["bottle", "card", "host", "actor"], dice.randint(0, 3) if kinds is KINDS else 0)
    mentions = "".join(f", beside {{{{ {name} }}}}" for name in names)
    shot: dict[str, Any] = {"prompt": f"A quiet street at {dice.choice(['dawn', 'dusk'])}{mentions}"}
    if dice.random() < 0.4:
        shot["duration"] = dice.randint(3, 15)
    if dice.random() < 0.3:
        shot["resolution"] = dice.choice(["720p", "1080p", "4k"])
    if dice.random() < 0.2:
        shot["negative_prompt"] = "text, logos"
    kind = dice.choice(kinds)
    source = dice.choice([*earlier, "walk"])
    if kind == "frames":
        shot["first_frame"] = "bottle"
        if dice.random() < 0.5:
            shot["last_frame"] = "card"
    elif kind == "next":
        shot[dice.choice(["next_of", "previous_of"])] = source
    elif kind == "board":
        del shot["prompt"]
        shot.pop("duration", None)
        shot["storyboard"] = [
            {"prompt": f"Beat {n}{mentions}", "duration": dice.randint(1, 4)} for n in range(3)
        ]
    elif kind == "auto":
        shot["storyboard"] = "auto"
    elif kind == "edit":
        shot.pop("duration", None)
        shot |= {"edit": source, "prompt": f"Turn {{{{ {source} }}}} into snow{mentions}"}
    elif kind == "reference":
        shot |= {
            "reference_video": source,
            "prompt": f"Move as in {{{{ {source} }}}}{mentions}",
            "keep_sound": True,
        }
    elif kind == "extend":
        shot["extend"] = [{"prompt": "It goes on", "duration": dice.randint(3, 10)}]
    elif kind == "takes":
        shot |= {"takes": 2, "pick": 2}
    if kind not in ("next", "edit", "reference") and dice.random() < 0.3:
        shot["sound"] = True
    return shot


def bodies(provider: str, spec: dict[str, Any], folder: Path) -> list[tuple[str, Any]]:
    file = folder / "spec.yaml"
    file.write_text(json.dumps(spec))
    lines = Session(file, provider=provider).compile()
    requests = [json.loads(line)["request"] for line in lines]
    return [("/" + request["url"].split("/", 3)[-1], filled(request["json"])) for request in requests]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_the_compiler_accepts_the_sandbox_accepts(provider: str, tmp_path: Path) -> None:
    accepted = 0
    for seed in range(SEEDS):
        spec = random_spec(random.Random(seed), provider)
        try:
            sent = bodies(provider, spec, tmp_path)
        except SpecError as error:
            lines = (tmp_path / "spec.yaml").read_text().splitlines()
            assert all(1 <= found.origin.line <= len(lines) for found in error.diagnostics)
            continue
        accepted += 1
        for path, body in sent:
            assert faults(provider, path, body, FILMED) == [], (seed, body)
            tasks = body if isinstance(body, list) else [body]
            for task in tasks:
                assert not list(RULES[provider](task, path)), (seed, task)
                assert not list(schema_faults(provider, task)), (seed, task)

    assert accepted > SEEDS / 20, "too few specs came through to mean anything"
