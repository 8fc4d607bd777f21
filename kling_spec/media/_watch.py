"""Watches a finished film once: what is silent, black or frozen in it, and how loud it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event

from kling_spec.media._binary import Ffmpeg
from kling_spec.media._error import FfmpegError, MediaError
from kling_spec.media._loudness import PEAK_METER, heard_in
from kling_spec.media._run import run, source

_SHORTEST = 0.5
"""Seconds from which a stretch is told; shorter ones are cuts and breaths."""
_WIDTH = 320
"""Pixels at which the picture is looked at: enough to see black and stillness, at a fraction of the cost."""
_BLACK = f"blackdetect=d={_SHORTEST}:pic_th=0.98:pix_th=0.06"
_FROZEN = f"freezedetect=n=-60dB:d={_SHORTEST}"
_SILENT = f"silencedetect=n=-60dB:d={_SHORTEST}"
_LAST = 0.1
"""Seconds before the end of a film that are its end."""


class Lack(StrEnum):
    """What a stretch of film has not got."""

    BLACK = "black"
    FROZEN = "frozen"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A stretch of a film that is black, frozen or silent."""

    lack: Lack
    start: float
    end: float
    """Seconds into the film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What one pass over a film found."""

    lacking: tuple[Lacking, ...]
    """In the order in which they begin."""
    loudness: float | None
    """Integrated, in LUFS; None for a film without sound or in silence."""
    peak: float | None
    """True peak in dBTP; None as above."""


def watch(  # noqa: PLR0913 -- the film, how closely, and how every long pass is followed
    path: Path,
    seconds: float,
    *,
    ffmpeg: Ffmpeg,
    has_sound: bool,
    thoroughly: bool,
    container: str = "mov",
    cancel: Event | None = None,
) -> Watched:
    """Return what is heard in a film that lasts `seconds` and, `thoroughly`, what is seen in it.

    Every error of decoding is fatal: raises MediaError where the film cannot be decoded to its end. To
    hear costs a hundredth of a render, to see about a tenth.
    """
    lines, said = _Lines(seconds), ""
    hear = ["-map", "0:a:0", "-af", f"{_SILENT},{PEAK_METER}"] if has_sound else []
    see = (
        ["-map", "0:v:0", "-vf", f"scale={_WIDTH}:-2:flags=bilinear,{_BLACK},{_FROZEN}"] if thoroughly else []
    )
    if hear or see:
        head = ["-xerror", "-protocol_whitelist", "file,pipe", "-f", container, "-i", source(path)]
        try:
            said = run(
                ffmpeg.path,
                [*head, *see, *hear, "-f", "null", "-"],
                seconds=120 + 30 * seconds,
                cancel=cancel,
                verbosity="info",
                on_line=lines.hear,
            )
        except FfmpegError as error:
            if error.code is None:
                raise
            raise MediaError("the film cannot be decoded to its end") from error
    heard = heard_in(said)
    return Watched(
        lacking=lines.lacking(),
        loudness=heard.level if heard else None,
        peak=heard.peak if heard else None,
    )


class _Lines:
    """Reads what ffmpeg's detectors say, line by line."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._found: list[Lacking] = []
        self._open: dict[Lack, float] = {}

    def hear(self, line: str) -> None:
        """Take one line of ffmpeg's log."""
        if black := re.search(r"black_start:\s*([\d.]+) black_end:\s*([\d.]+)", line):
            self._add(Lack.BLACK, float(black[1]), float(black[2]))
        elif edge := re.search(r"(freeze|silence)_(start|end):\s*(-?[\d.]+)", line):
            lack = Lack.FROZEN if edge[1] == "freeze" else Lack.SILENT
            at = max(0.0, float(edge[3]))
            if edge[2] == "start":
                self._open[lack] = at
            elif (start := self._open.pop(lack, None)) is not None:
                self._add(lack, start, at)

    def lacking(self) -> tuple[Lacking, ...]:
        """Return all stretches in the order in which they begin; what never ended lasts to the film's end."""
        for lack, start in self._open.items():
            self._add(lack, start, self._seconds)
        self._open.clear()
        black = [one for one in self._found if one.lack is Lack.BLACK]
        told = [one for one in self._found if one.lack is not Lack.FROZEN or not _is_in(one, black)]
        return tuple(sorted(told, key=lambda one: (one.start, one.lack)))

    def _add(self, lack: Lack, start: float, end: float) -> None:
        if end > self._seconds - _LAST:
            end = self._seconds  # the detectors name where the last frame begins
        if end > start:
            self._found.append(Lacking(lack=lack, start=start, end=end))


def _is_in(one: Lacking, others: Sequence[Lacking]) -> bool:
    """Whether the stretch lies inside one of the others, give or take a frame."""
    return any(other.start - 0.1 <= one.start and one.end <= other.end + 0.1 for other in others)
