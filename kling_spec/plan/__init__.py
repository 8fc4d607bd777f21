"""Tasks against the ledger: what to create, to reuse and to wait for; the first place that knows providers."""

from importlib import import_module
from typing import Any

from kling_spec.plan._compiled import CompiledVariant, Compiler, Wanted

__all__ = [
    "CHANGED",
    "GIVEN_UP",
    "HOW_LEGEND",
    "HOW_SIGNS",
    "NOT_KEPT",
    "REQUEST",
    "Action",
    "Asked",
    "Asking",
    "Bill",
    "Block",
    "Cause",
    "Change",
    "CompiledVariant",
    "Compiler",
    "Difference",
    "Differing",
    "Grid",
    "Group",
    "How",
    "Kind",
    "LineWriter",
    "Offer",
    "Order",
    "Plan",
    "Priced",
    "Row",
    "Sent",
    "Sort",
    "Stretch",
    "Sum",
    "Verdict",
    "Wanted",
    "anew_words",
    "answer",
    "asked",
    "because",
    "blocks",
    "by_axis",
    "cell",
    "cost_words",
    "counted",
    "difference",
    "differences",
    "grid",
    "grouped",
    "make_offer",
    "make_plan",
    "marked",
    "money",
    "place",
    "prepares",
    "price_words",
    "priced",
    "reasons",
    "shot_words",
    "shots_of",
    "sign",
    "some",
    "tally",
    "total",
    "unknowns",
    "whose",
    "why",
    "word",
    "word_diff",
]
_PLACES = {
    "_asked": ("Asked", "Asking"),
    "_bill": ("Bill",),
    "_change": ("REQUEST", "Cause", "Change"),
    "_change_words": ("NOT_KEPT", "Group", "because", "differences", "grouped", "place", "some", "whose"),
    "_difference": ("Difference", "Differing", "Kind", "difference"),
    "_difference_words": ("Block", "anew_words", "blocks", "cost_words", "tally"),
    "_grid": ("Grid", "Priced", "Sum", "by_axis", "grid", "priced", "unknowns"),
    "_line": ("LineWriter", "cell"),
    "_offer": ("How", "Offer", "Verdict", "make_offer"),
    "_offer_words": ("HOW_LEGEND", "HOW_SIGNS", "price_words", "reasons", "shot_words", "shots_of"),
    "_order": ("Order",),
    "_plan": ("GIVEN_UP", "Action", "Plan", "Row", "Sent", "make_plan"),
    "_word_diff": ("Sort", "Stretch", "marked", "word_diff"),
    "_words": ("CHANGED", "answer", "asked", "counted", "money", "prepares", "sign", "total", "why", "word"),
}


def __getattr__(name: str) -> Any:
    """Import what planning and running need when it is asked for; the stub has the types."""
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{place}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
