"""The exception that a wrong spec becomes, and those whose message is all that a person needs."""

from collections.abc import Callable, Sequence

from kling_spec.diagnostics._diagnostic import Diagnostic
from kling_spec.diagnostics._draw import draw


class ToldError(Exception):
    """Something that a person can act on by its message alone; a notebook shows that and none of our frames."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class SpecError(Exception):
    """Everything that is wrong with a spec at one depth, drawn over its YAML.

    `diagnostics` holds the findings in the order of the file.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], lines_of: Callable[[str], list[str]]) -> None:
        self.diagnostics = tuple(diagnostics)
        self.lines_of = lines_of
        super().__init__(draw(self.diagnostics, lines_of))

    def _render_traceback_(self) -> list[str]:
        """Show the YAML with carets in a notebook, and none of our frames (IPython asks for this)."""
        return draw(self.diagnostics, self.lines_of).splitlines()
