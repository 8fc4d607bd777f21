"""Providers side by side: what each makes of a spec, and what it costs there."""

from collections.abc import Iterable

from kling_spec.notebook._html import block, line, table, words
from kling_spec.notebook._view import View, columns
from kling_spec.plan import HOW_LEGEND, How, Offer, price_words, reasons, shot_words, shots_of

_LOOKS = {How.NATIVE: "good", How.EMULATED: "moving", How.DROPPED: "odd", How.REFUSED: "bad"}


class OffersView(View):
    """What each provider makes of a spec: for each shot what is native, emulated, dropped or refused."""

    def __init__(self, offers: Iterable[Offer], chosen: str) -> None:
        self.offers = tuple(offers)
        self.chosen = chosen
        """The provider to which the spec goes."""

    def text(self) -> str:
        """Return the table and the reasons as plain text."""
        rows = [
            (shot, *("; ".join(told for _, told in shot_words(offer, shot)) for offer in self.offers))
            for shot in shots_of(self.offers)
        ]
        heads = ("", *(offer.provider for offer in self.offers))
        costs = ("cost", *(price_words(offer) for offer in self.offers))
        why = [
            f"{offer.provider} {name}: {reason}"
            for offer in self.offers
            for _, name, reason in reasons(offer)
        ]
        return "\n".join([*columns([heads, *rows, costs]), "", *why, self._legend()])

    def html(self) -> str:
        """Return the table, and the reasons below it."""
        rows = [
            (words(shot, "bold"), *(self._shot(offer, shot) for offer in self.offers))
            for shot in shots_of(self.offers)
        ]
        costs = (
            "cost",
            *(words(price_words(offer), "bold" if offer.can else "bad") for offer in self.offers),
        )
        why = (
            line(words(offer.provider, "bold"), words(f"{name}: {reason}", _LOOKS[how]))
            for offer in self.offers
            for how, name, reason in reasons(offer)
        )
        heads = ("", *(offer.provider for offer in self.offers))
        return block(table(heads, [*rows, costs]), *why, line(words(self._legend(), "dim")))

    def _shot(self, offer: Offer, shot: str) -> str:
        return "<br>".join(words(told, _LOOKS[how]) for how, told in shot_words(offer, shot))

    def _legend(self) -> str:
        return f"{HOW_LEGEND}; the spec goes to {self.chosen}"
