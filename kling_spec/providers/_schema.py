"""The documented request of each provider as JSON Schema."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from kling_spec.providers._profile import folder_of


def request_schema(provider: str) -> dict[str, Any]:
    """Return the JSON Schema of what the provider is sent, from the wheel, the checkout or its own folder.

    Raises FileNotFoundError where there is none.
    """
    package = files("kling_spec")
    name = f"{provider}.request.schema.json"
    for folder in (package / "schemas", Path(str(package)).parent / "schemas"):
        file = folder / "providers" / name
        if file.is_file():
            schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return schema
    file = folder_of(provider).joinpath("request.schema.json")
    if file.is_file():
        own: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return own
    raise FileNotFoundError(name)
