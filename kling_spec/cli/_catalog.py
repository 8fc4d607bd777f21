"""`schema`, `explain`: what the product knows, without a spec."""

import json
import sys
from typing import Any

from kling_spec.cli._common import named, say
from kling_spec.diagnostics import codes
from kling_spec.diagnostics import explain as explanation
from kling_spec.providers import request_schema


def schema(arguments: Any) -> int:
    """Print a JSON Schema, or every key of the language as a page."""
    if arguments.provider is None:
        from kling_spec.spec import reference, spec_schema

        if arguments.format == "markdown":
            print(reference(spec_schema()), end="")
            return 0
        print(json.dumps(spec_schema(), ensure_ascii=False, indent=2))
        return 0
    names = named(arguments.provider)
    if names is None:
        return 1
    print(json.dumps(request_schema(names[0]), ensure_ascii=False, indent=2))
    return 0


def explain(arguments: Any) -> int:
    """Explain one code, or list them all."""
    if arguments.code is None:
        for code in codes():
            found = explanation(code)
            print(f"{code}  {found.title if found else ''}")
        return 0
    found = explanation(arguments.code.upper())
    if found is None:
        say(f"error: no diagnostic is called '{arguments.code}'\n  = help: 'kling-spec explain' lists them")
        return 1
    print(f"{arguments.code.upper()}: {found.title}\n\n{found.text.strip()}", file=sys.stdout)
    return 0
