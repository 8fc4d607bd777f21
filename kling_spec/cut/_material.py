"""The files that a film is made of, found and looked at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.ir import AssetEntry, Entry, Film, GapEntry, Layer, Link, LocalFile
from kling_spec.media import (
    CaptionFile,
    ClipFacts,
    ImageFacts,
    MediaError,
    SoundFacts,
    image_facts,
    probe,
    probe_sound,
    read_captions,
    sha256_of,
)

ClipOf = Callable[[str], Path]
FileOf = Callable[[Link | LocalFile], Path]
Key = str | Link | LocalFile
"""What a material is known by: the whole id of a task, or the asset's own file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One file of the film."""

    name: str
    """As a person knows it: the task's id or the asset's name."""
    path: Path
    sha256: str
    facts: ClipFacts | ImageFacts | SoundFacts | None
    """None for fonts and captions."""
    read: CaptionFile | None = None
    """What a file of captions holds."""
    is_proved: bool = False
    """Whether it is known to decode to its end: it did when it arrived, and lies under the digest that it had then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """All files of a film, each once."""

    materials: tuple[Material, ...]
    places: Mapping[Key, int]
    """Where in `materials` each stands."""

    def of(self, key: Key | None) -> Material | None:
        """Return the material, or None where nothing was asked for."""
        return None if key is None else self.materials[self.places[key]]

    def place_of(self, key: Key | None) -> int | None:
        """Return where the material stands, or None where nothing was asked for."""
        return None if key is None else self.places[key]

    def of_entry(self, entry: Entry) -> Material | None:
        """Return what the entry shows; None for a gap."""
        return self.of(key_of(entry))


def key_of(entry: Entry) -> Key | None:
    """Return by what the entry's material is known; None for a gap."""
    if isinstance(entry, GapEntry):
        return None
    return entry.source if isinstance(entry, AssetEntry) else entry.task


def name_of(entry: Entry) -> str:
    """Return what a message calls the entry."""
    if isinstance(entry, GapEntry):
        return "gap"
    return entry.name if isinstance(entry, AssetEntry) else entry.task


def gather(film: Film, clip_of: ClipOf, file_of: FileOf) -> tuple[Stock, tuple[Diagnostic, ...]]:
    """Return the film's files and all that is missing or damaged.

    `clip_of` may raise KeyError for a task that has no clip yet. The stock is
    complete where no diagnostic is an error.
    """
    found: dict[Key, Material] = {}
    wrong: list[Diagnostic] = []
    for want in _wanted(film):
        if want.key in found:
            continue
        try:
            found[want.key] = _material(want, _path_of(want, clip_of, file_of))
        except _UnusableError as problem:
            wrong.append(problem.diagnostic)
    if not film.entries:
        wrong.append(Diagnostic(code="KS702", message=f"cut '{film.cut}' has no clips", origin=film.origin))
    places = {key: number for number, key in enumerate(found)}
    return Stock(materials=tuple(found.values()), places=places), tuple(wrong)


@dataclass(frozen=True, slots=True)
class _Want:
    key: Key
    name: str
    kind: str
    """`clip`, `image`, `video`, `sound`, `font` or `captions`."""
    what: str
    """The file in the words of a message."""
    origin: Origin


def _wanted(film: Film) -> Iterator[_Want]:
    for entry in film.entries:
        if isinstance(entry, AssetEntry):
            yield _Want(entry.source, entry.name, entry.kind, f"asset '{entry.name}'", entry.origin)
        elif not isinstance(entry, GapEntry):
            yield _Want(entry.task, entry.task, "clip", f"'{entry.task}'", entry.origin)
    for layer in (*film.layers, *(layer for entry in film.entries for layer in entry.layers)):
        yield from _of_layer(layer)
    sound, read, origin = film.sound, film.captions, film.origin
    for source, name in ((sound.music, "music"), (sound.voice, "voice")):
        if source is not None:
            yield _Want(source, name, "sound", f"the {name}", origin)
    if read is not None and read.file is not None:
        yield _Want(read.file, "captions", "captions", "the captions", read.origin)
    if read is not None and read.font is not None:
        yield _Want(read.font, "font", "font", "the captions' font", read.origin)


def _of_layer(layer: Layer) -> Iterator[_Want]:
    if layer.image is not None:
        yield _Want(layer.image, layer.name, "image", f"asset '{layer.name}'", layer.origin)
    if layer.font is not None:
        yield _Want(layer.font, "font", "font", "the font", layer.origin)


class _UnusableError(Exception):
    """One file cannot be used; does not leave this module."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def _unusable(code: str, message: str, origin: Origin, advice: str = "") -> _UnusableError:
    return _UnusableError(Diagnostic(code=code, message=message, origin=origin, help=advice))


def _path_of(want: _Want, clip_of: ClipOf, file_of: FileOf) -> Path:
    if not isinstance(want.key, str):
        return _local(want.key, want, file_of)
    try:
        path = clip_of(want.key)
    except (KeyError, FileNotFoundError):
        path = None
    if path is None or not path.is_file():
        run = "run the spec first, which makes it"
        raise _unusable("KS702", f"there is no clip of '{want.key}' yet", want.origin, run)
    return path


def _local(source: Link | LocalFile, want: _Want, file_of: FileOf) -> Path:
    if isinstance(source, Link):
        advice = "download it and name the file instead"
        message = f"{want.what} is a link; a cut takes files of this machine only"
        raise _unusable("KS705", message, want.origin, advice)
    try:
        path = file_of(source)
    except (KeyError, FileNotFoundError):
        path = None
    except MediaError as error:
        raise _UnusableError(damaged(want.what, want.kind, want.origin, error)) from None
    if path is None or not path.is_file():
        raise _unusable("KS702", f"the file of {want.what} is not there: {source.path}", want.origin)
    return path


def _material(want: _Want, path: Path) -> Material:
    facts: ClipFacts | ImageFacts | SoundFacts | None = None
    read: CaptionFile | None = None
    try:
        match want.kind:
            case "clip" | "video":
                facts = probe(path)
            case "image":
                facts = image_facts(path)
            case "sound":
                facts = probe_sound(path)
            case "captions":
                read = read_captions(path)
    except MediaError as error:
        if want.kind == "captions":
            raise _unusable("KS711", f"the captions cannot be read: {error}", want.origin) from None
        raise _UnusableError(damaged(want.what, want.kind, want.origin, error)) from None
    digest = sha256_of(path)
    is_proved = want.kind == "clip" and path.stem == digest
    return Material(name=want.name, path=path, sha256=digest, facts=facts, read=read, is_proved=is_proved)


def damaged_entry(entry: Entry, error: MediaError) -> Diagnostic:
    """Return the finding that the file of an entry is not what it should be."""
    if isinstance(entry, AssetEntry):
        return damaged(f"asset '{entry.name}'", entry.kind, entry.origin, error)
    return damaged(f"'{name_of(entry)}'", "clip", entry.origin, error)


def damaged(what: str, kind: str, origin: Origin, error: MediaError) -> Diagnostic:
    """Return the finding that a file is not what it should be."""
    file = "the clip of " if kind == "clip" else "" if kind == "sound" else "the file of "
    return Diagnostic(code="KS704", message=f"{file}{what} cannot be used: {error}", origin=origin)
