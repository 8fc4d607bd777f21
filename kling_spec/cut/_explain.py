"""Says why a segment was made anew: what in it differs from the last cut of the same film."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from kling_spec.cut._recipe import Recipe, canonical
from kling_spec.cut._store import Missing

_WORDS = {
    "clips": "another file",
    "frames": "other frames",
    "transition": "another transition",
    "fit and speed": "another fit or speed",
    "overlays": "other overlays",
    "size and rate": "another size or rate of the film",
    "codec": "another codec",
    "drawer": "another Pillow",
    "ffmpeg": "another ffmpeg",
    "version": "another release of this tool",
    "filters": "what is known of the file",
}
"""Each part of a recipe, in the order in which they are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A segment of the last cut of a film."""

    name: str
    key: str
    parts: dict[str, str]
    """A hash of each part of its recipe."""

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """Return what is remembered of a recipe."""
        parts = {name: _short(value) for name, value in recipe.parts.items()}
        return cls(name=recipe.name, key=recipe.key, parts=parts)

    def to_json(self) -> dict[str, object]:
        """Return plain values, which `from_json` reads again."""
        return {"name": self.name, "key": self.key, "parts": self.parts}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError or TypeError for anything else."""
        return cls(name=data["name"], key=data["key"], parts=dict(data["parts"]))


def why(recipe: Recipe, missing: Missing, before: Sequence[Past] | None) -> str:
    """Return why the segment was not there; `before` is None at the first cut of a film."""
    if missing is Missing.DAMAGED:
        return str(missing)
    if before is None:
        return "first cut of this film"
    if any(past.key == recipe.key for past in before):
        return "no longer in the store"
    parts = Past.of(recipe).parts
    alike = [past for past in before if past.name == recipe.name]
    changes = min((_changes(past.parts, parts) for past in alike), key=len, default=[])
    if not changes:
        return "new in this film"
    told = [name for name in changes if name != "filters"] or changes  # filters follow from all others
    return ", ".join(_WORDS.get(name, name) for name in told)


def _changes(before: dict[str, str], now: dict[str, str]) -> list[str]:
    order = list(_WORDS)
    changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    return sorted(changed, key=lambda name: (order.index(name) if name in order else len(order), name))


def _short(value: object) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]
