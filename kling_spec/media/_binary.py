"""Finds an ffmpeg that can do the work."""

import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kling_spec.media._error import FfmpegError, MediaError
from kling_spec.media._run import capture

_OLDEST = (5, 1)
_ENCODERS = ("libx264", "aac")
_SOMETIMES = ("libx265", "libvpx-vp9", "prores_ks", "libopus")
"""Encoders of which only some deliveries need one."""
_FILTERS = (
    *("adelay", "afade", "aformat", "alimiter", "amix", "apad", "aresample", "asetpts", "asplit"),
    *("atempo", "atrim", "compand", "concat", "ebur128", "pan", "sidechaincompress", "volume"),
    *("color", "crop", "fade", "format", "fps", "gblur", "loop", "overlay", "pad", "scale"),
    *("setparams", "setpts", "setsar", "settb", "split", "tpad", "trim", "xfade"),
    *("blackdetect", "freezedetect", "silencedetect"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ffmpeg:
    """One ffmpeg on this machine."""

    path: Path
    version: str
    """As it tells it: `9.0.2`, or a development build's own word."""
    source: str
    """Where it was found: `setting`, `PATH` or `imageio-ffmpeg`."""
    missing: tuple[str, ...] = ()
    """What this project needs and the build lacks, by name; empty for a good one."""
    lacks: tuple[str, ...] = ()
    """Encoders that only some films need and the build lacks."""
    build: str = ""
    """The version line and how it was configured, which together decide the bytes that come out."""

    @property
    def is_good(self) -> bool:
        """Whether it is new enough and lacks nothing."""
        return not self.missing and _number(self.version) >= _OLDEST


@cache
def find_ffmpeg(setting: str | None = None) -> Ffmpeg:
    """Return the ffmpeg to use: the setting, else a good one on PATH, else imageio-ffmpeg's.

    The answer is remembered for the life of the process. Raises MediaError when
    the setting names no ffmpeg that works, or when there is none at all.
    """
    if setting:
        try:
            return look_at(Path(shutil.which(setting) or setting).absolute(), "setting")
        except FfmpegError:
            raise MediaError(f"the ffmpeg setting '{setting}' is no ffmpeg that runs") from None
    if on_path := shutil.which("ffmpeg"):
        try:
            found = look_at(Path(on_path).absolute(), "PATH")
        except FfmpegError:
            return _bundled()
        return found if found.is_good else _bundled()
    return _bundled()


def look_at(path: Path, origin: str) -> Ffmpeg:
    """Return what the binary says about itself; raises FfmpegError when it does not run."""
    lines = capture(path, ["-version"]).splitlines()
    first = lines[0] if lines else ""
    version = re.search(r"version n?(\S+?)(?=[-+\s]|$)", first)
    if version is None:
        raise FfmpegError([str(path), "-version"], 0, "this is not ffmpeg")
    has = _names(capture(path, ["-encoders"])) | _names(capture(path, ["-filters"]))
    return Ffmpeg(
        path=path,
        version=version[1],
        source=origin,
        missing=tuple(name for name in (*_ENCODERS, *_FILTERS) if name not in has),
        lacks=tuple(name for name in _SOMETIMES if name not in has),
        build="\n".join([first, *(line for line in lines if line.startswith("configuration:"))]),
    )


def _bundled() -> Ffmpeg:
    import imageio_ffmpeg

    untyped: Any = imageio_ffmpeg
    try:
        return look_at(Path(untyped.get_ffmpeg_exe()), "imageio-ffmpeg")
    except (RuntimeError, FfmpegError):
        raise MediaError(
            "there is no ffmpeg here; install imageio-ffmpeg or name one in the settings"
        ) from None


def _names(listing: str) -> set[str]:
    """Return the second word of every row of ffmpeg's listings, which is the name."""
    return {words[1] for line in listing.splitlines() if len(words := line.split()) > 2}


def _number(version: str) -> tuple[int, ...]:
    """Return the version as numbers; a development build, which has a date or a hash, counts as new."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return (int(numbers[1]), int(numbers[2])) if numbers else (999,)
