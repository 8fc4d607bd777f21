"""The verbs of the product over one spec: check, plan, compile, run, cut; the only place that raises SpecError."""

from kling_spec.session._errors import BudgetRefused, CutFailed, NoCredentials, PlanChanged
from kling_spec.session._session import Selection, Session

__all__ = ["BudgetRefused", "CutFailed", "NoCredentials", "PlanChanged", "Selection", "Session"]
