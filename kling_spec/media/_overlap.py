"""Two clips frame by frame: how much of the first one stands at the head of the second."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import sub
from statistics import median

from kling_spec.media._glimpse import Glimpse, apart, residual

_SAME = 4.0
"""Codes by which aligned frames differ at most where one clip holds the other, encoded anew."""
_CLEARER = 3.0
"""How many times as far apart the same frames are when one side is shifted."""
_SHIFT = 12
"""Frames by which that is."""
_SHORTEST = 2 * _SHIFT
"""Frames of the first clip that the second has to hold; less is a repeated frame or nothing."""
REPEATED = 0.3
"""Of the first clip's own step from frame to frame: what is nearer to its last frame is that frame again."""
STILL = 0.5
"""Codes; where a clip moves by less, a repeated frame cannot be told, nor seen."""
_TAIL = 64
"""Frames of a clip's end that are kept: half a second, and the last twenty steps, at any usual rate."""


@dataclass(frozen=True, slots=True)
class Past:
    """The first clip: all of it at its smallest, its end a little larger."""

    small: Sequence[bytes]
    seconds: Sequence[float]
    tail: Sequence[Glimpse]

    @classmethod
    def of(cls, frames: Iterable[Glimpse]) -> "Past":
        tail: deque[Glimpse] = deque(maxlen=_TAIL)
        small, seconds = [], []
        for frame in frames:
            small.append(frame.small)
            seconds.append(frame.second)
            tail.append(frame)
        return cls(small, seconds, tuple(tail))

    @property
    def step(self) -> float:
        """How much changes from one of the last frames to the next, in codes."""
        return median([residual(one, other) for one, other in pairwise(self.tail[-21:])] or [0.0])

    @property
    def flicker(self) -> tuple[float, float, float]:
        """By how many codes the mean of Y, U and V changes at most from one of the last frames to the next."""
        means = [frame.colour for frame in self.tail[-21:]]
        steps = [tuple(map(sub, other, one)) for one, other in pairwise(means)] or [(0.0, 0.0, 0.0)]
        y, u, v = (round(max(map(abs, plane)), 2) for plane in zip(*steps, strict=True))
        return y, u, v

    @property
    def earlier(self) -> Glimpse:
        """The frame half a second before the last one, or the first one of a shorter clip."""
        then = [frame.second for frame in self.tail]
        return self.tail[bisect_left(then, then[-1] - 0.5)]


class Future:
    """The second clip, decoded only as far as it is asked for."""

    def __init__(self, frames: Iterable[Glimpse], rate: float) -> None:
        self.rate = rate
        self.small: list[bytes] = []
        self._frames = iter(frames)
        self._kept: dict[int, Glimpse] = {}
        self._seconds: list[float] = []

    def reach(self, second: float, keep_from: float) -> None:
        """Decode up to `second`; keep what stands from `keep_from` on in its larger form."""
        while not self._seconds or self._seconds[-1] < second:
            frame = next(self._frames, None)
            if frame is None:
                return
            if not self._seconds or frame.second >= keep_from:
                self._kept[len(self._seconds)] = frame
            self._seconds.append(frame.second)
            self.small.append(frame.small)

    def at(self, number: int) -> Glimpse | None:
        """Return a frame that was kept, or the one that is decoded next; None behind the end."""
        if number == len(self._seconds):
            self.reach((number - 0.5) / self.rate, 0)
        return self._kept.get(number)

    def nearest(self, second: float) -> int | None:
        """Return which frame is shown then; None where nothing that was decoded is."""
        number = bisect_left(self._seconds, second - 0.5 / self.rate)
        return number if number < len(self._seconds) else None


def copied_frames(past: Past, future: Future) -> int:
    """Return how many frames the second clip has before it shows what the first does not."""
    future.reach(0, 0)
    first = [apart(frame, future.small[0]) for frame in past.small]
    for begin in dict.fromkeys((0, first.index(min(first)))):
        if first[begin] < 2 * _SAME and len(past.small) - begin >= _SHORTEST:
            here = _copied_from(begin, past, future)
            if here:
                return here
    return 0


def _copied_from(begin: int, past: Past, future: Future) -> int:
    """Return the same for a second clip that begins as the first does at frame `begin`."""
    zero, end = past.seconds[begin], past.seconds[-1] - past.seconds[begin]
    margin = 3.5 / future.rate
    future.reach(past.seconds[begin + _SHORTEST - 1] - zero, end - margin)
    if not _holds(past, begin, future):
        return 0
    future.reach(end + margin, end - margin)
    if not _holds(past, begin, future):
        return 0
    nominal = future.nearest(end)
    if nominal is None:
        return len(future.small)
    if past.step < STILL:
        return nominal + 1
    near = {
        number: residual(past.tail[-1], frame) / past.step
        for number in range(max(0, nominal - 2), nominal + 3)
        if (frame := future.at(number)) is not None
    }
    same = [number for number, off in near.items() if off < REPEATED]
    return 1 + (max(same) if same else min(near, key=near.__getitem__))


def _holds(past: Past, begin: int, future: Future) -> bool:
    """Whether what is decoded of the second clip is the first, frame by frame, and not only like it."""
    aligned, shifted = [], []
    for number in range(begin, len(past.small)):
        there = future.nearest(past.seconds[number] - past.seconds[begin])
        if there is None:
            break
        aligned.append(apart(past.small[number], future.small[there]))
        if number >= begin + _SHIFT:
            shifted.append(apart(past.small[number - _SHIFT], future.small[there]))
    if len(shifted) < _SHIFT:
        return False
    off = median(aligned)
    return off < _SAME and median(shifted) >= _CLEARER * max(off, 0.1)
