"""The verbs of the product over one spec: check, plan, compile, run, cut; the only place that raises SpecError."""

from typing import Any

from kling_spec.session._errors import BudgetRefused, CutFailed, NoCredentials, PlanChanged
from kling_spec.session._selection import Selection
from kling_spec.session._session import Session
from kling_spec.session._settings import Settings, credentials, read_settings

__all__ = [
    "BudgetRefused",
    "CutFailed",
    "FilmMade",
    "Finished",
    "Job",
    "NoCredentials",
    "PlanChanged",
    "Selection",
    "Session",
    "Settings",
    "credentials",
    "read_settings",
]


def __getattr__(name: str) -> Any:
    """Import what a run needs only when a run is meant: it brings HTTP and media."""
    if name in ("FilmMade", "Finished", "Job"):
        from kling_spec.session import _run

        return getattr(_run, name)
    raise AttributeError(name)
