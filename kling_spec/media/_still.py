"""Pictures: what they are, and how one is made to fill a frame."""

from pathlib import Path
from typing import Any

from kling_spec.media._error import MediaError
from kling_spec.media._facts import ImageFacts


def image_facts(path: Path) -> ImageFacts:
    """Return format and size of the picture as seen upright; raises MediaError where it is none."""
    image = loaded(path)
    return ImageFacts(format=image.info["kind"], width=image.width, height=image.height)


def fit_still(path: Path, target: Path, width: int, height: int) -> Path:
    """Write the picture, fitted into the frame and centred on black, as a PNG of exactly that size."""
    from PIL import Image, ImageOps

    image = loaded(path).convert("RGBA")
    inside = ImageOps.contain(image, (width, height), Image.Resampling.LANCZOS)
    frame = Image.new("RGB", (width, height))
    frame.paste(inside, ((width - inside.width) // 2, (height - inside.height) // 2), inside)
    frame.save(target, "PNG", compress_level=1)
    return target


def loaded(path: Path) -> Any:
    """Return the picture upright, its format under `kind` of its `info`; raises MediaError where it is none."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            kind = image.format or ""
            upright = ImageOps.exif_transpose(image)
            upright.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise MediaError("this is no picture that can be read") from None
    upright.info["kind"] = kind
    return upright
