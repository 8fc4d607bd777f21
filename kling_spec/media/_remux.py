"""Joins clips without touching their pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any

from kling_spec.media._error import CancelledError, MediaError
from kling_spec.media._probe import opened
from kling_spec.media._run import source


def ticks_of(rate: Fraction) -> int:
    """Return the clock of a film's video track: a whole number of its ticks is one frame."""
    return rate.numerator * 512 if rate.denominator == 1 else rate.numerator


def join_copies(
    clips: Sequence[Path],
    rate: Fraction,
    target: Path,
    *,
    kind: str = "mp4",
    cancel: Event | None = None,
) -> None:
    """Write the pictures of whole clips one after another, packet for packet, without sound.

    Frames stand on the exact grid of `rate`, whatever the clocks of the clips
    were. Raises MediaError where the clips' parameter sets are not equal: a
    player would take those of the first for all.
    """
    import av

    base = Fraction(1, ticks_of(rate))
    step = int(1 / (rate * base))
    looks = [_look(clip) for clip in clips]
    if len({look.parameters for look in looks}) > 1:
        raise MediaError("the pieces of the film were not encoded alike")
    # No frame may be decoded after it is shown; the deepest reordering says how far ahead that is, for all.
    ahead = max(look.depth for look in looks)
    with av.open(source(target), "w", format=kind) as film:
        with opened(clips[0], "mov") as container:
            track = film.add_stream_from_template(container.streams.video[0])
        track.time_base = base
        done = 0
        for clip in clips:
            if cancel is not None and cancel.is_set():
                raise CancelledError("the render was cancelled")
            packets = _packets(clip)
            for at, (packet, shown) in enumerate(zip(packets, _shown(packets), strict=True)):
                packet.time_base, packet.stream = base, track
                packet.pts, packet.dts = (done + shown) * step, (done + at - ahead) * step
                packet.duration = step
                film.mux(packet)
            done += len(packets)


@dataclass(frozen=True, slots=True)
class _Look:
    """What must be known of all clips before the first packet is written."""

    parameters: tuple[str, bytes]
    depth: int
    """How many places a frame is stored behind that at which it is shown, at the most."""


def _look(clip: Path) -> _Look:
    with opened(clip, "mov") as container:
        context = container.streams.video[0].codec_context
        parameters = context.name, bytes(context.extradata or b"")
        depth = max(at - rank for at, rank in enumerate(_shown(_packets_in(container))))
    return _Look(parameters, depth)


def _packets(clip: Path) -> list[Any]:
    """Return the pictures of a clip as they are stored."""
    with opened(clip, "mov") as container:
        return _packets_in(container)


def _packets_in(container: Any) -> list[Any]:
    return [packet for packet in container.demux(container.streams.video[0]) if packet.size]


def _shown(packets: list[Any]) -> list[int]:
    """Return for each packet the place at which its frame is shown."""
    ranks = {pts: rank for rank, pts in enumerate(sorted(packet.pts for packet in packets))}
    return [ranks[packet.pts] for packet in packets]
