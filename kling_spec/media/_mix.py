"""Mixes what is heard in a film: the clips, a voice over them, music below both."""

from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from kling_spec.media._bed import RAW_IN
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._builder import builder, compiled
from kling_spec.media._loudness import level_of_raw
from kling_spec.media._run import run, source
from kling_spec.media._stretch_graph import RAW_OUT

_KEY = -16.0
"""LUFS to which voice and clips are brought before they press the music down."""
_MOST = {"voice": 50.0, "clips": 6.0}
"""Decibels that they are raised by at most: however low a voice is, it is meant; the hum of a clip is not."""
_EVEN = "-90/-90|-50/-50|-42/-20|-20/-16|0/-14"
"""Low words press as hard as loud ones; what is below -50 dB is no word."""
_PRESS = {"threshold": 0.02, "ratio": 3, "attack": 30, "release": 500, "detection": "rms"}

_BEHIND = 1 << 17
"""Samples of silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Raw stereo of equal length that is heard together; one of them at least."""

    clips: Path | None = None
    voice: Path | None = None
    music: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return those that are there."""
        return tuple(path for path in (self.clips, self.voice, self.music) if path is not None)


def mix(
    ffmpeg: Ffmpeg, tracks: Tracks, target: Path, *, duck: bool = False, cancel: Event | None = None
) -> None:
    """Write the tracks together as raw stereo; with `duck`, music gives way to voice and clips."""
    keys: dict[Path, float] = {}
    if duck and tracks.music is not None:
        for kind, path in (("voice", tracks.voice), ("clips", tracks.clips)):
            level = None if path is None else level_of_raw(ffmpeg, path, cancel=cancel)
            if path is not None and level is not None:
                keys[path] = min(_KEY - level, _MOST[kind])
    run(ffmpeg.path, mix_arguments(tracks, keys, target), cancel=cancel)


def mix_arguments(tracks: Tracks, keys: dict[Path, float], target: Path) -> list[str]:
    """Return the arguments that mix the tracks; `keys` press the music down, raised by so many decibels."""
    streams = {path: builder().input(source(path), **RAW_IN).audio for path in tracks.paths}
    pressing = []
    for path, gain in keys.items():
        twice = streams[path].filter_multi_output("asplit", 2)
        streams[path] = twice.stream(0)
        pressing.append(twice.stream(1).filter("volume", f"{gain:.2f}dB"))
    if pressing and tracks.music is not None:
        key = _together(pressing).filter("compand", attacks=0.02, decays=0.3, points=_EVEN)
        # Where either ends, what is still under way in the other is lost; so both go on behind the film's end.
        pressed = [stream.filter("apad", pad_len=_BEHIND) for stream in (streams[tracks.music], key)]
        streams[tracks.music] = builder().filter(pressed, "sidechaincompress", **_PRESS)
    return compiled([_together(list(streams.values()))], [target], RAW_OUT)


def _together(streams: list[Any]) -> Any:
    # Without normalize=0 two inputs would each be halved.
    if len(streams) == 1:
        return streams[0]
    return builder().filter(streams, "amix", inputs=len(streams), duration="first", normalize=0)
