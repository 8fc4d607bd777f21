"""Clips to measure cuts on, films of them, and what making one takes."""

import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from kling_spec.cut import CutReport, render
from kling_spec.diagnostics import Origin
from kling_spec.ir import Film, ShotEntry, Transition, TransitionKind
from kling_spec.media import find_ffmpeg

RATE = 24
OVERLAP = 12
"""Frames of a crossfade."""
_HERE = Origin("film.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a piece of work took, the processes that it started with it."""

    wall: float
    cpu: float


def cost_of(work: Callable[[], object]) -> Cost:
    """Return the seconds of a call."""
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Cost(wall=time.perf_counter() - wall, cpu=_cpu() - cpu)


def _cpu() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Clips of light noise, some 4 Mbit/s at 720p and 8 at 1080p, and with sound; all in one stream's settings."""

    folder: Path
    size: str
    seconds: int

    @property
    def frames(self) -> int:
        """How many frames a clip has."""
        return self.seconds * RATE

    def clips(self, many: int) -> list[Path]:
        """Return so many different clips, made where they are not there yet."""
        return [self._clip(number) for number in range(many)]

    def _clip(self, number: int) -> Path:
        path = self.folder / f"{number:02}.mp4"
        if not path.exists():
            drawn = f"testsrc2=size={self.size}:rate={RATE}:duration={self.seconds}"
            look = f"hue=h={number * 43 % 360},noise=alls=4:allf=t:all_seed={number},format=yuv420p"
            tone = f"sine={220 + 30 * number}:sample_rate=48000:duration={self.seconds}"
            ffmpeg(
                "-f", "lavfi", "-i", drawn, "-f", "lavfi", "-i", tone, "-vf", look,
                "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
                "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "2",
                "-c:a", "aac", "-ac", "2", path,
            )  # fmt: skip
        return path


def ffmpeg(*words: str | Path) -> str:
    """Run the product's ffmpeg, and return what it says."""
    command = [str(find_ffmpeg().path), "-nostdin", "-hide_banner", "-v", "info", "-y", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stderr


def film_of(
    many: int, kinds: Sequence[TransitionKind | None], overlaps: Mapping[int, int] = MappingProxyType({})
) -> Film:
    """Return a film of the first clips; each is entered as told, the first by itself.

    `overlaps` are the frames of those transitions that are not as long as others, by the clip that they enter.
    """
    into = [
        None if kind is None else Transition(kind=kind, seconds=Decimal(overlaps.get(at, OVERLAP)) / RATE)
        for at, kind in enumerate((None, *kinds))
    ]
    entries = tuple(
        ShotEntry(task=str(number), transition=into[number], origin=_HERE) for number in range(many)
    )
    return Film(cut="main", variant="-", output="film.mp4", entries=entries, origin=_HERE)


def cut(film: Film, clips: Sequence[Path], folder: Path) -> CutReport:
    """Make the film with this tool, below the folder."""
    report, found = render(
        film,
        lambda task: clips[int(task)],
        lambda source: Path(str(source)),
        folder / "film.mp4",
        ffmpeg=find_ffmpeg(),
        work=folder / "work",
    )
    if report is None:
        raise RuntimeError("; ".join(finding.message for finding in found))
    return report
