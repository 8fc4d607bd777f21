"""A film that was handed to an editing program."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kling_spec.exchange import Written
from kling_spec.notebook._film_view import address, shown
from kling_spec.notebook._html import block, line, words
from kling_spec.notebook._view import View, remark


@dataclass(frozen=True, repr=False, kw_only=True)
class TimelineView(View):
    """Where the timeline and its media lie, and what the file does not carry."""

    path: Path
    media: Path | None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, written: Written) -> Self:
        """Return the view of what was just written."""
        return cls(path=written.path, media=written.media, notes=tuple(map(remark, written.found)))

    def text(self) -> str:
        """Return where it lies, and one line for each thing that an editor does not get."""
        beside = f", media in {shown(self.media)}" if self.media is not None else ""
        return "\n".join((f"timeline {shown(self.path)}{beside}", *self.notes))

    def html(self) -> str:
        """Return the same with a link to the file."""
        link = f'<a href="{address(self.path)}">{words(shown(self.path))}</a>'
        beside = words(f"media in {shown(self.media)}", "dim") if self.media is not None else ""
        return block(line(link, beside), *(line(words(note, "dim")) for note in self.notes))
