"""A film as its sound is made from it."""

import shutil
from pathlib import Path

from kling_spec.cut._material import Stock
from kling_spec.cut._recipe import EFFECTS
from kling_spec.ir import Clip, Gap, Timeline
from kling_spec.media import ClipFacts, Strip


def strips_of(timeline: Timeline, stock: Stock, folder: Path) -> tuple[Strip, ...]:
    """Return each item of the picture track as a strip, whose file stands in `folder` under a name of ours."""
    return tuple(_strip(item, stock, folder / f"{at:04}.mp4") for at, item in enumerate(timeline.picture))


def _strip(item: Clip | Gap, stock: Stock, path: Path) -> Strip:
    facts = None if isinstance(item, Gap) else stock.materials[item.source].facts
    moves = facts if isinstance(facts, ClipFacts) else None
    return Strip(
        path=path,
        facts=moves,
        first=item.first if isinstance(item, Clip) and moves else 0,
        frames=item.frames,
        overlap=item.overlap,
        effect=EFFECTS[item.entrance.kind] if item.entrance else "",
    )


def linked(path: Path, link: Path) -> Path:
    """Return the file under a name of ours: no user's name reaches ffmpeg."""
    try:
        link.symlink_to(path.absolute())
    except OSError:  # Windows gives links to few
        shutil.copyfile(path, link)
    return link
