"""How long and large an uploaded video is."""

from pathlib import Path

from kling_spec.sandbox._frame import Footage


def measure(file: Path) -> Footage | None:
    """Return the video's length and its size as it is shown; None when the file is no video."""
    from kling_spec.media import MediaError, probe

    try:
        facts = probe(file)
    except MediaError:
        return None
    sides = (facts.width, facts.height)
    width, height = sides[::-1] if facts.rotation in {90, 270} else sides
    return Footage(
        facts.seconds,
        width,
        height,
        sound=facts.audio is not None,
        rate=float(facts.rate),
        size=file.stat().st_size,
    )
