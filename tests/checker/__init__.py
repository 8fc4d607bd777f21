"""Check request bodies by rules that were read from the providers' documents alone."""

from . import apimodels, hiapi, kling, kling_2026, runware
from .links import Media

CHECKERS = {
    "kling": kling.faults,
    "kling-2026": kling_2026.faults,
    "hiapi": hiapi.faults,
    "runware": runware.faults,
    "apimodels": apimodels.faults,
}


def faults(provider: str, path: str, body: object, media: Media | None = None) -> list[str]:
    """Say in plain sentences why `provider` would not do what `body`, sent to `path`, asks for."""
    return CHECKERS[provider.replace("_", "-")](path, body, media or {})
