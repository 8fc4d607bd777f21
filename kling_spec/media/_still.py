"""Pictures: what they are, and how one is made to fill a frame."""

from fractions import Fraction
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

from kling_spec.ir import Canvas, Fit
from kling_spec.media._error import MediaError
from kling_spec.media._facts import ImageFacts
from kling_spec.media._fitting import SOFT, contained, covering


def image_facts(path: Path) -> ImageFacts:
    """Return format and size of the picture as seen upright; raises MediaError where it is none."""
    image = loaded(path)
    return ImageFacts(format=image.info["kind"], width=image.width, height=image.height)


def fit_still(path: Path, target: Path, canvas: Canvas, fit: Fit) -> Path:
    """Write the picture as one frame of the canvas, a PNG; what is transparent in it is black."""
    from PIL import Image, ImageFilter

    size = (canvas.width, canvas.height)
    image = loaded(path).convert("RGBA")
    shown = (Fraction(image.width), Fraction(image.height))
    if fit is Fit.COVER:
        frame = _centred(Image.new("RGB", size), image.resize(covering(shown, size), _BEST))
    else:
        frame = Image.new("RGB", size)
        inside = image.resize(contained(shown, canvas), _BEST)
        if fit is Fit.BLUR and inside.size != size:
            small = max(2, size[0] // 4), max(2, size[1] // 4)
            behind = _centred(Image.new("RGB", small), image.resize(covering(shown, small), _BEST))
            behind = behind.filter(ImageFilter.GaussianBlur(min(small) / SOFT))
            frame = behind.resize(size, Image.Resampling.BICUBIC)
        _centred(frame, inside)
    frame.save(target, "PNG", compress_level=1)
    return target


def drawer() -> str:
    """Return who draws pictures here, by name and version: it decides how they come out."""
    from PIL import __version__

    return f"Pillow {__version__}"


_BEST = 1
"""Lanczos, as Pillow numbers it."""


def _centred(frame: Any, image: Any) -> Any:
    frame.paste(image, ((frame.width - image.width) // 2, (frame.height - image.height) // 2), image)
    return frame


_READ = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""The readers of Pillow that a file is given to; others would start programs, or fetch what is named."""
_MOST = 80_000_000
"""Pixels of a picture: twice as many as 8K has, and less than Pillow warns of."""


def loaded(path: Path) -> Any:
    """Return the picture upright, its format under `kind` of its `info`.

    Raises MediaError where it is none, or so large that unpacking it would take the memory of the machine.
    """
    from PIL import Image, ImageOps

    try:
        with catch_warnings():
            simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path, formats=_READ)
        with image:
            if image.width * image.height > _MOST:
                raise MediaError(f"it is {image.width}x{image.height}; no film shows so much of a picture")
            kind = image.format or ""
            upright = ImageOps.exif_transpose(image)
            upright.load()
    except Image.DecompressionBombError:
        raise MediaError("it has more pixels than a picture can have") from None
    except (OSError, SyntaxError, ValueError):
        raise MediaError("this is no picture that can be read") from None
    upright.info["kind"] = kind
    return upright
