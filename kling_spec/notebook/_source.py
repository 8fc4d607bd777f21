"""Where a view gets its spec from, and how it is read again once one of them has written it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kling_spec.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The spec of a launch, which several views may write, one after the other."""

    current: Callable[[], Session]
    """Returns the spec as it was read last."""
    reload: Callable[[Iterable[str]], Session]
    """Reads it again, given the variables that it says itself now."""
