"""What every object of a notebook can do: show itself as HTML, and read well as plain text."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from kling_spec.diagnostics import Diagnostic, draw, printable
from kling_spec.notebook._html import block, verbatim
from kling_spec.notebook._page import current_cell


class View:
    """Something that a cell shows. `html` and `text` say the same."""

    __slots__ = ()

    def text(self) -> str:
        """Return it as plain text."""
        raise NotImplementedError

    def html(self) -> str:
        """Return it as HTML."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return it as plain text."""
        return printable(self.text(), keep="\n")

    def _repr_html_(self) -> str:
        return self.html()


class Shown(View):
    """A view that has a way of its own to show itself in a cell, and does so once there."""

    _shown_in: int | None = None

    def show(self) -> None:
        """Show it in the cell that is running."""
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        """Show it where it is the value of a cell, unless a call in that cell has shown it already."""
        cell = current_cell()
        if cell is None:
            raise NotImplementedError  # IPython shows it as text then
        if cell != self._shown_in:
            self.show()


class Findings(View):
    """Warnings and notes, drawn over the lines that they speak of."""

    def __init__(self, diagnostics: Iterable[Diagnostic], lines_of: Callable[[str], list[str]]) -> None:
        self.diagnostics = tuple(diagnostics)
        self._lines_of = lines_of

    def __len__(self) -> int:
        return len(self.diagnostics)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def text(self) -> str:
        """Return each, drawn."""
        return draw(self.diagnostics, self._lines_of) or "✓ nothing to remark"

    def html(self) -> str:
        """Return each, drawn."""
        return block(verbatim(self.text()))


def heading(provider: str, *, is_rehearsal: bool) -> str:
    """Return where something runs."""
    return f"on {provider}{' (rehearsal in the sandbox: nothing is paid)' if is_rehearsal else ''}"


def remark(found: Diagnostic) -> str:
    """Return a finding on one line."""
    return f"{found.severity}: {found.message} ({found.origin.file}:{found.origin.line})"


def columns(rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Return rows of plain text with their columns below each other; those in `right` are numbers."""
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            f"{cell:>{width}}" if number in right else f"{cell:<{width}}"
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in lines
    ]
