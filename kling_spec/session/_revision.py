"""A spec's file with other values in it: how it would read, and putting it in its place."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from shutil import copymode
from typing import Any

from kling_spec.diagnostics import Diagnostic, Origin, SpecError
from kling_spec.files import whole
from kling_spec.session._project import Project
from kling_spec.source import EditRefused, edited, nested

Changes = Mapping[tuple[str | int, ...], Any]
"""New values by their paths in the spec."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The text of a spec before and after a change; nothing is written until `write` is called."""

    path: Path
    shown: str
    """The file's name in messages."""
    before: str
    after: str
    names: frozenset[str]
    """The variables of `vars` that were changed."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return self.before == self.after

    @property
    def lines(self) -> tuple[tuple[int, str], ...]:
        """The lines that are new or changed, with their numbers in the new text."""
        new = self.after.splitlines()
        steps = SequenceMatcher(None, self.before.splitlines(), new, autojunk=False).get_opcodes()
        return tuple(
            (at + 1, new[at]) for kind, _, _, low, high in steps if kind != "equal" for at in range(low, high)
        )

    def write(self) -> None:
        """Replace the file, whole or not at all. Raises SpecError where it is not what was read any more."""
        try:
            if self.path.read_bytes() != self.before.encode():
                raise self._refused(
                    "the file has changed since it was read", "load it again, and repeat the change"
                )
            real = Path(os.path.realpath(self.path))
            with whole(real) as part:
                part.write_bytes(self.after.encode())
                copymode(real, part)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise self._refused(f"the file cannot be written: {reason}", "nothing was changed") from None

    def _refused(self, message: str, help_: str) -> SpecError:
        return refused(message, Origin(self.shown), help_, lambda _: [])


def revised(project: Project, changes: Changes, behind: str = "") -> Revision:
    """Return the project's own file with these values. Raises SpecError where they cannot be written into it.

    A missing key goes behind the key `behind`. A shot that is nothing but its prompt becomes a mapping
    where a key of it is set.
    """
    before = after = project.texts[project.shown]
    for path in changes:
        try:
            after = edited(_opened_up(after, project, path), {path: changes[path]}, behind=behind)
        except EditRefused as refusal:
            origin = _origin(project, path)
            raise refused(str(refusal), origin, refusal.help, project.lines_of) from None
    names = (str(path[1]) for path in changes if path[:1] == ("vars",) and len(path) > 1)
    return Revision(
        path=project.path, shown=project.shown, before=before, after=after, names=frozenset(names)
    )


def refused(message: str, origin: Origin, help_: str, lines_of: Any) -> SpecError:
    return SpecError([Diagnostic(code="KS117", message=message, origin=origin, help=help_)], lines_of)


def _opened_up(text: str, project: Project, path: Iterable[str | int]) -> str:
    folder, shot, *rest = path
    shots = project.document.value.get("shots") if project.document is not None else None
    is_prompt = folder == "shots" and rest and isinstance(shots, dict) and isinstance(shots.get(shot), str)
    return nested(text, (folder, shot), "prompt") if is_prompt else text


def _origin(project: Project, path: tuple[str | int, ...]) -> Origin:
    return project.document.locate(path) if project.document is not None else Origin(project.shown)
