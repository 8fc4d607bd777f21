"""Tasks against the ledger: what to create, to reuse and to wait for; the first place that knows providers."""

from importlib import import_module
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
    """Import what planning and running need when it is asked for; the stub has the types."""
    if name in _PLACES:
        return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
