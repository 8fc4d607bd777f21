"""`providers`: what each can do, and what each would make of a spec."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from kling_spec.cli._common import pairs_of
from kling_spec.cli._tables import console, table
from kling_spec.diagnostics import SpecError
from kling_spec.plan import HOW_LEGEND, How, Offer, price_words, reasons, shot_words, shots_of
from kling_spec.providers import Never, Profile, provider, provider_names, read_profile
from kling_spec.session import Checked

_INKS = {How.NATIVE: "green", How.EMULATED: "cyan", How.DROPPED: "yellow", How.REFUSED: "red"}


def providers(arguments: Any) -> int:
    """Show what each provider can do, or what each makes of one spec."""
    if arguments.format == "markdown":
        from kling_spec.cli._provider_docs import markdown

        print(markdown(), end="")
        return 0
    return _everything(arguments) if arguments.spec is None else _side_by_side(arguments)


def _everything(arguments: Any) -> int:
    profiles = {name: read_profile(name) for name in provider_names()}
    if arguments.format == "json":
        print(json.dumps({name: _abilities(name, profile) for name, profile in profiles.items()}, indent=1))
        return 0
    out = console(arguments)
    for name, profile in profiles.items():
        out.print(f"[bold]{name}[/]  {profile.title}")
        rows = [
            (
                model.name,
                ", ".join(model.resolutions),
                f"{model.durations[0]} to {model.durations[1]} s",
                _extras(model),
            )
            for model in profile.models
        ]
        out.print(table(("model", "resolutions", "length", "more"), rows))
        refused = ", ".join(_abilities(name, profile)["cannot"]) or "nothing"
        kept = (
            f"{profile.retention_days} days"
            if profile.retention_days
            else "for a time that is not documented"
        )
        out.print(f"cannot: {refused}; keeps results {kept}; {profile.base_url}\n", style="dim")
    return 0


def _extras(model: Any) -> str:
    words = ["sound" if model.sound else "", f"storyboard of {model.storyboard}" if model.storyboard else ""]
    return ", ".join(filter(None, [*words, "storyboard: auto" if model.auto_storyboard else ""]))


def _abilities(name: str, profile: Profile) -> dict[str, Any]:
    asks = provider(name).asks
    return {
        "title": profile.title,
        "base_url": profile.base_url,
        "retention_days": profile.retention_days,
        "models": [
            model.model_dump(mode="json", exclude={"ids", "source", "as_of"}) for model in profile.models
        ],
        "cannot": [ask for ask, rule in asks.items() if isinstance(rule, Never)],
        "options": list(profile.options),
        "keys": [list(names) for names in provider(name).credentials],
    }


# -- one spec, side by side --


def _side_by_side(arguments: Any) -> int:
    """Show for each shot what becomes of what it asks, and what the spec costs, at every provider."""
    session, chosen = _read(arguments)
    offers = session.offers()
    if arguments.format == "json":
        rows = [offer.to_json() for offer in offers]
        whole = {"spec": session.name, "chosen": chosen, "providers": rows}
        print(json.dumps(whole, ensure_ascii=False, indent=1))
        return 0
    out = console(arguments)
    out.print(table(("", *(offer.provider for offer in offers)), _rows(offers)))
    out.print()
    for offer in offers:
        for how, name, why in reasons(offer):
            out.print(Text.assemble((f"{offer.provider} ", "bold"), (f"{name}: ", _INKS[how]), why))
    goes = f"the spec goes to {chosen}" if chosen else "no provider of the spec's choice can do all of it"
    out.print(Text(f"\n{HOW_LEGEND}; {goes}", style="dim"))
    return 0


def _read(arguments: Any) -> tuple[Checked, str | None]:
    """Return the spec and the provider that it goes to; where none can, it is read all the same."""
    variables = pairs_of(arguments)
    try:
        session = Checked(arguments.spec, variables=variables)
    except SpecError as error:
        if [finding.code for finding in error.diagnostics] != ["KS408"]:
            raise
        return Checked(arguments.spec, variables=variables, provider=provider_names()[0]), None
    return session, session.provider_name


def _rows(offers: Sequence[Offer]) -> Iterator[tuple[str | Text, ...]]:
    for shot in shots_of(offers):
        yield (shot, *(_shot(offer, shot) for offer in offers))
    inks = ["bold" if offer.can and not offer.bill.unknown_prices else "yellow" for offer in offers]
    prices = (Text(price_words(offer), style=ink) for offer, ink in zip(offers, inks, strict=True))
    yield ("cost", *prices)


def _shot(offer: Offer, shot: str) -> Text:
    return Text("\n").join(Text(told, style=_INKS[how]) for how, told in shot_words(offer, shot))
