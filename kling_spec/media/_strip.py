"""A film as media/ needs it: stretches of files on a grid of frames."""

from dataclasses import dataclass
from pathlib import Path

from kling_spec.media._facts import ClipFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A stretch of one file, in frames of the film.

    No two strips of a film may name the same path: the graph opens each as an
    input of its own, and equal inputs would be merged into one.
    """

    path: Path
    facts: ClipFacts | None
    """None for a still, which is a PNG of the canvas' size."""
    first: int = 0
    """The frame of the clip, at the film's rate, that stands first."""
    frames: int
    overlap: int = 0
    """Frames that it shares with the strip before it."""
    effect: str = ""
    """How it is entered where `overlap` is not 0: through `black` or `white`, or by a name of xfade's."""


@dataclass(frozen=True, slots=True)
class Body:
    """Frames of one strip alone, counted from its first; the end is exclusive."""

    strip: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Blend:
    """The frames in which the strip `after` takes over from the one before it."""

    after: int
    frames: int


def pieces_of(strips: tuple[Strip, ...]) -> list[Body | Blend]:
    """Return bodies and transitions in the order of the film; their frames add up to the film's."""
    pieces: list[Body | Blend] = []
    for at, strip in enumerate(strips):
        if strip.overlap:
            pieces.append(Blend(at, strip.overlap))
        leaving = strips[at + 1].overlap if at + 1 < len(strips) else 0
        if strip.overlap < strip.frames - leaving:
            pieces.append(Body(at, strip.overlap, strip.frames - leaving))
    return pieces


def length_of(strips: tuple[Strip, ...]) -> int:
    """Return how many frames the film has."""
    return sum(strip.frames - strip.overlap for strip in strips)
