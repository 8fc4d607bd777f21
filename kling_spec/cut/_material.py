"""The files that a film is made of, found and looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.ir import AssetClip, Clip, Film, Link, LocalFile
from kling_spec.media import (
    ClipFacts,
    ImageFacts,
    MediaError,
    SoundFacts,
    image_facts,
    probe,
    probe_sound,
    sha256_of,
)

ClipOf = Callable[[str], Path]
FileOf = Callable[[Link | LocalFile], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The file behind one clip of the film."""

    name: str
    """As a person knows it: the task's id or the asset's name."""
    path: Path
    sha256: str
    facts: ClipFacts | ImageFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """The file behind the music bed."""

    path: Path
    sha256: str
    facts: SoundFacts


def name_of(clip: Clip) -> str:
    """Return what a message calls the clip."""
    return clip.name if isinstance(clip, AssetClip) else clip.task


def gather(
    film: Film, clip_of: ClipOf, file_of: FileOf
) -> tuple[tuple[Material, ...], Music | None, tuple[Diagnostic, ...]]:
    """Return the material of every clip, the music, and all that is missing or damaged.

    `clip_of` may raise KeyError for a task that has no clip yet. The material is
    complete where no diagnostic is an error.
    """
    found: list[Material] = []
    wrong: list[Diagnostic] = []
    for clip in film.clips:
        try:
            found.append(_material(clip, _path_of(clip, clip_of, file_of)))
        except _UnusableError as problem:
            wrong.append(problem.diagnostic)
    music = None
    if film.sound.music is not None:
        try:
            music = _music(film.sound.music, file_of, film.origin)
        except _UnusableError as problem:
            wrong.append(problem.diagnostic)
    if not film.clips:
        wrong.append(Diagnostic(code="KS702", message=f"cut '{film.cut}' has no clips", origin=film.origin))
    return tuple(found), music, tuple(wrong)


class _UnusableError(Exception):
    """One file cannot be used; does not leave this module."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def _unusable(code: str, message: str, origin: Origin, advice: str = "") -> _UnusableError:
    return _UnusableError(Diagnostic(code=code, message=message, origin=origin, help=advice))


def _path_of(clip: Clip, clip_of: ClipOf, file_of: FileOf) -> Path:
    if isinstance(clip, AssetClip):
        return _local(clip.source, f"asset '{clip.name}'", file_of, clip.origin)
    try:
        path = clip_of(clip.task)
    except (KeyError, FileNotFoundError):
        path = None
    if path is None or not path.is_file():
        run = "run the spec first, which makes it"
        raise _unusable("KS702", f"there is no clip of '{clip.task}' yet", clip.origin, run)
    return path


def _local(source: Link | LocalFile, what: str, file_of: FileOf, origin: Origin) -> Path:
    if isinstance(source, Link):
        advice = "download it and name the file instead"
        raise _unusable("KS705", f"{what} is a link; a cut takes files of this machine only", origin, advice)
    try:
        path = file_of(source)
    except (KeyError, FileNotFoundError):
        path = None
    if path is None or not path.is_file():
        raise _unusable("KS702", f"the file of {what} is not there: {source.path}", origin)
    return path


def _material(clip: Clip, path: Path) -> Material:
    still = isinstance(clip, AssetClip) and clip.kind == "image"
    try:
        facts = image_facts(path) if still else probe(path)
    except MediaError as error:
        raise _UnusableError(damaged(clip, error)) from None
    return Material(name=name_of(clip), path=path, sha256=sha256_of(path), facts=facts)


def damaged(clip: Clip, error: MediaError) -> Diagnostic:
    """Return the finding that a clip's file is not what it should be."""
    kind = "file of asset" if isinstance(clip, AssetClip) else "clip of"
    message = f"the {kind} '{name_of(clip)}' cannot be used: {error}"
    return Diagnostic(code="KS704", message=message, origin=clip.origin)


def _music(source: Link | LocalFile, file_of: FileOf, origin: Origin) -> Music:
    path = _local(source, "the music", file_of, origin)
    try:
        return Music(path=path, sha256=sha256_of(path), facts=probe_sound(path))
    except MediaError as error:
        raise _unusable("KS704", f"the music cannot be used: {error}", origin) from None
