"""Local files that go in: their hash, and what their bytes say of them."""

from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from kling_spec.ir import FileFacts, LocalFile

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_FORMATS = {"MPO": "jpeg"}
"""Pillow's name for a JPEG that holds more pictures than the one that is shown, as cameras write it."""
_QUICKTIME = b"qt  "


def local_file(path: Path, written: str, *, is_sound: bool) -> LocalFile | None:
    """Return the file that a spec names as `written`, looked at; None where there is none."""
    digest, size = sha256(), 0
    try:
        with path.open("rb") as file:
            head = file.read(1 << 20)
            chunk = head
            while chunk:
                digest.update(chunk)
                size += len(chunk)
                chunk = file.read(1 << 20)
    except (OSError, ValueError):
        return None
    facts = None if is_sound else _facts(path, head[:32], size)
    return LocalFile(written, digest.hexdigest(), facts)


def _facts(path: Path, head: bytes, size: int) -> FileFacts:
    if not size:
        return FileFacts(format="", bytes=0, problem="the file is empty")
    if head[4:8] in _BOXES:
        return _video(path, size, "mov" if head[8:12] == _QUICKTIME else "mp4")
    if head.startswith(_PICTURES):
        return _picture(path, size)
    return FileFacts(format="", bytes=size, problem="its first bytes are not those of one that is known")


def _picture(path: Path, size: int) -> FileFacts:
    from PIL import Image

    try:
        with Image.open(path) as image:
            width, height = image.size
            if image.getexif().get(0x0112, 1) >= 5:  # the tag of the orientation: lying on a side
                width, height = height, width
            return FileFacts(
                format=_FORMATS.get(image.format or "", (image.format or "").lower()),
                bytes=size,
                width=width,
                height=height,
            )
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return FileFacts(format="", bytes=size, problem="the picture is damaged or cut short")


def _video(path: Path, size: int, format_: str) -> FileFacts:
    from kling_spec.media import MediaError, probe

    try:
        clip = probe(path)
    except MediaError as error:
        return FileFacts(format="", bytes=size, problem=str(error))
    width, height = clip.shown_size
    return FileFacts(
        format=format_,
        bytes=size,
        width=width,
        height=height,
        seconds=Decimal(repr(round(clip.seconds, 3))),
        rate=Decimal(clip.rate.numerator) / clip.rate.denominator,
    )
