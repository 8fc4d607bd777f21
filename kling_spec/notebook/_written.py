"""What was written into a spec, or what is to be pasted into its cell."""

from collections.abc import Iterable
from typing import Self

from kling_spec.notebook._html import block, line, verbatim, words
from kling_spec.notebook._view import View
from kling_spec.session import Revision


class Written(View):
    """Lines of a spec as they read now, or would."""

    def __init__(self, heading: str, lines: Iterable[tuple[int, str]] = ()) -> None:
        self.heading = heading
        self.lines = tuple(lines)

    @classmethod
    def into_file(cls, revision: Revision) -> Self:
        """Write the revision, and return its lines. Raises SpecError."""
        revision.write()
        many = len(revision.lines)
        return cls(f"{many} {'line' if many == 1 else 'lines'} of {revision.shown} written", revision.lines)

    @classmethod
    def to_paste(cls, revision: Revision) -> Self:
        """Return the lines for a spec that stands in a cell."""
        return cls("this spec stands in a cell; paste into it:", revision.lines)

    def text(self) -> str:
        """Return the lines with their numbers."""
        return "\n".join([self.heading, *self._numbered()])

    def html(self) -> str:
        """Return the same."""
        told = "\n".join(self._numbered())
        return block(line(words(self.heading, "bold")), verbatim(told) if told else "")

    def _numbered(self) -> list[str]:
        return [f"{number:>5}  {told}" for number, told in self.lines]
