"""What keeps the secrets of a run out of everything that leaves, and of everything that comes back."""

from collections.abc import Iterable

from kling_spec.ir import Secret

_SHORTEST = 8
"""Characters; anything shorter may stand in a prompt by accident."""


class Guard:
    """Knows the secrets of a run; none of them may stand in a body, an address or a file that is sent."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple({secret for secret in secrets if len(secret.reveal()) >= _SHORTEST})

    def holds(self, *parts: bytes | str) -> bool:
        """Whether a secret stands in one of the parts."""
        return any(
            secret.reveal().encode() in (part.encode() if isinstance(part, str) else part)
            for part in parts
            for secret in self._secrets
        )

    def cleaned(self, text: bytes, *more: Secret) -> bytes:
        """Return what came back without the secrets, should it repeat one."""
        for secret in (*self._secrets, *more):
            if len(secret.reveal()) >= _SHORTEST:
                text = text.replace(secret.reveal().encode(), b"***")
        return text
