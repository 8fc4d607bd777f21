"""From what was measured at a join to what a viewer would notice, and what helps."""

from collections.abc import Iterator
from decimal import Decimal

from kling_spec.cut._join import Sight, seconds
from kling_spec.cut._material import name_of
from kling_spec.cut._pair import Chain, Colour, Pair, jump_of
from kling_spec.ir import Film
from kling_spec.media import SILENCE, Ending, Likeness

_COLOUR = 1.5
"""Codes from which a jump in Y, U or V is told."""
_SAME = 0.5
"""Codes by which what joins added up to must differ from the last one's own jump to be told as well."""
_LOUDNESS = 6.0
"""LU from which a jump in loudness is told."""


def trim_of(pair: Pair, seen: Likeness) -> int:
    """Return how many frames the second clip should begin behind; 0 where nothing is seen twice.

    A clip that would be left with nothing is not trimmed.
    """
    twice = seen.copied > pair.begin or (seen.is_repeated and pair.is_bare)
    return seen.seam if twice and seen.seam < pair.end else 0


def sights_of(film: Film, pair: Pair, seen: Likeness, chain: Chain) -> tuple[Sight, ...]:
    """Return what is noticed at the join, the worst first."""
    found = [*_twice(pair, seen), *_ending(pair, seen)]
    if pair.is_bare and seen.seam < seen.frames:
        found += [*_colours(seen, chain), *_loudness(film, pair, seen)]
    return tuple(found)


def _twice(pair: Pair, seen: Likeness) -> Iterator[Sight]:
    drop, before, after = trim_of(pair, seen), name_of(pair.before), name_of(pair.after)
    auto = "" if pair.after.is_join_trimmed else "write 'join: auto' at this entry, which "
    if seen.copied > pair.begin:
        stretch = f"the first {seconds(seen.copied / float(pair.facts[1].rate))} ({seen.copied} frames)"
        if not drop:
            text, advice = (
                f"all that is shown of '{after}' is '{before}' once more",
                "leave one of the two out",
            )
        else:
            begin = seconds(drop / float(pair.facts[1].rate))
            text = f"{stretch} of '{after}' are '{before}' once more"
            advice = auto and f"{auto}takes it from {begin} on; or show it instead of '{before}'"
        yield Sight(code="KS731", text=text, advice=advice)
    elif drop:
        text = f"the last frame of '{before}' is seen twice"
        yield Sight(code="KS730", text=text, advice=auto and f"{auto}drops its first frame")


def _ending(pair: Pair, seen: Likeness) -> Iterator[Sight]:
    if not pair.after.opens_on_last_frame or seen.ending is Ending.CLEAR:
        return
    text = f"the last frame, from which it was made, is {seen.ending}"
    advice = "make another take of the shot before, or write a picture of your own as 'first_frame'"
    yield Sight(code="KS734", text=text, advice=advice)


def _colours(seen: Likeness, chain: Chain) -> Iterator[Sight]:
    jump = jump_of(seen)
    words = [f"jump by {_codes(jump)}"] if _is_seen(jump) else []
    if chain.drift is not None and _is_seen(chain.drift) and _apart(chain.drift, jump) > _SAME:
        words.append(f"have moved by {_codes(chain.drift)} since '{chain.first}'")
    if not words:
        return
    advice = "make another take, or cover the join with a transition"
    yield Sight(code="KS732", text=f"the colours {' and '.join(words)}", advice=advice)


def _is_seen(colour: Colour) -> bool:
    return max(map(abs, colour)) > _COLOUR


def _apart(one: Colour, other: Colour) -> float:
    return max(abs(here - there) for here, there in zip(one, other, strict=True))


def _codes(colour: Colour) -> str:
    return ", ".join(f"{name} {code:+.1f}" for name, code in zip("YUV", colour, strict=True))


def _loudness(film: Film, pair: Pair, seen: Likeness) -> Iterator[Sight]:
    """Compare what is heard on both sides; a clip that has no sound, or is muted, is meant to be silent."""
    before, after = seen.levels
    is_mute = film.sound.is_clips_mute or pair.before.is_mute or pair.after.is_mute
    if is_mute or before is None or after is None:
        return
    here, there = _heard(before, pair.before.gain), _heard(after, pair.after.gain)
    jump = there - here
    if abs(jump) <= _LOUDNESS:
        return
    advice = "soften it with a transition, or let music play below"
    if here <= SILENCE:
        words = f"sound sets in at {there:.1f} LUFS"
    elif there <= SILENCE:
        words = f"the sound of {here:.1f} LUFS breaks off"
    else:
        moves = "rises" if jump > 0 else "falls"
        words = f"the sound {moves} by {abs(jump):.1f} LU, from {here:.1f} to {there:.1f} LUFS"
        advice = f"write 'gain: {round(float(pair.after.gain) - jump, 1):g}' at this entry"
    yield Sight(code="KS733", text=words, advice=advice)


def _heard(level: float, gain: Decimal) -> float:
    return SILENCE if level <= SILENCE else level + float(gain)
