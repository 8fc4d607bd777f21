"""The filters that bring a stretch of a file onto the film's grid: frames, size, colours."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from kling_spec.ir import Canvas
from kling_spec.media._builder import builder
from kling_spec.media._facts import HD, ClipFacts
from kling_spec.media._fitting import fitted
from kling_spec.media._piece import Blank, Footage
from kling_spec.media._run import ONE_THREAD, source

_FAR = Fraction(3)
"""Seconds of a clip that are rather decoded than leapt over."""
_COARSE = 1_000_000
"""Ticks a second, where a clip's frames stand on no clock of their own."""
TAG = {"range": "tv", "colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}
_BT709 = {"out_range": "tv", "out_color_matrix": "bt709", "flags": "bicubic+accurate_rnd+full_chroma_int"}


@dataclass(frozen=True, slots=True)
class Played:
    """A clip as it plays, on the film's grid: what stretches are cut out of."""

    stream: Any
    begins: int
    """The frame of the grid that its first one is."""


def stretch_of(
    shown: Footage | Blank, canvas: Canvas, pixel_format: str, played: Played | None = None
) -> Any:
    """Return the frames asked for: of the canvas' size, rate and colours; out of `played`, where that is given.

    A clip that decodes to fewer gives fewer: its last frame stands no longer than
    it does in the clip, and one frame of the film more, for rounding.
    """
    if isinstance(shown, Blank):
        stream = _held(_color(shown, canvas), shown.frames)
    elif shown.facts is None:
        still = builder().input(source(shown.path), f="png_pipe", framerate=str(canvas.rate)).video
        still = still.filter("scale", canvas.width, canvas.height, in_range="pc", **_BT709)
        stream = _held(still, shown.frames)
    else:
        stream = _clip(shown, shown.facts, canvas, played or played_of(shown, shown.facts, canvas.rate))
    stream = stream.filter("setsar", 1).filter("format", pixel_format).filter("setparams", **TAG)
    # The rate is constant, which setpts takes back. At the end, ffmpeg before 6 adds a frame to held ones
    # and, where pictures lie on each other, gives the last one no length, unless each has its time by its number.
    stream = (
        stream.filter("trim", end_frame=shown.frames)
        .filter("setpts", f"round(N/({canvas.rate}*TB))")
        .filter("fps", fps=str(canvas.rate))
    )
    return stream.filter("trim", end_frame=shown.frames)


def spare_of(shown: Footage, facts: ClipFacts, rate: Fraction) -> int:
    """Return how many frames of the film the clip's last frame may stand for beyond its first."""
    return max(1, ceil(rate / (facts.rate * shown.speed))) + shown.held


def leap_of(shown: Footage, rate: Fraction) -> tuple[int, int]:
    """Return a frame of the clip to begin with, and the frame of the film's grid that it falls on exactly.

    Both are 0 where the beginning is near, or where leaping there might give other frames.
    """
    facts = shown.facts
    if facts is None or not facts.regular or not facts.starts_at_zero or facts.has_leading:
        return 0, 0
    step = rate / (facts.rate * shown.speed)
    skipped = int(shown.first / step) // step.denominator * step.denominator
    return (skipped, int(skipped * step)) if skipped / facts.rate > _FAR else (0, 0)


def played_of(shown: Footage, facts: ClipFacts, rate: Fraction) -> Played:
    """Return the clip from the stretch's first frame on, or from earlier; its last frame stands a little longer."""
    skipped, begins = leap_of(shown, rate)
    options: dict[str, Any] = {"f": "mov", "protocol_whitelist": "file,pipe", "threads": ONE_THREAD}
    clock = _clock(facts, shown.speed)
    if skipped:
        # To a frame that stands alone, a second early or more; which frame is first is said below, on its own clock.
        options |= {"ss": f"{float(skipped / facts.rate) - 1:.6f}", "noaccurate_seek": None}
    stream = builder().input(source(shown.path), **options).video.filter("settb", f"1/{clock}")
    if skipped:
        stream = stream.filter("trim", start_pts=int((skipped - Fraction(1, 2)) / facts.rate * clock) + 1)
    pace = "PTS-STARTPTS" if shown.speed == 1 else f"(PTS-STARTPTS)*{1 / shown.speed}"
    # What is seen at the moment of each frame; without an exact clock, what is nearest to it.
    at = "near" if clock == _COARSE else "up"
    # ffmpeg before 6 counts too little for the end of uneven frames; without `pass`, the last one would be lost.
    stream = stream.filter("setpts", pace).filter("fps", fps=str(rate), round=at, eof_action="pass")
    return Played(_held(stream, spare_of(shown, facts, rate)), begins)


def _clip(shown: Footage, facts: ClipFacts, canvas: Canvas, played: Played) -> Any:
    first = shown.first - played.begins
    stream = played.stream.filter("trim", start_frame=first, end_frame=first + shown.frames)
    how = {"in_range": "auto", "in_color_matrix": _matrix(facts), **_BT709}
    return fitted(stream, size_of(facts), canvas, shown.fit, how)


def size_of(facts: ClipFacts) -> tuple[Fraction, Fraction]:
    """Return width and height as seen: in square pixels, turned."""
    width, height = facts.width * facts.sar, Fraction(facts.height)
    return (height, width) if facts.rotation % 180 else (width, height)


def _clock(facts: ClipFacts, speed: Fraction) -> int:
    """Return ticks a second on which all frames of a regular clip stand exactly, before and after `speed`."""
    ticks = 2 * facts.rate.numerator * speed.numerator
    return ticks if facts.regular and ticks < 1 << 30 else _COARSE


def _matrix(facts: ClipFacts) -> str:
    return "bt709" if not facts.matrix and facts.height >= HD else "auto"


def _held(stream: Any, frames: int) -> Any:
    return stream.filter("tpad", stop_mode="clone", stop=frames)


def _color(blank: Blank, canvas: Canvas) -> Any:
    number = int(blank.color.removeprefix("#"), 16)
    made = f"color=c=0x{number:06x}:s={canvas.width}x{canvas.height}:r={canvas.rate},format=rgb24,trim=end_frame=1"
    return builder().input(made, f="lavfi").video.filter("scale", in_range="pc", **_BT709)
