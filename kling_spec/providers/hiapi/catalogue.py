"""HiAPI's live price list: its pages name no figures, and accounts may pay other rates than the public ones.

The catalogue as HiAPI's own skills read it: rows of a model with `factors` (what the price is multiplied
by), a `base_usd_value`, and `policies`, each with a `rule` on fields of the input and a price or a factor.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from kling_spec.ir import Resolution
from kling_spec.providers._answer import is_fine
from kling_spec.providers._contract import Catalogue, Reply, Request
from kling_spec.providers._json import amount, dig, rows, word
from kling_spec.providers._profile import Case, Price

MODELS = ("kling-3.0-omni/text-to-video", "kling-3.0-omni/image-to-video")
RESOLUTIONS = {Resolution.P720: "720p", Resolution.P1080: "1080p", Resolution.K4: "4K"}
_PATH = "/api/pricing"
_SECONDS = {"duration", "seconds", "duration_seconds"}
_CASES: dict[Case, bool] = {"plain": False, "sound": True}
_KNOWN_CONDITIONS = {"match", "with"}
_NOT_ASKED = {"prompt", "image_urls", "aspect_ratio", "duration"}
"""Fields that are sent and on which no price row here depends: whether a rule on them fits is not known."""


def _read(reply: Reply, now: datetime) -> Sequence[Price]:
    """Return a row for whatever is priced by the second and understood as a whole; nothing is guessed."""
    if not is_fine(reply):
        return ()
    offered = {word(row, "model_name"): row for row in rows(reply.body, "data")}
    return [price for model in MODELS if model in offered for price in _prices(offered[model], model, now)]


def _prices(row: dict[str, Any], model: str, now: datetime) -> Iterator[Price]:
    factors = dig(row, "factors")
    if not isinstance(factors, list) or len(factors) != 1 or word(factors, 0) not in _SECONDS:
        return
    for resolution, written in RESOLUTIONS.items():
        for case, sound in _CASES.items():
            rate = _rate(row, {"resolution": written, "sound": sound})
            if rate is not None:
                yield Price(
                    model="v3-omni",
                    model_id=model,
                    resolution=resolution.value,
                    case=case,
                    amount=rate,
                    source=f"HiAPI's catalogue, {_PATH}",
                    as_of=now.date(),
                    note="public price",
                )


def _rate(row: dict[str, Any], asked: dict[str, Any]) -> Decimal | None:
    """Return the price of a second by the policy whose rule says most about what is asked, or the base price.

    None where a policy that fits, or may fit, is not understood, and where two that say as much differ.
    """
    base = amount(row, "base_usd_value")
    best: tuple[int, Decimal | None] = (-1, base)
    for policy in rows(row, "policies"):
        fits = _fits(dig(policy, "rule"), asked)
        if fits is None:
            return None
        said, rate = len(policy.get("rule") or {}), _policy_rate(policy, base)
        if fits and said >= best[0]:
            best = (said, rate if said > best[0] or rate == best[1] else None)
    return best[1]


def _policy_rate(policy: dict[str, Any], base: Decimal | None) -> Decimal | None:
    if fixed := amount(policy, "usd_value"):
        return fixed
    times = amount(policy, "times") or amount(policy, "pricing_value")
    return base * times if base is not None and times is not None else None


def _fits(rule: Any, asked: dict[str, Any]) -> bool | None:
    """Return whether a rule is about what is asked; None where it holds a condition that is not known."""
    if rule is None:
        return True
    if not isinstance(rule, dict):
        return None
    fits = True
    for name, condition in rule.items():
        is_known = isinstance(condition, dict) and condition and not set(condition) - _KNOWN_CONDITIONS
        if not is_known or name in _NOT_ASKED:
            return None
        if "match" in condition:
            wanted = condition["match"]
            fits &= any(
                _same(asked.get(name), one) for one in (wanted if isinstance(wanted, list) else [wanted])
            )
        if "with" in condition:
            fits &= (name in asked) is bool(condition["with"])
    return fits


def _same(ours: Any, theirs: Any) -> bool:
    """Whether two values are equal as JSON writes them: a switch may stand as text."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return str(ours).lower() == str(theirs).lower()
    return str(ours) == str(theirs)


CATALOGUE = Catalogue(request=Request(method="GET", path=_PATH), read=_read)
