"""What can be wrong, where it stands, and how it is shown."""

from kling_spec.diagnostics._codes import Explanation, codes, explain
from kling_spec.diagnostics._diagnostic import Diagnostic, Origin, Severity
from kling_spec.diagnostics._draw import draw, printable
from kling_spec.diagnostics._error import SpecError, ToldError
from kling_spec.diagnostics._nearest import did_you_mean

__all__ = [
    "Diagnostic",
    "Explanation",
    "Origin",
    "Severity",
    "SpecError",
    "ToldError",
    "codes",
    "did_you_mean",
    "draw",
    "explain",
    "printable",
]
