"""Providers side by side: what each makes of a spec, and what it costs there."""

from collections.abc import Iterable

from kling_spec.notebook._html import block, line, table, words
from kling_spec.notebook._view import View, columns
from kling_spec.plan import HOW_LEGEND, HOW_SIGNS, How, Offer, price_words, reasons, shot_words, shots_of

_MOST_SHOTS, _MOST_REASONS = 40, 24
_SAID = {How.NATIVE: "native", How.EMULATED: "another way", How.DROPPED: "dropped", How.REFUSED: "refused"}
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
            for shot in self._shots()[:_MOST_SHOTS]
        ]
        costs = ("cost", *(price_words(offer) for offer in self.offers))
        why = [(told, provider, name, reason) for _, told, provider, name, reason in self._reasons()]
        drawn = columns([("", *self._heads()), *rows, costs])
        parts = ["\n".join([*drawn, *self._more()])]
        if why:
            parts.append("\n".join(columns([("", "provider", "asks", "why"), *why])))
        return "\n\n".join([*parts, self._legend()])

    def html(self) -> str:
        """Return the table, and the reasons below it."""
        rows = [
            (words(shot, "bold"), *(self._shot(offer, shot) for offer in self.offers))
            for shot in self._shots()[:_MOST_SHOTS]
        ]
        costs = (
            words("cost", "bold"),
            *(words(price_words(offer), "bold" if offer.can else "bad") for offer in self.offers),
        )
        why = [
            (words(told, _LOOKS[how]), words(provider, "bold"), words(name), words(reason, "dim"))
            for how, told, provider, name, reason in self._reasons()
        ]
        return block(
            table(("shot", *self._heads()), [*rows, costs]),
            *(line(words(more, "dim")) for more in self._more()),
            table(("what", "provider", "asks", "why"), why) if why else "",
            line(words(self._legend(), "dim")),
        )

    def _heads(self) -> list[str]:
        return [
            f"{offer.provider}{' (chosen)' if offer.provider == self.chosen else ''}" for offer in self.offers
        ]

    def _shots(self) -> list[str]:
        return shots_of(self.offers)

    def _reasons(self) -> list[tuple[How, str, str, str, str]]:
        """Return what is not native: how, that with its glyph, at whom, what, and why."""
        every = [
            (how, f"{HOW_SIGNS[how]} {_SAID[how]}", offer.provider, name, reason)
            for offer in self.offers
            for how, name, reason in reasons(offer)
        ]
        hidden = len(every) - _MOST_REASONS
        more = [(How.NATIVE, "…", f"and {hidden:,} more", "", "")] if hidden > 0 else []
        return [*every[:_MOST_REASONS], *more]

    def _more(self) -> list[str]:
        hidden = len(self._shots()) - _MOST_SHOTS
        return [f"… and {hidden:,} more shots; .offers has them all"] if hidden > 0 else []

    def _shot(self, offer: Offer, shot: str) -> str:
        return "<br>".join(words(told, _LOOKS[how]) for how, told in shot_words(offer, shot))

    def _legend(self) -> str:
        return f"{HOW_LEGEND}; the spec goes to {self.chosen}"
