"""From what was measured at a join to what a viewer would notice, and what helps."""

from collections.abc import Iterator

from kling_spec.cut._join import Sight, seconds
from kling_spec.cut._material import name_of
from kling_spec.cut._pair import Chain, Colour, Pair, jump_of
from kling_spec.ir import Film, ShotEntry
from kling_spec.media import SILENCE, Ending, Likeness

_COLOUR = 1.5
"""Codes from which a jump in Y, U or V is told."""
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
    drop, before = trim_of(pair, seen), name_of(pair.before)
    auto = "" if pair.after.is_join_trimmed else "write 'join: auto' at this entry, which "
    if seen.copied > pair.begin:
        stretch = f"its first {seconds(seen.copied / float(pair.facts[1].rate))} ({seen.copied} frames) are"
        if not drop:
            text, advice = f"all that is shown of it is '{before}' once more", "leave one of the two out"
        else:
            begin = seconds(drop / float(pair.facts[1].rate))
            text = f"{stretch} '{before}' once more"
            advice = auto and f"{auto}takes it from {begin} on; or show it instead of '{before}'"
        yield Sight(code="KS731", text=text, advice=advice)
    elif drop:
        text = f"the last frame of '{before}' is seen twice"
        yield Sight(code="KS730", text=text, advice=auto and f"{auto}drops its first frame")


def _ending(pair: Pair, seen: Likeness) -> Iterator[Sight]:
    if not isinstance(pair.after, ShotEntry) or not pair.after.opens_on_last_frame:
        return
    if seen.ending is Ending.CLEAR:
        return
    text = f"the last frame, from which it was made, is {seen.ending}"
    advice = "make another take of the shot before, or write a picture of your own as 'first_frame'"
    yield Sight(code="KS734", text=text, advice=advice)


def _colours(seen: Likeness, chain: Chain) -> Iterator[Sight]:
    jump = jump_of(seen)
    drifts = chain.joins > 1 and chain.drift is not None and _is_seen(chain.drift)
    if not _is_seen(jump) and not drifts:
        return
    words = [f"the colours jump by {_codes(jump)}"] if _is_seen(jump) else []
    if drifts and chain.drift:
        begin = "and have moved" if words else "the colours have moved"
        words.append(f"{begin} by {_codes(chain.drift)} since '{chain.first}'")
    advice = "make another take, or cover the join with a transition"
    yield Sight(code="KS732", text=" ".join(words), advice=advice)


def _is_seen(colour: Colour) -> bool:
    return max(map(abs, colour)) > _COLOUR


def _codes(colour: Colour) -> str:
    return ", ".join(f"{name} {code:+.1f}" for name, code in zip("YUV", colour, strict=True))


def _loudness(film: Film, pair: Pair, seen: Likeness) -> Iterator[Sight]:
    if film.sound.is_clips_mute:
        return
    entries = pair.before, pair.after
    here, there = (
        SILENCE if entry.is_mute or level <= SILENCE else level + float(entry.gain)
        for entry, level in zip(entries, seen.levels, strict=True)
    )
    jump = there - here
    if abs(jump) <= _LOUDNESS:
        return
    if SILENCE in (here, there):
        words = (
            f"sound sets in at {there:.1f} LUFS"
            if here == SILENCE
            else f"the sound of {here:.1f} LUFS breaks off"
        )
        advice = "soften it with a transition, or let music play below"
    else:
        moves = "rises" if jump > 0 else "falls"
        words = f"the sound {moves} by {abs(jump):.1f} LU, from {here:.1f} to {there:.1f} LUFS"
        advice = f"write 'gain: {round(float(pair.after.gain) - jump, 1):g}' at this entry"
    yield Sight(code="KS733", text=words, advice=advice)
