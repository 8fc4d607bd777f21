"""What is wrong with a template that cannot be read."""


class TemplateProblem(Exception):
    """A template cannot be read; `line` counts from 1 in its own text."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
