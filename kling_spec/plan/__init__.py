"""Tasks against the ledger: create, reuse, wait; price and budget. The first place that knows specs and providers."""

from kling_spec.plan._compiled import CompiledVariant, Compiler, Wanted
from kling_spec.plan._line import LineWriter, cell
from kling_spec.plan._order import Order
from kling_spec.plan._plan import Action, Plan, Row, make_plan

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
