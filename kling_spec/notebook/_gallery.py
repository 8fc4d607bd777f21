"""Variants in a grid by two axes: a film or a clip in each cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kling_spec.diagnostics import Diagnostic, Origin, SpecError, did_you_mean
from kling_spec.ir import Variant
from kling_spec.notebook._html import block, line, table, words
from kling_spec.notebook._page import Page, current_cell, home
from kling_spec.notebook._tiles import MOST, picture, tiles_of, told
from kling_spec.notebook._view import Shown, columns
from kling_spec.plan import Plan
from kling_spec.session import Selection, Session

Key = tuple[str, str]
_MOST_COLUMNS, _MOST_CELLS = 20, 200
"""What a record holds of a grid, which may have thousands of variants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands at one place of the grid."""

    label: str
    facts: str
    path: Path | None
    """What a page can load; None where nothing is made."""
    clip: Path | None
    """The same file, or that of which it is another name."""
    more: int
    """Variants that belong here as well, and are not shown."""


class Gallery(Shown):
    """Films of all variants, or clips of one shot. Plays in a notebook."""

    def __init__(
        self, session: Session, selection: Selection, rows: str | None, columns: str | None, shot: str | None
    ) -> None:
        axes = list(session.spec.matrix.axes) if session.spec.matrix is not None else []
        for axis in filter(None, (rows, columns)):
            if axis not in axes:
                raise _unknown(session, axis, axes)
        free = [axis for axis in axes if axis not in (rows, columns)]
        self.rows = rows or (free.pop(0) if free else "")
        self.columns = columns or (free.pop(0) if free else "")
        self.shot = shot
        found = _films(session, selection) if shot is None else _clips(session, selection, shot)
        self.cells = self._laid(found)

    # -- how it looks --

    def text(self) -> str:
        """Return the grid as plain text: the names of what is there."""
        heads, side = self._written()
        rows = [(row, *(self._words(self.cells.get((row, column))) for column in heads)) for row in side]
        laid = columns([(self.rows, *self._named(heads)), *rows])
        return "\n".join([f"{self._title}  {self._note}".rstrip(), *laid, *self._more(heads, side)])

    def html(self) -> str:
        """Return the grid with pictures, each a link to its film or clip; of many, the first few."""
        heads, side = self._written()
        left = MOST
        rows = []
        for row in side:
            drawn = [words(row, "bold")]
            for column in heads:
                cell = self.cells.get((row, column))
                drawn.append(self._drawn(cell, has_picture=left > 0))
                left -= cell is not None and cell.path is not None
            rows.append(drawn)
        note = f"; {-left} of them without a picture here" if left < 0 else ""
        return block(
            line(words(self._title, "bold"), words(self._note + note, "dim")),
            table((self.rows, *self._named(heads)), rows),
            *(line(words(more, "dim")) for more in self._more(heads, side)),
        )

    def show(self) -> None:
        """Show the grid in the cell that is running."""
        from kling_spec.notebook._stage import Stage

        self._shown_in = current_cell()
        stage = Stage("gallery", [cell.clip for cell in self.cells.values()], lambda _: "")
        stage.tell(self._state())
        Page({"text/plain": self.text(), "text/html": home(self.html(), stage.key)})

    # -- how --

    def _laid(self, found: Sequence[tuple[Variant, str, Path | None, Path | None]]) -> dict[Key, Cell]:
        places: dict[Key, list[tuple[Variant, str, Path | None, Path | None]]] = {}
        for one in found:
            values = one[0].values
            key = str(values.get(self.rows, "")), str(values.get(self.columns, ""))
            places.setdefault(key, []).append(one)
        cells = {}
        for key, there in places.items():
            variant, facts, path, clip = next((one for one in there if one[2] is not None), there[0])
            label = told(variant) or self._title
            cells[key] = Cell(label=label, facts=facts, path=path, clip=clip, more=len(there) - 1)
        return cells

    def _heads(self) -> tuple[list[str], list[str]]:
        return list(dict.fromkeys(key[1] for key in self.cells)), list(
            dict.fromkeys(key[0] for key in self.cells)
        )

    def _written(self) -> tuple[list[str], list[str]]:
        """Return the columns and rows that a record holds; the live grid has all of them."""
        heads, side = self._heads()
        return heads[:_MOST_COLUMNS], side[: max(1, _MOST_CELLS // max(1, min(len(heads), _MOST_COLUMNS)))]

    def _more(self, heads: list[str], side: list[str]) -> list[str]:
        hidden = len(self.cells) - sum((row, column) in self.cells for row in side for column in heads)
        return [f"… and {hidden:,} more"] if hidden else []

    def _named(self, heads: list[str]) -> list[str]:
        """Return what stands above the columns; one that belongs to no axis is called as what it shows."""
        return [head or ("clip" if self.shot is not None else "film") for head in heads]

    @property
    def _title(self) -> str:
        return f"clips of {self.shot}" if self.shot is not None else "films"

    @property
    def _note(self) -> str:
        axes = " by ".join(filter(None, (self.rows, self.columns)))
        there = sum(cell.path is not None for cell in self.cells.values())
        return (
            f"{axes}; {there} of {len(self.cells)} are there"
            if axes
            else f"{there} of {len(self.cells)} are there"
        )

    def _words(self, cell: Cell | None) -> str:
        if cell is None:
            return "-"
        return cell.facts + (f" (and {cell.more} more)" if cell.more else "")

    def _drawn(self, cell: Cell | None, *, has_picture: bool) -> str:
        if cell is None:
            return words("no such variant", "dim")
        facts = words(self._words(cell), "dim")
        return picture(cell.path, cell.label) + facts if cell.path is not None and has_picture else facts

    def _state(self) -> dict[str, Any]:
        heads, side = self._heads()
        number = {key: place for place, key in enumerate(self.cells)}
        return {
            "title": self._title,
            "note": self._note,
            "corner": self.rows,
            "columns": self._named(heads),
            "rows": [
                {"label": row, "tiles": [number.get((row, column)) for column in heads]} for row in side
            ],
            "tiles": [
                {"label": cell.label, "facts": self._words(cell), "clip": cell.path is not None}
                for cell in self.cells.values()
            ],
        }


def _films(session: Session, selection: Selection) -> list[tuple[Variant, str, Path | None, Path | None]]:
    """Return each variant with its first film."""
    plan = session.plan(selection)
    films = {film.variant: film for film in reversed(plan.films)}
    found = []
    for variant in _variants(plan):
        film = films.get(variant.id)
        path = session.output / film.output if film is not None else None
        is_there = path is not None and path.is_file()
        facts = "has no film" if film is None else film.output if is_there else "not made yet"
        found.append((variant, facts, path if is_there else None, path if is_there else None))
    return found


def _clips(
    session: Session, selection: Selection, shot: str
) -> list[tuple[Variant, str, Path | None, Path | None]]:
    """Return each variant with the clip of the take that is picked."""
    spec = session.spec
    pick = spec.shots[shot].pick or (spec.defaults.pick if spec.defaults is not None else None)
    take = pick if isinstance(pick, int) else 1
    tiles = tiles_of(session, session.plan(selection), shot)
    return [
        (tile.variant, tile.facts or tile.row.task, tile.shown, tile.clip)
        for tile in tiles
        if tile.take == take
    ]


def _variants(plan: Plan) -> list[Variant]:
    return list({row.lowered.task.variant.id: row.lowered.task.variant for row in plan.rows}.values())


def _unknown(session: Session, axis: str, axes: Sequence[str]) -> SpecError:
    message = f"no axis is called '{axis}'"
    help_ = did_you_mean(axis, axes) or "the spec has no matrix"
    found = Diagnostic(code="KS113", message=message, origin=Origin(f"gallery('{axis}')"), help=help_)
    return SpecError([found], session.lines_of)
