"""Offers in words: the same on the terminal and in a notebook."""

from collections.abc import Iterator, Sequence

from kling_spec.plan._offer import How, Offer
from kling_spec.plan._words import bill_words

HOW_SIGNS = {How.NATIVE: "✓", How.EMULATED: "≈", How.DROPPED: "!", How.REFUSED: "✗"}
"""A glyph for each, so that no meaning is in a colour alone."""
HOW_LEGEND = "✓ native   ≈ said in another way   ! dropped   ✗ refused"


def shots_of(offers: Sequence[Offer]) -> list[str]:
    """Return the shots that any of the offers is about, in the spec's order."""
    return list(dict.fromkeys(shot for offer in offers for shot in offer.shots))


def shot_words(offer: Offer, shot: str) -> list[tuple[How, str]]:
    """Return what is not simply native of a shot, the worst first; else one line that all of it is."""
    asks = offer.shots.get(shot, {})
    told = [(how, [name for name, verdict in asks.items() if verdict.how is how]) for how in reversed(How)]
    lines: list[tuple[How, str]] = [
        (how, f"{HOW_SIGNS[how]} {', '.join(names)}")
        for how, names in told
        if names and how is not How.NATIVE
    ]
    return lines or [(How.NATIVE, HOW_SIGNS[How.NATIVE])]


def price_words(offer: Offer) -> str:
    """Return what the spec costs there, or that it cannot be made."""
    return bill_words(offer.bill) if offer.can else "cannot"


def reasons(offer: Offer) -> Iterator[tuple[How, str, str]]:
    """Yield how, what and why for everything that is not native, each reason once."""
    said = {
        (verdict.how, name, verdict.why): None
        for asks in offer.shots.values()
        for name, verdict in asks.items()
        if verdict.how is not How.NATIVE
    }
    yield from said
