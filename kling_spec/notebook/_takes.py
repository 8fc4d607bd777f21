"""The takes of a shot, side by side: played together, rated, and one of them picked."""

from collections.abc import Mapping
from typing import Any

from kling_spec.diagnostics import Diagnostic, Origin, SpecError
from kling_spec.notebook._html import block, line, words
from kling_spec.notebook._page import Page, current_cell, home
from kling_spec.notebook._source import Source
from kling_spec.notebook._tiles import MOST, Tile, grouped, rated, tiles_of, told
from kling_spec.notebook._view import Shown, columns
from kling_spec.notebook._written import Written
from kling_spec.plan import Plan, bill_words
from kling_spec.session import Selection


class Takes(Shown):
    """The clips of one shot, a row for each variant. Shows a light table in a notebook.

    `pick` and `rate` do what its buttons do.
    """

    def __init__(self, source: Source, shot: str, selection: Selection) -> None:
        self.shot = shot
        self._source, self._selection = source, selection
        self._stage: Any = None
        self._page: Page | None = None
        self._look()

    # -- what it does --

    @property
    def picked(self) -> int | None:
        """The take that the cut uses; None where a template decides it."""
        pick = self._keys("pick")
        if isinstance(pick, str):
            return None
        return int(pick or 1)

    def pick(self, take: int) -> Written:
        """Write `pick` into the spec, so that cuts and other shots use this take, in every variant.

        Raises SpecError where there is no such take, where the file has changed since it was read, and
        where a template decides. Of a spec in a cell it returns the line to be pasted.
        """
        self._look()
        if take not in self._numbers:
            known = ", ".join(map(str, self._numbers))
            raise self._refused(f"shot '{self.shot}' has no take {take}", f"pick one of {known}")
        if self.picked is None:
            raise self._refused(
                f"a template decides which take of '{self.shot}' is used", "change it in the spec"
            )
        revision = self._session.revision({("shots", self.shot, "pick"): take}, behind="takes")
        self._session.revised(revision).check()
        if not self._session.is_file:
            return Written.to_paste(revision)
        if revision.is_empty:
            return Written(f"take {take} of '{self.shot}' is picked already")
        before = self._whole_cost()
        written = Written.into_file(revision)
        self._source.reload(())
        self._look()
        self._refresh()
        return Written(
            f"take {take} of '{self.shot}' is picked; {written.heading}{self._costs(before)}", written.lines
        )

    def rate(self, take: int, stars: int) -> "Takes":
        """Keep 1 to 5 stars for a take, in every variant that is shown here, or none with 0.

        Raises SpecError where there is no such take, and ValueError for other stars.
        """
        tiles = [tile for tile in self.tiles if tile.take == take]
        if not tiles:
            known = ", ".join(map(str, self._numbers))
            raise self._refused(f"shot '{self.shot}' has no take {take}", f"rate one of {known}")
        for tile in tiles:
            self._session.rate(tile.row.lowered.fingerprint, stars)
        self._look()
        self._refresh()
        return self

    # -- how it looks --

    def text(self) -> str:
        """Return a line for each take."""
        rows = [
            (
                tile.row.task,
                self._label(tile),
                "✓ picked" if tile.take == self.picked else "",
                rated(tile.stars),
                tile.facts,
            )
            for tile in self._shown
        ]
        return "\n".join([f"{self._title}  {self._note}", *columns(rows)])

    def html(self) -> str:
        """Return pictures of the takes, each a link to its clip."""
        parts = [line(words(self._title, "bold"), words(self._note, "dim"))]
        for tiles in self._rows.values():
            label = told(tiles[0].variant)
            parts.append(line(words(label, "bold")) if label else "")
            parts += [self._figure(tile) for tile in tiles]
        return block(*parts)

    def show(self) -> None:
        """Show the light table in the cell that is running."""
        from kling_spec.notebook._stage import Stage

        self._shown_in = current_cell()
        self._stage = Stage("takes", [tile.clip for tile in self._shown], self._act)
        self._stage.tell(self._state())
        self._page = Page(self._record())

    # -- how --

    def _look(self) -> None:
        self._session = self._source.current()
        self._plan: Plan = self._session.plan(self._selection)
        self.tiles = tiles_of(self._session, self._plan, self.shot)
        whole = grouped(self.tiles)
        self._numbers = sorted({tile.take for tile in self.tiles})
        most = max(1, MOST // max(1, len(self._numbers)))
        self._rows = {name: whole[name] for name in list(whole)[:most]}
        self._shown = [tile for tiles in self._rows.values() for tile in tiles]
        self._hidden = len(whole) - len(self._rows)

    def _keys(self, key: str) -> Any:
        spec = self._session.spec
        own = getattr(spec.shots[self.shot], key)
        return own if own is not None or spec.defaults is None else getattr(spec.defaults, key)

    @property
    def _title(self) -> str:
        return f"takes of {self.shot}"

    @property
    def _note(self) -> str:
        picked = self.picked
        said = (
            f"take {picked} is picked, in every variant"
            if picked is not None
            else "a template decides which is used"
        )
        more = (
            f"; {self._hidden} more variants are not shown: choose them by their axes" if self._hidden else ""
        )
        there = (
            ""
            if any(tile.clip for tile in self.tiles)
            else f"; no clip is there yet: launch.run(shots='{self.shot}')"
        )
        return f"{said}{more}{there}"

    def _label(self, tile: Tile) -> str:
        return f"take {tile.take}"

    def _figure(self, tile: Tile) -> str:
        label = self._label(tile)
        is_picked = tile.take == self.picked
        facts = " · ".join(filter(None, ["✓ picked" if is_picked else "", rated(tile.stars), tile.facts]))
        picture = tile.picture(f"{label} of {self.shot}, {told(tile.variant)}".removesuffix(", "))
        caption = line(words(label, "bold"), words(facts, "good" if is_picked else "dim"))
        return f'<figure style="margin-right:12px">{picture}<figcaption>{caption}</figcaption></figure> '

    def _state(self) -> dict[str, Any]:
        number = {tile.row.task: place for place, tile in enumerate(self._shown)}
        return {
            "title": self._title,
            "note": self._note,
            "picked": self.picked,
            "can_pick": self.picked is not None,
            "rows": [
                {"label": told(tiles[0].variant), "tiles": [number[tile.row.task] for tile in tiles]}
                for tiles in self._rows.values()
            ],
            "tiles": [
                {
                    "take": tile.take,
                    "label": self._label(tile),
                    "facts": tile.facts,
                    "stars": tile.stars,
                    "clip": tile.clip is not None,
                    "seconds": tile.row.lowered.task.ask.duration or 0,
                }
                for tile in self._shown
            ],
        }

    def _refresh(self) -> None:
        if self._stage is not None and self._page is not None:
            self._stage.tell(self._state())
            self._page.replace(self._record())

    def _record(self) -> dict[str, Any]:
        return {"text/plain": self.text(), "text/html": home(self.html(), self._stage.key)}

    def _act(self, message: Mapping[str, Any]) -> str:
        if message["op"] == "pick":
            return self.pick(int(message["take"])).text()
        tile, stars = self._shown[int(message["tile"])], int(message["stars"])
        self._session.rate(tile.row.lowered.fingerprint, stars)
        self._look()
        self._refresh()
        return f"{self._label(tile)} has {rated(stars) or 'no stars'}"

    def _whole_cost(self) -> str:
        plan = self._session.plan()
        return bill_words(plan.bill)

    def _costs(self, before: str) -> str:
        """Return what the choice costs where other shots go on from it, or nothing."""
        now = self._whole_cost()
        return f"; a run of the whole plan would cost {now} now, and {before} before" if now != before else ""

    def _refused(self, message: str, help_: str) -> SpecError:
        found = Diagnostic(code="KS113", message=message, origin=Origin(f"takes('{self.shot}')"), help=help_)
        return SpecError([found], self._session.lines_of)
