"""Findings drawn over the lines that they speak of."""

from collections.abc import Callable, Iterable
from unicodedata import combining, east_asian_width

from kling_spec.diagnostics._diagnostic import Diagnostic, Severity

_WIDEST = 110
_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def draw(
    diagnostics: Iterable[Diagnostic], lines_of: Callable[[str], list[str]], *, color: bool = False
) -> str:
    """Return the findings as text: message, place, the source line with a caret, and help.

    `lines_of` returns the lines of a file by the name that its origins carry, or an
    empty list where the text is not there; such a finding is drawn without its line.
    """
    return "\n\n".join(_one(found, lines_of(found.origin.file), color=color) for found in diagnostics)


def _one(found: Diagnostic, lines: list[str], *, color: bool) -> str:
    ink = _COLORS[found.severity]
    origin = found.origin
    head = _paint(f"{found.severity}[{found.code}]", f"1;{ink}", color=color)
    rows = [f"{head}: {printable(found.message)}"]
    margin = len(str(origin.line)) + 1
    bar = _paint("|", "34", color=color)
    rows.append(
        f"{'':{margin - 1}}{_paint('-->', '34', color=color)} {printable(origin.file)}:{origin.line}:{origin.column}"
    )
    if 0 < origin.line <= len(lines):
        text, column, width = _window(lines[origin.line - 1], origin.column, _length(found, lines))
        caret = _paint(" ".join(filter(None, ("^" * width, printable(found.label)))), ink, color=color)
        rows += [
            f"{'':{margin}}{bar}",
            f"{origin.line:<{margin}}{bar} {text}".rstrip(),
            f"{'':{margin}}{bar} {'':{column}}{caret}",
        ]
    if found.help:
        equals = _paint("= help:", "1", color=color)
        rows += [f"{'':{margin}}{equals} {line}" for line in printable(found.help, keep="\n").splitlines()]
    return "\n".join(rows)


def _length(found: Diagnostic, lines: list[str]) -> int:
    """Return how many characters of the first line the finding covers, at least one."""
    origin = found.origin
    if origin.end_line > origin.line:
        return max(1, len(lines[origin.line - 1].rstrip()) - origin.column + 1)
    return max(1, origin.end_column - origin.column)


def _window(line: str, column: int, length: int) -> tuple[str, int, int]:
    """Return a stretch of `line` that fits, the caret's offset in it in cells, and its width in cells."""
    column = min(max(1, column), len(line) + 1)
    start = 0 if len(line) <= _WIDEST or column < _WIDEST - 20 else column - 40
    text = line[start : start + _WIDEST]
    before = ("… " if start else "") + printable(text[: column - 1 - start])
    under = printable(text[column - 1 - start : column - 1 - start + length])
    after = printable(text[column - 1 - start + length :])
    end = "…" if start + _WIDEST < len(line) else ""
    return before + under + after + end, _cells(before), max(1, _cells(under))


def _cells(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def printable(text: str, *, keep: str = "") -> str:
    """Return the text with control characters shown, never sent to the terminal."""
    return "".join(
        c if c.isprintable() or c in keep else " " if c in "\t\n\r" else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def _paint(text: str, ink: str, *, color: bool) -> str:
    return f"\x1b[{ink}m{text}\x1b[0m" if color and text else text
