"""Files that are called .mp4 and name other files, or whose names mean something to ffmpeg."""

from pathlib import Path

_PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
_HTTP = "http://127.0.0.1:9/x.mp4"


def contents(secret: Path, whole: bytes) -> dict[str, bytes]:
    """What each hostile file holds; `whole` is a sound clip, and `secret` what none of them may reach."""
    texts = {
        "playlist of a file": _PLAYLIST.format(secret),
        "playlist of a file, as an address": _PLAYLIST.format(f"file://{secret}"),
        "playlist of a file beside it": _PLAYLIST.format(secret.name),
        "playlist of an address": _PLAYLIST.format(_HTTP),
        "playlist that joins": _PLAYLIST.format(f"concat:{secret}|{secret}"),
        "playlist of a stretch": _PLAYLIST.format(f"subfile,,start,0,end,9,,:{secret}"),
        "playlist that deciphers": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="'
        + str(secret)
        + '"\n#EXTINF:9,\na.mp4\n',
        "playlist with a map": '#EXTM3U\n#EXT-X-MAP:URI="' + str(secret) + '"\n#EXTINF:9,\na.mp4\n',
        "playlist of playlists": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{secret}\n",
        "playlist behind a mark": "\ufeff" + _PLAYLIST.format(secret),
        "playlist behind blanks": "\n\n  " + _PLAYLIST.format(secret),
        "concat": f"ffconcat version 1.0\nfile '{secret}'\n",
        "concat without a head": f"file '{secret}'\n",
        "concat of an address": f"ffconcat version 1.0\nfile {_HTTP}\n",
        "concat with options": f"ffconcat version 1.0\nfile '{secret}'\noption safe 0\n",
        "DASH": f'<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>{secret}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>",
        "XML entity": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><MPD>&x;</MPD>',
        "smooth streaming": f'<SmoothStreamingMedia><StreamIndex Url="{secret}"/></SmoothStreamingMedia>',
        "SMIL": f'<smil><body><video src="{secret}"/></body></smil>',
        "XSPF": f"<playlist><trackList><track><location>file://{secret}</location></track></trackList></playlist>",
        "SVG": f'<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file://{secret}"/></svg>',
        "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n",
        "ASX": f'<asx version="3.0"><entry><ref href="{secret}"/></entry></asx>',
        "PLS": f"[playlist]\nFile1={secret}\nNumberOfEntries=1\n",
        "AviSynth": f'DirectShowSource("{secret}")\nimport("{secret}")\n',
        "VapourSynth": f"import os\nopen('{secret}').read()\n",
        "metadata": f";FFMETADATA1\ntitle={secret}\n",
        "subtitles": "1\n00:00:00,000 --> 00:00:09,000\n<img src='x'>\n",
        "SSA": f"[Script Info]\n[Fonts]\nfontname: {secret}\n[Events]\nDialogue: 0,0:00:00.00,0:00:09.00,x,,0,0,0,,x\n",
        "an index of pictures": f"# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:00:000\n# {secret}\n",
        "a web page": f"<html><video src='file://{secret}'></html>",
        "a cue sheet": f'FILE "{secret}" WAVE\n TRACK 01 AUDIO\n',
        "a graph": f"movie={secret}[out0]",
        "HTTP": f"HTTP/1.1 302 Found\r\nLocation: file://{secret}\r\n\r\n",
    }
    data = {name: text.encode() for name, text in texts.items()}
    data |= {
        "a reference movie": _reference_movie(str(secret).encode()),
        "a clip whose pictures lie elsewhere": whole.replace(b"url \0\0\0\1", b"url \0\0\0\0"),
        "a clip whose pictures lie elsewhere, by an alias": whole.replace(b"url \0\0\0\1", b"alis\0\0\0\0"),
        "a clip, then a playlist": whole[:4000] + _PLAYLIST.format(secret).encode(),
        "a head of a clip, then a playlist": b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + _PLAYLIST.format(secret).encode(),
        "a free box that is a playlist": b"\0\0\x10\0free" + _PLAYLIST.format(secret).encode(),
        "zeroes": bytes(4096),
        "a huge box": b"\0\0\0\1moov\xff\xff\xff\xff\xff\xff\xff\xff" + bytes(64),
        "boxes in boxes": b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + b"".join(
            (8 * (500 - n) + 8).to_bytes(4, "big") + b"moov" for n in range(500)
        ),
    }  # fmt: skip
    return data


def _box(kind: bytes, inner: bytes) -> bytes:
    return (8 + len(inner)).to_bytes(4, "big") + kind + inner


def _reference_movie(path: bytes) -> bytes:
    rdrf = _box(b"rdrf", bytes(4) + b"url " + len(path).to_bytes(4, "big") + path)
    return _box(b"ftyp", b"qt  \0\0\0\0qt  ") + _box(b"moov", _box(b"rmra", _box(b"rmda", rdrf)))


NAMES = (
    "take:1.mp4", "http:x.mp4", "concat:secret.mp4|secret.mp4.mp4", "pipe:1.mp4", "data:,x.mp4", "crypto:x.mp4",
    "async:secret.mp4", "cache:secret.mp4", "tee:a.mp4", "-i.mp4", "-y", "p%03d.mp4", "%d.mp4", "*.mp4", "[a-z].mp4",
    "a'b.mp4", 'a"b.mp4', "a\nfile secret.mp4", "a,b;[out]movie=secret.mp4", "a\\b.mp4", "~.mp4", "$HOME.mp4",
    "a|b.mp4",
    "a=b:c.mp4", " a .mp4", "@list.mp4", "ü \u202e.mp4", "file:secret.mp4", "lavfi.mp4", "nullsrc=s=9x9.mp4",
)  # fmt: skip
"""Names that files may have by themselves; each holds a sound clip."""
