"""What every rule of the compiler looks at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kling_spec.compile._names import Names
from kling_spec.compile._templates import Templates
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.ir import LocalFile
from kling_spec.source import Document
from kling_spec.spec import TEMPLATE, ShotKeys, Spec

Path = tuple[str | int, ...]


def is_template(value: Any) -> bool:
    """Whether a value is a string that must be rendered first."""
    return isinstance(value, str) and TEMPLATE.search(value) is not None


@dataclass(frozen=True)
class Context:
    """One spec and what surrounds it."""

    document: Document
    spec: Spec
    templates: Templates
    provider: str
    """The name of the provider whose `provider_options` count."""
    files: Mapping[str, LocalFile | None]
    """Every local file that an asset names, by its path as written; None where there is none."""

    @cached_property
    def names(self) -> Names:
        """The names of the spec."""
        return Names(self.spec)

    @cached_property
    def shots(self) -> Mapping[str, "Shot"]:
        """The shots with the defaults laid under them."""
        return {name: _shot(name, keys, self) for name, keys in self.spec.shots.items()}

    def report(  # noqa: PLR0913 - these are the fields of a finding
        self,
        code: str,
        message: str,
        path: Path,
        *,
        key: bool = False,
        help: str = "",  # noqa: A002 - the field's name
        label: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """Return a finding about the value at `path`, or about its key."""
        origin = self.document.locate(path, key=key)
        return Diagnostic(
            code=code, message=message, origin=origin, severity=severity, label=label, help=help
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One shot as it counts: its own keys, and the defaults that it can take."""

    name: str
    keys: ShotKeys
    own: frozenset[str]
    """The keys that the shot writes itself."""
    not_taken: Mapping[str, str]
    """The defaults that it cannot take, and why."""

    def path(self, key: str) -> Path:
        """Return where the key was written."""
        return ("shots", self.name, key) if key in self.own else ("defaults", key)


SOURCES = ("next_of", "previous_of", "edit", "reference_video")
"""The keys that name a video source."""


def _shot(name: str, keys: ShotKeys, context: Context) -> Shot:
    own = frozenset(keys.model_fields_set)
    defaults = context.spec.defaults
    if defaults is None:
        return Shot(name=name, keys=keys, own=own, not_taken={})
    lent = {key: getattr(defaults, key) for key in defaults.model_fields_set}
    values = _laid_over(lent, {key: getattr(keys, key) for key in own})
    not_taken = {key: why for key, why in _not_taken(values) if key in lent and key not in own}
    kept = {key: value for key, value in values.items() if key not in not_taken}
    return Shot(name=name, keys=ShotKeys.model_construct(set(kept), **kept), own=own, not_taken=not_taken)


def _laid_over(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(base)
    for key, value in over.items():
        old = whole.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        whole[key] = _laid_over(old or {}, value) if both else value
    return whole


def _not_taken(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys that such a shot cannot have, and why."""
    source = next((key for key in SOURCES if values.get(key) is not None), None)
    if source is not None:
        yield "sound", "a video goes in, and its sound is kept or dropped instead"
    else:
        yield "keep_sound", "no video goes in whose sound could be kept"
    if values.get("edit") is not None:
        yield "duration", "the edited video decides the length"
        yield "aspect_ratio", "the edited video decides the shape"
    if values.get("first_frame") is not None:
        yield "aspect_ratio", "the first frame decides the shape"
    if isinstance(values.get("storyboard"), list):
        yield "duration", "the storyboard's shots add up to the length"
        yield "prompt", "each shot of the storyboard has its own"
