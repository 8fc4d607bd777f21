"""Tasks against the ledger: create, reuse, wait; price and budget. The first place that knows specs and providers."""

from typing import Any

from kling_spec.plan._compiled import CompiledVariant, Compiler, Wanted

__all__ = [
    "Action",
    "CompiledVariant",
    "Compiler",
    "LineWriter",
    "Order",
    "Plan",
    "Row",
    "Wanted",
    "cell",
    "make_plan",
]
_PLACES = {
    "Action": "_plan", "Plan": "_plan", "Row": "_plan", "make_plan": "_plan",
    "LineWriter": "_line", "cell": "_line", "Order": "_order",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what only planning and running need when it is asked for: checking must start quickly."""
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(f"kling_spec.plan.{_PLACES[name]}"), name)
    raise AttributeError(name)
