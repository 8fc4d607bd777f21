"""Counts what a finished film holds, whatever kind of file it is."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from kling_spec.ir import Container
from kling_spec.media._error import MediaError
from kling_spec.media._facts import AudioFacts, ClipFacts
from kling_spec.media._probe import facts_of, opened, order_of, probe

_GRAIN = Fraction(1, 1000)
"""Seconds to which a webm knows its times."""


def count_film(path: Path, container: Container, rate: Fraction) -> ClipFacts:
    """Return what the film holds, having counted its frames and samples.

    A webm knows milliseconds only: it is regular where each frame stands within
    one of its place on the grid of `rate`. Raises MediaError for a file that
    cannot be read to its end.
    """
    if container is not Container.WEBM:
        return probe(path)
    with opened(path, "matroska") as film:
        video = next(iter(film.streams.video), None)
        order = None if video is None else order_of(film, video)
        if video is None or order is None or not order.ticks:
            raise MediaError("there is not one frame in this film")
        times = [tick * Fraction(video.time_base) for tick in order.ticks]
        regular = all(abs(time - number / rate) <= _GRAIN for number, time in enumerate(times))
        facts = facts_of(film, video, order)
        seconds = float(len(times) / rate)
    return replace(facts, rate=rate, regular=regular, seconds=seconds, audio=_audio(path))


def _audio(path: Path) -> AudioFacts | None:
    # Opened anew: a seek to the start may land behind the first sound.
    with opened(path, "matroska") as film:
        track = next(iter(film.streams.audio), None)
        if track is None:
            return None
        samples = sum(frame.samples for frame in film.decode(track))
        name = track.codec_context.name
        return AudioFacts(codec=name, rate=track.rate, channels=track.channels, samples=samples)
