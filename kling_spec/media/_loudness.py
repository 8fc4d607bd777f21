"""How loud a sound is: its loudness over all, and its highest peak between the samples."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from kling_spec.ir import SAMPLE_RATE
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._run import run, source

RAW = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2")
_SILENT = -70.0
"""LUFS below which a sound counts as none; the meter itself starts there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """What the meter of EBU R 128 says."""

    level: float
    """Integrated, in LUFS."""
    peak: float
    """True peak in dBTP."""


def level_of_raw(
    ffmpeg: Ffmpeg, raw: Path, filters: str = "", *, cancel: Event | None = None
) -> float | None:
    """Return the integrated loudness of raw stereo in LUFS, heard through `filters`; None for silence."""
    chain = ",".join(filter(None, (filters, "ebur128=framelog=verbose")))
    return _level(_report(ffmpeg, [*RAW, "-i", source(raw)], chain, cancel))


def loudness_of(
    ffmpeg: Ffmpeg, path: Path, demuxer: Sequence[str] = RAW, *, cancel: Event | None = None
) -> Loudness | None:
    """Return how loud a file is as it plays; None for silence."""
    said = _report(ffmpeg, [*demuxer, "-i", source(path)], "ebur128=framelog=verbose:peak=true", cancel)
    level = _level(said)
    return (
        None
        if level is None
        else Loudness(level=level, peak=_last(r"Peak:\s+(-?[\d.]+|-inf|nan) dBFS", said))
    )


def _report(ffmpeg: Ffmpeg, inputs: Sequence[str], meter: str, cancel: Event | None) -> str:
    words = [*inputs, "-map", "0:a:0", "-af", meter, "-f", "null", "-"]
    return run(ffmpeg.path, words, verbosity="info", cancel=cancel)


def _level(said: str) -> float | None:
    level = _last(r"I:\s+(-?[\d.]+|-inf|nan) LUFS", said)
    return level if level > _SILENT else None


def _last(pattern: str, said: str) -> float:
    found = re.findall(pattern, said)
    return float(found[-1]) if found else float("-inf")
