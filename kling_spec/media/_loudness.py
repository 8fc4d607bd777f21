"""How loud a sound is: its loudness over all, and its highest peak between the samples."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from kling_spec.ir import SAMPLE_RATE
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._run import run, source
from kling_spec.media._verify import MOV

RAW = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2")
SILENCE = -70.0
"""LUFS below which a sound counts as none; the meter itself starts there."""
METER = "ebur128=framelog=verbose"
PEAK_METER = f"{METER}:peak=true"
"""Filters whose last words `heard_in` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """What the meter of EBU R 128 says."""

    level: float
    """Integrated, in LUFS."""
    peak: float
    """True peak in dBTP."""


def heard_in(said: str) -> Loudness | None:
    """Return what a meter said at the end of ffmpeg's log; None for silence.

    Where peaks were not metered, theirs is `-inf`.
    """
    level = _last(r"I:\s+(-?[\d.]+|-inf|nan) LUFS", said)
    return (
        Loudness(level=level, peak=_last(r"Peak:\s+(-?[\d.]+|-inf|nan) dBFS", said))
        if level > SILENCE
        else None
    )


def level_of_raw(
    ffmpeg: Ffmpeg, raw: Path, filters: str = "", *, cancel: Event | None = None
) -> float | None:
    """Return the integrated loudness of raw stereo in LUFS, heard through `filters`; None for silence."""
    chain = ",".join(filter(None, (filters, METER)))
    heard = _heard(ffmpeg, [*RAW, "-i", source(raw)], chain, cancel)
    return heard.level if heard else None


def level_of(ffmpeg: Ffmpeg, clip: Path, start: float, seconds: float) -> float:
    """Return the loudness of a stretch of the clip's first sound track in LUFS; `SILENCE` where there is none.

    The stretch must be half a second long at least, which is what the meter needs.
    """
    stretch = ["-ss", f"{start:.4f}", "-t", f"{seconds:.4f}", *MOV, "-i", source(clip)]
    chain = f"aresample={SAMPLE_RATE},aformat=sample_fmts=fltp:channel_layouts=stereo,{METER}"
    heard = _heard(ffmpeg, stretch, chain, None)
    return heard.level if heard else SILENCE


def loudness_of(
    ffmpeg: Ffmpeg, path: Path, demuxer: Sequence[str] = RAW, *, cancel: Event | None = None
) -> Loudness | None:
    """Return how loud a file is as it plays; None for silence."""
    return _heard(ffmpeg, [*demuxer, "-i", source(path)], PEAK_METER, cancel)


def _heard(ffmpeg: Ffmpeg, inputs: Sequence[str], chain: str, cancel: Event | None) -> Loudness | None:
    words = [*inputs, "-map", "0:a:0", "-af", chain, "-f", "null", "-"]
    return heard_in(run(ffmpeg.path, words, verbosity="info", cancel=cancel))


def _last(pattern: str, said: str) -> float:
    found = re.findall(pattern, said)
    return float(found[-1]) if found else float("-inf")
