"""What a person does too early; a notebook shows the sentence and none of our frames."""

from kling_spec.diagnostics import ToldError


class NotReady(ToldError, RuntimeError):
    """Something was asked for that is not there yet; the message says what to do first."""
