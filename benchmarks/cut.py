"""How a film is made: what it takes against other ways, what a change costs, and how it looks.

Times are CPU seconds with those of all processes started, so that they hold whatever else the machine does.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks._film import OVERLAP, Cost, Shelf, cost_of, cut, ffmpeg, film_of
from benchmarks._measure import Result
from benchmarks._rivals import chain, join_whole, moviepy, moviepy_python
from benchmarks._tree import peak_of_tree
from kling_spec.ir import TransitionKind
from kling_spec.media import sha256_of

_MANY = 8
_FADES = [TransitionKind.CROSSFADE] * (_MANY - 1)
_MORE_MEMORY = """
from pathlib import Path
from benchmarks._film import cut, film_of
from kling_spec.ir import TransitionKind
clips = sorted(Path({folder!r}).glob("*.mp4"))[:{many}]
cut(film_of({many}, [TransitionKind.CROSSFADE] * ({many} - 1)), clips, Path({target!r}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One round: everything once, side by side."""

    cold: Cost
    chained: Cost
    kept: Cost
    turned: Cost
    longer: Cost
    replaced: Cost


def results(rounds: int) -> Iterator[Result]:
    """Yield the claims about cuts; few rounds take shorter clips as well."""
    is_short = rounds <= 3
    with TemporaryDirectory(prefix="kling-spec-cut-") as name:
        folder = Path(name)
        size, seconds = ("1280x720", 3) if is_short else ("1280x720", 5)
        shelf = Shelf(folder=_made(folder / "clips"), size=size, seconds=seconds)
        clips = shelf.clips(_MANY + 1)
        measured = [_round(shelf, clips, folder / f"{number}") for number in range(1 if is_short else 3)]
        yield _copying(folder, 4 if is_short else _MANY)
        yield from _costs(measured, f"{_MANY} clips of {seconds} s at {size}, {len(measured)} rounds")
        yield from _rival(clips[:_MANY], folder)
        yield _quality(shelf, clips[:_MANY], folder / "0")
        yield _memory(folder)


def _round(shelf: Shelf, clips: Sequence[Path], folder: Path) -> _Round:
    """Measure each way once; the films stay for those who look at them."""
    soft = film_of(_MANY, _FADES)
    turned = film_of(_MANY, [*_FADES[:3], TransitionKind.WIPE, *_FADES[4:]])
    first, other = list(clips[:_MANY]), list(clips[:_MANY])
    other[3] = clips[_MANY]
    longer = film_of(_MANY, _FADES, {4: OVERLAP + 6})
    ours, rivals = _made(folder / "ours"), _made(folder / "rivals")
    cold = cost_of(lambda: cut(soft, first, ours))
    chained = cost_of(lambda: chain(first, shelf, rivals / "chain.mp4"))
    shutil.copy(ours / "film.mp4", folder / "film.mp4")
    kept = cost_of(lambda: cut(soft, first, ours))
    changed = cost_of(lambda: cut(turned, first, ours))
    stretched = cost_of(lambda: cut(longer, first, ours))
    again = cost_of(lambda: cut(soft, other, ours))
    return _Round(cold=cold, chained=chained, kept=kept, turned=changed, longer=stretched, replaced=again)


def _copying(folder: Path, many: int) -> Result:
    """Compare whole clips with hard cuts, copied with their sound made anew, with encoding all of them."""
    shelf = Shelf(folder=_made(folder / "large"), size="1920x1080", seconds=5)
    # As they lie in a project, where each was decoded when it arrived.
    clips = [clip.rename(clip.with_name(f"{sha256_of(clip)}.mp4")) for clip in shelf.clips(many)]
    ours = cost_of(lambda: cut(film_of(many, [None] * (many - 1)), clips, _made(folder / "copied")))
    whole = cost_of(lambda: join_whole(clips, folder / "whole.mp4"))
    return Result(
        claim="streams copied, sound made / all encoded anew", value=ours.cpu / whole.cpu, bar=0.05,
        detail=f"{many} clips of 5 s at 1920x1080: {ours.cpu:.1f} s / {whole.cpu:.1f} s",
    )  # fmt: skip


def _costs(measured: Sequence[_Round], how: str) -> Iterator[Result]:
    for claim, one, other, bar in (
        ("segments, nothing kept / one graph of crossfades", "cold", "chained", 1.15),
        ("an unchanged film / nothing kept", "kept", "cold", 0.03),
        ("one transition changed / nothing kept", "turned", "cold", 0.10),
        ("the length of one transition changed / nothing kept", "longer", "cold", 0.10),
        ("one of 8 clips replaced / nothing kept", "replaced", "cold", 0.25),
    ):
        pairs = [(getattr(each, one).cpu, getattr(each, other).cpu) for each in measured]
        less, more = (median(side) for side in zip(*pairs, strict=True))
        ratio = median(part / whole for part, whole in pairs)
        yield Result(claim=claim, value=ratio, bar=bar, detail=f"{how}: {less:.1f} s / {more:.1f} s")


def _rival(clips: Sequence[Path], folder: Path) -> Iterator[Result]:
    """Yield the claim against MoviePy, or say that it is left out."""
    python = moviepy_python()
    if isinstance(python, str):
        print(f"left out: segments against MoviePy; {python}")
        return
    took = cost_of(lambda: moviepy(python, clips, folder / "moviepy.mp4"))
    again = cost_of(lambda: cut(film_of(_MANY, _FADES), clips, _made(folder / "beside")))
    yield Result(
        claim="segments, nothing kept / MoviePy's crossfades", value=again.cpu / took.cpu, bar=0.65,
        detail=f"{again.cpu:.1f} s / {took.cpu:.1f} s; by the clock {again.wall:.1f} s / {took.wall:.1f} s",
    )  # fmt: skip


def _quality(shelf: Shelf, clips: Sequence[Path], folder: Path) -> Result:
    """Compare the frames that no transition touches with those of the clips."""
    films = (folder / "film.mp4", folder / "rivals" / "chain.mp4")
    ours, theirs = (median(_likeness(film, shelf, clips)) for film in films)
    sizes = [film.stat().st_size / 1e6 for film in films]
    return Result(
        claim="PSNR of untouched frames, one graph less segments", value=theirs - ours, bar=-2, unit="dB",
        detail=f"{theirs:.1f} - {ours:.1f} dB; {sizes[1]:.1f} and {sizes[0]:.1f} MB",
    )  # fmt: skip


def _likeness(film: Path, shelf: Shelf, clips: Sequence[Path]) -> Iterator[float]:
    for number, clip in enumerate(clips):
        start, end = OVERLAP * (number > 0), shelf.frames - OVERLAP * (number + 1 < len(clips))
        begin = number * (shelf.frames - OVERLAP)
        graph = (
            f"[0:v]trim=start_frame={begin + start}:end_frame={begin + end},setpts=PTS-STARTPTS[a];"
            f"[1:v]trim=start_frame={start}:end_frame={end},setpts=PTS-STARTPTS[b];[a][b]psnr"
        )
        said = ffmpeg("-i", film, "-i", clip, "-filter_complex", graph, "-f", "null", "-")
        yield float(re.findall(r"average:([\d.]+)", said)[-1])


def _memory(folder: Path) -> Result:
    """Compare films of 24 and of 4 clips, made by one worker."""
    shelf = Shelf(folder=_made(folder / "small"), size="640x360", seconds=2)
    shelf.clips(24)

    def peak(many: int) -> float:
        target = str(_made(folder / f"memory-{many}"))
        code = _MORE_MEMORY.format(folder=str(shelf.folder), many=many, target=target)
        return peak_of_tree(code, cores=1)

    more, less = peak(24), peak(4)
    return Result(
        claim="peak memory of a film of 24 clips / of 4", value=more / less, bar=1.25,
        detail=f"{more:.0f} MiB / {less:.0f} MiB, one worker, 640x360",
    )  # fmt: skip


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
