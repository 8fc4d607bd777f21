"""Where a sound begins again: what would click is taken out of the seam, what flows is left alone."""

from array import array
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from kling_spec.media._splice import FRAME
from kling_spec.media._stretch import SOFT


def soften_seam(raw: Path) -> bool:
    """Fade both ends of raw stereo by 5 ms where its end does not lead into its start; return whether it did.

    A sound that was made to be repeated has no step there that it has not elsewhere.
    """
    with raw.open("rb+") as sound:
        head = array("f", sound.read(SOFT * FRAME))
        sound.seek(-len(head) * head.itemsize, 2)
        tail = array("f", sound.read())
        if not _is_rough(tail, head):
            return False
        many = len(head) // 2
        for at in range(many):
            for channel in (0, 1):
                head[2 * at + channel] *= at / many
                tail[-1 - 2 * at - channel] *= at / many
        sound.seek(-len(tail) * tail.itemsize, 2)
        sound.write(tail.tobytes())
        sound.seek(0)
        sound.write(head.tobytes())
    return True


def _is_rough(tail: Sequence[float], head: Sequence[float]) -> bool:
    for channel in (0, 1):
        before, behind = tail[channel::2], head[channel::2]
        usual = max(
            (abs(one - other) for ends in (before, behind) for one, other in pairwise(ends)), default=0.0
        )
        if abs(before[-1] - behind[0]) > 2 * usual + 0.002:
            return True
    return False
