"""Reads what a file really holds, in process, with PyAV."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from kling_spec.media._error import MediaError
from kling_spec.media._facts import AudioFacts, ClipFacts, SoundFacts
from kling_spec.media._run import source
from kling_spec.media._sniff import check_is_mp4, sound_format

_RANGES = {1: "tv", 2: "pc"}
_MATRICES = {1: "bt709", 2: "", 5: "bt601", 6: "bt601"}
_GRAIN = Fraction(3, 100)
"""Seconds by which the sound may be shorter than its index says: less than two blocks of it."""


def probe(clip: Path | BinaryIO) -> ClipFacts:
    """Return what the clip holds, having counted its frames; an open file is read as it is, from its start.

    Raises MediaError for a file that is no mp4 or mov, has no picture in it, or
    cannot be read to its end. Frames are counted, not decoded; `verify` decodes.
    """
    check_is_mp4(clip)
    with opened(clip, "mov") as container:
        video = picture_of(container)
        order = order_of(container, video)
        if not order.ticks:
            raise MediaError("there is not one frame in this file")
        if video.frames and order.stored != video.frames:
            raise MediaError(f"the file is cut short: {order.stored} of {video.frames} frames are there")
        _check_nothing_lacks(container, order)
        return facts_of(container, video, order)


def probe_sound(path: Path) -> SoundFacts:
    """Return what a sound file holds; raises MediaError where it holds none."""
    kind = sound_format(path)
    with opened(path, kind) as container:
        audio = next(iter(container.streams.audio), None)
        if audio is None:
            raise MediaError("there is no sound in this file")
        length = audio.duration * audio.time_base if audio.duration else Fraction(0)
        return SoundFacts(
            format=kind, rate=audio.rate or 0, channels=audio.channels or 0, seconds=float(length)
        )


@contextmanager
def opened(clip: Path | BinaryIO, kind: str) -> Iterator[Any]:
    """Open a container of a known format for reading; what PyAV raises inside becomes a MediaError."""
    import av

    try:
        named = source(clip) if isinstance(clip, Path) else clip
        with av.open(named, format=kind, options={"protocol_whitelist": "file"}) as container:
            yield container
    except av.error.InvalidDataError:
        raise MediaError("the file is cut short or damaged: its index or a part of it is missing") from None
    except av.error.FFmpegError as error:
        raise MediaError(f"the file cannot be read: {(error.strerror or 'unknown').lower()}") from None


def picture_of(container: Any) -> Any:
    """Return the first track of picture; raises MediaError where there is none."""
    video = next(iter(container.streams.video), None)
    if video is None:
        raise MediaError("there is no picture in this file, only sound")
    return video


@dataclass(frozen=True, slots=True)
class Order:
    """When the frames of a video are shown, and how they hang together."""

    ticks: list[int]
    last: int
    """How long the last one stands."""
    stored: int
    """How many frames the file holds, shown or not."""
    sounding: Fraction
    """Seconds of sound that the file holds."""
    is_broken: bool
    """Whether of a frame or of a block of sound only a part is there."""
    starts_with_key: bool
    has_leading: bool


def order_of(container: Any, video: Any) -> Order:
    """Return the order of all frames that are shown; reads the whole file and decodes nothing.

    A file that was cut without encoding it anew hides the frames that the shown
    ones hang on; those count for `stored` only.
    """
    tracks = [video, *container.streams.audio[:1]]
    there = [packet for packet in container.demux(*tracks) if packet.pts is not None and packet.size]
    packets = [packet for packet in there if packet.stream == video]
    sounds = [(packet.duration or 0) * packet.time_base for packet in there if packet.stream != video]
    shown = sorted((packet.pts, packet.duration or 0) for packet in packets if not packet.is_discard)
    return Order(
        ticks=[pts for pts, _ in shown],
        last=shown[-1][1] if shown else 0,
        stored=len(packets),
        sounding=sum(sounds, Fraction(0)),
        is_broken=any(packet.is_corrupt for packet in there),
        starts_with_key=bool(shown) and bool(packets[0].is_keyframe) and packets[0].pts == shown[0][0],
        has_leading=_has_leading(packets),
    )


def _has_leading(packets: list[Any]) -> bool:
    key = None
    for packet in packets:
        if packet.is_keyframe or key is None:
            key = packet.pts
        if packet.pts < key:
            return True
    return False


def _check_nothing_lacks(container: Any, order: Order) -> None:
    """Raise MediaError where the sound is shorter than promised, or something is there in part only.

    ffmpeg itself takes the end of such a file for the end of the clip.
    """
    audio = next(iter(container.streams.audio), None)
    promised = Fraction(audio.duration or 0) * audio.time_base if audio is not None else Fraction(0)
    if order.sounding < promised - _GRAIN:
        heard = f"{float(order.sounding):.2f} of {float(promised):.2f} s"
        raise MediaError(f"the file is cut short: {heard} of its sound are there")
    if order.is_broken:
        raise MediaError("the file is cut short: its last part is missing")


def facts_of(container: Any, video: Any, order: Order) -> ClipFacts:
    """Return what the container holds whose frames stand in this order."""
    ticks = order.ticks
    steps = {after - before for before, after in pairwise(ticks)} or {order.last or 1}
    regular = len(steps) == 1 and min(steps) > 0
    rate = _rate(video, steps.pop() if regular else 0)
    context = video.codec_context
    first = _first_frame(container, video)
    span = (ticks[-1] - ticks[0]) * video.time_base + (1 / rate)
    return ClipFacts(
        width=context.width,
        height=context.height,
        rate=rate,
        frames=len(ticks),
        regular=regular,
        starts_at_zero=ticks[0] == 0,
        starts_with_key=order.starts_with_key,
        has_leading=order.has_leading,
        codec=context.name,
        profile=context.profile or "",
        pixel_format=context.pix_fmt or "",
        color_range=_RANGES.get(int(context.color_range), ""),
        matrix=_MATRICES.get(int(context.colorspace), str(int(context.colorspace))),
        sar=Fraction(video.sample_aspect_ratio or 1),
        rotation=round(first.rotation) % 360,
        time_base=Fraction(video.time_base),
        extradata_sha256=hashlib.sha256(context.extradata or b"").hexdigest(),
        seconds=float(span),
        audio=_audio(container, ticks[0] * video.time_base),
    )


def _rate(video: Any, step: int) -> Fraction:
    """Return the frame rate from the one step between frames, or the mean where steps differ."""
    if step:
        return 1 / (step * Fraction(video.time_base))
    return Fraction(video.average_rate or video.guessed_rate or 24)


def _first_frame(container: Any, video: Any) -> Any:
    container.seek(0)
    for frame in container.decode(video):
        return frame
    raise MediaError("not one frame of this file can be decoded")


def _audio(container: Any, zero: Fraction) -> AudioFacts | None:
    audio = next(iter(container.streams.audio), None)
    if audio is None or not audio.rate:
        return None
    length = Fraction(audio.duration or 0) * audio.time_base
    begin = Fraction(audio.start_time or 0) * audio.time_base
    return AudioFacts(
        codec=audio.codec_context.name,
        rate=audio.rate,
        channels=audio.channels,
        samples=round(length * audio.rate),
        start=begin - zero,
    )
