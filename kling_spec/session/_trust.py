"""Settings that a project may only make with the word of the person who runs it: asked once per content.

A `kling-spec.toml` comes with a clone like any other file. What it says of prices, limits or paces can do
no harm; where keys and files are sent, which program is started and what is written outside of the project
is another matter. What the environment says is the person's own word already.
"""

import json
import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.files import write_whole
from kling_spec.session._errors import Untrusted

_FOLDER = "KLING_SPEC_CONFIG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One setting that could do harm."""

    setting: str
    """Its full name, such as `providers.kling.base_url`."""
    value: str
    does: str
    """What would happen, as the end of a sentence."""
    origin: Origin
    variable: str = ""
    """The variable of the environment that overrides it, where there is one."""


@dataclass(frozen=True, kw_only=True)
class Demands:
    """Everything that the settings of one project demand."""

    root: Path = Path()
    all: tuple[Demand, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    lines: Sequence[str] = ()
    """Of the file, for drawing."""

    def open(self, names: Iterable[str] = ("",)) -> tuple[Demand, ...]:
        """Return the demands of these settings, or below them, that nobody has agreed to; of all by default."""
        wanted = tuple(
            demand
            for demand in self.all
            if not self.environment.get(demand.variable)
            and any(name in ("", demand.setting) or demand.setting.startswith(f"{name}.") for name in names)
        )
        return () if not wanted or self._consent().is_file() else wanted

    def insist(self, *names: str) -> None:
        """Raise Untrusted where one of these settings would be used and nobody has agreed to it."""
        if found := self.open(names):
            raise Untrusted([self._finding(found)], lambda _: list(self.lines))

    def agree(self) -> Path:
        """Record that the person agrees to all of them as they are now, and return where."""
        consent = self._consent()
        consent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(consent, json.dumps(self._content(), ensure_ascii=False, indent=1), mode=0o600)
        return consent

    def forget(self) -> int:
        """Take back every word that was given for this project; return how many there were."""
        project, count = self._content()["project"], 0
        for consent in self._consent().parent.glob("*.json"):
            with suppress(OSError, ValueError, KeyError, TypeError):
                if json.loads(consent.read_text(encoding="utf-8"))["project"] == project:
                    consent.unlink()
                    count += 1
        return count

    def _consent(self) -> Path:
        """Return the file that stands for a word given: for this folder, and for these very values."""
        told = json.dumps(self._content(), sort_keys=True)
        return config_folder(self.environment) / "trusted" / f"{sha256(told.encode()).hexdigest()}.json"

    def _content(self) -> dict[str, object]:
        return {
            "project": os.path.realpath(self.root),
            "settings": {demand.setting: demand.value for demand in self.all},
        }

    def _finding(self, found: Sequence[Demand]) -> Diagnostic:
        first, *others = found
        told = [first.does, *(f"{demand.does} (line {demand.origin.line})" for demand in others)]
        where = os.path.relpath(self.root)
        command = "kling-spec trust" + ("" if where == "." else f" {shlex.quote(where)}")
        return Diagnostic(
            code="KS116",
            message=f"this project needs your word for its settings: {'; '.join(told)}",
            origin=first.origin,
            label="asked for here",
            help=f"a clone brings its own settings; where you want this, type '{command}', once",
        )


def config_folder(environment: Mapping[str, str]) -> Path:
    """Return the person's own folder of this program; no file of a project says where that is."""
    if named := environment.get(_FOLDER):
        return Path(named).expanduser().absolute()
    base = Path(environment.get("XDG_CONFIG_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".config") / "kling-spec"
