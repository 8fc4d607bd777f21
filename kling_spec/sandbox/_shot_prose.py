"""Shots that are told inside a prompt: `shot 1, 3, what is seen; shot 2, 2, what follows;`."""

import re
from collections.abc import Iterator

from kling_spec.sandbox._shape import Fault

_SHOT = re.compile(r"\s*(?:shot|镜头)\s*(\d+)\s*,\s*([\d.]+)\s*s?\s*,(.*)", re.IGNORECASE | re.DOTALL)
_SECONDS = re.compile(r"[1-9]\d?")
_MOST = 6
_LONGEST = 512


def shot_faults(field: str, prompt: str, seconds: int) -> Iterator[Fault]:
    """Yield what is wrong with the shots of a prompt; a prompt that tells none has no faults.

    A half-width semicolon ends a shot wherever it stands, so one inside of a shot's text leaves a piece
    behind that is none.
    """
    pieces = [piece for piece in prompt.split(";") if piece.strip()]
    shots = [match for piece in pieces if (match := _SHOT.fullmatch(piece))]
    if not shots:
        return
    if len(shots) < len(pieces):
        odd = next(piece for piece in pieces if not _SHOT.fullmatch(piece)).strip()
        yield Fault(field, f"holds '{odd[:40]}' among its shots, which is none")
    if len(shots) > _MOST:
        yield Fault(field, f"tells {len(shots)} shots, at most {_MOST} are allowed")
    for place, shot in enumerate(shots, start=1):
        number, length, words = shot.groups()
        if int(number) != place:
            yield Fault(field, f"counts its shot {place} as {number}")
        if not _SECONDS.fullmatch(length):
            yield Fault(
                field, f"gives shot {place} a length of {length} s, whole seconds from 1 on are needed"
            )
            return
        if not 1 <= len(words.strip()) <= _LONGEST:
            yield Fault(
                field, f"says {len(words.strip())} characters in shot {place}, 1 to {_LONGEST} are right"
            )
    total = sum(int(shot[2]) for shot in shots)
    if total != seconds:
        yield Fault(
            field, f"tells shots of {total} s in all, which is not the duration of {seconds} s", "conflict"
        )
