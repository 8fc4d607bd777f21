"""The documented request of each provider as JSON Schema."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any


def request_schema(provider: str) -> dict[str, Any]:
    """Return the JSON Schema of what the provider is sent, from the wheel or from the checkout.

    Raises FileNotFoundError where there is none.
    """
    package = files("kling_spec")
    name = f"{provider}.request.schema.json"
    for folder in (package / "schemas", Path(str(package)).parent / "schemas"):
        file = folder / "providers" / name
        if file.is_file():
            schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return schema
    raise FileNotFoundError(name)
