"""What a file is, told by its first bytes."""

from typing import Literal, NamedTuple


class MediaType(NamedTuple):
    """A kind of media and the ending of its files."""

    kind: Literal["image", "video", "audio"]
    suffix: str


_STARTS = {
    b"\x89PNG\r\n\x1a\n": MediaType("image", ".png"),
    b"\xff\xd8\xff": MediaType("image", ".jpg"),
    b"GIF8": MediaType("image", ".gif"),
    b"BM": MediaType("image", ".bmp"),
    b"ID3": MediaType("audio", ".mp3"),
    b"\xff\xfb": MediaType("audio", ".mp3"),
    b"\xff\xf3": MediaType("audio", ".mp3"),
    b"fLaC": MediaType("audio", ".flac"),
    b"OggS": MediaType("audio", ".ogg"),
    b"\x1a\x45\xdf\xa3": MediaType("video", ".webm"),
}


def media_type(data: bytes) -> MediaType | None:
    """Return what a file is; None for anything that is no medium."""
    if data[:4] == b"RIFF":
        return {b"WEBP": MediaType("image", ".webp"), b"WAVE": MediaType("audio", ".wav")}.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _of_brand(data[8:12])
    return next((kind for start, kind in _STARTS.items() if data.startswith(start)), None)


def _of_brand(brand: bytes) -> MediaType:
    if brand == b"qt  ":
        return MediaType("video", ".mov")
    return MediaType("audio", ".m4a") if brand == b"M4A " else MediaType("video", ".mp4")
