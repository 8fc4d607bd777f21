"""How long and large an uploaded video is."""

from pathlib import Path

from kling_spec.sandbox._frame import Footage


def measure(file: Path) -> Footage | None:
    """Return the video's length and size; None when the file is no video."""
    del file
    return None
