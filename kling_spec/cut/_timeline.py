"""The plan of a film in whole frames; pure, so that every mistake is found before the first encode."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kling_spec.cut._material import Material
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import AssetClip, Clip, Film, Transition, TransitionKind
from kling_spec.media import Canvas, ClipFacts

_USUAL = Fraction(24)
"""Frames in a second of a film whose clips do not agree on another number."""
_STILL = Decimal(2)
"""Seconds of a still that does not say."""

EFFECTS = {
    TransitionKind.CROSSFADE: "fade",
    TransitionKind.DIP_TO_BLACK: "black",
    TransitionKind.DIP_TO_WHITE: "white",
    TransitionKind.WIPE: "wipeleft",
}
"""What media/ calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One clip's part of the film, in frames of the film's rate."""

    first: int
    """The frame of the clip that stands first."""
    frames: int
    is_whole: bool
    """Whether it is the clip from its first frame to its last."""
    overlap: int = 0
    """Frames shared with the stretch before."""
    effect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A film in frames."""

    canvas: Canvas
    stretches: tuple[Stretch, ...]

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return sum(stretch.frames - stretch.overlap for stretch in self.stretches)

    @property
    def samples(self) -> int:
        """How many samples of sound go with them."""
        return self.canvas.sample(self.frames)


def lay_out(film: Film, materials: Sequence[Material]) -> tuple[Timeline | None, tuple[Diagnostic, ...]]:
    """Return the film in frames, or all trims and transitions that do not fit.

    `materials` stand in the order of the film's clips. Times are rounded to the
    nearest frame; a trim may end one frame behind its clip, which rounding can do.
    """
    canvas = canvas_of(materials)
    stretches: list[Stretch] = []
    wrong: list[Diagnostic] = []
    for clip, material in zip(film.clips, materials, strict=True):
        made = _stretch(clip, material, canvas.rate)
        if isinstance(made, Diagnostic):
            wrong.append(made)
        else:
            stretches.append(made)
    if not wrong:
        wrong += _tight(film, stretches, canvas.rate)
    if wrong:
        return None, tuple(wrong)
    return Timeline(canvas=canvas, stretches=tuple(stretches)), ()


def canvas_of(materials: Sequence[Material]) -> Canvas:
    """Return the first video's size, and the rate on which all videos agree, else 24."""
    videos = [material.facts for material in materials if isinstance(material.facts, ClipFacts)]
    rates = {facts.rate if facts.regular else _USUAL for facts in videos}
    if videos:
        width, height = videos[0].shown_size
    else:
        width, height = (
            max(2, side - side % 2) for side in (materials[0].facts.width, materials[0].facts.height)
        )
    return Canvas(width=width, height=height, rate=rates.pop() if len(rates) == 1 else _USUAL)


def _stretch(clip: Clip, material: Material, rate: Fraction) -> Stretch | Diagnostic:
    facts = material.facts
    overlap, effect = _entry(clip.transition, rate)
    if not isinstance(facts, ClipFacts):
        seconds = clip.seconds if isinstance(clip, AssetClip) and clip.seconds else _STILL
        frames = max(1, _frames(seconds, rate))
        return Stretch(first=0, frames=frames, is_whole=True, overlap=overlap, effect=effect)
    there = (
        facts.frames
        if facts.regular and facts.rate == rate
        else max(1, round(Fraction(facts.seconds) * rate))
    )
    first = _frames(clip.start or Decimal(0), rate)
    last = there if (end := _end(clip)) is None else _frames(end, rate)
    if last > there + 1 or first >= min(last, there):
        return _outside(clip, material, first >= last)
    last = min(last, there)
    whole = (first, last) == (0, there)
    return Stretch(first=first, frames=last - first, is_whole=whole, overlap=overlap, effect=effect)


def _end(clip: Clip) -> Decimal | None:
    if clip.end is None and isinstance(clip, AssetClip) and clip.seconds is not None:
        return (clip.start or Decimal(0)) + clip.seconds
    return clip.end


def _entry(transition: Transition | None, rate: Fraction) -> tuple[int, str]:
    if transition is None or not transition.seconds:
        return 0, ""
    return max(1, _frames(transition.seconds, rate)), EFFECTS[transition.kind]


def _outside(clip: Clip, material: Material, is_reversed: bool) -> Diagnostic:  # noqa: FBT001 -- private
    facts = material.facts
    length = facts.seconds if isinstance(facts, ClipFacts) else 0
    start, end = clip.start or Decimal(0), _end(clip)
    if is_reversed and end is not None:
        message = f"the trim of '{material.name}' ends at {end:g} s, before it has begun at {start:g} s"
    else:
        reach = f"ends at {end:g} s" if end is not None and end > length else f"begins at {start:g} s"
        message = f"the trim of '{material.name}' {reach}; the clip is {length:.3f} s long"
    return Diagnostic(
        code="KS701",
        message=message,
        origin=clip.origin,
        help=f"stay between 0 and {length:.3f}, start first",
    )


def _tight(film: Film, stretches: Sequence[Stretch], rate: Fraction) -> list[Diagnostic]:
    """Return a finding for every transition that takes more frames than its two clips have."""
    wrong = []
    for at, (clip, stretch) in enumerate(zip(film.clips, stretches, strict=True)):
        before = stretches[at - 1].frames - stretches[at - 1].overlap if at else 0
        room = min(before, stretch.frames)
        if stretch.overlap > room and at == 0:
            message, advice = "the first clip has none before it to come from", "leave its transition out"
        elif stretch.overlap > room:
            took = f"the transition into clip {at + 1} takes {stretch.overlap} frames"
            message = f"{took}; its clips have {room} free"
            most = Decimal(int(room / rate * 100)) / 100
            advice = (
                f"write {most:g} seconds or less" if most > 0 else "make the transition before it shorter"
            )
        else:
            continue
        wrong.append(Diagnostic(code="KS703", message=message, origin=clip.origin, help=advice))
    return wrong


def _frames(seconds: Decimal, rate: Fraction) -> int:
    return round(Fraction(seconds) * rate)
