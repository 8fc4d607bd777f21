"""Lays picture, sound and captions into one file, the picture untouched."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event

from kling_spec.ir import Codec, Container, Delivery
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._languages import mac_letters, three_letters
from kling_spec.media._remux import ticks_of
from kling_spec.media._run import run, source
from kling_spec.media._sample import EXACT
from kling_spec.media._track import SAMPLE_CLOCK, coding_of
from kling_spec.media._verify import MOV


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
    sound: Path | None,
    target: Path,
    *,
    rate: Fraction,
    delivery: Delivery,
    captions: Read | None = None,
    tags: Mapping[str, str] | None = None,
    cancel: Event | None = None,
) -> None:
    """Put the picture, the track of its sound and the captions into one file that starts to play at once.

    `tags` are the file's own metadata, such as `title` and `comment`.
    """
    inputs = [*MOV, "-i", source(picture)]
    streams = ["-map", "0:v", "-c:v", "copy"]
    if delivery.codec is Codec.HEVC:
        streams += ["-tag:v", "hvc1"]  # what Apple's players know it by
    if sound is not None:
        inputs += [*coding_of(delivery).reading, "-i", source(sound)]
        streams += ["-map", "1:a", "-c:a", "copy"]
    if captions is not None:
        inputs += ["-protocol_whitelist", "file,pipe", "-f", "srt", "-i", source(captions.file)]
        written = "webvtt" if delivery.container is Container.WEBM else "mov_text"
        streams += ["-map", f"{1 if sound is None else 2}:s", "-c:s", written]
        name_of = mac_letters if delivery.container is Container.MOV else three_letters
        streams += ["-metadata:s:s:0", f"language={name_of(captions.language)}"]
    said = [word for name, value in (tags or {}).items() for word in ("-metadata", f"{name}={value}")]
    end = [*EXACT, *said, *_container(delivery, rate), source(target)]
    run(ffmpeg.path, [*inputs, *streams, *end], cancel=cancel)


def _container(delivery: Delivery, rate: Fraction) -> list[str]:
    if delivery.container is Container.WEBM:
        return ["-f", "webm", "-y"]
    clock = ["-video_track_timescale", str(ticks_of(rate)), *SAMPLE_CLOCK]
    return [*clock, "-movflags", "+faststart", "-f", str(delivery.container), "-y"]
