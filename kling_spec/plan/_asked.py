"""What one task asks in the spec's words, so that it can be told later what has changed since."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from kling_spec.compile import Cell, Sources
from kling_spec.diagnostics import Origin
from kling_spec.ir import (
    Ask,
    ElementId,
    ElementParts,
    Link,
    LocalFile,
    Media,
    Output,
    OutputPart,
    Text,
    unsigned,
)
from kling_spec.providers import Lowered

_LONGEST_VALUE = 200
_DIGITS = 8
_PLAIN = ("model", "resolution", "aspect_ratio", "duration", "sound", "keep_sound")
_FILES = ("first_frame", "last_frame", "reference_video", "edit")
_KEYS = {"images": ("images", "prompt"), "elements": ("elements", "prompt"), "options": ("provider_options",)}
"""Which keys of a spec say a field that has another name, the first that is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What one field was made of."""

    digest: str
    """Of what was written, templates and all."""
    reads: tuple[str, ...]
    """The variables and axes in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a task asks, and what it was made of: as much of it as can be kept beside a sent request."""

    fields: Mapping[str, str]
    """What is asked, as text; what is not asked is not in it. No query of an address is shown."""
    made: Mapping[str, Made] = field(default_factory=dict)
    """For the fields that a person wrote."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The variables and axes that the fields were made of, with their values."""

    def to_json(self) -> str:
        """Return it as one line of JSON, in ASCII."""
        made = {name: [one.digest, *one.reads] for name, one in self.made.items()}
        whole = {"asks": self.fields, "made": made, "values": self.values}
        return json.dumps(whole, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Asked | None":
        """Return what `to_json` wrote, or None for anything else."""
        try:
            whole = json.loads(text)
            made = {name: Made(digest=one[0], reads=tuple(one[1:])) for name, one in whole["made"].items()}
            return cls(fields=_texts(whole["asks"]), made=made, values=_texts(whole["values"]))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return None


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


class Asking:
    """Puts the tasks of one spec at one provider into the spec's words."""

    def __init__(self, sources: Sources, provider: str) -> None:
        self._sources = sources
        self._provider = provider
        self._shared: dict[int, tuple[Ask, Mapping[str, str], Mapping[str, Made], tuple[str, ...]]] = {}
        self._cell: tuple[Cell, Mapping[str, str]] | None = None

    def asked(self, lowered: Lowered, cell: Cell, fingerprints: Mapping[str, str]) -> Asked:
        """Return what the task asks; `fingerprints` are those of its variant, by ids without the variant."""
        task = lowered.task
        fixed, made, reads = self._of_ask(task.ask)
        fields = {"provider": self._provider, "model_id": lowered.pattern.model_id, **fixed}
        fields |= {name: unsigned(text.spoken(task.words)) for name, text in _text_fields(task.ask)}
        fields |= {name: _named(media, fingerprints) for name, media in _fed(task.ask)}
        values = self._values(cell)
        return Asked(
            fields={name: text for name, text in fields.items() if text},
            made=made,
            values={name: values[name] for name in reads if name in values},
        )

    def origin(self, ask: Ask, name: str) -> Origin:
        """Return where the field is written, or else where the shot stands."""
        return next((ask.origins[key] for key in _keys(name) if key in ask.origins), ask.origins[""])

    def place(self, name: str, cell: Cell) -> Origin:
        """Return where a variable gets its value in the variant."""
        return self._sources.place(name, cell)

    def behind(self, name: str) -> frozenset[str]:
        """Return the variables and axes that a variable is made of."""
        return self._sources.behind(name)

    def _of_ask(self, ask: Ask) -> tuple[Mapping[str, str], Mapping[str, Made], tuple[str, ...]]:
        """Return what tasks that ask alike have in common."""
        known = self._shared.get(id(ask))
        if known is None:
            if len(self._shared) >= 10_000:  # memory stays flat when every task asks something else
                self._shared.clear()
            made = dict(self._made(ask))
            reads = tuple(dict.fromkeys(read for one in made.values() for read in one.reads))
            known = self._shared[id(ask)] = ask, dict(_fixed(ask)), made, reads
        return known[1:]

    def _made(self, ask: Ask) -> Iterator[tuple[str, Made]]:
        lists = [name for name in ("images", "elements") if getattr(ask, name)]
        for name in (*_PLAIN, *_FILES, *lists, "options", *(name for name, _ in _text_fields(ask))):
            sources = (self._sources.source(ask, key) for key in _keys(name))
            if (source := next((one for one in sources if one is not None), None)) is not None:
                yield name, Made(digest=source.digest, reads=source.reads)

    def _values(self, cell: Cell) -> Mapping[str, str]:
        known = self._cell
        if known is None or known[0] is not cell:
            known = self._cell = cell, _Shown(self._sources.values(cell))
        return known[1]


class _Shown(Mapping[str, str]):
    """Values of variables as text, made when they are looked at."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        value = self._values[name]
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        text = unsigned(text)
        return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}… #{_digest(text)}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _keys(name: str) -> tuple[str, ...]:
    return _KEYS.get(name) or ((name, "storyboard") if name.startswith("storyboard") else (name,))


def _fixed(ask: Ask) -> Iterator[tuple[str, str]]:
    """Yield the fields that are no text and use no other task's clip."""
    for name in _PLAIN:
        value = getattr(ask, name)
        yield name, ("yes" if value else "") if isinstance(value, bool) else str(value or "")
    if ask.auto_storyboard:
        yield "storyboard", "auto"
    if ask.options:
        text = json.dumps(ask.options, ensure_ascii=False, sort_keys=True, default=str)
        yield "options", unsigned(text)


def _text_fields(ask: Ask) -> Iterator[tuple[str, Text]]:
    yield "prompt", ask.prompt
    yield "negative_prompt", ask.negative_prompt
    for number, beat in enumerate(ask.storyboard):
        yield f"storyboard[{number}]", Text((f"{beat.duration} s: ",)) + beat.prompt


def _fed(ask: Ask) -> Iterator[tuple[str, tuple[Media, ...]]]:
    for name in _FILES:
        media = getattr(ask, name)
        yield name, () if media is None else (media,)
    yield "images", ask.images
    yield "elements", ask.elements


def _named(inputs: tuple[Media, ...], fingerprints: Mapping[str, str]) -> str:
    return ", ".join(_input(media, fingerprints.get) for media in inputs)


def _input(media: Media, fingerprint_of: Callable[[str], str | None]) -> str:
    """Return the name of an input, and what tells whether it is still the same."""
    match media.source:
        case Link(url):
            shown = unsigned(url)
            return f"{media.name} {shown}" + (f" #{_digest(url)}" if shown != url else "")
        case LocalFile(path, sha256_):
            return f"{media.name} {path} #{sha256_[:_DIGITS]}"
        case Output(task, part):
            what = "last frame" if part is OutputPart.LAST_FRAME else "clip"
            return f"{what} of {task} #{(fingerprint_of(task) or '')[:_DIGITS]}"
        case ElementId(id_):
            return f"{media.name} {id_}"
        case ElementParts():
            return f"{media.name} #{_digest(repr(media.source))}"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
