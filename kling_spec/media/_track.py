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
_NEAR = 0.15
"""LU from the target at which a sound is loud enough: the meter itself counts in tenths."""
_ROUNDS = 5


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


SAMPLE_CLOCK = ("-movie_timescale", str(SAMPLE_RATE))
"""For mp4 and mov: the length of the sound, which they say on the film's own clock, is exact to the sample."""
_AAC = Coding(options=("-c:a", "aac", "-b:a", "192k", *SAMPLE_CLOCK), muxer="mp4", demuxer="mov")
_OPUS = Coding(options=("-c:a", "libopus", "-b:a", "160k"), muxer="webm", demuxer="matroska")
_PCM = Coding(options=("-c:a", "pcm_s24le", *SAMPLE_CLOCK), muxer="mov", demuxer="mov")


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
    track itself is measured, since encoders take some of the sound and add peaks
    of their own: then it is written again, from what was missed. Where loudness
    and peaks cannot both be had, the peaks stay low and the level is what it is.
    """
    there = level_of_raw(ffmpeg, raw, cancel=cancel)
    if there is None:
        write_track(ffmpeg, raw, coding, target, cancel=cancel)
        return None
    aim, gain, ceiling, reached = level, level - there, PEAK - 0.2, None
    for number in range(_ROUNDS):
        gain = _gain(ffmpeg, raw, aim, gain, ceiling, cancel)
        write_track(ffmpeg, raw, coding, target, filters=_levelling(gain, ceiling), cancel=cancel)
        reached = loudness_of(ffmpeg, target, coding.reading, cancel=cancel)
        if reached is None:
            break
        over, is_late = max(0.0, reached.peak - PEAK), number > 1
        if not over and (is_late or abs(level - reached.level) <= 2 * _NEAR):
            break
        over += 0.1 if over else 0.0
        if over and is_late:  # a ceiling does not hold these peaks
            aim, gain = aim - over, gain - over
        else:
            ceiling -= over
            aim, gain = aim + level - reached.level, gain + level - reached.level
    return reached


def _gain(  # noqa: PLR0913 -- what is sought, and from where
    ffmpeg: Ffmpeg, raw: Path, level: float, gain: float, ceiling: float, cancel: Event | None
) -> float:
    """Return the decibels that bring raw stereo to `level` below the ceiling, or as near as was tried.

    What the limiter takes is given again: the more of the sound it holds, the more for each decibel missed.
    """
    tried: list[tuple[float, float]] = []
    slope = 1.0
    for _ in range(_ROUNDS):
        reached = level_of_raw(ffmpeg, raw, _levelling(gain, ceiling), cancel=cancel)
        if reached is None:
            break
        if tried and reached != level - tried[-1][0]:
            slope = min(4.0, max(1.0, (gain - tried[-1][1]) / (reached - level + tried[-1][0])))
        tried.append((level - reached, gain))
        if abs(level - reached) <= _NEAR:
            break
        gain += (level - reached) * slope
    return min(tried, key=lambda one: abs(one[0]))[1] if tried else gain


def _levelling(gain: float, ceiling: float) -> str:
    return f"volume={gain:.2f}dB,{_limiter(ceiling)}"


def _limiter(peak: float) -> str:
    return f"alimiter=limit={10 ** (peak / 20):.4f}:attack=5:release=50:level=false:latency=true"
