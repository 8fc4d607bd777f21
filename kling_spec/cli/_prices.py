"""`prices`: the price lists, with their date and source; `prices refresh` reads a provider's own."""

import json
from pathlib import Path
from typing import Any

from kling_spec.cli._common import named, say
from kling_spec.providers import Price, plain, provider, provider_names, read_profile
from kling_spec.session import Settings, keep_prices, read_settings


def prices(arguments: Any) -> int:
    """Show the price lists, or read one anew."""
    words = arguments.words
    if words[:1] == ["refresh"]:
        return _refresh(words[1:], arguments)
    names = named(words[0] if words else None)
    if names is None:
        return 1
    settings = read_settings(Path(arguments.dir).absolute())
    rows = [(name, row) for name in names for row in settings.priced(name, read_profile(name)).prices]
    if arguments.format == "json":
        print(json.dumps([{"provider": name, **row.model_dump(mode="json")} for name, row in rows], indent=1))
        return 0
    _show(rows, arguments)
    return 0


def _show(rows: list[tuple[str, Price]], arguments: Any) -> None:
    from kling_spec.cli._tables import console, table

    heads = ("provider", "model", "resolution", "case", "per second", "as of", "source")
    lines = [
        (
            name,
            row.model_id or row.model,
            row.resolution,
            row.case.replace("_", " "),
            f"{plain(row.amount)} {row.currency}",
            str(row.as_of or ""),
            f"{row.source}{f' ({row.note})' if row.note else ''}",
        )
        for name, row in rows
    ]
    out = console(arguments)
    out.print(table(heads, lines, right=(4,)))
    words = arguments.words or provider_names()
    for name in words:
        if name not in {other for other, _ in rows}:
            how = (
                f"'kling-spec prices refresh {name}' reads its own list, or"
                if provider(name).catalogue
                else ""
            )
            out.print(
                f"\n{name} publishes no prices: its costs are unknown; {how} give rates in kling-spec.toml"
            )


def _refresh(words: list[str], arguments: Any) -> int:
    from kling_spec.runner import CatalogueError, ask_prices

    offering = [name for name in provider_names() if provider(name).catalogue is not None]
    if len(words) != 1 or words[0] not in offering:
        asked = f"'{words[0]}' serves no price list" if words else "which provider's prices?"
        say(f"error: {asked}\n  = help: write 'kling-spec prices refresh {' or '.join(offering)}'")
        return 1
    name = words[0]
    settings: Settings = read_settings(Path(arguments.dir).absolute())
    settings.demands.insist("state", f"providers.{name}.base_url")
    try:
        rows = ask_prices(name, settings.base_url(name, read_profile(name)))
    except CatalogueError as error:
        say(f"error: the prices of {name} were not read: {error}\n  = help: earlier ones stay in use")
        return 1
    file = keep_prices(settings.state, name, rows)
    say(f"{len(rows)} prices of {name} read, kept in {file}")
    return 0
