"""Lowers a film to whole frames; pure, so that every mistake is found before the first encode."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from kling_spec.cut._canvas import canvas_of
from kling_spec.cut._cues import cues_of
from kling_spec.cut._material import Material, Stock, key_of, name_of
from kling_spec.cut._overlays import overlays_of
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import (
    AssetEntry,
    Clip,
    Entrance,
    Entry,
    Film,
    Gap,
    GapEntry,
    Timeline,
    Transition,
)
from kling_spec.media import ClipFacts, ImageFacts

_STILL = Decimal(2)
"""Seconds of a still that does not say."""


def lay_out(
    film: Film, stock: Stock, trims: Mapping[int, int] = MappingProxyType({})
) -> tuple[Timeline | None, tuple[Diagnostic, ...]]:
    """Return the film in frames, or all trims and transitions that do not fit.

    Times are rounded to the nearest frame; a trim may end one frame behind its
    clip, which rounding can do. `trims` names entries, counted from 0, that
    begin no earlier than behind so many of their material's own frames.
    """
    shown = [stock.of_entry(entry) for entry in film.entries]
    canvas = canvas_of(film.delivery, [_seen(material) for material in shown])
    picture: list[Clip | Gap] = []
    wrong: list[Diagnostic] = []
    for number, (entry, material) in enumerate(zip(film.entries, shown, strict=True)):
        made = _item(film, entry, material, stock, canvas.rate, trims.get(number, 0))
        if isinstance(made, Diagnostic):
            wrong.append(made)
        else:
            picture.append(made)
    if not wrong:
        wrong += _tight(film, picture, canvas.rate)
    if wrong:
        return None, tuple(wrong)
    timeline = Timeline(canvas=canvas, delivery=film.delivery, picture=tuple(picture))
    cues, found = cues_of(film, timeline, stock)
    overlays, late = overlays_of(film, timeline, stock, cues)
    wrong = [*found, *late]
    if any(finding.is_error for finding in wrong):
        return None, tuple(wrong)
    whole = Timeline(
        canvas=canvas, delivery=film.delivery, picture=tuple(picture), overlays=overlays, cues=cues
    )
    return whole, tuple(wrong)


def _seen(material: Material | None) -> ClipFacts | ImageFacts | None:
    facts = material.facts if material is not None else None
    return facts if isinstance(facts, ClipFacts | ImageFacts) else None


def _item(  # noqa: PLR0913 -- an entry, and all that decides its frames
    film: Film, entry: Entry, material: Material | None, stock: Stock, rate: Fraction, dropped: int
) -> Clip | Gap | Diagnostic:
    entrance = _entrance(entry.transition, rate)
    if isinstance(entry, GapEntry):
        return Gap(frames=max(1, _frames(entry.seconds, rate)), color=entry.color, entrance=entrance)
    if material is None:
        raise ValueError(f"there is no material of {name_of(entry)}")
    place = stock.places[key_of(entry) or ""]
    fit = entry.fit or film.delivery.fit or film.fit
    if not isinstance(material.facts, ClipFacts):
        seconds = entry.seconds if isinstance(entry, AssetEntry) and entry.seconds else _STILL
        frames = max(1, _frames(seconds, rate))
        return Clip(source=place, first=0, frames=frames, entrance=entrance, fit=fit, is_mute=True)
    speed = Fraction(entry.speed)
    there = _length(material.facts, rate, speed)
    first = _frames((entry.start or Decimal(0)) / entry.speed, rate)
    last = there if (end := _end(entry)) is None else _frames(end / entry.speed, rate)
    if last > there + 1 or first >= min(last, there):
        return _outside(entry, material, is_reversed=first >= last)
    last = min(last, there)
    first = max(first, min(round(dropped / material.facts.rate * rate / speed), last - 1))
    return Clip(
        source=place,
        first=first,
        frames=last - first,
        entrance=entrance,
        speed=speed,
        fit=fit,
        is_whole=speed == 1 and (first, last) == (0, there),
        gain=entry.gain,
        is_mute=entry.is_mute,
    )


def _length(facts: ClipFacts, rate: Fraction, speed: Fraction) -> int:
    """Return how many frames the clip has as it plays: at the film's rate, so fast."""
    if facts.regular and facts.rate == rate:
        return max(1, int(facts.frames / speed)) if speed > 1 else max(1, round(facts.frames / speed))
    return max(1, round(Fraction(facts.seconds) * rate / speed))


def _end(entry: Entry) -> Decimal | None:
    if isinstance(entry, GapEntry):
        return None
    if entry.end is None and isinstance(entry, AssetEntry) and entry.seconds is not None:
        return (entry.start or Decimal(0)) + entry.seconds
    return entry.end


def _entrance(transition: Transition | None, rate: Fraction) -> Entrance | None:
    if transition is None or not transition.seconds:
        return None
    return Entrance(kind=transition.kind, frames=max(1, _frames(transition.seconds, rate)))


def _outside(entry: Entry, material: Material, *, is_reversed: bool) -> Diagnostic:
    facts = material.facts
    length = facts.seconds if isinstance(facts, ClipFacts) else 0
    start = (None if isinstance(entry, GapEntry) else entry.start) or Decimal(0)
    end = _end(entry)
    if is_reversed and end is not None:
        message = f"the trim of '{material.name}' ends at {end:g} s, before it has begun at {start:g} s"
    else:
        reach = f"ends at {end:g} s" if end is not None and end > length else f"begins at {start:g} s"
        message = f"the trim of '{material.name}' {reach}; the clip is {length:.3f} s long"
    return Diagnostic(
        code="KS701",
        message=message,
        origin=entry.origin,
        help=f"stay between 0 and {length:.3f}, start first",
    )


def _tight(film: Film, picture: Sequence[Clip | Gap], rate: Fraction) -> list[Diagnostic]:
    """Return a finding for every transition that takes more frames than its two clips have."""
    wrong = []
    for at, (entry, item) in enumerate(zip(film.entries, picture, strict=True)):
        before = picture[at - 1].frames - picture[at - 1].overlap if at else 0
        room = min(before, item.frames)
        if item.overlap > room and at == 0:
            message, advice = "the first clip has none before it to come from", "leave its transition out"
        elif item.overlap > room:
            took = f"the transition into clip {at + 1} takes {item.overlap} frames"
            message = f"{took}; its clips have {room} free"
            most = Decimal(int(room / rate * 100)) / 100
            advice = (
                f"write {most:g} seconds or less" if most > 0 else "make the transition before it shorter"
            )
        else:
            continue
        wrong.append(Diagnostic(code="KS703", message=message, origin=entry.origin, help=advice))
    return wrong


def _frames(seconds: Decimal, rate: Fraction) -> int:
    return round(Fraction(seconds) * rate)
