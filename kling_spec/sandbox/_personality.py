"""What the server knows of a provider."""

from typing import Protocol

from kling_spec.sandbox._switches import Trouble
from kling_spec.sandbox._wire import Answer, Call


class Personality(Protocol):
    """One provider's documented paths, played by the sandbox."""

    name: str
    paths: tuple[str, ...]
    """What its paths begin with; the longest match over all providers wins."""

    def answer(self, call: Call) -> Answer:
        """Answer a call, or raise RefusedError with the provider's own error body."""
        ...

    def refusal(self, call: Call, trouble: Trouble) -> Answer:
        """Return the provider's answer to a submit that gets into trouble."""
        ...

    def trouble(self, status: int, message: str) -> Answer:
        """Return the provider's error body for what the server itself found wrong."""
        ...
