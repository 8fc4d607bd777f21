"""Tasks against the ledger: what to create, to reuse and to wait for; the first place that knows providers."""

from importlib import import_module
from typing import Any

from kling_spec.plan._compiled import CompiledVariant, Compiler, Wanted

__all__ = [
    "GIVEN_UP",
    "HOW_LEGEND",
    "Action",
    "CompiledVariant",
    "Compiler",
    "How",
    "LineWriter",
    "Offer",
    "Order",
    "Plan",
    "Row",
    "Verdict",
    "Wanted",
    "answer",
    "asked",
    "cell",
    "counted",
    "make_offer",
    "make_plan",
    "money",
    "prepares",
    "price_words",
    "reasons",
    "shot_words",
    "shots_of",
    "sign",
    "total",
    "why",
]
_PLACES = {
    "_line": ("LineWriter", "cell"),
    "_offer": ("How", "Offer", "Verdict", "make_offer"),
    "_offer_words": ("HOW_LEGEND", "price_words", "reasons", "shot_words", "shots_of"),
    "_order": ("Order",),
    "_plan": ("GIVEN_UP", "Action", "Plan", "Row", "make_plan"),
    "_words": ("answer", "asked", "counted", "money", "prepares", "sign", "total", "why"),
}


def __getattr__(name: str) -> Any:
    """Import what planning and running need when it is asked for; the stub has the types."""
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{place}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
