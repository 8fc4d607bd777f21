"""Gives files names of ours for as long as a film is made."""

import shutil
from pathlib import Path


def linked(path: Path, link: Path) -> Path:
    """Return the file under a name of ours: no user's name reaches ffmpeg."""
    try:
        link.symlink_to(path.absolute())
    except OSError:  # Windows gives links to few
        shutil.copyfile(path, link)
    return link
