"""The documented request bodies as JSON Schema; the only user of jsonschema here."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from kling_spec.sandbox._error import SandboxError
from kling_spec.sandbox._shape import Fault

WITH_SCHEMA = ("kling", "kling-2026", "hiapi", "runware", "apimodels")
"""Whose bodies are looked at a second time, after their own rules."""
_LONGEST = 300


def schema_faults(provider: str, body: Any) -> Iterator[Fault]:
    """Yield where the body departs from the provider's schema most tellingly."""
    checker = _checker(provider)
    is_array = checker.schema.get("type") == "array"
    errors = list(checker.iter_errors([body] if is_array else body))
    if not errors:
        return
    error = _most_telling(errors)
    steps = list(error.absolute_path)[1:] if is_array else list(error.absolute_path)
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    message = error.message if len(error.message) <= _LONGEST else f"does not satisfy '{error.validator}'"
    yield Fault(path.lstrip(".") or "body", message)


def schema_text(provider: str) -> str:
    """Return a provider's schema, from the wheel or from the checkout that the package lies in.

    Raises SandboxError where the file is missing.
    """
    package, name = files("kling_spec"), f"{provider}.request.schema.json"
    folders = (package / "schemas" / "providers", Path(str(package)).parent / "schemas" / "providers")
    for folder in folders:
        try:
            return (folder / name).read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            continue
    places = " or ".join(str(folder) for folder in folders)
    raise SandboxError(f"the schema {name} is missing, which belongs in {places}; install the package anew")


def _most_telling(errors: list[Any]) -> Any:
    """Return one error; among alternatives, of the one that was meant, which names the body's model."""
    from jsonschema.exceptions import best_match

    error = best_match(errors)  # type: ignore[no-untyped-call]
    for outer in errors:
        if outer.validator == "oneOf":
            others = {inner.schema_path[0] for inner in outer.context if list(inner.path) == ["model"]}
            meant = [inner for inner in outer.context if inner.schema_path[0] not in others]
            if meant:
                return best_match(meant)  # type: ignore[no-untyped-call]
    return error


@cache
def _checker(provider: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema_text(provider)))
