"""Decides whether a sound can be heard from its start to its end."""

from fractions import Fraction
from pathlib import Path

from kling_spec.media._error import MediaError
from kling_spec.media._probe import opened
from kling_spec.media._sniff import sound_format

_COUNTED = ("wav", "flac", "ogg", "mov")
"""Formats that say how long they are; of the others that is guessed from their size."""
_TAIL = Fraction(1, 10)
"""Seconds; what stands behind a sound, such as tags of players, is no part of it."""
_GRAIN = Fraction(3, 100)
"""Seconds by which a length that is said may be wrong."""
_UNSAID = 0x7FFF_0000
"""Bytes of a wave from which its head does not mean them: it was written to a pipe."""


def check_is_whole(sound: Path, what: str) -> None:
    """Raise MediaError, in which the sound is called `what`, where a part of it is missing or cannot be decoded.

    ffmpeg itself leaves such parts out, and all that is behind them sounds early.
    """
    import av

    broken: Fraction | None = None
    kind, samples = sound_format(sound), 0
    if kind == "wav":
        _check_wave(sound, what)
    with opened(sound, kind) as container:
        audio = next(iter(container.streams.audio), None)
        if audio is None or not audio.rate:
            raise MediaError(f"there is no sound in the file of {what}")
        promised = Fraction(audio.duration or 0) * audio.time_base if kind in _COUNTED else Fraction(0)
        for packet in container.demux(audio):
            try:
                samples += sum(frame.samples for frame in packet.decode())
            except av.error.InvalidDataError:
                broken = Fraction(samples, audio.rate) if broken is None else broken
        length = Fraction(samples, audio.rate)
    if not samples:
        raise MediaError(f"there is not one sample of sound in {what}")
    if broken is not None and broken < length - _TAIL:
        raise MediaError(f"{what} is damaged: it cannot be decoded at {float(broken):.2f} s")
    if length < promised - _GRAIN:
        heard = f"{float(length):.2f} of {float(promised):.2f} s"
        raise MediaError(f"{what} is cut short or damaged: {heard} can be decoded")


def _check_wave(sound: Path, what: str) -> None:
    with sound.open("rb") as file:
        said = int.from_bytes(file.read(8)[4:], "little")
    if sound.stat().st_size < said < _UNSAID:
        raise MediaError(f"{what} is cut short: {sound.stat().st_size} of {said + 8} bytes are there")
