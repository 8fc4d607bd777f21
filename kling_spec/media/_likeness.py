"""How one clip goes on in the next: what is repeated, and what jumps in colour and in loudness."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import Any, Self

from kling_spec.media._binary import Ffmpeg
from kling_spec.media._facts import ClipFacts
from kling_spec.media._glimpse import Glimpse, correlation, glimpses, residual
from kling_spec.media._loudness import level_of
from kling_spec.media._overlap import REPEATED, STILL, Future, Past, copied_frames

_ALIKE = 0.9
"""Correlation from which two frames show the same, so that their colours can be compared."""
_BLACK, _FLAT = 20.0, 3.0
"""Codes of luma and of contrast below which a frame is black."""
_HEARD = 1.0
"""Seconds of each clip that are listened to at the join."""


class Ending(StrEnum):
    """What is wrong with a clip's last frame, seen against the frame half a second before."""

    CLEAR = ""
    BLACK = "black"
    FADED = "faded"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What is seen and heard where one clip gives way to the next."""

    copied: int
    """How many frames the second clip repeats of the first before it shows anything new."""
    frames: int
    """How many the second clip has."""
    repeat: float | None
    """How far the second's first new frame is from the first's last one, as a part of the usual step;
    None where the first clip stands still, or nothing new follows."""
    seam: int
    """The frame of the second clip from which nothing is seen twice."""
    colour: tuple[float, float, float] | None
    """By how many codes Y, U and V jump there; None where the two frames do not show the same."""
    flicker: tuple[float, float, float]
    """By how many codes they change at most from one of the first clip's last frames to the next; 0 where
    one frame is compared with itself."""
    levels: tuple[float | None, float | None]
    """LUFS of the last second before the join and the first one behind it; -70 is silence, None no sound track."""
    ending: Ending

    @property
    def is_repeated(self) -> bool:
        """Whether the first new frame is the last one of the clip before."""
        return self.seam > self.copied

    def to_json(self) -> dict[str, object]:
        """Return plain values, which `from_json` reads again."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
        y, u, v = data["colour"] or (0, 0, 0)
        here, there = data["levels"]
        read = {
            "levels": (here, there),
            "ending": Ending(data["ending"]),
            "flicker": tuple(data["flicker"]),
        }
        return cls(**{**data, **read, "colour": (y, u, v) if data["colour"] else None})


def likeness(
    before: Path,
    after: Path,
    facts: tuple[ClipFacts, ClipFacts],
    *,
    ffmpeg: Ffmpeg,
    cancel: Event | None = None,
) -> Likeness:
    """Look at both clips around their join. Costs about one decoding of the first, and of what it shares.

    Raises MediaError where a clip cannot be decoded, CancelledError when `cancel` is set.
    """
    past = Past.of(glimpses(before, cancel))
    future = Future(glimpses(after, cancel), float(facts[1].rate))
    copied = copied_frames(past, future)
    new, last = future.at(copied), past.tail[-1]
    is_alike = new is not None and correlation(last, new) >= _ALIKE
    repeat = residual(last, new) / past.step if new is not None and past.step >= STILL else None
    seam = copied + (is_alike and repeat is not None and repeat < REPEATED)
    colour = None
    if new is not None and is_alike:
        y, u, v = (there - here for here, there in zip(last.colour, new.colour, strict=True))
        colour = round(y, 2), round(u, 2), round(v, 2)
    flicker = (0.0, 0.0, 0.0) if seam > copied else past.flicker
    return Likeness(
        copied=copied,
        frames=facts[1].frames,
        repeat=None if repeat is None else round(repeat, 3),
        seam=seam,
        colour=colour,
        flicker=flicker,
        levels=(
            _level(ffmpeg, before, facts[0], max(0.0, facts[0].seconds - _HEARD)),
            _level(ffmpeg, after, facts[1], seam / float(facts[1].rate)),
        ),
        ending=_ending(last, past.earlier),
    )


def _ending(last: Glimpse, earlier: Glimpse) -> Ending:
    if last.colour[0] < _BLACK and last.contrast < _FLAT:
        return Ending.BLACK
    if last.contrast < 0.6 * earlier.contrast:
        return Ending.FADED
    return Ending.BLURRED if last.sharpness < 0.5 * earlier.sharpness else Ending.CLEAR


def _level(ffmpeg: Ffmpeg, path: Path, facts: ClipFacts, start: float) -> float | None:
    return None if facts.audio is None else round(level_of(ffmpeg, path, start, _HEARD), 1)
