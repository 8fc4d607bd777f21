"""A film that plays in the output of a cell."""

import os
from base64 import b64encode
from html import escape
from pathlib import Path
from urllib.parse import quote

from kling_spec.media import MediaError, poster
from kling_spec.notebook._html import words
from kling_spec.session import FilmMade

_WIDTH = 480


class FilmView:
    """One film: a player that loads the file by its relative path, never a copy of it in the notebook."""

    def __init__(self, made: FilmMade) -> None:
        self.made = made

    @property
    def path(self) -> Path | None:
        """Where the film lies; None where it could not be made."""
        return self.made.report.path if self.made.report is not None else None

    @property
    def seconds(self) -> float | None:
        """How long it is."""
        return self.made.report.seconds if self.made.report is not None else None

    def __repr__(self) -> str:
        """Return one line."""
        if self.made.report is None:
            return f"{self.made.film.output}: {self._missing()}"
        report = self.made.report
        return f"{shown(report.path)}: {report.seconds:.2f} s, {report.width}x{report.height}"

    def _repr_html_(self) -> str:
        if self.made.report is None:
            return f"<p>{words(repr(self))}</p>"
        report = self.made.report
        width = min(_WIDTH, report.width)
        address = escape(quote(shown(report.path).replace(os.sep, "/")))
        return (
            f'<figure style="margin:8px 0"><video controls preload="none" width="{width}" '
            f'src="{address}" poster="{thumbnail(report.path, width)}"></video>'
            f"<figcaption>{words(repr(self), dim=True)}</figcaption></figure>"
        )

    def _missing(self) -> str:
        if self.made.waits_for:
            return f"waits for {', '.join(self.made.waits_for)}"
        return "; ".join(finding.message for finding in self.made.found) or "could not be made"


class FilmViews(tuple[FilmView, ...]):
    """Films, one below the other."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return one line a film."""
        return "\n".join(map(repr, self)) or "no film"

    def _repr_html_(self) -> str:
        return "".join(view._repr_html_() for view in self) or "<p>no film</p>"


def shown(path: Path) -> str:
    """Return the path relative to where the notebook runs, which is how a page can load it."""
    return os.path.relpath(path)


def thumbnail(path: Path, width: int) -> str:
    """Return a picture of the clip as a data address, or nothing where it has none."""
    try:
        return f"data:image/jpeg;base64,{b64encode(poster(path, width)).decode()}"
    except (MediaError, OSError):
        return ""
