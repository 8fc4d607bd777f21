"""What a person does too early; a notebook shows the sentence and none of our frames."""


class NotReady(RuntimeError):
    """Something was asked for that is not there yet; the message says what to do first."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
