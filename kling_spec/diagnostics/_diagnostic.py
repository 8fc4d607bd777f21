"""The value every stage returns when a spec is wrong."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error stops the stage, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A stretch of one file; lines and columns count from 1, the end is exclusive."""

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. Stages return these; only the session turns them into an exception."""

    code: str
    """A stable name such as `KS402`; `kling-spec explain KS402` tells more."""
    message: str
    origin: Origin
    severity: Severity = Severity.ERROR
    label: str = ""
    """A few words that stand beside the caret."""
    help: str = ""
    """What to type instead."""

    @property
    def is_error(self) -> bool:
        """Whether this finding stops the stage that found it."""
        return self.severity is Severity.ERROR

    def to_json(self) -> dict[str, str | int]:
        """Return the flat form that `check --format json` prints."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "file": self.origin.file,
            "line": self.origin.line,
            "column": self.origin.column,
            "end_line": self.origin.end_line,
            "end_column": self.origin.end_column,
            "help": self.help,
        }
