"""What a session raises: a spec that is wrong, a run that may not start, a machine that is not ready."""

from kling_spec.diagnostics import SpecError


class BudgetRefused(SpecError):
    """A run would commit to more than it may, or to a price that nobody knows."""


class NoCredentials(SpecError):
    """No key is set for a provider that the run needs."""


class PlanChanged(SpecError):
    """The saved plan is not what a run would do now."""


class Untrusted(SpecError):
    """The settings of a project ask for something that needs the person's word first."""
