"""How the picture of a film comes about: its clips' own streams, or segments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from kling_spec.cut._explain import Past, why
from kling_spec.cut._material import name_of
from kling_spec.cut._memory import recall_segments, remember_segments
from kling_spec.cut._method import Method, method_of
from kling_spec.cut._picture import Shown, Studio
from kling_spec.cut._recipe import Kitchen
from kling_spec.cut._report import SegmentReport
from kling_spec.cut._store import Store
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import Clip, Film
from kling_spec.media import ENCODERS, ClipFacts, decode_picture, join_copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How it came about."""

    method: Method
    why: str
    segments: tuple[SegmentReport, ...] = ()
    lacking: tuple[tuple[int, int], ...] = ()
    """Entries, counted from 0, whose clips turned out shorter than they say, and by how many frames."""


def see(  # noqa: PLR0913 -- a film, where it is made, and how to watch it
    film: Film,
    kitchen: Kitchen,
    store: Store,
    work: Path,
    picture: Path,
    *,
    cancel: Event | None,
    on_frames: Callable[[float], None],
) -> Seen:
    """Write the film's picture, without sound."""
    timeline = kitchen.timeline
    method, reason = method_of(timeline, kitchen.stock)
    if method is Method.COPY:
        _prove(kitchen, cancel)
        clips = [kitchen.path_of(number) for number in range(len(timeline.picture))]
        kind = ENCODERS[timeline.delivery.codec].container
        join_copies(clips, timeline.canvas.rate, picture, kind=kind, cancel=cancel)
        return Seen(method=method, why=reason)
    shown = Studio(kitchen=kitchen, store=store, cancel=cancel, on_frames=on_frames).show(picture)
    segments = _reports(shown, recall_segments(work, film))
    remember_segments(work, film, [Past.of(recipe) for recipe in shown.recipes])
    return Seen(method=method, why=reason, segments=segments, lacking=tuple(sorted(shown.lacking.items())))


def _prove(kitchen: Kitchen, cancel: Event | None) -> None:
    """Raise FfmpegError where a clip that is copied could not be played: nothing else here decodes its pictures."""
    shown = {item.source: at for at, item in enumerate(kitchen.timeline.picture) if isinstance(item, Clip)}
    for place, at in shown.items():
        material = kitchen.stock.materials[place]
        if isinstance(material.facts, ClipFacts) and not material.is_proved:
            decode_picture(kitchen.path_of(at), material.facts, ffmpeg=kitchen.ffmpeg, cancel=cancel)


def lack_notes(film: Film, lacking: Sequence[tuple[int, int]]) -> tuple[Diagnostic, ...]:
    """Return a warning for every clip that turned out shorter than its index says."""
    return tuple(
        Diagnostic(
            code="KS720",
            message=f"'{name_of(film.entries[entry])}' decodes to fewer frames than its file promises; "
            f"its last one stands for {many} more",
            origin=film.entries[entry].origin,
            severity=Severity.WARNING,
            help="make the clip again, or trim its end",
        )
        for entry, many in lacking
    )


def _reports(shown: Shown, before: tuple[Past, ...] | None) -> tuple[SegmentReport, ...]:
    missing, told = dict(shown.missing), []
    for recipe in shown.recipes:
        lost = missing.pop(recipe.key, None)  # what is equal to one before it was encoded once
        reason = "" if lost is None else why(recipe, lost, before)
        segment = recipe.segment
        told.append(SegmentReport(name=recipe.name, first=segment.first, frames=segment.frames, why=reason))
    return tuple(told)
