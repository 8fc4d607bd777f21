"""Lays picture, sound and captions into one file, the picture untouched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
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
    end = [*EXACT, *_container(delivery, rate), source(target)]
    if not tags:
        run(ffmpeg.path, [*inputs, *streams, *end], cancel=cancel)
        return
    # By a file: words of a spec stand in no command.
    with TemporaryDirectory(prefix="tags-", dir=picture.parent) as folder:
        said = Path(folder) / "tags"
        said.write_text(_written(tags), encoding="utf-8")
        more = ["-protocol_whitelist", "file,pipe", "-f", "ffmetadata", "-i", source(said)]
        named = ["-map_metadata:g", f"{inputs.count('-i')}:g"]
        run(ffmpeg.path, [*inputs, *more, *streams, *EXACT, *named, *end[len(EXACT) :]], cancel=cancel)


def _written(tags: Mapping[str, str]) -> str:
    """Return the tags as ffmpeg reads them, with nothing in them that has a meaning there."""
    lines = (f"{name}={_SPECIAL.sub(_escaped, value)}" for name, value in tags.items())
    return "\n".join((";FFMETADATA1", *lines, ""))


_SPECIAL = re.compile(r"[=;#\\\n]")


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _container(delivery: Delivery, rate: Fraction) -> list[str]:
    if delivery.container is Container.WEBM:
        return ["-f", "webm", "-y"]
    clock = ["-video_track_timescale", str(ticks_of(rate)), *SAMPLE_CLOCK]
    return [*clock, "-movflags", "+faststart", "-f", str(delivery.container), "-y"]
