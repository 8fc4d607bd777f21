"""Every string of a spec that may be a template, and where it stands."""

from collections.abc import Iterator
from typing import Any

from kling_spec.compile._context import Path, is_template
from kling_spec.spec import Part, Spec

_NOT_RENDERED = frozenset({"when", "match", "provider", "extends", "kling_spec", "model"})


def strings(spec: Spec) -> Iterator[tuple[Path, str]]:
    """Yield the templates of a spec in the order of its keys."""
    for name in ("vars", "matrix", "defaults", "shots", "cuts"):
        value = getattr(spec, name)
        if value is not None:
            yield from _templates(value, (name,))


def conditions(spec: Spec) -> Iterator[tuple[Path, str]]:
    """Yield the text of every `when`."""
    for name, shot in spec.shots.items():
        if isinstance(shot.when, str):
            yield ("shots", name, "when"), shot.when
    if spec.defaults is not None and isinstance(spec.defaults.when, str):
        yield ("defaults", "when"), spec.defaults.when


def _templates(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    match value:
        case str():
            if is_template(value):
                yield path, value
        case Part():
            for name in value.model_fields_set:
                if name not in _NOT_RENDERED:
                    yield from _templates(getattr(value, name), (*path, name))
        case dict():
            for key, item in value.items():
                yield from _templates(item, (*path, key))
        case list():
            for number, item in enumerate(value):
                yield from _templates(item, (*path, number))
