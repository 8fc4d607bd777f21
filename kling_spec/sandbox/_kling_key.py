"""Who may ask Kling: a plain API key everywhere, a signed token of the older key pair on its first paths."""

import base64
import json
import time
from typing import Any

from kling_spec.sandbox._kling_words import error
from kling_spec.sandbox._wire import Call, RefusedError


def authorize(call: Call, *, takes_tokens: bool) -> None:
    """Refuse a call without a usable key. A signature cannot be checked here: any secret is good."""
    if call.bearer is None:
        raise RefusedError(error(401, 1001, "Authorization is empty"))
    if not call.bearer:
        raise RefusedError(error(401, 1000, "Authentication failed, a Bearer token is needed"))
    head = _part(call.bearer, 0)
    if not isinstance(head, dict) or "alg" not in head:
        return
    if not takes_tokens:
        raise RefusedError(error(401, 1002, "Authorization is invalid, only an API key is taken here"))
    _check(head, _part(call.bearer, 1))


def _check(head: dict[str, Any], claims: Any) -> None:
    if head["alg"] != "HS256" or not isinstance(claims, dict) or not claims.get("iss"):
        raise RefusedError(error(401, 1002, "Authorization is invalid"))
    now = time.time()
    if not _is_time(claims.get("exp")) or claims["exp"] <= now:
        raise RefusedError(error(401, 1004, "Authorization has expired"))
    if "nbf" in claims and not (_is_time(claims["nbf"]) and claims["nbf"] <= now):
        raise RefusedError(error(401, 1003, "Authorization is not yet valid"))


def _part(token: str, place: int) -> Any:
    """Return one part of a signed token; None where the key is no such token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(parts[place] + "=" * (-len(parts[place]) % 4)))
    except (ValueError, RecursionError):
        return None


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
