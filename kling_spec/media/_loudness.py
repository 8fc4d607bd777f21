"""How loud a sound is, and what brings it to a target."""

import re
from pathlib import Path

from kling_spec.ir import SAMPLE_RATE
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._run import run, source

RAW = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2")
_SILENT = -70.0
"""LUFS below which a sound counts as none; the meter itself starts there."""


def loudness_of(ffmpeg: Ffmpeg, raw: Path, filters: str = "") -> float | None:
    """Return the integrated loudness of raw stereo in LUFS, heard through `filters`; None for silence."""
    chain = f"{filters},ebur128=framelog=quiet" if filters else "ebur128=framelog=quiet"
    report = run(ffmpeg.path, [*RAW, "-i", source(raw), "-af", chain, "-f", "null", "-"], verbosity="info")
    found = re.findall(r"I:\s+(-?[\d.]+|-inf|nan) LUFS", report)
    level = float(found[-1]) if found else float("-inf")
    return level if level > _SILENT else None


def levelling(ffmpeg: Ffmpeg, raw: Path, target: float) -> tuple[str, float] | None:
    """Return the filters that bring the sound to `target` LUFS and the level reached; None for silence.

    One plain gain, the same from start to end, and a limiter below -1 dBTP for
    the peaks; what the limiter takes away is given back twice.
    """
    level = loudness_of(ffmpeg, raw)
    if level is None:
        return None
    gain = target - level
    for _ in range(3):
        filters = f"volume={gain:.2f}dB,{_LIMIT}"
        reached = loudness_of(ffmpeg, raw, filters)
        if reached is None or abs(reached - target) <= 0.3:
            break
        gain += target - reached
    return filters, target if reached is None else reached


_LIMIT = "alimiter=limit=0.841:attack=5:release=50:level=false:latency=true"
