"""Lays picture, sound and captions into one file, the picture untouched."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event

from kling_spec.ir import SAMPLE_RATE, Codec, Container, Delivery
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._languages import mac_letters, three_letters
from kling_spec.media._loudness import RAW
from kling_spec.media._mix import samples_in
from kling_spec.media._remux import ticks_of
from kling_spec.media._run import run, source
from kling_spec.media._sample import EXACT
from kling_spec.media._verify import MOV

_AAC = ("-c:a", "aac", "-b:a", "192k")
_OPUS = ("-c:a", "libopus", "-b:a", "160k")
_PCM = ("-c:a", "pcm_s16le")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Captions, as a track of their own that a player may show."""

    file: Path
    """SRT."""
    language: str = ""
    """BCP 47; empty where it is not known."""


def assemble(  # noqa: PLR0913 -- all that makes a file
    ffmpeg: Ffmpeg,
    picture: Path,
    raw: Path | None,
    target: Path,
    *,
    rate: Fraction,
    delivery: Delivery,
    filters: str = "",
    captions: Read | None = None,
    cancel: Event | None = None,
) -> None:
    """Put the picture, the raw sound and the captions into one file that starts to play at once."""
    inputs = [*MOV, "-i", source(picture)]
    streams = ["-map", "0:v", "-c:v", "copy"]
    if delivery.codec is Codec.HEVC:
        streams += ["-tag:v", "hvc1"]  # what Apple's players know it by
    if raw is not None:
        inputs += [*RAW, "-i", source(raw)]
        chain = ",".join(filter(None, (filters, f"apad,atrim=end_sample={samples_in(raw)}")))
        streams += ["-map", "1:a", "-af", chain, *sound_of(delivery), "-ar", str(SAMPLE_RATE), "-ac", "2"]
    if captions is not None:
        inputs += ["-protocol_whitelist", "file,pipe", "-f", "srt", "-i", source(captions.file)]
        written = "webvtt" if delivery.container is Container.WEBM else "mov_text"
        streams += ["-map", f"{1 if raw is None else 2}:s", "-c:s", written]
        name_of = mac_letters if delivery.container is Container.MOV else three_letters
        streams += ["-metadata:s:s:0", f"language={name_of(captions.language)}"]
    run(ffmpeg.path, [*inputs, *streams, *EXACT, *_container(delivery, rate), source(target)], cancel=cancel)


def sound_of(delivery: Delivery) -> tuple[str, ...]:
    """Return how the sound is written."""
    if delivery.container is Container.WEBM:
        return _OPUS
    return _PCM if delivery.codec is Codec.PRORES else _AAC


def _container(delivery: Delivery, rate: Fraction) -> list[str]:
    if delivery.container is Container.WEBM:
        return ["-f", "webm", "-y"]
    exact = ["-video_track_timescale", str(ticks_of(rate)), "-movflags", "+faststart"]
    return [*exact, "-f", str(delivery.container), "-y"]
