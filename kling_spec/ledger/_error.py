"""What a ledger raises."""

from kling_spec.diagnostics import ToldError


class LedgerError(ToldError):
    """The ledger cannot be trusted or a step was already taken; nothing is spent from it."""


class OverLimit(LedgerError):
    """What is asked for would pass a limit; nothing was reserved."""
