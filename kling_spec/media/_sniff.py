"""What a file is by its first bytes, whatever its name says."""

from pathlib import Path
from typing import BinaryIO

from kling_spec.media._error import MediaError

_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
"""Boxes that an mp4 or an older mov may open with."""

_KNOWN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1a\x45\xdf\xa3", "a WebM or Matroska file"),
    (b"ffconcat", "a list of other files"),
    (b"#EXTM3U", "a list of other files"),
    (b"<", "a web page or XML"),
    (b"{", "JSON text"),
    (b"[", "JSON text"),
    (b"PK\x03\x04", "a zip archive"),
    (b"ID3", "an MP3 sound file"),
)

_SOUNDS = ((b"ID3", "mp3"), (b"fLaC", "flac"), (b"OggS", "ogg"), (b"RIFF", "wav"))


def check_is_mp4(clip: Path | BinaryIO, *, strictly: bool = False) -> None:
    """Raise MediaError unless the file opens with a box of mp4 or mov; `strictly`, with `ftyp`."""
    head = _head(clip)
    if not head:
        raise MediaError("the file is empty")
    box = head[4:8]
    if box == b"ftyp" or (box in _BOXES and not strictly):
        return
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, what in _KNOWN:
        if text.startswith(mark):
            raise MediaError(f"this is {what}, not an mp4 video")
    raise MediaError("this is not an mp4 video: its first bytes are not those of one")


def sound_format(path: Path) -> str:
    """Return ffmpeg's name of the format that the music is in; raises MediaError where it is none we take."""
    head = _head(path)
    for mark, name in _SOUNDS:
        if head.startswith(mark):
            return name
    if head[4:8] in _BOXES:
        return "mov"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0x06 == 0 else "mp3"
    raise MediaError("this is no sound file that can be used; mp3, m4a, aac, wav, flac and ogg can")


def _head(clip: Path | BinaryIO) -> bytes:
    try:
        if not isinstance(clip, Path):
            clip.seek(0)
            head = clip.read(64)
            clip.seek(0)
            return head
        with clip.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise MediaError(f"the file cannot be read: {(error.strerror or 'unknown').lower()}") from None
