"""Local files that go in: their hash, and what their bytes say of them."""

import os
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from kling_spec.files import UnfitFile, opened
from kling_spec.ir import FileFacts, LocalFile

LARGEST = 2 * 1024**3
"""Bytes of one file that goes in; no provider takes a tenth of it."""

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_READ = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""The readers of Pillow that such files are given to; others would start programs, or fetch what is named."""
_SOUNDS = (b"ID3", b"fLaC", b"OggS", b"RIFF")
_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_FORMATS = {"MPO": "jpeg"}
"""Pillow's name for a JPEG that holds more pictures than the one that is shown, as cameras write it."""
_QUICKTIME = b"qt  "


def local_file(path: Path, written: str, *, kind: str = "", root: Path | None = None) -> LocalFile | None:
    """Return the file that a spec names as `written`, looked at; None where there is none.

    With `root` the file must lie below it. One that may not go in has no digest, and facts that say why.
    A `kind` of `audio`, `font` or `captions` is checked to be that; anything else is a picture or a video.
    """
    try:
        with opened(path, root) as file:
            if os.fstat(file.fileno()).st_size > LARGEST:
                return _unfit(written, f"it has more than {LARGEST // 1024**3} GiB")
            head = file.read(32)
            if kind in _WANTED and not _WANTED[kind][0](head):
                return _unfit(written, f"its first bytes are not those of a {_WANTED[kind][1]} file")
            file.seek(0)
            digest, size = sha256(), 0
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
            return LocalFile(
                written, digest.hexdigest(), None if kind in _WANTED else _facts(file, head, size)
            )
    except UnfitFile as unfit:
        return None if path.is_dir() else _unfit(written, str(unfit))
    except (OSError, ValueError):
        return None


def _unfit(written: str, problem: str) -> LocalFile:
    return LocalFile(written, "", FileFacts(format="", bytes=0, problem=problem))


def is_sound_file(head: bytes) -> bool:
    """Whether a file that begins so is sound, as far as its first bytes tell."""
    is_frame = len(head) > 1 and head[0] == 0xFF and (head[1] & 0xE6 == 0xE2 or head[1] & 0xF6 == 0xF0)
    return is_frame or head.startswith(_SOUNDS) or head[4:8] in _BOXES


def _is_font(head: bytes) -> bool:
    return head.startswith((b"\0\1\0\0", b"OTTO", b"true", b"ttcf"))


def _is_text(head: bytes) -> bool:
    return bool(head.strip(b"\xef\xbb\xbf \r\n\t")) and b"\0" not in head


_WANTED = {"audio": (is_sound_file, "sound"), "font": (_is_font, "font"), "captions": (_is_text, "text")}


def _facts(file: BinaryIO, head: bytes, size: int) -> FileFacts:
    if not size:
        return FileFacts(format="", bytes=0, problem="the file is empty")
    if head[4:8] in _BOXES:
        return _video(file, size, "mov" if head[8:12] == _QUICKTIME else "mp4")
    if head.startswith(_PICTURES):
        return _picture(file, size)
    return FileFacts(format="", bytes=size, problem="its first bytes are not those of one that is known")


def _picture(file: BinaryIO, size: int) -> FileFacts:
    from PIL import Image

    file.seek(0)
    try:
        with Image.open(file, formats=_READ) as image:
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


def _video(file: BinaryIO, size: int, format_: str) -> FileFacts:
    from kling_spec.media import MediaError, probe

    try:
        clip = probe(file)
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
