"""How loud a moment of a clip is."""

import re
from pathlib import Path

from kling_spec.media._binary import Ffmpeg
from kling_spec.media._run import run, source
from kling_spec.media._verify import MOV

SILENCE = -70.0
"""LUFS below which a sound counts as none; the meter itself starts there."""


def level_of(ffmpeg: Ffmpeg, clip: Path, start: float, seconds: float) -> float:
    """Return the loudness of a stretch of the clip's first sound track in LUFS; `SILENCE` where there is none.

    The stretch must be half a second long at least, which is what the meter needs.
    """
    chain = "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo,ebur128=framelog=verbose"
    stretch = ["-ss", f"{start:.4f}", "-t", f"{seconds:.4f}", *MOV, "-i", source(clip)]
    report = run(ffmpeg.path, [*stretch, "-map", "0:a:0", "-af", chain, "-f", "null", "-"], verbosity="info")
    found = re.findall(r"I:\s+(-?[\d.]+|-inf|nan) LUFS", report)
    level = float(found[-1]) if found else SILENCE
    return max(SILENCE, level)
