"""How callbacks are signed, by the two providers that do."""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256

from kling_spec.sandbox._error import SandboxError

_PREFIX = "whsec_"
_LENGTHS = range(16, 257)


class Signer:
    """Signs with a secret of the account, as far as it is one that a provider knows.

    Kling, from its callback page (2026-09-20): Standard Webhooks, the secret in base64 behind `whsec_`.
    HiAPI, from its client: HMAC-SHA256 over time and body, the secret of 16 to 256 characters as it is.
    Raises SandboxError for a secret that neither can use.
    """

    def __init__(self, secret: str | None) -> None:
        self._key = _decoded(secret or "")
        self._secret = (secret or "").encode("utf-8", "surrogatepass")
        self._fits_hiapi = len(secret or "") in _LENGTHS
        if secret is not None and not (self._key or self._fits_hiapi):
            raise SandboxError("a callback secret is base64 behind 'whsec_', or of 16 to 256 characters")

    def headers(self, provider: str, name: str, body: bytes, time: int) -> dict[str, str]:
        """Return what is sent along with a callback; `name` is the same for each try of it."""
        if provider == "hiapi" and self._fits_hiapi:
            digest = hmac.new(self._secret, f"{time}.".encode() + body, sha256).hexdigest()
            return {"X-HiAPI-Timestamp": str(time), "X-HiAPI-Signature": digest}
        if provider in {"kling", "kling-2026"} and self._key:
            signed = hmac.new(self._key, f"{name}.{time}.".encode() + body, sha256).digest()
            return {
                "webhook-id": name,
                "webhook-timestamp": str(time),
                "webhook-signature": f"v1,{b64encode(signed).decode()}",
            }
        return {}


def _decoded(secret: str) -> bytes:
    try:
        return b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        return b""
