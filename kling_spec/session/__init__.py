"""The verbs of the product over one spec: check, plan, compile, run, cut; SpecError is raised here only."""

from importlib import import_module
from typing import Any

from kling_spec.session._checked import Checked
from kling_spec.session._errors import BudgetRefused, NoCredentials, PlanChanged, Untrusted
from kling_spec.session._past import Past
from kling_spec.session._prices import keep_prices
from kling_spec.session._revision import Revision
from kling_spec.session._selection import Selection
from kling_spec.session._settings import Settings, credentials, read_settings, webhook_secret
from kling_spec.session._token import token_maker

__all__ = [
    "BudgetRefused",
    "Checked",
    "FilmMade",
    "Finished",
    "Job",
    "NoCredentials",
    "Past",
    "PlanChanged",
    "Revision",
    "Selection",
    "Session",
    "Settings",
    "Untrusted",
    "Wording",
    "committed",
    "compare",
    "credentials",
    "keep_prices",
    "project_ledger",
    "read_settings",
    "spec_at",
    "state_folder",
    "token_maker",
    "webhook_secret",
]
_PLACES = {
    "FilmMade": "_run",
    "Finished": "_run",
    "Job": "_run",
    "Session": "_session",
    "Wording": "_budget",
    "committed": "_book",
    "compare": "_compare",
    "project_ledger": "_book",
    "spec_at": "_spec_at",
    "state_folder": "_book",
}


def __getattr__(name: str) -> Any:
    """Import what runs and cuts when it is asked for, so that checking starts quickly; the stub has the types."""
    if name in _PLACES:
        return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
