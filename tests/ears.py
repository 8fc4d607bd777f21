"""What tests hear: levels, tones, clicks and holes in sound."""

from array import array
from collections.abc import Sequence
from itertools import pairwise
from math import cos, log10, pi, sin
from pathlib import Path

import av

from kling_spec.ir import SAMPLE_RATE


def of_raw(path: Path) -> tuple[list[float], list[float]]:
    """Return both channels of raw stereo."""
    values = array("f", path.read_bytes())
    return list(values[0::2]), list(values[1::2])


def of_film(path: Path) -> tuple[list[float], list[float]]:
    """Return both channels of a film as they play."""
    left, right = array("f"), array("f")
    with av.open(str(path)) as container:
        track = container.streams.audio[0]
        length = track.duration
        for frame in container.decode(track):
            for channel, plane in zip((left, right), frame.planes, strict=True):
                channel.frombytes(bytes(plane)[: 4 * frame.samples])
    return list(left[:length]), list(right[:length])


def tone(sound: Sequence[float], hertz: float) -> float:
    """Return the amplitude of one tone."""
    turns = [2 * pi * hertz * at / SAMPLE_RATE for at in range(len(sound))]
    real = sum(level * cos(turn) for level, turn in zip(sound, turns, strict=True))
    other = sum(level * sin(turn) for level, turn in zip(sound, turns, strict=True))
    return 2 * (real * real + other * other) ** 0.5 / len(sound)


def decibels(ratio: float) -> float:
    return 20 * log10(max(ratio, 1e-9))


def clicks(sound: Sequence[float], above: float = 0.3, apart: int = 4000) -> list[int]:
    """Return the samples at which something loud begins."""
    found: list[int] = []
    last = -apart
    for at, level in enumerate(sound):
        if abs(level) > above:
            if at - last >= apart:
                found.append(at)
            last = at
    return found


def holes(sound: Sequence[float], below: float = 1e-3) -> list[int]:
    """Return the lengths of all stretches of 10 ms and more in which nothing is heard."""
    found, silent = [], 0
    for level in (*sound, 1.0):
        if abs(level) < below:
            silent += 1
            continue
        if silent >= SAMPLE_RATE // 100:
            found.append(silent)
        silent = 0
    return found


def step(sound: Sequence[float], at: int, reach: int = 480) -> float:
    """Return the largest jump from one sample to the next within 10 ms of a place."""
    near = sound[max(0, at - reach) : at + reach]
    return max(abs(one - other) for one, other in pairwise(near))


def power(sound: Sequence[float]) -> float:
    """Return the mean square."""
    return sum(level * level for level in sound) / len(sound)
