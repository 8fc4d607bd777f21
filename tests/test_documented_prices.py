"""Every row of every published price list, from a spec to the amount that is shown."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kling_spec.session import Checked

WALK = {"walk": {"video": "https://files.example.com/walk.mp4", "duration": 6.5}}
CARD = {"card": {"image": "https://files.example.com/card.png"}}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "plain": ({"prompt": "A fox", "duration": 5}, {}, 5),
    "sound": ({"prompt": "A fox", "duration": 5, "sound": True}, {}, 5),
    "video": ({"prompt": "As in {{ walk }}", "reference_video": "walk", "duration": 5}, WALK, 5),
    "edit": ({"prompt": "Turn {{ walk }} to rain", "edit": "walk"}, WALK, 7),  # 6.5 s, to the nearest second
    "kept": ({"prompt": "As in {{ walk }}", "reference_video": "walk", "keep_sound": True}, WALK, 5),
    "references": ({"prompt": "A fox beside {{ card }}", "duration": 5}, CARD, 5),
}
"""A shot of each kind, its assets, and the seconds that are billed."""

KLING = {
    ("v3-omni", "720p"): {"plain": "0.084", "sound": "0.112", "video": "0.126", "edit": "0.126"},
    ("v3-omni", "1080p"): {"plain": "0.112", "sound": "0.140", "video": "0.168", "edit": "0.168"},
    ("v3-omni", "4k"): {"plain": "0.42", "sound": "0.42", "video": "0.42", "edit": "0.42"},
    ("o1", "720p"): {"plain": "0.084", "video": "0.126", "edit": "0.126"},
    ("o1", "1080p"): {"plain": "0.112", "video": "0.168", "edit": "0.168"},
}
KEPT = {"kept": "0.126"}  # at Kling keeping the sound costs nothing more
LISTS = {
    "kling": {**KLING, ("v3-omni", "720p"): KLING["v3-omni", "720p"] | KEPT},
    "kling-2026": KLING,
    "runware": {
        **KLING,
        ("o1", "720p"): KLING["o1", "720p"] | {"references": "0.126"},
        ("o1", "1080p"): KLING["o1", "1080p"] | {"references": "0.168"},
    },
    "apimodels": {
        ("o1", "720p"): {"plain": "0.0633", "sound": "0.0956"},
        ("o1", "1080p"): {"plain": "0.0853", "sound": "0.1280"},
        ("v3-omni", "720p"): {"plain": "0.0633", "kept": "0.0853", "sound": "0.0956"},
        ("v3-omni", "1080p"): {"plain": "0.0853", "kept": "0.1059", "sound": "0.1280"},
    },
}
ROWS = [
    (provider, model, resolution, case, rate)
    for provider, rows in LISTS.items()
    for (model, resolution), cases in rows.items()
    for case, rate in cases.items()
]


def cost_of(spec: dict[str, Any], folder: Path) -> dict[str, Any]:
    file = folder / "spec.yaml"
    file.write_text(json.dumps(spec))
    (line,) = Checked(file, environment={}).compile()
    cost: dict[str, Any] = json.loads(line)["cost"]
    return cost


@pytest.mark.parametrize(("provider", "model", "resolution", "case", "rate"), ROWS)
def test_the_cost_is_that_of_the_published_row(
    provider: str, model: str, resolution: str, case: str, rate: str, tmp_path: Path
) -> None:
    shot, assets, seconds = CASES[case]
    spec = {
        "kling_spec": 1,
        "provider": provider,
        "model": model,
        "assets": assets,
        "shots": {"fox": {**shot, "resolution": resolution}},
    }

    cost = cost_of(spec, tmp_path)

    assert Decimal(cost["amount"]) == seconds * Decimal(rate)
    assert cost["currency"] == "USD"
    assert cost["basis"].startswith(f"{seconds} s x ")
    assert cost["as_of"] == "2026-09-20"


def test_the_sample_of_the_o1_page_comes_out_to_the_cent(tmp_path: Path) -> None:
    """Five seconds with references at o1-standard cost 0.63 there."""
    shot, assets, _ = CASES["references"]
    spec = {
        "kling_spec": 1,
        "provider": "runware",
        "model": "o1",
        "assets": assets,
        "shots": {"fox": {**shot, "resolution": "720p"}},
    }

    assert cost_of(spec, tmp_path)["amount"] == "0.63"


def test_takes_multiply_and_equal_payloads_are_paid_once(tmp_path: Path) -> None:
    spec = {
        "kling_spec": 1,
        "matrix": {"market": ["us", "jp"]},
        "shots": {"fox": {"prompt": "A fox", "takes": 3}},
    }
    (tmp_path / "spec.yaml").write_text(json.dumps(spec))

    offers = {offer.provider: offer for offer in Checked(tmp_path / "spec.yaml", environment={}).offers()}

    assert offers["kling"].tasks == 3
    assert offers["kling"].bill.total == {"USD": 3 * 5 * Decimal("0.112")}
    assert offers["hiapi"].bill.unknown_prices == 3
    assert offers["hiapi"].bill.total == {}
