"""Makes the film: plan, sound, picture, both together, checked before it takes its name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from kling_spec.cut._abilities import inabilities
from kling_spec.cut._joins import look_at_joins
from kling_spec.cut._links import linked
from kling_spec.cut._material import ClipOf, FileOf, Stock, damaged_entry, gather, name_of
from kling_spec.cut._memory import key_of, recall, remember
from kling_spec.cut._misfits import misfits
from kling_spec.cut._papers import keep_papers
from kling_spec.cut._proof import findings_of, prove
from kling_spec.cut._provenance import Provenance
from kling_spec.cut._recipe import Kitchen
from kling_spec.cut._report import CutReport, EntryReport
from kling_spec.cut._seen import Seen, lack_notes, see
from kling_spec.cut._sidecars import keep_beside, track_of
from kling_spec.cut._sound import Heard, hear
from kling_spec.cut._sound_notes import level_notes, voice_notes
from kling_spec.cut._store import Store
from kling_spec.cut._timeline import lay_out
from kling_spec.diagnostics import Diagnostic
from kling_spec.files import whole
from kling_spec.ir import Clip, Film, Timeline
from kling_spec.media import (
    ClipFacts,
    Ffmpeg,
    FfmpegError,
    MediaError,
    assemble,
    count_film,
    sha256_of,
    verify,
)

_BLOCK = 1024
"""Samples; an encoder may end its track on a whole block."""
STORE_LIMIT = 8 * 10**9
"""Bytes of encoded segments that are kept, where the settings do not say."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One film on its way."""

    film: Film
    timeline: Timeline
    stock: Stock
    ffmpeg: Ffmpeg
    work: Path
    store_limit: int
    provenance: Provenance
    thoroughly: bool
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
    store_limit: int = STORE_LIMIT,
    provenance: Provenance | None = None,
    papers: Path | None = None,
    thoroughly: bool = False,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> tuple[CutReport | None, tuple[Diagnostic, ...]]:
    """Make the film at `target` and return its report, or None and what is wrong.

    `clip_of` gives the clip of a task by its whole id (or raises KeyError),
    `file_of` the project's own file. `progress` hears numbers from 0 to 1, from
    any thread. A film whose inputs and plan are those of the file already there
    is left alone; of another, only the segments are encoded that are not kept
    below `work` from an earlier cut, of this film or of any: at most
    `store_limit` bytes of them, what was used last. Nothing but a complete,
    counted film ever stands at `target`; where it is read, its captions stand
    beside it. Its report and its contact sheet are written as `papers` with the
    endings .json and .jpg; `thoroughly` has every picture looked at for them.
    Raises CancelledError when `cancel` is set.
    """
    stock, wrong = gather(film, clip_of, file_of)
    if wrong:
        return None, wrong
    looked = look_at_joins(film, stock, ffmpeg, work, cancel)
    timeline, wrong = lay_out(film, stock, looked.trims)
    if timeline is None:
        return None, wrong
    said = (*wrong, *looked.notes, *voice_notes(film, timeline, stock))
    provenance = provenance or Provenance()
    key = key_of(film, timeline, stock, ffmpeg, provenance.tags(film))
    if (known := recall(work, key, target)) is None and (
        wrong := (*inabilities(film, timeline, ffmpeg), *misfits(timeline, stock))
    ):
        return None, wrong
    job = _Job(
        film=film,
        timeline=timeline,
        stock=stock,
        ffmpeg=ffmpeg,
        work=work,
        store_limit=store_limit,
        provenance=provenance,
        thoroughly=thoroughly,
        cancel=cancel,
        progress=progress or (lambda _: None),
    )
    try:
        report = known if known is not None else _made(job, target.absolute())
        report = _proved(job, replace(report, joins=looked.joins))
        if report != known:
            remember(work, key, report)
        beside = keep_beside(film, timeline, target, work)
        if papers is not None:
            report = keep_papers(report, film, timeline, job.provenance, papers)
    except FfmpegError as error:
        return None, _blame(job, error)
    except (OSError, MediaError) as error:
        return None, (_failed(film, str(error)),)
    job.progress(1.0)
    proven = findings_of(film, report.proof) if report.proof is not None else ()
    return report, (
        *said,
        *lack_notes(film, report.lacking),
        *level_notes(film, report.loudness),
        *beside,
        *proven,
    )


def _made(job: _Job, target: Path) -> CutReport:
    timeline, delivery = job.timeline, job.timeline.delivery
    job.work.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="cut-", dir=job.work) as name, whole(target) as part:
        folder = Path(name).absolute()
        kitchen = _kitchen(job, folder)
        store = Store(job.work / "segments", job.store_limit)
        heard = hear(job.film, timeline, job.stock, store, folder, job.ffmpeg, job.cancel)
        job.progress(0.1)
        seen = see(
            job.film,
            kitchen,
            store,
            job.work,
            folder / "picture",
            cancel=job.cancel,
            on_frames=lambda part: job.progress(0.1 + 0.85 * part),
        )
        job.progress(0.95)
        assemble(
            job.ffmpeg,
            folder / "picture",
            heard.track,
            part,
            rate=timeline.canvas.rate,
            delivery=delivery,
            captions=track_of(job.film, timeline, folder),
            tags=job.provenance.tags(job.film),
            cancel=job.cancel,
        )
        return _counted(job, part, heard, target, seen)


def _kitchen(job: _Job, folder: Path) -> Kitchen:
    """Put every clip where its segments look for it."""
    kitchen = Kitchen(timeline=job.timeline, stock=job.stock, ffmpeg=job.ffmpeg, folder=folder)
    for at, item in enumerate(job.timeline.picture):
        if isinstance(item, Clip) and isinstance(job.stock.materials[item.source].facts, ClipFacts):
            linked(job.stock.materials[item.source].path, kitchen.path_of(at))
    return kitchen


def _counted(job: _Job, part: Path, heard: Heard, target: Path, seen: Seen) -> CutReport:
    """Return what the finished file holds; raises MediaError where that is not what was planned."""
    timeline = job.timeline
    facts = count_film(part, timeline.delivery.container, timeline.canvas.rate)
    samples = facts.audio.samples if facts.audio else 0
    planned = timeline.samples if heard.track else 0
    if facts.frames != timeline.frames or not facts.regular or not facts.starts_at_zero:
        raise MediaError(f"the film came out with {facts.frames} frames of {timeline.frames} planned")
    if not planned <= samples < planned + _BLOCK + (planned == 0):
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
        method=str(seen.method),
        why=seen.why,
        entries=_entries(job.film, timeline),
        segments=seen.segments,
        lacking=seen.lacking,
        streams=(video, *sound),
        sound=heard.what,
        samples=samples,
        loudness=heard.loudness,
        proof=prove(
            part, facts, timeline, job.stock, job.ffmpeg, thoroughly=job.thoroughly, cancel=job.cancel
        ),
        inputs=tuple((material.name, material.sha256) for material in job.stock.materials),
    )


def _entries(film: Film, timeline: Timeline) -> tuple[EntryReport, ...]:
    return tuple(
        EntryReport(name=name_of(entry), first=begin, frames=item.frames)
        for entry, item, begin in zip(film.entries, timeline.picture, timeline.begins, strict=True)
    )


def _proved(job: _Job, report: CutReport) -> CutReport:
    """Return the report of a film that stood there already with its pictures looked at, where that is asked."""
    if not job.thoroughly or (report.proof is not None and report.proof.is_thorough):
        return report
    facts = count_film(report.path, job.timeline.delivery.container, job.timeline.canvas.rate)
    proof = prove(report.path, facts, job.timeline, job.stock, job.ffmpeg, thoroughly=True, cancel=job.cancel)
    return replace(report, proof=proof)


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
