"""Captions in files: SRT and WebVTT, read as strangers write them and written so that players agree."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import unescape
from itertools import pairwise
from pathlib import Path

from kling_spec.media._error import MediaError

_LARGEST = 4 * 1024**2
"""Bytes; a film of three hours has about 150 thousand."""
_MOST = 20_000
"""Captions of one file."""
_LONGEST = 1_000
"""Characters of one caption."""
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,9}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
_TAG = re.compile(r"</?(?:i|b|u|s|c|v|font|lang|ruby|rt)(?:[\s.][^<>\n]*)?>|<[\d:.]+>", re.IGNORECASE)
_STYLE = re.compile(r"\{\\[^{}\n]*\}|\{/?[ibus]\}", re.IGNORECASE)
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_JOINER = "\u2060"
"""Is not seen, and parts what a player would read as markup: SRT has no other way to write `<i>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """Words that are read for some time."""

    start: Fraction
    end: Fraction
    """Seconds."""
    text: str
    """Lines are parted by newlines; nothing in it is markup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionFile:
    """What a file of captions holds, in the order of showing."""

    captions: tuple[Caption, ...]
    notes: tuple[str, ...] = ()
    """What was left out of it, a sentence each; they name lines."""


def read_captions(path: Path) -> CaptionFile:
    """Read SRT or WebVTT, whichever it is; tags and styles are taken out of the words.

    Raises MediaError, naming the line, for text that is not UTF-8, times that cannot
    be read, and files beyond all measure.
    """
    lines = _text(path).split("\n")
    is_vtt = lines[0].startswith("WEBVTT")
    at = [*_timed(lines, is_vtt=is_vtt)]
    if not at:
        times = "'00:00:01,000 --> 00:00:02,000'"
        raise MediaError(f"there are no captions in it: no line has times such as {times}")
    if len(at) > _MOST:
        raise MediaError(f"it holds {len(at)} captions, and {_MOST} are the most that a film can have")
    good, notes = [], []
    for line, after in pairwise([*at, len(lines)]):
        start, end = _times(lines[line], line)
        text = _words(lines[line + 1 : after], is_last=after == len(lines), is_vtt=is_vtt)
        if why := _unusable(start, end, text):
            notes.append(f"line {line + 1}: {why}")
        else:
            good.append(Caption(start=start, end=end, text=text))
    good.sort(key=lambda one: (one.start, one.end))
    return CaptionFile(captions=tuple(good), notes=tuple(notes))


def srt(captions: Iterable[Caption]) -> str:
    """Return the captions as SRT; nothing in their words is markup to a player."""
    blocks = (
        f"{number}\n{_clock(one.start, ',')} --> {_clock(one.end, ',')}\n{_plain(one.text)}\n"
        for number, one in enumerate(captions, 1)
    )
    return "\n".join(blocks)


def webvtt(captions: Iterable[Caption]) -> str:
    """Return the captions as WebVTT; nothing in their words is markup to a player."""
    blocks = (
        f"{_clock(one.start, '.')} --> {_clock(one.end, '.')}\n{_escaped(one.text)}\n" for one in captions
    )
    return "\n".join(("WEBVTT\n", *blocks))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise MediaError(f"the file cannot be read: {(error.strerror or 'unknown').lower()}") from None
    if len(data) > _LARGEST:
        raise MediaError(f"it has more than {_LARGEST // 1024**2} MiB, and no film has so much to read")
    data = data.removeprefix(b"\xef\xbb\xbf")
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return _UNSEEN.sub(" ", data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MediaError(f"line {line} is not written in UTF-8; save the file as UTF-8") from None


def _timed(lines: Sequence[str], *, is_vtt: bool) -> Iterator[int]:
    """Yield the number, from 0, of each line that has times; remarks and styles of WebVTT have none."""
    is_aside = False
    for number, line in enumerate(lines):
        if is_vtt and (number == 0 or not lines[number - 1].strip()):
            is_aside = _ASIDE.match(line) is not None
        if "-->" in line and not is_aside:
            yield number


def _times(line: str, number: int) -> tuple[Fraction, Fraction]:
    found = _TIMES.fullmatch(line)
    if found is None:
        raise MediaError(
            f"line {number + 1} has no times that can be read; write '00:00:01,000 --> 00:00:02,000'"
        )
    parts = found.groups(default="0")
    return _seconds(*parts[:4]), _seconds(*parts[4:])


def _seconds(hours: str, minutes: str, seconds: str, behind: str) -> Fraction:
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole + Fraction(int(behind), 10 ** len(behind))


def _words(lines: Sequence[str], *, is_last: bool, is_vtt: bool) -> str:
    """Return the words that stand before the next times, without the number or name that goes with these."""
    kept = [line.strip() for line in lines]
    if is_vtt:
        kept = kept[: kept.index("")] if "" in kept else kept
    elif not is_last and kept and kept[-1].isdecimal():
        kept.pop()
    text = _STYLE.sub("", _TAG.sub("", "\n".join(filter(None, kept))))
    text = unescape(text) if is_vtt else text
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _unusable(start: Fraction, end: Fraction, text: str) -> str:
    if end <= start:
        return "this caption ends before it has begun"
    if len(text) > _LONGEST:
        return f"this caption has {len(text)} characters, more than can be read"
    return "" if text else "this caption has no words"


def _clock(seconds: Fraction, mark: str) -> str:
    whole, behind = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{behind:03}"


def _plain(text: str) -> str:
    parted = re.sub(r"<|\{(?=[\\a-zA-Z/])|-(?=->)", lambda found: found[0] + _JOINER, text)
    return "\n".join(_lines(parted))


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "\n".join(_lines(escaped))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines that have words: an empty one would end the caption."""
    return (line for line in (line.strip() for line in text.splitlines()) if line)
