"""Joins clips without touching their pictures."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any

from kling_spec.media._error import CancelledError
from kling_spec.media._probe import opened
from kling_spec.media._run import source


def ticks_of(rate: Fraction) -> int:
    """Return the clock of a film's video track: a whole number of its ticks is one frame."""
    return rate.numerator * 512 if rate.denominator == 1 else rate.numerator


def join_copies(clips: Sequence[Path], rate: Fraction, target: Path, *, cancel: Event | None = None) -> None:
    """Write the pictures of whole clips one after another, packet for packet, without sound.

    Frames stand on the exact grid of `rate`, whatever the clocks of the clips
    were. The caller has made sure that all parameter sets are equal.
    """
    import av

    base = Fraction(1, ticks_of(rate))
    step = int(1 / (rate * base))
    with av.open(source(target), "w", format="mp4") as film:
        track: Any = None
        done = 0
        for clip in clips:
            if cancel is not None and cancel.is_set():
                raise CancelledError("the render was cancelled")
            with opened(clip, "mov") as container:
                video = container.streams.video[0]
                track = track or film.add_stream_from_template(video)
                track.time_base = base
                packets = [packet for packet in container.demux(video) if packet.size]
            for packet in _on_grid(packets, done, step):
                packet.time_base, packet.stream = base, track
                film.mux(packet)
            done += len(packets)


def _on_grid(packets: list[Any], done: int, step: int) -> list[Any]:
    """Return the packets of one clip with the times they have behind the `done` frames before it."""
    ranks = {pts: rank for rank, pts in enumerate(sorted(packet.pts for packet in packets))}
    shown = [ranks[packet.pts] for packet in packets]
    # No frame may be decoded after it is shown; the clip's own reordering says how far ahead that is.
    ahead = max(at - rank for at, rank in enumerate(shown))
    for at, packet in enumerate(packets):
        packet.pts = (done + shown[at]) * step
        packet.dts = (done + at - ahead) * step
        packet.duration = step
    return packets
