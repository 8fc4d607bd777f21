"""`check`: everything that can be known without sending anything."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

from kling_spec.cli._common import checked_of, selection_of
from kling_spec.cli._findings import show
from kling_spec.diagnostics import Diagnostic, SpecError


def check(arguments: Any) -> int:
    """Check each spec, and print everything that is wrong with all of them."""
    found: list[Diagnostic] = []
    lines: dict[str, list[str]] = {}
    for spec in arguments.specs:
        try:
            session = checked_of(arguments, spec)
            findings = session.check(selection_of(arguments))
            lines |= _lines(findings, session.lines_of)
        except SpecError as error:
            findings = error.diagnostics
            lines |= _lines(findings, error.lines_of)
        found += findings
    show(found, arguments, lambda file: lines.get(file, []))
    failed = any(finding.is_error for finding in found)
    if arguments.format == "text" and not failed:
        names = ", ".join(arguments.specs)
        print(f"{names}: sound" if not found else f"\n{names}: sound, see above", file=sys.stderr)
    return 1 if failed else 0


def _lines(found: Iterable[Diagnostic], lines_of: Callable[[str], list[str]]) -> dict[str, list[str]]:
    return {finding.origin.file: lines_of(finding.origin.file) for finding in found}
