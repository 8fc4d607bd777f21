"""Pictures, sounds, fonts and captions that are not what they say, name other files, or grow beyond all measure."""

import struct
import zlib
from pathlib import Path


def parts(secret: Path, font: bytes, picture: bytes, sound: bytes) -> dict[str, bytes]:
    """What each hostile file holds; the last three are sound ones, and `secret` is what none may reach."""
    return {
        **_pictures(str(secret), picture),
        **_sounds(str(secret), sound),
        **_fonts(str(secret), font),
        **_captions(str(secret)),
    }


def _pictures(secret: str, picture: bytes) -> dict[str, bytes]:
    return {
        "half a picture": picture[: len(picture) // 2],
        "a picture with holes": picture[:60] + bytes(40) + picture[100:],
        "a program for a printer": f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({secret}) run\n".encode(),
        "a program for a printer, called by a printer": b"\x1b%-12345X%!PS-Adobe-3.0 EPSF-3.0\n",
        "a drawing that reads": f"push graphic-context\nimage over 0,0 9,9 '{secret}'\n".encode(),
        "a drawing with links": f'<?xml version="1.0"?><svg><image href="file://{secret}"/></svg>'.encode(),
        "a picture wider than all walls": _png(30_000, 30_000, bits=1),
        "a picture that unpacks to a gigabyte": _png(13_000, 13_000, bits=1),
        "a picture with a word that unpacks": _png(8, 8, bits=1, more=_chunk(b"zTXt", b"x\0\0" + _zeros(1 << 27))),
        "a GIF beyond measure": b"GIF89a\xff\xff\xff\xff\0\0\0" + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x01\0\0;",
        "a JPEG beyond measure": b"\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03\1\x22\0\2\x11\1\3\x11\1\xff\xd9",
        "a bitmap beyond measure": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 99, 0, 0, 54, 40, 1 << 30, 1 << 30, 1, 24,
                                                       0, 0, 1, 1, 0, 0),
        "a TIFF that goes in circles": b"II*\0\x08\0\0\0" + b"\1\0\0\1\3\0\1\0\0\0\1\0\0\0" + b"\x08\0\0\0",
        "a WebP that is a word": b"RIFF\x20\0\0\0WEBPVP8 " + bytes(24),
    }  # fmt: skip


def _png(width: int, height: int, *, bits: int, more: bytes = b"") -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0))
    lines = _zeros(height * (1 + (width * bits + 7) // 8))
    return b"\x89PNG\r\n\x1a\n" + head + more + _chunk(b"IDAT", lines) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zeros(size: int) -> bytes:
    packer = zlib.compressobj(9)
    blocks = [packer.compress(bytes(min(1 << 20, size - at))) for at in range(0, size, 1 << 20)]
    return b"".join(blocks) + packer.flush()


def _sounds(secret: str, sound: bytes) -> dict[str, bytes]:
    playlist = f"#EXTM3U\n#EXTINF:9,\nfile://{secret}\n".encode()
    linked = b"APIC" + struct.pack(">I", 40) + b"\0\0\0-->\0\3\0" + secret.encode()[:30].ljust(30, b"\0")
    wave = struct.pack("<HHIIHH", 1, 2, 48000, 192000, 4, 16)
    return {
        "half a sound": sound[: len(sound) // 2],
        "a sound with holes": sound[:2000] + bytes(len(sound) // 2) + sound[2000 + len(sound) // 2 :],
        "tags, then a playlist": b"ID3\3\0\0\0\0\0\0" + playlist,
        "tags with a linked picture": b"ID3\3\0\0\0\0\0\x32" + linked,
        "a wave of words": b"RIFF\xff\xff\xff\xffWAVE" + playlist,
        "a wave without a sample": b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + struct.pack("<I", 16) + wave
        + b"data\0\0\0\0",
        "a wave with endless channels": b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16)
        + struct.pack("<HHIIHH", 1, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 65535, 16) + b"data\xff\xff\xff\xff" + bytes(999),
        "a wave that is a playlist": b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16)
        + struct.pack("<HHIIHH", 0x55, 2, 48000, 9, 1, 0) + b"data\xff\xff\xff\xff" + playlist,
        "an Ogg of words": b"OggS\0\2" + bytes(20) + playlist,
        "a FLAC with a linked picture": b"fLaC\x86\0\0\x40" + struct.pack(">II", 3, 3) + b"-->" + secret.encode(),
        "frames of nothing": b"\xff\xfb\x90\x00" + playlist * 20,
    }  # fmt: skip


def _fonts(secret: str, font: bytes) -> dict[str, bytes]:
    return {
        "half a font": font[: len(font) // 2],
        "a font with holes": font[:400] + bytes(len(font) - 400),
        "a font of words": b"\0\1\0\0" + secret.encode() * 9,
        "a font of endless tables": b"OTTO\xff\xff\0\0\0\0\0\0" + b"\xff" * 4096,
        "a packed font that grows": b"wOFF\0\1\0\0"
        + struct.pack(">IHH", 99, 1, 0)
        + b"\xff" * 40
        + _zeros(1 << 26),
        "a font in a printer's words": f"%!PS-AdobeFont-1.0: x\n({secret}) run\n".encode(),
        "a font of dots": b"STARTFONT 2.1\nFONT x\nSIZE 9 75 75\nFONTBOUNDINGBOX 9 9 0 0\nCHARS 0\nENDFONT\n",
    }


def _captions(secret: str) -> dict[str, bytes]:
    times = "00:00:00,000 --> 00:00:01,000"
    return {
        "captions in styles that fetch": f"WEBVTT\n\nSTYLE\n::cue {{background: url(file://{secret})}}\n".encode(),
        "captions with numbers beyond measure": f"1\n{'9' * 5000}:00:00,000 --> {'9' * 5000}:00:01,000\nx\n".encode(),
        "captions in wide letters": f"1\n{times}\nx\n".encode("utf-16"),
        "captions without end": f"1\n{times}\n{'x' * 5_000_000}\n".encode(),
        "captions of thirty thousand": f"{times}\nx\n\n".encode() * 30_000,
        "captions that are only markup": f"1\n{times}\n<b><i></i></b>{{\\an8}}\n".encode(),
    }
