"""Where local files go that a provider takes by address only."""

from dataclasses import dataclass, field

from kling_spec.ir import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStore:
    """A place that takes files by PUT and serves them in public; `{name}` stands for the file's name there."""

    put: str = field(repr=False)
    get: str = field(repr=False)
    token: Secret | None = None
    """Sent as a bearer token with each PUT, where there is one."""
    days: int | None = None
    """How long it keeps files; None for ever."""
