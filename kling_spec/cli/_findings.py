"""Findings on the terminal, for programs, and for a pull request."""

import json
import os
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from kling_spec.diagnostics import Diagnostic, Origin, SpecError, draw, printable


def use_color(arguments: Any, stream: TextIO) -> bool:
    """Whether the stream is a terminal that should get colours."""
    return (
        getattr(arguments, "color", "auto") == "auto"
        and stream.isatty()
        and "NO_COLOR" not in os.environ
        and os.environ.get("TERM") != "dumb"
    )


def report(error: SpecError, arguments: Any) -> None:
    """Print everything that is wrong, in the form that was asked for."""
    show(error.diagnostics, arguments, error.lines_of)


def show(found: Iterable[Diagnostic], arguments: Any, lines_of: Any) -> None:
    """Print findings: text goes to standard error, the JSON of `check` to standard output."""
    findings = list(found)
    kind = getattr(arguments, "format", "text")
    if kind == "json" and arguments.does.endswith(":check"):
        print(json.dumps([finding.to_json() for finding in findings], ensure_ascii=False, indent=1))
    elif kind == "github":
        for finding in findings:
            print(_annotation(finding))
    elif findings:
        print(draw(findings, lines_of, color=use_color(arguments, sys.stderr)), file=sys.stderr)
        print(_count(findings), file=sys.stderr)


def _count(findings: list[Diagnostic]) -> str:
    kinds = [finding.severity.value for finding in findings]
    counted = [(kinds.count(kind), kind) for kind in ("error", "warning", "note")]
    return "\n" + ", ".join(
        f"{number} {kind}{'s' if number > 1 else ''}" for number, kind in counted if number
    )


def _annotation(finding: Diagnostic) -> str:
    """Return the finding as a line that GitHub shows beside the code."""
    kind = {"error": "error", "warning": "warning", "note": "notice"}[finding.severity]
    text = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    return annotation(kind, finding.code, text, finding.origin)


def annotation(kind: str, title: str, text: str, origin: Origin | None = None) -> str:
    """Return a line that GitHub shows, beside the code where an origin is given."""
    words = [f"title={_property(title)}"]
    if origin is not None:
        place = f"line={origin.line},col={origin.column},endLine={origin.end_line}"
        words = [f"file={_property(origin.file)}", place, *words]
    return f"::{kind} {','.join(words)}::{_escaped(printable(text, keep=chr(10)))}"


def _property(text: str) -> str:
    return _escaped(printable(text)).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def brief(notes: Iterable[Diagnostic]) -> None:
    """Print warnings and notes one a line, on standard error."""
    for note in notes:
        words = f"{note.severity}: {note.message} ({note.origin.file}:{note.origin.line})"
        print(printable(words), file=sys.stderr)
