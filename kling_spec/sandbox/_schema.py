"""The documented request bodies as JSON Schema; the only user of jsonschema here."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from kling_spec.sandbox._shape import Fault

_LONGEST = 300


def schema_faults(provider: str, body: Any) -> Iterator[Fault]:
    """Yield where the body departs from the provider's schema, most telling first; none without a file."""
    checker = _checker(provider)
    if checker is None:
        return
    from jsonschema.exceptions import best_match

    error = best_match(checker.iter_errors(body))  # type: ignore[no-untyped-call]
    if error is not None:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
        message = error.message if len(error.message) <= _LONGEST else f"does not satisfy '{error.validator}'"
        yield Fault(path.lstrip(".") or "body", message)


def schema_is_a_list(provider: str) -> bool:
    """Whether the schema describes the whole array of tasks and not one of them."""
    checker = _checker(provider)
    return checker is not None and checker.schema.get("type") == "array"


@cache
def _checker(provider: str) -> Any:
    text = _text(f"{provider}.request.schema.json")
    if text is None:
        return None
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(text))


def _text(name: str) -> str | None:
    """Read a schema from the wheel, or from the checkout that the package lies in."""
    package = files("kling_spec")
    for folder in (package / "schemas", Path(str(package)).parent / "schemas"):
        try:
            return (folder / "providers" / name).read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            continue
    return None
