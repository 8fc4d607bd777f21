"""`prices`, `schema`, `explain`: what the product knows, without a spec."""

import json
import sys
from typing import Any

from kling_spec.cli._common import say
from kling_spec.diagnostics import codes, did_you_mean
from kling_spec.diagnostics import explain as explanation
from kling_spec.providers import plain, provider_names, read_profile, request_schema


def prices(arguments: Any) -> int:
    """Show the price lists, with their date and source."""
    names = _named(arguments.provider)
    if names is None:
        return 1
    rows = [(name, row) for name in names for row in read_profile(name).prices]
    if arguments.format == "json":
        print(json.dumps([{"provider": name, **row.model_dump(mode="json")} for name, row in rows], indent=1))
        return 0
    from kling_spec.cli._tables import console, table

    heads = ("provider", "model", "resolution", "case", "per second", "as of", "source")
    lines = [
        (
            name,
            row.model,
            row.resolution,
            row.case.replace("_", " "),
            f"{plain(row.amount)} {row.currency}",
            str(row.as_of),
            row.source,
        )
        for name, row in rows
    ]
    out = console(arguments)
    out.print(table(heads, lines, right=(4,)))
    for name in names:
        if not read_profile(name).prices:
            out.print(
                f"\n{name} publishes no prices: its costs are unknown until kling-spec.toml gives rates"
            )
    return 0


def schema(arguments: Any) -> int:
    """Print a JSON Schema."""
    if arguments.provider is None:
        from kling_spec.spec import spec_schema

        print(json.dumps(spec_schema(), ensure_ascii=False, indent=2))
        return 0
    names = _named(arguments.provider)
    if names is None:
        return 1
    print(json.dumps(request_schema(names[0]), ensure_ascii=False, indent=2))
    return 0


def _named(name: str | None) -> tuple[str, ...] | None:
    """Return the provider of that name, or all; None where there is none of that name."""
    if name is None or name in provider_names():
        return provider_names() if name is None else (name,)
    say(f"error: no provider is called '{name}'\n  = help: {did_you_mean(name, provider_names())}")
    return None


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
