"""What is wrong with a template that cannot be read."""


class TemplateProblem(Exception):  # noqa: N818 - it is reported, never a fault of ours
    """A template cannot be read; `line` counts from 1 in its own text."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
