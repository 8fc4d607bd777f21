"""What is wrong with a template."""

from dataclasses import dataclass

UNREADABLE, NOT_OFFERED = "KS304", "KS316"


@dataclass
class TemplateProblem(Exception):
    """A template cannot be read or rendered; `line` counts from 1 in its own text."""

    message: str
    line: int = 1
    code: str = UNREADABLE
    help: str = ""

    def __str__(self) -> str:
        """Return what is wrong."""
        return self.message
