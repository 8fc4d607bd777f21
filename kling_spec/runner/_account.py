"""One account at one provider: where it is reached, and with which key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from kling_spec.diagnostics import ToldError
from kling_spec.ir import Secret
from kling_spec.providers import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account. Its keys are shown nowhere."""

    provider: str
    base_url: str
    credentials: Mapping[str, Secret] = field(repr=False)
    concurrency: int = 4
    """How many tasks may be under way at once."""
    poll_seconds: float = 5.0
    doubt_seconds: float = 60.0
    """How long a task that may have been paid for is looked for before it is given up as unknown."""
    is_sandbox: bool = False

    @property
    def digest(self) -> str:
        """A short name of the account and its address that gives nothing away; empty for the sandbox."""
        if self.is_sandbox:
            return ""
        keys = "\n".join(self.credentials[name].reveal() for name in sorted(self.credentials))
        return sha256(f"{self.provider}\n{self.base_url}\n{keys}".encode()).hexdigest()[:12]


class KeyUnusable(ToldError):
    """Nothing can be signed with the key that is set."""


def signed_headers(back_end: Provider, account: Account, now: datetime) -> dict[str, Secret]:
    """Return the headers that open the account at that time. Raises KeyUnusable, which shows no key."""
    problem = ""
    try:
        made = back_end.authorize({name: key.reveal() for name, key in account.credentials.items()}, now)
        return {name: Secret(value, f"{name} of {account.provider}") for name, value in made.items()}
    except Exception as error:  # noqa: BLE001 - whatever it is, its frames hold the key
        problem = type(error).__name__
    raise KeyUnusable(f"the key of {account.provider} cannot be used: {problem}")
