"""What a ledger raises."""


class LedgerError(Exception):
    """The ledger cannot be trusted or a step was already taken; nothing is spent from it."""


class OverLimit(LedgerError):
    """What is asked for would pass a limit; nothing was reserved."""
