"""Clips as they are laid side by side: what each is, where it plays from, what is thought of it."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from shutil import copyfile

from kling_spec.files import whole
from kling_spec.ir import Variant
from kling_spec.notebook._film_view import address
from kling_spec.notebook._html import words
from kling_spec.notebook._stills import still
from kling_spec.plan import Action, Plan, Row
from kling_spec.session import Session

MOST = 20
"""Pictures that one output holds at the most."""
_WIDTHS, _LARGEST = (160, 128, 96), 3 * 1024
STARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One clip, or the place where it will be."""

    row: Row
    clip: Path | None
    """Its file, where it is there."""
    shown: Path | None
    """A name of that file which a page can load."""
    stars: int

    @property
    def take(self) -> int:
        """Its number among the takes of its shot."""
        return self.row.lowered.task.take

    @property
    def variant(self) -> Variant:
        """Whose it is."""
        return self.row.lowered.task.variant

    @property
    def facts(self) -> str:
        """What is there, or why it is not."""
        seconds = self.row.lowered.task.ask.duration
        if self.clip is not None:
            return f"{seconds} s" if seconds else ""
        if self.row.action is Action.CREATE:
            return "not made yet"
        return self.row.reason

    def picture(self, label: str) -> str:
        """Return a picture that leads to the clip, or words where there is none."""
        return picture(self.shown, label) if self.shown else words(self.facts, "dim")


def tiles_of(session: Session, plan: Plan, shot: str) -> list[Tile]:
    """Return the clips of a shot in the plan, every take, without its extensions."""
    clips, ratings = session.clips(plan), session.ratings(plan)
    rows = [
        row for row in plan.rows if row.lowered.task.shot == shot and "+" not in row.task.rpartition("/")[2]
    ]
    return [
        Tile(
            row=row,
            clip=clips.get(row.task),
            shown=_shown(clips.get(row.task), session.output, row.task),
            stars=ratings.get(row.task, 0),
        )
        for row in rows
    ]


def picture(path: Path, label: str) -> str:
    """Return a small picture of a clip or a film that leads to it."""
    image = still(path, _WIDTHS, _LARGEST)
    shown = f'<img src="{image}" alt="{escape(label)}" style="height:90px">' if image else words(label)
    return f'<a href="{address(path)}">{shown}</a>'


def rated(stars: int) -> str:
    """Return a rating in signs and a number, or nothing."""
    return f"{'★' * stars}{'☆' * (STARS - stars)} {stars} of {STARS}" if stars else ""


def told(variant: Variant) -> str:
    """Return the values of a variant."""
    return " · ".join(map(str, variant.values.values()))


def _shown(clip: Path | None, output: Path, task: str) -> Path | None:
    """Return another name of a clip below the output folder: servers of notebooks show no hidden folder.

    It is the same file under both names where the disk can do so. The name changes with the clip, so that
    no page shows an old one.
    """
    if clip is None:
        return None
    name = re.sub(r"[^\w@+.-]+", "-", task.removeprefix("-/"))
    target = output / "clips" / f"{name}-{clip.stem[:8]}{clip.suffix}"
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as part:
            try:
                os.link(clip, part)
            except OSError:  # another disk, or one without links
                copyfile(clip, part)
    except OSError:
        return clip
    return target


def grouped(tiles: Iterable[Tile]) -> Mapping[str, list[Tile]]:
    """Return the tiles of each variant, by its id."""
    groups: dict[str, list[Tile]] = {}
    for tile in tiles:
        groups.setdefault(tile.variant.id, []).append(tile)
    return groups
