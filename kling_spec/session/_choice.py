"""Which provider a spec goes to, where it names several or leaves the choice open."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from kling_spec.diagnostics import Diagnostic, Origin, Severity
from kling_spec.plan import Offer, price_words


def choose(offers: Iterable[Offer], *, cheapest: bool) -> tuple[Offer | None, list[Offer]]:
    """Return the offer that is taken, None where no provider can, and all that were looked at.

    The first that can; or, of those that do everything, the cheapest. One that drops something is
    taken only where no other can, and a price that nobody knows only where no other is known.
    """
    seen: list[Offer] = []
    for offer in offers:
        seen.append(offer)
        if offer.can and not cheapest:
            return offer, seen
    return min((offer for offer in seen if offer.can), key=_rank, default=None), seen


def _rank(offer: Offer) -> tuple[bool, bool, bool, Decimal]:
    is_usd = set(offer.bill.total) <= {"USD"}
    amount = sum(offer.bill.total.values(), Decimal(0))
    return not offer.is_whole, bool(offer.bill.unknown_prices), not is_usd, amount


def why_chosen(taken: Offer, offers: Sequence[Offer], origin: Origin, *, cheapest: bool) -> Diagnostic:
    """Return the note that says which provider was taken, and what the others would cost."""
    how = "the cheapest that does everything" if cheapest else "the first that can"
    if cheapest and not taken.is_whole:
        how = "the cheapest that can; none does everything"
    others = [offer for offer in offers if offer is not taken]
    told = [f"{offer.provider} {_said(offer)}" for offer in others if offer.can]
    if unable := ", ".join(offer.provider for offer in others if not offer.can):
        told.append(f"{unable} cannot do all of it")
    message = f"provider: {taken.provider} is {how}, at {price_words(taken)}"
    return Diagnostic(
        code="KS409",
        message=f"{message} ({'; '.join(told)})" if told else message,
        origin=origin,
        severity=Severity.NOTE,
        help="'kling-spec providers SPEC' lays them side by side",
    )


def none_can(offers: Sequence[Offer], origin: Origin) -> list[Diagnostic]:
    """Return what is wrong with a spec that no provider takes: what all find wrong, if there is such a thing."""
    errors = [[finding for finding in offer.found if finding.is_error] for offer in offers]
    shared = [finding for finding in errors[0] if all(finding in others for others in errors)]
    if shared:
        return shared
    obstacles = "; ".join(f"{offer.provider}: {offer.obstacle}" for offer in offers)
    help_ = "'kling-spec providers SPEC' shows what stands in the way of each"
    message = f"no provider can do all of this: {obstacles}"
    return [Diagnostic(code="KS408", message=message, origin=origin, help=help_)]


def _said(offer: Offer) -> str:
    return price_words(offer) if offer.is_whole else f"{price_words(offer)}, dropping something"
