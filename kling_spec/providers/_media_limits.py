"""The files that go in, held against the profile's limits before anything is paid."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath

from kling_spec.diagnostics import Severity
from kling_spec.ir import Ask, ElementParts, FileFacts, Link, LocalFile, Media, MediaKind, Source
from kling_spec.providers._contract import Finding
from kling_spec.providers._profile import MediaLimit, Profile

_KNOWN = {
    MediaKind.IMAGE: {"png", "jpeg", "webp", "gif", "bmp", "tiff", "avif", "heic", "svg"},
    MediaKind.VIDEO: {"mp4", "mov", "webm", "mkv", "avi", "mpg", "mpeg", "wmv", "flv", "gif"},
}
_SAME = {"jpg": "jpeg", "jfif": "jpeg", "tif": "tiff", "m4v": "mp4"}
_TOLERANCE = Decimal("0.5")
"""A clip that was asked for in whole seconds comes out a few frames longer."""


def media_limits(ask: Ask, profile: Profile) -> Iterator[Finding]:
    """Yield what is wrong with each file that goes in, as far as its name and its bytes tell."""
    for name in ("first_frame", "last_frame", "images", "elements", "reference_video", "edit"):
        value = getattr(ask, name)
        for media in value if isinstance(value, tuple) else (value,):
            for kind, source in _sources(media):
                limit = _limit(profile, kind, ask.model)
                if limit is not None:
                    yield from _Look(name, media, profile.title).at(source, limit)


def _sources(media: Media | None) -> Iterator[tuple[str, Source]]:
    """Yield each file of the media, and what kind it is in a profile."""
    if media is None:
        return
    if isinstance(media.source, ElementParts):
        parts = media.source
        yield from (("element_image", part) for part in (parts.frontal, *parts.images) if part is not None)
        if parts.video is not None:
            yield "element_video", parts.video
    else:
        yield media.kind.value, media.source


def _limit(profile: Profile, kind: str, model: str) -> MediaLimit | None:
    rows = [row for row in profile.media if row.kind == kind and row.model in (None, model)]
    return max(rows, key=lambda row: row.model is not None, default=None)


class _Look:
    """One file of one ask, looked at."""

    def __init__(self, ask: str, media: Media, who: str) -> None:
        self._ask = ask
        self._media = media
        self._who = who

    def at(self, source: Source, limit: MediaLimit) -> Iterator[Finding]:
        is_video = limit.kind.endswith("video")
        facts = source.facts if isinstance(source, LocalFile) else None
        yield from self._format(source, facts, limit, is_video=is_video)
        if facts is not None and facts.format:
            yield from self._bytes(facts, limit)
            yield from self._sides(facts, limit)
            yield from self._rate(facts, limit)
        seconds = facts.seconds if facts is not None else None
        if is_video and limit.seconds is not None:
            yield from self._seconds(self._media.seconds if seconds is None else seconds, limit)

    def _format(
        self, source: Source, facts: FileFacts | None, limit: MediaLimit, *, is_video: bool
    ) -> Iterator[Finding]:
        what = "video" if is_video else "picture"
        takes = ", ".join(limit.formats)
        convert = f"convert it to {limit.formats[0]}" if limit.formats else ""
        if facts is not None and not facts.format:
            yield self._finding(f"a file that is no {what}: {facts.problem}", f"takes {takes}", convert)
            return
        known = _KNOWN[MediaKind.VIDEO if is_video else MediaKind.IMAGE]
        format_ = facts.format if facts is not None else _ending(source)
        is_told = facts is not None or format_ in known or (isinstance(source, LocalFile) and format_)
        if is_told and limit.formats and format_ not in limit.formats:
            yield self._finding(f"a {format_} file", f"reads {takes}", convert)

    def _bytes(self, facts: FileFacts, limit: MediaLimit) -> Iterator[Finding]:
        if limit.bytes is not None and facts.bytes > limit.bytes:
            size, most = (f"{count / 1024 / 1024:,.1f} MB" for count in (facts.bytes, limit.bytes))
            yield self._finding(f"a file of {size}", f"takes {most}", "make it smaller")

    def _sides(self, facts: FileFacts, limit: MediaLimit) -> Iterator[Finding]:
        least, most = limit.sides[0], limit.sides[1] if len(limit.sides) > 1 else None
        size = f"{facts.width}x{facts.height} pixels"
        if min(facts.width, facts.height) < least or max(facts.width, facts.height) > (most or 10**9):
            bounds = f"{least} to {most} pixels a side" if most else f"{least} pixels a side or more"
            yield self._finding(f"{size} large", f"takes {bounds}", "scale it")
        elif limit.area is not None and facts.width * facts.height > limit.area:
            yield self._finding(f"{size} large", f"takes {limit.area:,} pixels in all", "scale it down")
        if limit.ratio is not None and facts.height:
            low, high = limit.ratio
            ratio = Decimal(facts.width) / facts.height
            if not low <= ratio <= high:
                told = f"{ratio.quantize(Decimal('0.01'))} times as wide as high"
                yield self._finding(told, f"takes {low} to {high}", "crop it")

    def _rate(self, facts: FileFacts, limit: MediaLimit) -> Iterator[Finding]:
        if limit.rate is not None and facts.rate is not None:
            low, high = limit.rate
            if not low - 1 < facts.rate <= high:  # 23.976 is what most call 24
                told = f"a video of {facts.rate.quantize(Decimal('0.01')).normalize():f} frames a second"
                yield self._finding(told, f"takes {low} to {high}", f"convert it to {low} or more")

    def _seconds(self, seconds: Decimal | None, limit: MediaLimit) -> Iterator[Finding]:
        if seconds is None or limit.seconds is None:
            return
        low, high = limit.seconds
        told = f"which lasts {seconds.quantize(Decimal('0.01')).normalize():f} seconds"
        most = high + _TOLERANCE if high == int(high) else high  # 15.5 has it already
        if not low <= seconds <= most:
            yield self._finding(told, f"takes {low} to {high}", f"cut it to {low} to {high} seconds")
        elif limit.seconds_sure is not None and seconds > limit.seconds_sure + _TOLERANCE:
            yield Finding(
                ask=self._ask,
                message=f"uses '{self._media.name}', {told}; {self._who} may stop at {limit.seconds_sure}",
                help=f"cut it to {limit.seconds_sure} seconds to be sure",
                severity=Severity.WARNING,
                code="KS407",
            )

    def _finding(self, is_: str, bound: str, help_: str) -> Finding:
        return Finding(
            ask=self._ask,
            message=f"uses '{self._media.name}', {is_}; {self._who} {bound}",
            help=help_,
            code="KS407",
        )


def _ending(source: Source) -> str:
    """Return the format that the name of a file or of an address tells."""
    path = ""
    if isinstance(source, LocalFile):
        path = source.path
    elif isinstance(source, Link):
        path = source.url.partition("?")[0].partition("#")[0].partition("://")[2].partition("/")[2]
    ending = PurePosixPath(path).suffix.lower().removeprefix(".")
    return _SAME.get(ending, ending)
