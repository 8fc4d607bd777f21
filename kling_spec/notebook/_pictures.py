"""Small pictures of the assets that a plan uses, as data addresses that a cell can hold."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from kling_spec.files import UnfitFile, opened
from kling_spec.ir import ElementParts, LocalFile, Media, Output
from kling_spec.plan import Plan

_MOST = 12
_SIDES = (112, 88, 64, 48)
"""Pixels; the first with which a picture is small enough."""
_LARGEST = 3_000
"""Bytes of one picture."""
_ALL = 11_000
"""Characters of all pictures of one output, which share them; with them a plan of any size stays below 32 kB."""
_HEAD = "data:image/jpeg;base64,"
_MOST_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")


class Pictured(NamedTuple):
    """An asset by its name, what it is, and its picture where there is one."""

    name: str
    kind: str
    address: str


def assets_of(plan: Plan) -> list[Media]:
    """Return the assets that the tasks of a plan use, each once."""
    seen: dict[str, Media] = {}
    for ask in {id(row.lowered.task.ask): row.lowered.task.ask for row in plan.rows}.values():
        used = (*ask.images, *ask.elements, ask.first_frame, ask.last_frame, ask.video)
        for media in used:
            if media is not None and not isinstance(media.source, Output):
                seen.setdefault(media.name, media)
    return list(seen.values())


def pictures_in(folder: Path, root: Path) -> Callable[[Iterable[Media]], Iterator[Pictured]]:
    """Return what makes pictures of the first dozen of some assets; paths start at `folder`, below `root`."""

    def pictured(assets: Iterable[Media]) -> Iterator[Pictured]:
        shown = [(media, _file_of(media)) for media in list(assets)[:_MOST]]
        number = sum(file is not None for _, file in shown)
        largest = min(_LARGEST, _ALL * 3 // 4 // max(number, 1) - len(_HEAD))
        for media, file in shown:
            address = _address(folder / file.path, root, file.sha256, largest) if file is not None else ""
            yield Pictured(media.name, media.kind.value, address)

    return pictured


def _file_of(media: Media) -> LocalFile | None:
    """Return the picture of the project that shows an asset; None where there is none that is quickly read."""
    source = media.source
    file = source.frontal if isinstance(source, ElementParts) else source
    if not isinstance(file, LocalFile) or file.facts is None or file.facts.seconds is not None:
        return None
    return file if 0 < file.facts.width * file.facts.height <= _MOST_PIXELS else None


@lru_cache(maxsize=64)
def _address(path: Path, root: Path, _: str, largest: int) -> str:
    """Return the picture of a file as it was when it had that digest, or nothing where it is too large."""
    from PIL import Image

    try:
        with opened(path, root) as file, Image.open(file, formats=_FORMATS) as image:
            image.draft("RGB", (_SIDES[0], _SIDES[0]))
            picture = _on_white(image)
            for side in _SIDES:
                picture.thumbnail((side, side))
                data = BytesIO()
                picture.save(data, "JPEG", quality=60, optimize=True)
                if data.tell() <= largest:
                    return _HEAD + b64encode(data.getvalue()).decode()
    except (UnfitFile, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        pass
    return ""


def _on_white(image: Any) -> Any:
    """Return a small copy of the picture, upright, what is clear in it white."""
    from PIL import Image, ImageOps

    image.thumbnail((_SIDES[0] * 2, _SIDES[0] * 2))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    ground = Image.new("RGBA", upright.size, "white")
    ground.alpha_composite(upright)
    return ground.convert("RGB")
