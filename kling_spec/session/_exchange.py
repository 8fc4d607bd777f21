"""Films to an editor and back: which films, where their files lie, and what the spec would say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kling_spec.cut import FileOf, Material, Stock, gather, lay_out, look_at_joins
from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.exchange import (
    Edit,
    ExchangeError,
    Followed,
    Form,
    Laid,
    Placing,
    Written,
    follow,
    sound_differs,
    timeline_yaml,
    write,
)
from kling_spec.ir import Film, GapEntry, LocalFile
from kling_spec.session._project import Project
from kling_spec.session._run import FilmMade, Studio, film_tasks, make_film


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """A film that was handed to editors, or why it could not be."""

    film: Film
    written: Written | None
    found: tuple[Diagnostic, ...] = ()
    waits_for: tuple[str, ...] = ()
    """The tasks whose clips are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """What the spec would say so that a film follows an edit."""

    film: Film
    yaml: str
    """Empty where the edit cannot be followed."""
    found: tuple[Diagnostic, ...] = ()
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is needed to lay films out: the clips that are there, and what is known of their tasks."""

    spec: str
    studio: Studio
    clips: Mapping[str, Path]
    fingerprints: Mapping[str, str]
    seconds: Mapping[str, int | None]
    """The ordered length of each task; None where its input decides."""


def hand_over(  # noqa: PLR0913 - which films, of what, as what, where to
    films: Sequence[Film], bench: Bench, form: Form, out: Path | None, placing: Placing, *, overwrite: bool
) -> tuple[HandedOver, ...]:
    """Write each film for editors. Raises ExchangeError."""
    if out is not None and out.suffix.lower() == form.ending and len(films) > 1:
        raise ExchangeError(f"{out} is one file, and there are {len(films)} films; name a folder")
    made = []
    for film in films:
        target = _target(film, bench.studio.output, out, form)
        with bench.studio.cutting() as file_of:
            laid, found = _laid(film, bench, file_of)
            if laid is None:
                made.append(HandedOver(film=film, written=None, found=found, waits_for=_missing(film, bench)))
                continue
            if placing is not Placing.COPY:
                laid = replace(laid, stock=_lasting(laid.stock, bench.studio.folder))
            written = write(laid, target, form, placing, overwrite=overwrite)
        made.append(HandedOver(film=film, written=written, found=(*found, *written.found)))
    return tuple(made)


def cut_edit(films: Iterable[Film], bench: Bench, edit: Edit) -> tuple[FilmMade, ...]:
    """Make the films that the edit is of, as it wants them."""
    made = []
    for film in _meant(films, edit):
        with bench.studio.cutting() as file_of:
            _, followed, found = _followed(film, bench, file_of, edit)
            if followed is None or followed.film is None:
                waits = _missing(film, bench)
                made.append(FilmMade(film=film, report=None, found=found, waits_for=waits))
                continue
            one = make_film(followed.film, bench.clips, bench.studio, file_of)
        made.append(replace(one, found=tuple(dict.fromkeys((*found, *one.found)))))
    return tuple(made)


def retell(films: Iterable[Film], bench: Bench, edit: Edit, project: Project) -> tuple[Retold, ...]:
    """Return for each cut that the edit is of what the spec would say."""
    told: dict[tuple[str, str], Retold] = {}
    for film in _meant(films, edit):
        if (film.cut, film.variant) in told:
            continue
        with bench.studio.cutting() as file_of:
            _, followed, found = _followed(film, bench, file_of, edit)
        text = ""
        if followed is not None and followed.film is not None:
            text = timeline_yaml(
                followed.film, followed.origins, film, _written(film, project), bench.seconds
            )
        told[film.cut, film.variant] = Retold(
            film=film, yaml=text, found=found, waits_for=_missing(film, bench)
        )
    return tuple(told.values())


def _target(film: Film, output: Path, out: Path | None, form: Form) -> Path:
    if out is not None and out.suffix.lower() == form.ending:
        return out
    return (out or output) / Path(film.output).with_suffix(form.ending)


def _missing(film: Film, bench: Bench) -> tuple[str, ...]:
    return tuple(task for task in film_tasks(film) if task not in bench.clips)


def _laid(film: Film, bench: Bench, file_of: FileOf) -> tuple[Laid | None, tuple[Diagnostic, ...]]:
    """Return the film in frames, or what is wrong; nothing is said of clips that are not made yet."""
    if _missing(film, bench):
        return None, ()
    stock, wrong = gather(film, bench.clips.__getitem__, file_of)
    if any(finding.is_error for finding in wrong):
        return None, wrong
    trims: Mapping[int, int] = {}
    if any(not isinstance(entry, GapEntry) and entry.is_join_trimmed for entry in film.entries):
        trims = look_at_joins(film, stock, bench.studio.ffmpeg, bench.studio.state / "work").trims
    timeline, found = lay_out(film, stock, trims)
    if timeline is None:
        return None, (*wrong, *found)
    laid = Laid(film=film, timeline=timeline, stock=stock, spec=bench.spec, fingerprints=bench.fingerprints)
    return laid, (*wrong, *found)


def _followed(
    film: Film, bench: Bench, file_of: FileOf, edit: Edit
) -> tuple[Laid | None, Followed | None, tuple[Diagnostic, ...]]:
    """Return the film before and behind the edit, and all that is to be said of it."""
    laid, wrong = _laid(film, bench, file_of)
    if laid is None:
        return None, None, wrong
    known = replace(laid, stock=_lasting(laid.stock, bench.studio.folder))
    followed = follow(known, edit)
    if followed.film is None:
        return laid, followed, followed.found
    after, late = _laid(followed.film, bench, file_of)
    found = (*followed.found, *(sound_differs(after, edit) if after is not None else late))
    return laid, followed if after is not None else None, found


def _lasting(stock: Stock, folder: Path) -> Stock:
    """Return the stock with the project's own files where they lie, not their copies of the moment."""
    own = {place: folder / key.path for key, place in stock.places.items() if isinstance(key, LocalFile)}
    materials: tuple[Material, ...] = tuple(
        replace(material, path=own.get(place, material.path))
        for place, material in enumerate(stock.materials)
    )
    return replace(stock, materials=materials)


def _meant(films: Iterable[Film], edit: Edit) -> list[Film]:
    """Return the films that the edit is of, in all their deliveries. Raises ExchangeError where none is."""
    there = list(films)
    meant = [
        film for film in there if edit.cut in ("", film.cut) and edit.variant in ("", film.variant)
    ] or there
    pairs = {(film.cut, film.variant) for film in meant}
    if len(pairs) > 1:
        named = ", ".join(f"{cut} of {variant}" for cut, variant in sorted(pairs))
        raise ExchangeError(
            f"{edit.file} does not say of which film it is ({named}); name the cut, and --variant"
        )
    return meant


def _written(film: Film, project: Project) -> dict[int, Mapping[str, Any]]:
    """Return the keys of the spec's entry from which each entry of the film came."""
    document = project.document
    if document is None:
        return {}
    timeline = document.value.get("cuts", {}).get(film.cut, {}).get("timeline", [])
    places: dict[Origin, Mapping[str, Any]] = {}
    for number, keys in enumerate(timeline):
        where = document.locate(("cuts", film.cut, "timeline", number), key=True)
        places[where] = keys if isinstance(keys, Mapping) else {"shot": keys}
    found = {
        number: places[entry.origin] for number, entry in enumerate(film.entries) if entry.origin in places
    }
    if found:
        return found
    shots: dict[str, Mapping[str, Any]] = {}
    for number, task in enumerate(getattr(entry, "task", "") for entry in film.entries):
        shot = task.rsplit("/", 1)[-1].partition("+")[0].partition("@")[0]
        found[number] = shots.setdefault(shot, {"shot": shot})
    return found
