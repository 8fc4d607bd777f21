"""The one thing that a ledger raises."""


class LedgerError(Exception):
    """The ledger cannot be trusted or a step was already taken; nothing is spent from it."""
