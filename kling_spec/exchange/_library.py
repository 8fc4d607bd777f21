"""The library that speaks to editors: an extra, imported when it is used; only this package uses it."""

from types import ModuleType

from kling_spec.diagnostics import ToldError

OURS = "kling_spec"
"""The key of everything that is ours among the metadata."""


class ExchangeError(ToldError):
    """A timeline cannot be handed over or taken back, for a reason outside the spec."""


def library(adapter: str = "") -> ModuleType:
    """Return opentimelineio, with that adapter where one is named. Raises ExchangeError where it is missing."""
    try:
        import opentimelineio
    except ImportError:
        raise _missing("opentimelineio") from None
    if adapter and adapter not in opentimelineio.adapters.available_adapter_names():
        raise _missing(f"its adapter '{adapter}'")
    found: ModuleType = opentimelineio
    return found


def _missing(what: str) -> ExchangeError:
    return ExchangeError(f"{what} is not installed; it comes with: pip install 'kling-spec[otio]'")
