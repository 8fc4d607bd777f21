"""Writes a film's sound as it is delivered, at the loudness that is asked for."""

from dataclasses import dataclass
from pathlib import Path
from threading import Event

from kling_spec.ir import SAMPLE_RATE, Codec, Container, Delivery
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._loudness import RAW, Loudness, level_of_raw, loudness_of
from kling_spec.media._run import run, source
from kling_spec.media._sample import EXACT
from kling_spec.media._splice import samples_in

PEAK = -1.0
"""dBTP that no film goes beyond; players and platforms re-encode, and need that much room."""
_NEAR = 0.3
"""LU from the target at which a film is loud enough: half of that is the meter's own grain."""
_ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How the sound of a delivery is written."""

    options: tuple[str, ...]
    muxer: str
    demuxer: str
    """ffmpeg's names of the file that a track is kept in, to write it and to read it."""

    @property
    def reading(self) -> tuple[str, ...]:
        """Return what stands before `-i` where a track is read."""
        return ("-protocol_whitelist", "file,pipe", "-f", self.demuxer)


_AAC = Coding(options=("-c:a", "aac", "-b:a", "192k"), muxer="mp4", demuxer="mov")
_OPUS = Coding(options=("-c:a", "libopus", "-b:a", "160k"), muxer="webm", demuxer="matroska")
_PCM = Coding(options=("-c:a", "pcm_s24le"), muxer="mov", demuxer="mov")


def coding_of(delivery: Delivery) -> Coding:
    """Return how the sound of the delivery is written."""
    if delivery.container is Container.WEBM:
        return _OPUS
    return _PCM if delivery.codec is Codec.PRORES else _AAC


def write_track(  # noqa: PLR0913 -- how it is written, and how it is heard
    ffmpeg: Ffmpeg, raw: Path, coding: Coding, target: Path, *, filters: str = "", cancel: Event | None = None
) -> None:
    """Write raw stereo, heard through `filters`, as a track of as many samples."""
    chain = ",".join(filter(None, (filters, f"apad,atrim=end_sample={samples_in(raw)}")))
    words = [*RAW, "-i", source(raw), "-af", chain, *coding.options, "-ar", str(SAMPLE_RATE), "-ac", "2"]
    run(ffmpeg.path, [*words, *EXACT, "-f", coding.muxer, "-y", source(target)], cancel=cancel)


def write_limited(
    ffmpeg: Ffmpeg, raw: Path, coding: Coding, target: Path, *, cancel: Event | None = None
) -> None:
    """Write raw stereo as loud as it is, but for peaks that no file could hold."""
    write_track(ffmpeg, raw, coding, target, filters=_limiter(PEAK), cancel=cancel)


def write_levelled(  # noqa: PLR0913 -- as above, and how loud
    ffmpeg: Ffmpeg, raw: Path, coding: Coding, target: Path, *, level: float, cancel: Event | None = None
) -> Loudness | None:
    """Write raw stereo at `level` LUFS, and return how loud the track plays; None for silence, left alone.

    One plain gain, the same from start to end, and a limiter for the peaks. The
    track itself is measured, since encoders add peaks of their own: what is
    missing is given, what stands out is taken, and it is written again.
    """
    there = level_of_raw(ffmpeg, raw, cancel=cancel)
    if there is None:
        write_track(ffmpeg, raw, coding, target, cancel=cancel)
        return None
    gain, ceiling, reached = level - there, PEAK - 0.2, None
    for _ in range(_ROUNDS):
        filters = f"volume={gain:.2f}dB,{_limiter(ceiling)}"
        write_track(ffmpeg, raw, coding, target, filters=filters, cancel=cancel)
        reached = loudness_of(ffmpeg, target, coding.reading, cancel=cancel)
        if reached is None or (abs(reached.level - level) <= _NEAR and reached.peak <= PEAK):
            break
        gain += level - reached.level
        ceiling -= max(0.0, reached.peak - PEAK + 0.1)
    return reached


def _limiter(peak: float) -> str:
    return f"alimiter=limit={10 ** (peak / 20):.4f}:attack=5:release=50:level=false:latency=true"
