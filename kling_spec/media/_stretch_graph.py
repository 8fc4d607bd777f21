"""Filter graphs that bring sound to the film's clock: 48 kHz, stereo, as many samples as planned."""

from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from kling_spec.ir import SAMPLE_RATE
from kling_spec.media._builder import builder, compiled
from kling_spec.media._run import source
from kling_spec.media._stretch import Edges, Stretch

RAW_OUT: dict[str, str | int] = {"f": "f32le", "ar": SAMPLE_RATE, "ac": 2}
"""Raw stereo, eight bytes a sample."""
_STEPS = 2
"""A tempo between a half and this keeps every wave; others are taken in several steps."""
_SPARE = SAMPLE_RATE // 5
"""Samples behind a stretch that a change of tempo may look at."""


def stretch_arguments(stretch: Stretch, edges: Edges, target: Path) -> list[str]:
    """Return ffmpeg's arguments for a stretch that has a file."""
    if stretch.path is None or stretch.audio is None:
        raise ValueError("silence needs no graph")
    stream = builder().input(source(stretch.path), f="mov", protocol_whitelist="file,pipe", threads=1).audio
    # A hole in the file's own times is silence, not a reason to sound early.
    stream = stream.filter("asetpts", "PTS-STARTPTS").filter("aresample", SAMPLE_RATE, **{"async": 1})
    stream = stereo(stream, stretch.audio.channels)
    begin = round(stretch.first * stretch.speed) - round(stretch.audio.start * SAMPLE_RATE)
    stream = _from(stream, begin)
    if stretch.speed != 1:
        stream = stream.filter("atrim", end_sample=ceil(stretch.samples * stretch.speed) + _SPARE)
        for factor in tempos(stretch.speed):
            stream = stream.filter("atempo", factor)
    stream = exact(stream, stretch.samples)
    if stretch.gain:
        stream = stream.filter("volume", f"{stretch.gain:f}dB")
    return compiled([_faded(stream, stretch.samples, edges)], [target], RAW_OUT)


def stereo(stream: Any, channels: int) -> Any:
    """Return the stream in two channels; a single one is heard from both sides as loud as it is."""
    if channels == 1:
        stream = stream.filter("pan", args="stereo|c0=c0|c1=c0")
    return stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")


def exact(stream: Any, samples: int) -> Any:
    """Return exactly so many samples of the stream, silence behind its end."""
    return stream.filter("apad").filter("atrim", end_sample=samples).filter("asetpts", "PTS-STARTPTS")


def tempos(speed: Fraction) -> list[float]:
    """Return factors between a half and two whose product is `speed`."""
    found = []
    while not Fraction(1, _STEPS) <= speed <= _STEPS:
        step = Fraction(_STEPS) if speed > 1 else Fraction(1, _STEPS)
        found.append(float(step))
        speed /= step
    return [*found, float(speed)] if speed != 1 else found


def _from(stream: Any, begin: int) -> Any:
    """Return the stream from a sample on; before its first there is silence."""
    if begin < 0:
        return stream.filter("adelay", f"{-begin}S", all=1)
    if begin > 0:
        return stream.filter("atrim", start_sample=begin).filter("asetpts", "PTS-STARTPTS")
    return stream


def _faded(stream: Any, samples: int, edges: Edges) -> Any:
    """Return the stream with its edges; shared ones follow a sine, so that two together keep their power."""
    curves = ["qsin" if shared else "tri" for shared in edges.is_shared]
    if edges.rise:
        stream = stream.filter("afade", type="in", start_sample=0, nb_samples=edges.rise, curve=curves[0])
    if edges.fall:
        begin = samples - edges.fall
        stream = stream.filter(
            "afade", type="out", start_sample=begin, nb_samples=edges.fall, curve=curves[1]
        )
    return stream
