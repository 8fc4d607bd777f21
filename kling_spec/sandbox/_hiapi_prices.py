"""HiAPI's public price list, filled with figures that were invented for rehearsals."""

from decimal import Decimal
from typing import Any

from kling_spec.sandbox._rates import rates_of

_RESOLUTIONS = {"720p": "720p", "1080p": "1080p", "4k": "4K"}
_BASE = "1080p"
"""What a body that names neither resolution nor sound gets."""


def catalogue() -> dict[str, Any]:
    """Return the list as it is served: a base price a second, and policies that say what departs from it."""
    return {"success": True, "data": [_row(model, rates) for model, rates in rates_of("hiapi").items()]}


def _row(model: str, rates: dict[str, str]) -> dict[str, Any]:
    policies = [
        policy
        for tier, word in _RESOLUTIONS.items()
        for policy in (
            {"name": word, "rule": {"resolution": {"match": word}}, "usd_value": float(rates[tier])},
            {
                "name": f"{word} with sound",
                "rule": {"resolution": {"match": word}, "sound": {"match": True}},
                "pricing_type": "multiply",
                "times": float(Decimal(rates[f"{tier} sound"]) / Decimal(rates[_BASE])),
            },
        )
    ]
    return {
        "model_name": model,
        "base_usd_value": float(rates[_BASE]),
        "base_display_unit": {"en": "a second; invented for rehearsal"},
        "factors": ["duration"],
        "policies": policies,
    }
