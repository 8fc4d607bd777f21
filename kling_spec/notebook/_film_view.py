"""A film that plays in the output of a cell."""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Self
from urllib.parse import quote

from kling_spec.diagnostics import printable
from kling_spec.media import MediaError, probe
from kling_spec.notebook._html import block, line, words
from kling_spec.notebook._page import Page, home
from kling_spec.notebook._stills import still
from kling_spec.notebook._view import Shown, View, remark
from kling_spec.session import FilmMade

_WIDEST, _TALLEST = 480, 480
_POSTERS = (480, 320, 192)
_POSTER_BYTES, _ALL_BYTES, _MOST_PLAYERS = 24 * 1024, 40_000, 50
_STRIP, _STRIP_BYTES, _MOST_SHOTS = (128, 96), 3 * 1024, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a shot is seen in a film, in seconds."""

    name: str
    start: float
    seconds: float

    @property
    def clock(self) -> str:
        """When it begins, for people."""
        return f"{int(self.start // 60)}:{self.start % 60:04.1f}"


@dataclass(frozen=True, repr=False, kw_only=True)
class FilmView(Shown):
    """One film. Its player loads the file by its relative path; the notebook holds no copy of it."""

    name: str
    path: Path | None
    """Where it lies; None where it could not be made."""
    seconds: float | None = None
    width: int = 0
    height: int = 0
    why: str = ""
    """Why it could not be made."""
    notes: tuple[str, ...] = ()
    shots: tuple[Mark, ...] = ()
    """In the order of the timeline, where that is known."""

    @classmethod
    def of(cls, made: FilmMade) -> Self:
        """Return the view of a film that was just made, or could not be."""
        report, notes = made.report, tuple(map(remark, made.found))
        if report is None:
            waits = f"waits for {', '.join(made.waits_for)}" if made.waits_for else ""
            why = waits or "; ".join(finding.message for finding in made.found) or "could not be made"
            return cls(name=made.film.output, path=None, why=why)
        return cls(
            name=made.film.output,
            path=report.path,
            seconds=report.seconds,
            width=report.width,
            height=report.height,
            notes=notes,
            shots=tuple(
                Mark(
                    name=_short(entry.name),
                    start=float(entry.first / report.rate),
                    seconds=float(entry.frames / report.rate),
                )
                for entry in report.entries
            ),
        )

    @classmethod
    def there(cls, name: str, path: Path) -> Self | None:
        """Return the view of a film that lies there since an earlier day, or None where none does."""
        try:
            facts = probe(path)
        except (MediaError, OSError):
            return None
        width, height = facts.shown_size
        return cls(name=name, path=path, seconds=facts.seconds, width=width, height=height)

    def text(self) -> str:
        """Return where it lies and how long it is."""
        if self.path is None:
            return f"film {self.name}: {self.why}"
        return f"film {shown(self.path)}  {self._facts}"

    def __repr__(self) -> str:
        """Return the same, and where each shot begins."""
        shots = [f"  {mark.clock} {mark.name}" for mark in self.shots if len(self.shots) > 1]
        return printable("\n".join([self.text(), *shots]), keep="\n")

    def html(self) -> str:
        """Return a player, and its shots below it."""
        return block(self.player(), self.strip())

    def strip(self) -> str:
        """Return pictures of the shots with their times, each a link to that moment of the film."""
        if self.path is None or len(self.shots) < 2:
            return ""
        cells = [self._shot(mark, has_picture=number < _MOST_SHOTS) for number, mark in enumerate(self.shots)]
        return f'<div class="strip">{" ".join(cells)}</div>'

    def _shot(self, mark: Mark, *, has_picture: bool) -> str:
        if self.path is None:
            return ""
        picture = still(self.path, _STRIP, _STRIP_BYTES, mark.start + mark.seconds / 2) if has_picture else ""
        image = f'<img src="{picture}" alt="" style="display:inline">' if picture else ""
        link = f"{address(self.path)}#t={mark.start:.2f}"
        return f'<a href="{link}">{image} {words(f"{mark.clock} {mark.name}")}</a>'

    def show(self) -> None:
        """Show the film in the cell that is running."""
        if self.path is None:
            Page({"text/plain": repr(self), "text/html": self.html()})
            return
        from kling_spec.notebook._stage import Stage

        stage = Stage("film", [self.path], lambda _: "")
        stage.tell(
            {
                "title": shown(self.path),
                "facts": self._facts,
                "width": self.width,
                "height": self.height,
                "shots": [asdict(mark) for mark in self.shots],
            }
        )
        Page({"text/plain": repr(self), "text/html": home(self.html(), stage.key)})

    def player(self, *, has_poster: bool = True) -> str:
        """Return the player alone, to stand among others."""
        if self.path is None:
            return line(words("✗", "bad"), words(self.text()))
        picture = still(self.path, _POSTERS, _POSTER_BYTES) if has_poster else ""
        poster = f' poster="{picture}"' if picture else ""
        width = min(_WIDEST, self.width, _TALLEST * self.width // self.height)
        return (
            f'<figure><video controls preload="none" width="{width}" src="{address(self.path)}"{poster}>'
            f"</video><figcaption>{self.caption()}</figcaption></figure>"
            + "".join(line(words(note, "dim")) for note in self.notes)
        )

    def caption(self) -> str:
        """Return where it lies, as a link, and how long it is."""
        if self.path is None:
            return words(self.text())
        return f'<a href="{address(self.path)}">{words(shown(self.path))}</a> {words(self._facts, "dim")}'

    @property
    def _facts(self) -> str:
        return f"{self.seconds:.2f} s, {self.width}x{self.height}"


class FilmViews(View, tuple[FilmView, ...]):
    """Films, one after the other."""

    __slots__ = ()

    @classmethod
    def of(cls, films: Iterable[FilmMade]) -> Self:
        """Return the views of films that were just made, or could not be."""
        return cls(map(FilmView.of, films))

    def text(self) -> str:
        """Return one line a film."""
        return "\n".join(view.text() for view in self) or "no film"

    def html(self) -> str:
        """Return the players, the first few with a picture before they play; of very many, not all."""
        players: list[str] = []
        for view in self[:_MOST_PLAYERS]:
            is_small = sum(map(len, players)) < _ALL_BYTES
            players.append(view.player(has_poster=is_small) + " ")
        if hidden := len(self) - len(players):
            players.append(line(words(f"… and {hidden:,} more, which the text of this names", "dim")))
        return block(*players or [line(words("no film"))])


def _short(name: str) -> str:
    """Return a task's name without its variant."""
    return name.rpartition("/")[2]


def shown(path: Path) -> str:
    """Return the path relative to where the notebook runs, which is how a page can load it."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)


def address(path: Path) -> str:
    """Return the path as a page writes it."""
    return escape(quote(shown(path).replace(os.sep, "/")))
