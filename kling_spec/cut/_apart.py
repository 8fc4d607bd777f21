"""Cues that overlap, laid one behind the other: what is read at once is one cue. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from kling_spec.ir import Cue

_SLIP = Fraction(1, 4)
"""Seconds; a shorter overlap is an editor's slip, and the earlier cue ends earlier."""


class CrowdedError(Exception):
    """More cues are shown at once than anybody could read."""

    most = 3

    def __init__(self, frame: int) -> None:
        self.frame = frame
        super().__init__(f"at frame {frame}")


def apart(cues: Iterable[Cue], rate: Fraction) -> tuple[Cue, ...]:
    """Return cues that follow each other; where several overlap, one has the lines of all.

    Raises CrowdedError where more than three do.
    """
    waiting = _unslipped(sorted(cues, key=lambda cue: cue.first), int(_SLIP * rate))
    waiting.reverse()
    edges = sorted({edge for cue in waiting for edge in (cue.first, cue.first + cue.frames)})
    shown: list[Cue] = []
    made: list[Cue] = []
    for begin, end in pairwise(edges):
        shown = [cue for cue in shown if cue.first + cue.frames > begin]
        while waiting and waiting[-1].first <= begin:
            shown.append(waiting.pop())
            if len(shown) > CrowdedError.most:
                raise CrowdedError(begin)
        if not shown:
            continue
        text = "\n".join(dict.fromkeys(cue.text for cue in shown))
        before = made[-1] if made else None
        if before is not None and before.text == text and before.first + before.frames == begin:
            made[-1] = replace(before, frames=end - before.first)
        else:
            made.append(Cue(first=begin, frames=end - begin, text=text))
    return tuple(made)


def _unslipped(cues: list[Cue], slip: int) -> list[Cue]:
    """Return the cues in order, without overlaps of a few frames."""
    kept: list[Cue] = []
    for cue in cues:
        before = kept[-1] if kept else None
        over = before.first + before.frames - cue.first if before is not None else 0
        if before is not None and before.first < cue.first and 0 < over <= slip < cue.frames:
            kept[-1] = replace(before, frames=before.frames - over)
        kept.append(cue)
    return kept
