"""One spec and what surrounds it, read from the disk."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from kling_spec.compile import is_link, is_outside, paths_of
from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.ir import LocalFile
from kling_spec.session._files import read_text
from kling_spec.session._inputs import local_file
from kling_spec.session._settings import FILE
from kling_spec.source import Document, merged, parse, scalar
from kling_spec.spec import Spec, check

_DEEPEST = 8
_MOST_FILES = 50
"""Files that a spec may extend, one through the other."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A spec as it was read. `spec` is None where it cannot be read or its shape is wrong."""

    path: Path
    shown: str
    """The file's name in messages: relative to where the command runs, where that is shorter."""
    document: Document | None
    spec: Spec | None
    found: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    root: Path
    """Where files of the project lie; nothing above it is read for a spec."""

    @property
    def name(self) -> str:
        """The campaign's name."""
        return (self.spec.name if self.spec is not None else None) or self.path.stem

    @property
    def folder(self) -> Path:
        """Where paths start."""
        return self.path.parent

    def files(
        self, known: Mapping[str, LocalFile | None] = MappingProxyType({})
    ) -> dict[str, LocalFile | None]:
        """Return every local file that an asset names, by its path as written; None where there is none.

        Those that are known already are not looked at again.
        """
        assets = self.spec.assets.values() if self.spec is not None else ()
        written = {
            path: "audio" if where[-1] == "voice" else str(where[-1])
            for asset in assets
            for where, path in paths_of(asset)
            if path.strip() and not is_link(path) and not is_outside(path)
        }
        return {
            path: known[path]
            if path in known
            else local_file(self.folder / path, path, kind=kind, root=self.root)
            for path, kind in sorted(written.items())
        }

    def lines_of(self, file: str) -> list[str]:
        """Return the lines of a file that was read."""
        return self.texts.get(file, "").splitlines()

    def read_template(self, name: str) -> str | None:
        """Return the text of a template file below the spec's folder, or None."""
        return read_text(self.folder / name, name, self.folder)[0]


def read_project(
    path: Path,
    variables: Mapping[str, Any] | None = None,
    text: str | None = None,
    shown: str = "",
    name_of: Callable[[Path], str] | None = None,
) -> Project:
    """Return the spec in the file, its `extends` merged under it, and everything that is wrong with it.

    `variables` are laid over `vars`; text among them is read as YAML would read it. With `text` that is
    the spec, and `path` only says where its paths start, and its name where `shown` does not. `name_of`
    names files in messages.
    """
    root, name_of = project_root(path), name_of or _shown
    reader = _Reader(root, name_of)
    shown = shown or (name_of(path) if text is None else path.stem)
    document = reader.read(path, shown, ()) if text is None else reader.parse(text, path, shown, ())
    spec = None
    if document is not None and all(finding.code == "KS104" for finding in reader.found):
        reader.found += _overridden(document, variables or {})
        spec, found = check(document)
        reader.found += found
    return Project(
        path=path,
        shown=shown,
        document=document,
        spec=spec,
        found=tuple(reader.found),
        texts=reader.texts,
        root=root,
    )


def project_root(path: Path) -> Path:
    """Return the project of a spec: the folder of its settings, else its own."""
    folder = path.absolute().parent
    return next((up for up in (folder, *folder.parents) if (up / FILE).is_file()), folder)


def _shown(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("../..") else relative


class _Reader:
    """Reads a file and those that it extends."""

    def __init__(self, root: Path, name_of: Callable[[Path], str]) -> None:
        self.found: list[Diagnostic] = []
        self.texts: dict[str, str] = {}
        self._root = root
        self._name_of = name_of
        self._files = 0

    def read(self, path: Path, shown: str, above: tuple[Path, ...]) -> Document | None:
        text, wrong = read_text(path, shown)
        if text is None:
            self.found += [wrong] if wrong else []
            return None
        return self.parse(text, path, shown, above)

    def parse(self, text: str, path: Path, shown: str, above: tuple[Path, ...]) -> Document | None:
        self.texts[shown] = text
        document, found = parse(text, shown)
        self.found += found
        if document is None or "extends" not in document.value:
            return document
        return self._extended(document, path, (*above, _real(path)))

    def _extended(self, document: Document, path: Path, above: tuple[Path, ...]) -> Document | None:
        whole: Document | None = None
        for where, name in _bases(document.value["extends"]):
            origin = document.locate(("extends", *where))
            base_path = path.parent / name
            base = self._base(base_path, name, origin, above)
            if base is None:
                return None
            base = base.mapped(_rebased(PurePosixPath(name).parent))
            whole = base if whole is None else merged(whole, base, without="extends")
        return document if whole is None else merged(whole, document, without="extends")

    def _base(self, path: Path, name: str, origin: Origin, above: tuple[Path, ...]) -> Document | None:
        self._files += 1
        wrong = ""
        if is_outside(name):
            wrong, help_ = "lies outside the project", "write its path relative to this file"
        elif _real(path) in above or len(above) > _DEEPEST:
            wrong, help_ = "extends this file again", "let files extend in one direction only"
        elif self._files > _MOST_FILES:
            wrong, help_ = f"is one of more than {_MOST_FILES}", "extend fewer files"
        if wrong:
            message = f"'{name}' {wrong}"
            self.found.append(Diagnostic(code="KS111", message=message, origin=origin, help=help_))
            return None
        shown = self._name_of(path)
        text, unread = read_text(path, shown, self._root)
        if text is None:
            reason, help_ = (unread.message, unread.help) if unread else ("", "")
            message = f"'{name}' cannot be extended: {reason}"
            self.found.append(Diagnostic(code="KS111", message=message, origin=origin, help=help_))
            return None
        return self.parse(text, path, shown, above)


def _real(path: Path) -> Path:
    """Return the path with every link followed, as far as that goes."""
    return Path(os.path.realpath(path))


def _bases(extends: Any) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield the files that a spec extends and where each is named; other values are left to the check."""
    if isinstance(extends, str):
        yield (), extends
    elif isinstance(extends, list):
        yield from (((number,), name) for number, name in enumerate(extends) if isinstance(name, str))


_FILES = {"image", "video", "audio", "font", "captions", "frontal", "images", "voice"}
"""The keys of an asset that name files."""


def _rebased(folder: PurePosixPath) -> Callable[[tuple[str | int, ...], str], str]:
    """Return what makes the asset paths of a base relative to the file that extends it."""

    def change(path: tuple[str | int, ...], value: str) -> str:
        is_file = path[:1] == ("assets",) and _FILES & set(path[2:])
        if not is_file or is_link(value) or str(folder) == "." or value.startswith(("/", "~")):
            return value
        return os.path.normpath(folder / value).replace(os.sep, "/")

    return change


def _overridden(document: Document, variables: Mapping[str, Any]) -> list[Diagnostic]:
    """Lay the variables over `vars`, and return what is wrong with them."""
    found = []
    known = document.value.get("vars")
    known = known if isinstance(known, dict) else {}
    for name, value in variables.items():
        if name not in known:
            help_ = f"known: {', '.join(known)}" if known else "the spec has no 'vars'"
            message = f"no variable is called '{name}'"
            found.append(
                Diagnostic(code="KS112", message=message, origin=Origin(f"--var {name}"), help=help_)
            )
        else:
            known[name] = scalar(value) if isinstance(value, str) else value
    return found
