"""One account at one provider: where it is reached, and with which key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account. Its keys are shown nowhere."""

    provider: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
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
        keys = "\n".join(value for _, value in sorted(self.credentials.items()))
        return sha256(f"{self.provider}\n{self.base_url}\n{keys}".encode()).hexdigest()[:12]
