"""A provider's own price list, asked for."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from kling_spec.providers import Price, provider
from kling_spec.runner._guard import Guard
from kling_spec.runner._http import NotSentError, UnclearError, client, send


def _now() -> datetime:
    return datetime.now(UTC)


class CatalogueError(Exception):
    """The price list cannot be had, or nothing in it is understood."""


def ask_prices(name: str, base_url: str, clock: Callable[[], datetime] = _now) -> Sequence[Price]:
    """Return the price rows that the provider serves. Raises CatalogueError."""
    catalogue = provider(name).catalogue
    if catalogue is None:
        raise CatalogueError(f"{name} serves no price list")

    async def ask() -> Sequence[Price]:
        async with client() as http:
            reply = await send(http, Guard(), base_url, catalogue.request, {})
            rows = catalogue.read(reply, clock())
            if not rows:
                raise CatalogueError(f"its answer, status {reply.status}, holds no price that is understood")
            return rows

    try:
        return asyncio.run(ask())
    except (NotSentError, UnclearError) as error:
        raise CatalogueError(f"{base_url} cannot be asked: {error}") from None
