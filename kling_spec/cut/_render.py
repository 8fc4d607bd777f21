"""Makes the film: plan, sound, picture, both together, checked before it takes its name."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Event

from kling_spec.cut._material import ClipOf, FileOf, Stock, damaged_entry, gather
from kling_spec.cut._memory import key_of, recall, remember
from kling_spec.cut._method import Method, method_of
from kling_spec.cut._report import CutReport
from kling_spec.cut._sound import Heard, hear
from kling_spec.cut._timeline import lay_out
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import Film, Gap, Timeline, TransitionKind
from kling_spec.media import (
    ClipFacts,
    Ffmpeg,
    FfmpegError,
    MediaError,
    Strip,
    assemble,
    encode_picture,
    fit_still,
    join_copies,
    probe,
    sha256_of,
    verify,
)

EFFECTS = {
    TransitionKind.CROSSFADE: "fade",
    TransitionKind.DIP_TO_BLACK: "black",
    TransitionKind.DIP_TO_WHITE: "white",
    TransitionKind.WIPE: "wipeleft",
}
"""What media/ calls them."""
_AAC_BLOCK = 1024
"""Samples; an encoder may end its track on a whole block."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One film on its way."""

    film: Film
    timeline: Timeline
    stock: Stock
    ffmpeg: Ffmpeg
    cancel: Event | None
    progress: Progress


def render(  # noqa: PLR0913 -- the film, where its files are, where it goes, and how to watch it
    film: Film,
    clip_of: ClipOf,
    file_of: FileOf,
    target: Path,
    *,
    ffmpeg: Ffmpeg,
    work: Path,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> tuple[CutReport | None, tuple[Diagnostic, ...]]:
    """Make the film at `target` and return its report, or None and what is wrong.

    `clip_of` gives the clip of a task by its whole id (or raises KeyError),
    `file_of` the project's own file. `progress` hears numbers from 0 to 1, from
    any thread. A film whose inputs and plan are those of the file already there
    is left alone. Nothing but a complete, counted film ever stands at `target`.
    Raises CancelledError when `cancel` is set.
    """
    stock, wrong = gather(film, clip_of, file_of)
    if wrong:
        return None, wrong
    timeline, wrong = lay_out(film, stock)
    if timeline is None:
        return None, wrong
    key = key_of(film, timeline, stock, ffmpeg)
    if (known := recall(work, key, target)) is not None:
        return known, ()
    job = _Job(
        film=film,
        timeline=timeline,
        stock=stock,
        ffmpeg=ffmpeg,
        cancel=cancel,
        progress=progress or (lambda _: None),
    )
    try:
        report, notes = _made(job, target.absolute(), work)
    except FfmpegError as error:
        return None, _blame(job, error)
    except (OSError, MediaError) as error:
        return None, (_failed(film, str(error)),)
    remember(work, key, report)
    job.progress(1.0)
    return report, notes


def _made(job: _Job, target: Path, work: Path) -> tuple[CutReport, tuple[Diagnostic, ...]]:
    work.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.parent / f".kling-spec-{token_hex(6)}.mp4"
    with TemporaryDirectory(prefix="cut-", dir=work) as name:
        folder = Path(name).absolute()
        try:
            strips = _strips(job, folder)
            heard = hear(
                job.film.sound,
                job.stock.of(job.film.sound.music),
                strips,
                job.timeline,
                folder,
                job.ffmpeg,
                job.cancel,
            )
            job.progress(0.1)
            method, why = method_of(job.timeline, job.stock)
            picture = folder / "picture.mp4"
            _see(job, method, strips, picture)
            job.progress(0.95)
            rate = job.timeline.canvas.rate
            assemble(
                job.ffmpeg, picture, heard.raw, part, rate=rate, filters=heard.filters, cancel=job.cancel
            )
            report = _counted(job, part, heard, target, f"{method}", why)
            _settle(part, target)
        finally:
            part.unlink(missing_ok=True)
    return report, _notes(job, heard)


def _strips(job: _Job, folder: Path) -> tuple[Strip, ...]:
    """Return the stretches with a file each, named by us: no user's name reaches ffmpeg."""
    canvas = job.timeline.canvas
    strips = []
    for at, item in enumerate(job.timeline.picture):
        if isinstance(item, Gap):
            raise MediaError("gaps are not rendered yet")
        material = job.stock.materials[item.source]
        facts = material.facts
        if isinstance(facts, ClipFacts):
            path = _linked(material.path, folder / f"{at:04}.mp4")
        else:
            path = fit_still(material.path, folder / f"{at:04}.png", canvas.width, canvas.height)
        strips.append(
            Strip(
                path=path,
                facts=facts if isinstance(facts, ClipFacts) else None,
                first=item.first,
                frames=item.frames,
                overlap=item.overlap,
                effect=EFFECTS[item.entrance.kind] if item.entrance else "",
            )
        )
    return tuple(strips)


def _linked(path: Path, link: Path) -> Path:
    try:
        link.symlink_to(path.absolute())
    except OSError:  # Windows gives links to few
        shutil.copyfile(path, link)
    return link


def _see(job: _Job, method: Method, strips: tuple[Strip, ...], picture: Path) -> None:
    canvas, total = job.timeline.canvas, job.timeline.frames
    if method is Method.COPY:
        join_copies([strip.path for strip in strips], canvas.rate, picture, cancel=job.cancel)
        return

    def on_frame(done: int) -> None:
        job.progress(0.1 + 0.85 * min(1.0, done / total))

    encode_picture(job.ffmpeg, strips, canvas, picture, cancel=job.cancel, on_frame=on_frame)


def _counted(job: _Job, part: Path, heard: Heard, target: Path, method: str, why: str) -> CutReport:  # noqa: PLR0913 -- a report says much
    """Return what the finished file holds; raises MediaError where that is not what was planned."""
    facts, timeline = probe(part), job.timeline
    samples = facts.audio.samples if facts.audio else 0
    planned = timeline.samples if heard.raw else 0
    if facts.frames != timeline.frames or not facts.regular or not facts.starts_at_zero:
        raise MediaError(f"the film came out with {facts.frames} frames of {timeline.frames} planned")
    if not planned <= samples < planned + _AAC_BLOCK + (planned == 0):
        raise MediaError(f"the film came out with {samples} samples of sound of {planned} planned")
    video = (
        f"{facts.codec} {facts.profile} {facts.width}x{facts.height} {facts.pixel_format} {facts.rate} fps"
    )
    sound = (
        [f"{facts.audio.codec} {facts.audio.rate} Hz {facts.audio.channels} channels"] if facts.audio else []
    )
    return CutReport(
        path=target,
        sha256=sha256_of(part),
        planned_frames=timeline.frames,
        frames=facts.frames,
        rate=facts.rate,
        seconds=round(facts.seconds, 6),
        width=facts.width,
        height=facts.height,
        bytes=part.stat().st_size,
        method=method,
        why=why,
        streams=(video, *sound),
        sound=heard.what,
        samples=samples,
        loudness=heard.loudness,
        inputs=tuple((material.name, material.sha256) for material in job.stock.materials),
    )


def _settle(part: Path, target: Path) -> None:
    """Give the film its name once its bytes are on the disk."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
    with suppress(OSError):  # a folder cannot be opened everywhere
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _notes(job: _Job, heard: Heard) -> tuple[Diagnostic, ...]:
    if job.film.sound.loudness is None or heard.loudness is not None:
        return ()
    message = f"cut '{job.film.cut}' asks for a loudness, but there is nothing to hear in it"
    return (Diagnostic(code="KS707", message=message, origin=job.film.origin, severity=Severity.WARNING),)


def _blame(job: _Job, error: FfmpegError) -> tuple[Diagnostic, ...]:
    """Return which clips are damaged, or, where none is, what ffmpeg said."""
    wrong = []
    for entry in job.film.entries:
        material = job.stock.of_entry(entry)
        if material is not None and isinstance(material.facts, ClipFacts):
            try:
                verify(material.path, ffmpeg=job.ffmpeg, cancel=job.cancel)
            except MediaError as problem:
                wrong.append(damaged_entry(entry, problem))
    return tuple(wrong) or (_failed(job.film, str(error), error.shell),)


def _failed(film: Film, message: str, command: str = "") -> Diagnostic:
    said = f"cut '{film.cut}' could not be rendered: {message}"
    return Diagnostic(
        code="KS706", message=said, origin=film.origin, help=f"the command was: {command}" if command else ""
    )
