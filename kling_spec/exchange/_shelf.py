"""The files of a film as an editor finds them: named by what they show, beside the timeline."""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from kling_spec.cut import Material
from kling_spec.exchange._form import Placing
from kling_spec.media import sha256_of


def file_names(materials: Sequence[Material]) -> tuple[str, ...]:
    """Return a plain file name for each material, by what it shows; no two differ in case only."""
    taken: set[str] = set()
    names = []
    for material in materials:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", _spoken(material.name)).strip("-") or "clip"
        ending = material.path.suffix.lower() if re.fullmatch(r"\.\w{1,5}", material.path.suffix) else ""
        name, number = f"{stem}{ending}", 2
        while name.lower() in taken:
            name, number = f"{stem}-{number}{ending}", number + 1
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def _spoken(name: str) -> str:
    """Return the name without its variant, takes and extensions as words."""
    return name.rsplit("/", 1)[-1].replace("@", "-take").replace("+", "-part")


def urls_of(materials: Sequence[Material], folder: Path, how: Placing) -> tuple[str, ...]:
    """Return the URL of each material, relative to where its folder stands."""
    if how is Placing.NONE:
        return tuple(quote(_relative(material.path, folder.parent)) for material in materials)
    return tuple(quote(f"{folder.name}/{name}") for name in file_names(materials))


def place(materials: Sequence[Material], folder: Path, how: Placing) -> None:
    """Put the materials into the folder, each under its name."""
    if how is Placing.NONE:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for material, name in zip(materials, file_names(materials), strict=True):
        _put(material, folder / name, how)


def _relative(path: Path, start: Path) -> str:
    try:
        return Path(os.path.relpath(path.absolute(), start.absolute())).as_posix()
    except ValueError:  # another drive of Windows
        return path.absolute().as_posix()


def _put(material: Material, target: Path, how: Placing) -> None:
    """Replace what stands at the target, unless it is the same already."""
    if target.is_symlink() == (how is Placing.LINK) and target.is_file():
        same = target.resolve() == material.path.resolve()
        if same or (how is Placing.COPY and sha256_of(target) == material.sha256):
            return
    part = target.with_name(f".{token_hex(6)}.part")
    try:
        if how is Placing.COPY or not _linked(part, material.path):
            shutil.copyfile(material.path, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _linked(link: Path, path: Path) -> bool:
    try:
        link.symlink_to(os.path.relpath(path.resolve(), link.parent.resolve()))
    except (OSError, ValueError):  # Windows gives links to few
        return False
    return True
